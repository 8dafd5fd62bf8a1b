/// A number as its department wrote it, without the digits of its fraction: `3000`, `-0.50`, `.5`.
package struct DecimalText {
    /// The whole number that is not above it.
    package let floor: Int
    /// Whether there is something behind the point, so that the number lies above ``floor``.
    package let hasFraction: Bool

    /// Nil where the text is no number, or one beyond 64 bits.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let head = parts.first else { return nil }
        let isNegative = head.hasPrefix("-")
        let fraction = parts.count > 1 ? parts[1] : ""
        guard fraction.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        let isHeadless = (head.isEmpty || head == "-") && !fraction.isEmpty
        guard let whole = isHeadless ? 0 : Int(head) else { return nil }
        hasFraction = fraction.contains { $0 != "0" }
        guard isNegative, hasFraction else {
            floor = whole
            return
        }
        let (below, isTooSmall) = whole.subtractingReportingOverflow(1)
        if isTooSmall { return nil }
        floor = below
    }
}
