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
}
