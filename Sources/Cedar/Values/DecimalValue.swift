/// A number with up to four fraction digits, held as a 64-bit count of ten-thousandths.
public struct DecimalValue: Hashable, Sendable, Comparable {
    /// The number times 10,000.
    public let tenThousandths: Int64

    /// Makes a number from a count of ten-thousandths.
    public init(tenThousandths: Int64) { self.tenThousandths = tenThousandths }

    /// Reads `-?digits.digits`, one to four digits after the point; nil for anything else and when out of range.
    public init?(_ text: String) {
        var bytes = Array(text.utf8)[...]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { bytes = bytes.dropFirst() }
        // Digits are added with the sign of the whole, since the least number has no positive counterpart.
        let sign: Int64 = isNegative ? -1 : 1
        var total: Int64 = 0
        var wholeCount = 0
        while let digit = bytes.first.flatMap(ASCII.digit) {
            guard let next = total.appending(digit, sign: sign) else { return nil }
            total = next
            wholeCount += 1
            bytes = bytes.dropFirst()
        }
        guard wholeCount > 0, bytes.first == UInt8(ascii: ".") else { return nil }
        bytes = bytes.dropFirst()
        guard (1...4).contains(bytes.count) else { return nil }
        for place in 0..<4 {
            var digit: Int64 = 0
            if place < bytes.count {
                guard let read = ASCII.digit(bytes[bytes.startIndex + place]) else { return nil }
                digit = read
            }
            guard let next = total.appending(digit, sign: sign) else { return nil }
            total = next
        }
        tenThousandths = total
    }

    /// The number as Cedar writes it, with one to four fraction digits.
    public var text: String {
        let magnitude = tenThousandths.magnitude
        var fraction = String(magnitude % 10_000)
        fraction = String(repeating: "0", count: 4 - fraction.count) + fraction
        while fraction.count > 1, fraction.last == "0" { fraction.removeLast() }
        return "\(tenThousandths < 0 ? "-" : "")\(magnitude / 10_000).\(fraction)"
    }

    /// Whether `left` is the smaller number.
    public static func < (left: DecimalValue, right: DecimalValue) -> Bool {
        left.tenThousandths < right.tenThousandths
    }
}

enum ASCII {
    @inline(__always)
    static func digit(_ byte: UInt8) -> Int64? {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            ? Int64(byte - UInt8(ascii: "0")) : nil
    }

    static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }

    static func isIdentifierStart(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    static func isIdentifierPart(_ byte: UInt8) -> Bool {
        isIdentifierStart(byte) || digit(byte) != nil
    }
}

extension Int64 {
    /// Ten times this and one more digit of the given sign; nil on overflow.
    func appending(_ digit: Int64, sign: Int64) -> Int64? {
        let (tenfold, overflow) = multipliedReportingOverflow(by: 10)
        let (sum, carry) = tenfold.addingReportingOverflow(digit * sign)
        return overflow || carry ? nil : sum
    }

    func checkedAdd(_ other: Int64) -> Int64? {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? nil : sum
    }

    func checkedMultiply(_ other: Int64) -> Int64? {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? nil : product
    }
}
