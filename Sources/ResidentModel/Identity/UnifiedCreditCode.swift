/// A unified social credit code (统一社会信用代码) that has passed the checks of GB 32100-2015.
///
/// The first two characters tell which kind of body holds it, and so which legal bases it may invoke.
package struct UnifiedCreditCode: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// It is nil where length, alphabet or check character is wrong.
    ///
    /// - Parameter text: 18 characters of the standard's alphabet, upper case.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 18 else { return nil }
        var sum = 0
        var weight = 1
        for byte in bytes[0..<17] {
            guard let value = Self.alphabet.firstIndex(of: byte) else { return nil }
            sum += value * weight
            weight = weight * 3 % 31
        }
        guard Self.alphabet[(31 - sum % 31) % 31] == bytes[17] else { return nil }
        self.text = text
    }

    /// Registering authority and kind of body: `11` state organ, `12` public institution, `91` enterprise.
    package var kind: String { String(text.prefix(2)) }

    /// Whether the body may act under a statutory duty: state organs, and institutions a law authorises.
    package var mayHoldStatutoryDuty: Bool { kind == "11" || kind == "12" }

    package var description: String { text }

    private static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)
}
