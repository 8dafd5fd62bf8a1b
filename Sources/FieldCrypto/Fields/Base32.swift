/// Base32 of RFC 4648, section 6, in lower case and without padding.
package enum Base32 {
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 8 + 4) / 5)
        var window: UInt32 = 0
        var bitCount: UInt32 = 0
        for byte in bytes {
            window = window << 8 | UInt32(byte)
            bitCount += 8
            while bitCount >= 5 {
                bitCount -= 5
                text.append(alphabet[Int(window >> bitCount & 31)])
            }
        }
        if bitCount > 0 { text.append(alphabet[Int(window << (5 - bitCount) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes, or nil for any text that ``encode(_:)`` would not give.
    package static func decode(_ text: String) -> [UInt8]? {
        var digits: [UInt8] = []
        digits.reserveCapacity(text.utf8.count)
        for character in text.utf8 {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            digits.append(UInt8(value))
        }
        let bytes = bytes(of: digits)
        return encode(bytes) == text ? bytes : nil
    }

    /// The whole bytes that digits of 0 to 31 make; bits that are left over go.
    ///
    /// Copies nothing on the way: of a secret there is only what is given and what is returned.
    static func bytes(of digits: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count * 5 / 8)
        var window: UInt32 = 0
        var bitCount: UInt32 = 0
        for digit in digits {
            window = (window << 5 | UInt32(digit)) & 0xFFF
            bitCount += 5
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: window >> bitCount))
            }
        }
        return bytes
    }
}
