extension JSONParser {
    /// Reads a string from its opening quote to past its closing one.
    mutating func string() throws(JSONFault) -> String {
        let start = index + 1
        var cursor = start
        while cursor < end {
            let byte = bytes[cursor]
            if byte == UInt8(ascii: "\"") {
                index = cursor + 1
                return try text(UnsafeBufferPointer(rebasing: bytes[start..<cursor]), at: start)
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start, to: cursor) }
            if byte < 0x20 { throw JSONFault(kind: .controlCharacter, offset: cursor) }
            cursor += 1
        }
        throw JSONFault(kind: .endOfText(expected: "'\"'"), offset: end)
    }

    /// Reads on a string of which the bytes before the first backslash are known to be plain.
    private mutating func escapedString(from start: Int, to escape: Int) throws(JSONFault) -> String
    {
        var text: [UInt8] = []
        var plainStart = start
        index = escape
        while index < end {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                try append(plainStart..<index, to: &text)
                index += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                try append(plainStart..<index, to: &text)
                index += 1
                try unescape(to: &text)
                plainStart = index
            case ..<0x20:
                throw fault(.controlCharacter)
            default:
                index += 1
            }
        }
        throw fault(.endOfText(expected: "'\"'"))
    }

    /// Checks the plain bytes by themselves, so that halves of a character around an escape cannot join.
    private func append(_ range: Range<Int>, to text: inout [UInt8]) throws(JSONFault) {
        let plain = UnsafeBufferPointer(rebasing: bytes[range])
        if let offset = firstOffsetOutsideUTF8(plain) {
            throw JSONFault(kind: .invalidUTF8, offset: range.lowerBound + offset)
        }
        text.append(contentsOf: plain)
    }

    private mutating func unescape(to text: inout [UInt8]) throws(JSONFault) {
        guard index < end else { throw fault(.endOfText(expected: "an escape")) }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: String(try escapedScalar()).utf8)
        default: throw JSONFault(kind: .escape, offset: index - 1)
        }
    }

    private mutating func escapedScalar() throws(JSONFault) -> Character {
        let start = index - 2
        let unit = try hexadecimalUnit()
        if let scalar = Unicode.Scalar(unit) { return Character(scalar) }
        guard unit < 0xDC00 else { throw JSONFault(kind: .loneSurrogate, offset: start) }
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw JSONFault(kind: .loneSurrogate, offset: start)
        }
        let low = try hexadecimalUnit()
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(
                0x10000 + ((UInt32(unit) - 0xD800) << 10) + (UInt32(low) - 0xDC00))
        else { throw JSONFault(kind: .loneSurrogate, offset: start) }
        return Character(scalar)
    }

    private mutating func hexadecimalUnit() throws(JSONFault) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard index < end else { throw fault(.endOfText(expected: "four hexadecimal digits")) }
            let digit: UInt8
            switch bytes[index] {
            case 0x30...0x39: digit = bytes[index] - 0x30
            case 0x41...0x46: digit = bytes[index] - 0x41 + 10
            case 0x61...0x66: digit = bytes[index] - 0x61 + 10
            default: throw fault(.unexpected(expected: "four hexadecimal digits"))
            }
            unit = unit << 4 | UInt16(digit)
            index += 1
        }
        return unit
    }

    private func text(
        _ plain: UnsafeBufferPointer<UInt8>, at offset: Int
    ) throws(JSONFault) -> String {
        do {
            return String(copying: try UTF8Span(validating: plain.span))
        } catch {
            throw JSONFault(kind: .invalidUTF8, offset: offset + error.byteOffsets.lowerBound)
        }
    }
}

/// Where the first byte stands that is not part of well-formed UTF-8; nil where all are.
package func firstOffsetOutsideUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    do {
        _ = try UTF8Span(validating: bytes.span)
        return nil
    } catch {
        return error.byteOffsets.lowerBound
    }
}
