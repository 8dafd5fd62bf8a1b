/// Why a text is not JSON as this module reads it; it names places and never content.
package struct JSONTextError: Error, Hashable, Sendable, CustomStringConvertible {
    package let kind: Kind
    package let position: JSONPosition

    package enum Kind: Hashable, Sendable {
        case unexpected(expected: String)
        case endOfText(expected: String)
        case duplicateName
        case invalidUTF8
        case loneSurrogate
        case controlCharacter
        case escape
        case byteOrderMark
        case tooDeep(depthMax: Int)
        case tooLong(bytesMax: Int)
        case tooManyValues(valuesMax: Int)
    }

    package var description: String { "\(position): \(kind)" }
}

extension JSONTextError.Kind: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unexpected(let expected): "expected \(expected)"
        case .endOfText(let expected): "the text ends, expected \(expected)"
        case .duplicateName: "a name stands twice in one object"
        case .invalidUTF8: "bytes that are not UTF-8"
        case .loneSurrogate: "an escaped surrogate without its other half"
        case .controlCharacter: "a control character within a string, expected an escape"
        case .escape: "an unknown escape, expected one of RFC 8259"
        case .byteOrderMark: "a byte order mark, expected JSON without one"
        case .tooDeep(let depthMax): "nested deeper than \(depthMax)"
        case .tooLong(let bytesMax): "longer than \(bytesMax) bytes"
        case .tooManyValues(let valuesMax): "more than \(valuesMax) values"
        }
    }
}

/// A place in a text.
package struct JSONPosition: Hashable, Sendable, CustomStringConvertible {
    /// Counted from 0.
    package let byteOffset: Int
    /// Counted from 1.
    package let line: Int
    /// Counted from 1, in code points.
    package let column: Int

    package var description: String { "\(line):\(column) (byte \(byteOffset))" }

    init(of byteOffset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
        var line = 1
        var column = 1
        for byte in bytes[..<min(byteOffset, bytes.count)] {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.byteOffset = byteOffset
        self.line = line
        self.column = column
    }
}

/// How much one text may hold; reading stops at the first limit reached.
package struct JSONLimits: Hashable, Sendable {
    package var bytesMax: Int
    /// How many arrays and objects may stand within each other; at most 512, since reading recurses.
    package var depthMax: Int
    /// Values in all: a few bytes of text can ask for many times as many of memory.
    package var valuesMax: Int

    package init(bytesMax: Int = 16 << 20, depthMax: Int = 64, valuesMax: Int = 1_000_000) {
        precondition((1...512).contains(depthMax), "depthMax must lie between 1 and 512")
        self.bytesMax = bytesMax
        self.depthMax = depthMax
        self.valuesMax = valuesMax
    }
}
