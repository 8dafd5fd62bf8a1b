/// Reads JSON by RFC 8259, strictly, and refuses objects that have a key twice.
package struct JSONReader {
    private let bytes: [UInt8]
    private let file: String
    private let limits: Limits
    private var position = 0
    private var depth = 0
    private let listDepth: Int

    /// The document in `bytes`.
    ///
    /// - Parameters:
    ///   - bytes: The document in UTF-8.
    ///   - file: The name to use in errors.
    ///   - limits: Bounds on size, nesting and members.
    ///   - listDepth: How many of the outermost levels are lists that the caller counts by a limit of their own.
    /// - Returns: The document as written.
    /// - Throws: ``JSONInputError/malformed(_:at:)`` if it is not UTF-8, not JSON, or exceeds `limits`.
    package static func read(
        _ bytes: some Sequence<UInt8>, file: String = "json", limits: Limits = .standard,
        listDepth: Int = 1
    ) throws(JSONInputError) -> JSONValue {
        var reader = JSONReader(
            bytes: Array(bytes), file: file, limits: limits, listDepth: listDepth)
        if reader.bytes.count > limits.textBytesMax {
            throw reader.error("the text exceeds the limit of \(limits.textBytesMax) bytes")
        }
        let value = try reader.value()
        reader.skipSpace()
        if reader.position < reader.bytes.count {
            throw reader.error("something follows the document")
        }
        return value
    }

    private init(bytes: [UInt8], file: String, limits: Limits, listDepth: Int) {
        self.listDepth = listDepth
        self.bytes = bytes
        self.file = file
        self.limits = limits
    }

    private func error(_ what: String) -> JSONInputError {
        var line = 1
        var column = 1
        for byte in bytes.prefix(position) {
            if byte == 10 {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return .malformed(what, at: SourcePosition(file: file, line: line, column: column))
    }

    private var current: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func value() throws(JSONInputError) -> JSONValue {
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw error("expected a JSON value")
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONInputError)
        -> JSONValue
    {
        let end = position + text.utf8CodeUnitCount
        guard end <= bytes.count, text.withUTF8Buffer({ bytes[position..<end].elementsEqual($0) })
        else {
            throw error("expected a JSON value")
        }
        position = end
        return value
    }

    private mutating func enter() throws(JSONInputError) {
        depth += 1
        position += 1
        if depth > limits.jsonNestingMax {
            throw error("the nesting exceeds the limit of \(limits.jsonNestingMax)")
        }
        skipSpace()
    }

    private func requireRoom(after count: Int) throws(JSONInputError) {
        if count >= limits.memberCountMax, depth > listDepth {
            throw error("the number of members exceeds the limit of \(limits.memberCountMax)")
        }
    }

    private mutating func array() throws(JSONInputError) -> JSONValue {
        try enter()
        defer { depth -= 1 }
        var elements: [JSONValue] = []
        if current == UInt8(ascii: "]") {
            position += 1
            return .array(elements)
        }
        while true {
            try requireRoom(after: elements.count)
            elements.append(try value())
            skipSpace()
            let separator = current
            guard separator == UInt8(ascii: ",") || separator == UInt8(ascii: "]") else {
                throw error("expected ',' or ']'")
            }
            position += 1
            if separator == UInt8(ascii: "]") { return .array(elements) }
        }
    }

    private static let linearKeyCountMax = 12

    private mutating func object() throws(JSONInputError) -> JSONValue {
        try enter()
        defer { depth -= 1 }
        var members: [JSONMember] = []
        var keys: Set<ScalarKey> = []
        if current == UInt8(ascii: "}") {
            position += 1
            return .object(members)
        }
        while true {
            try requireRoom(after: members.count)
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw error("expected a key in quotes") }
            let key = try string()
            let isRepeated: Bool
            if members.count < Self.linearKeyCountMax {
                isRepeated = members.contains { ScalarText.same($0.key, key) }
            } else {
                if keys.isEmpty { keys = Set(members.map { ScalarKey($0.key) }) }
                isRepeated = !keys.insert(ScalarKey(key)).inserted
            }
            if isRepeated { throw error("this object has the same key twice") }
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw error("expected ':'") }
            position += 1
            members.append(JSONMember(key, try value()))
            skipSpace()
            let separator = current
            guard separator == UInt8(ascii: ",") || separator == UInt8(ascii: "}") else {
                throw error("expected ',' or '}'")
            }
            position += 1
            if separator == UInt8(ascii: "}") { return .object(members) }
        }
    }

    private mutating func number() throws(JSONInputError) -> JSONValue {
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") {
            position += 1
        } else {
            try digits()
        }
        if current == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        return .number(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func digits() throws(JSONInputError) {
        let start = position
        while ASCII.digit(current) != nil { position += 1 }
        if position == start { throw error("expected a digit") }
    }

    private mutating func string() throws(JSONInputError) -> String {
        position += 1
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\""),
            bytes[position] != UInt8(ascii: "\\")
        {
            if bytes[position] < 0x20 {
                throw error("a control character in a string must be escaped")
            }
            position += 1
        }
        var buffer: [UInt8] = []
        if current == UInt8(ascii: "\"") {
            return try closeString(bytes[start..<position])
        }
        buffer = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") { return try closeString(buffer[...]) }
            if byte < 0x20 { throw error("a control character in a string must be escaped") }
            position += 1
            if byte == UInt8(ascii: "\\") { try escape(into: &buffer) } else { buffer.append(byte) }
        }
        throw error("this string has no closing quote")
    }

    private mutating func closeString(_ content: ArraySlice<UInt8>) throws(JSONInputError) -> String
    {
        guard let text = String(validating: content, as: UTF8.self) else {
            throw error("this is not UTF-8")
        }
        position += 1
        return text
    }

    private mutating func escape(into buffer: inout [UInt8]) throws(JSONInputError) {
        let letter = current
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(letter)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xD800..<0xDC00).contains(code) {
                guard current == UInt8(ascii: "\\") else {
                    throw error("a lone surrogate is no character")
                }
                position += 1
                guard current == UInt8(ascii: "u") else {
                    throw error("a lone surrogate is no character")
                }
                position += 1
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else {
                    throw error("a lone surrogate is no character")
                }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else {
                throw error("a lone surrogate is no character")
            }
            buffer.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        default: throw error("there is no such escape in JSON")
        }
    }

    private mutating func hexadecimal() throws(JSONInputError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = ASCII.hexDigit(current) else {
                throw error("expected four hexadecimal digits")
            }
            code = code << 4 | digit
            position += 1
        }
        return code
    }
}
