extension JSONValue {
    /// The value's one spelling after RFC 8785 (JCS): names in the order of their UTF-16 code units, no blanks, the
    /// shortest escapes.
    ///
    /// Numbers stand as they were written. For whole numbers up to 2^53 that is the standard's own spelling; `1.0`
    /// and `1e0` keep theirs, so what is hashed or signed should hold whole numbers and texts only.
    package var canonicalBytes: [UInt8] {
        var output: [UInt8] = []
        writeCanonical(to: &output)
        return output
    }

    /// The text of ``canonicalBytes``.
    package var canonicalText: String { String(decoding: canonicalBytes, as: UTF8.self) }

    /// Appends ``canonicalBytes``.
    package func writeCanonical(to output: inout [UInt8]) {
        switch self {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let flag): output.append(contentsOf: (flag ? "true" : "false").utf8)
        case .number(let number): output.append(contentsOf: number.lexeme.utf8)
        case .string(let text): writeQuoted(text, to: &output)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                element.writeCanonical(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let object):
            output.append(UInt8(ascii: "{"))
            let sorted = object.members.sorted {
                $0.name.utf16.lexicographicallyPrecedes($1.name.utf16)
            }
            for (index, member) in sorted.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                writeQuoted(member.name, to: &output)
                output.append(UInt8(ascii: ":"))
                member.value.writeCanonical(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }
}

/// Quotes a text with the escapes of RFC 8785, section 3.2.2.2: two characters where JSON has them, else `\u00xx`.
private func writeQuoted(_ text: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    defer { output.append(UInt8(ascii: "\"")) }
    // Most texts have nothing to escape and go in at once.
    let isPlain = text.utf8.withContiguousStorageIfAvailable { bytes in
        var escaped: UInt8 = 0
        // No way out of the loop, so that the compiler takes many bytes at a time.
        for byte in bytes {
            escaped |= (byte < 0x20 ? 1 : 0) | (byte == 0x22 ? 1 : 0) | (byte == 0x5C ? 1 : 0)
        }
        guard escaped == 0 else { return false }
        output.append(contentsOf: bytes)
        return true
    }
    if isPlain == true { return }
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            output.append(UInt8(ascii: "\\"))
            output.append(byte)
        case 0x08: output.append(contentsOf: "\\b".utf8)
        case 0x09: output.append(contentsOf: "\\t".utf8)
        case 0x0A: output.append(contentsOf: "\\n".utf8)
        case 0x0C: output.append(contentsOf: "\\f".utf8)
        case 0x0D: output.append(contentsOf: "\\r".utf8)
        case ..<0x20:
            let digits = Array("0123456789abcdef".utf8)
            output.append(contentsOf: "\\u00".utf8)
            output.append(digits[Int(byte >> 4)])
            output.append(digits[Int(byte & 15)])
        default: output.append(byte)
        }
    }
}
