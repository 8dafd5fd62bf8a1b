/// A length of time in milliseconds, possibly negative.
public struct DurationValue: Hashable, Sendable, Comparable {
    /// The length in milliseconds.
    public let milliseconds: Int64

    /// Makes a length of time.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    private static let units: [(text: [UInt8], milliseconds: Int64)] = [
        (Array("d".utf8), 86_400_000), (Array("h".utf8), 3_600_000), (Array("m".utf8), 60_000),
        (Array("s".utf8), 1_000), (Array("ms".utf8), 1),
    ]

    /// Reads an optional `-` and amounts with the units d, h, m, s, ms in that order; nil for anything else.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        var position = 0
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { position = 1 }
        guard position < bytes.count else { return nil }
        // Amounts are added with the sign of the whole, since the least total has no positive counterpart.
        let sign: Int64 = isNegative ? -1 : 1
        var total: Int64 = 0
        var nextUnit = 0
        while position < bytes.count {
            var amount: Int64 = 0
            let start = position
            while position < bytes.count, let digit = ASCII.digit(bytes[position]) {
                guard let next = amount.appending(digit, sign: sign) else { return nil }
                amount = next
                position += 1
            }
            guard position > start else { return nil }
            let unitStart = position
            while position < bytes.count, ASCII.digit(bytes[position]) == nil { position += 1 }
            let unitText = Array(bytes[unitStart..<position])
            guard let unit = Self.units.firstIndex(where: { $0.text == unitText }),
                unit >= nextUnit,
                let part = amount.checkedMultiply(Self.units[unit].milliseconds),
                let sum = total.checkedAdd(part)
            else { return nil }
            total = sum
            nextUnit = unit + 1
        }
        milliseconds = total
    }

    /// Whole days, truncated toward zero.
    public var days: Int64 { milliseconds / 86_400_000 }
    /// Whole hours, truncated toward zero.
    public var hours: Int64 { milliseconds / 3_600_000 }
    /// Whole minutes, truncated toward zero.
    public var minutes: Int64 { milliseconds / 60_000 }
    /// Whole seconds, truncated toward zero.
    public var seconds: Int64 { milliseconds / 1_000 }

    /// The length as Cedar reads it.
    public var text: String { "\(milliseconds)ms" }

    /// Whether `left` is the shorter, or the more negative, length.
    public static func < (left: DurationValue, right: DurationValue) -> Bool {
        left.milliseconds < right.milliseconds
    }
}
