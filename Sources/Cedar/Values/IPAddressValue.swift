/// An IPv4 or IPv6 address with a prefix length: one address, or the range that shares its first bits.
///
/// Host bits are kept: `1.1.1.0/24` and `1.1.1.1/24` cover the same range and are unequal.
public struct IPAddressValue: Hashable, Sendable {
    /// The first 64 bits of an IPv6 address; zero for IPv4.
    public let high: UInt64
    /// The last 64 bits of an IPv6 address, or the 32 bits of an IPv4 address.
    public let low: UInt64
    /// The number of leading bits that name the range: 32 or 128 for a single address.
    public let prefixBits: UInt8
    /// Whether this is IPv6.
    ///
    /// An IPv4 address written inside IPv6 is IPv6.
    public let isIPv6: Bool

    private static let textBytesMax = 43

    /// Reads an address with an optional `/prefix`; nil for anything the language does not accept.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.textBytesMax else { return nil }
        let slash = bytes.firstIndex(of: UInt8(ascii: "/"))
        let address = bytes[..<(slash ?? bytes.count)]
        if address.contains(UInt8(ascii: ":")) {
            guard let groups = Self.groups(address) else { return nil }
            high = groups[..<4].reduce(0) { $0 << 16 | UInt64($1) }
            low = groups[4...].reduce(0) { $0 << 16 | UInt64($1) }
            isIPv6 = true
        } else {
            guard let quad = Self.quad(address) else { return nil }
            high = 0
            low = quad
            isIPv6 = false
        }
        let most: Int = isIPv6 ? 128 : 32
        if let slash {
            guard let prefix = Self.prefix(bytes[(slash + 1)...], most: most) else { return nil }
            prefixBits = prefix
        } else {
            prefixBits = UInt8(most)
        }
    }

    private static func prefix(_ bytes: ArraySlice<UInt8>, most: Int) -> UInt8? {
        guard !bytes.isEmpty, bytes.count <= 3 else { return nil }
        if bytes.count > 1, bytes.first == UInt8(ascii: "0") { return nil }
        var number: Int64 = 0
        for byte in bytes {
            guard let digit = ASCII.digit(byte) else { return nil }
            number = number * 10 + digit
        }
        return number <= Int64(most) ? UInt8(number) : nil
    }

    private static func quad(_ bytes: ArraySlice<UInt8>) -> UInt64? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var total: UInt64 = 0
        for part in parts {
            guard let octet = prefix(part, most: 255) else { return nil }
            total = total << 8 | UInt64(octet)
        }
        return total
    }

    private static func groups(_ bytes: ArraySlice<UInt8>) -> [UInt16]? {
        var head: [UInt16] = []
        var tail: [UInt16] = []
        var sawGap = false
        var position = bytes.startIndex
        let colon = UInt8(ascii: ":")
        func startsGap() -> Bool {
            position + 1 < bytes.endIndex && bytes[position] == colon
                && bytes[position + 1] == colon
        }
        while true {
            if startsGap() {
                if sawGap { return nil }
                sawGap = true
                position += 2
                if position == bytes.endIndex { break }
            }
            var group: UInt32 = 0
            var digits = 0
            while position < bytes.endIndex, let digit = ASCII.hexDigit(bytes[position]) {
                digits += 1
                if digits > 4 { return nil }
                group = group << 4 | digit
                position += 1
            }
            if digits == 0 { return nil }
            if sawGap { tail.append(UInt16(group)) } else { head.append(UInt16(group)) }
            if position == bytes.endIndex { break }
            if startsGap() { continue }
            guard bytes[position] == colon else { return nil }
            position += 1
        }
        let missing = 8 - head.count - tail.count
        if sawGap ? missing < 1 : missing != 0 { return nil }
        return head + Array(repeating: 0, count: missing) + tail
    }

    /// Whether every address of this range is in the other range; false across families.
    public func isInRange(_ range: IPAddressValue) -> Bool {
        guard isIPv6 == range.isIPv6, prefixBits >= range.prefixBits else { return false }
        let width: UInt8 = isIPv6 ? 128 : 32
        let dropped = width - range.prefixBits
        if dropped >= 64 {
            // Shifting by the whole width yields zero in Swift, as wanted for a prefix of zero.
            return high >> (dropped - 64) == range.high >> (dropped - 64)
        }
        return high == range.high && low >> dropped == range.low >> dropped
    }

    /// Whether the range lies in 127.0.0.0/8, or is exactly ::1.
    public var isLoopback: Bool {
        isIPv6 ? high == 0 && low == 1 && prefixBits == 128 : low >> 24 == 127 && prefixBits >= 8
    }

    /// Whether the range lies in 224.0.0.0/4, or in ff00::/8.
    public var isMulticast: Bool {
        isIPv6 ? high >> 56 == 0xff && prefixBits >= 8 : low >> 28 == 0xe && prefixBits >= 4
    }

    /// The address as Cedar reads it; the prefix only where it is not the full one.
    public var text: String {
        var address: String
        if isIPv6 {
            let groups = [high, low].flatMap { half in
                [48, 32, 16, 0].map { String(half >> UInt64($0) & 0xffff, radix: 16) }
            }
            address = groups.joined(separator: ":")
        } else {
            address = [24, 16, 8, 0].map { String(low >> UInt64($0) & 0xff) }.joined(separator: ".")
        }
        if prefixBits != (isIPv6 ? 128 : 32) { address += "/\(prefixBits)" }
        return address
    }
}
