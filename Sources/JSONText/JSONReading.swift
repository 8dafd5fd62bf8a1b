extension JSONValue {
    /// Reads one JSON text (RFC 8259): one value, and nothing but blanks around it.
    ///
    /// Stricter than the standard demands, so that no two readers can see different things in one text: a name
    /// twice in an object, bytes that are not UTF-8, a lone surrogate and a byte order mark are errors.
    ///
    /// - Parameters:
    ///   - untrusted: The text's bytes.
    ///   - limits: What the text may hold.
    /// - Throws: ``JSONTextError`` at the first fault.
    package init(
        parsing untrusted: UnsafeBufferPointer<UInt8>, limits: JSONLimits = JSONLimits()
    ) throws(JSONTextError) {
        var parser = JSONParser(untrusted, limits: limits)
        do throws(JSONFault) {
            self = try parser.text()
        } catch {
            throw JSONTextError(
                kind: error.kind, position: JSONPosition(of: error.offset, in: untrusted))
        }
    }

    /// Reads one JSON text, as the initialiser over a buffer does.
    package init(
        parsing untrusted: [UInt8], limits: JSONLimits = JSONLimits()
    ) throws(JSONTextError) {
        self = try untrusted.withUnsafeBufferPointer { buffer throws(JSONTextError) in
            try JSONValue(parsing: buffer, limits: limits)
        }
    }

    /// Reads one JSON text, as the initialiser over a buffer does.
    package init(
        parsing untrusted: String, limits: JSONLimits = JSONLimits()
    ) throws(JSONTextError) {
        try self.init(parsing: Array(untrusted.utf8), limits: limits)
    }
}

/// A fault before its line and column are counted.
struct JSONFault: Error {
    let kind: JSONTextError.Kind
    let offset: Int
}

/// Reads by recursive descent; every index is compared with `end` before a byte is touched.
struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    let end: Int
    let limits: JSONLimits
    var index = 0
    private var depth = 0
    private var values = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
        self.bytes = bytes
        end = bytes.count
        self.limits = limits
    }

    mutating func text() throws(JSONFault) -> JSONValue {
        guard end <= limits.bytesMax else {
            throw JSONFault(kind: .tooLong(bytesMax: limits.bytesMax), offset: limits.bytesMax)
        }
        if end >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            throw fault(.byteOrderMark)
        }
        skipBlanks()
        let value = try value()
        skipBlanks()
        guard index == end else { throw fault(.unexpected(expected: "the end of the text")) }
        return value
    }

    private mutating func value() throws(JSONFault) -> JSONValue {
        guard index < end else { throw fault(.endOfText(expected: "a value")) }
        values += 1
        guard values <= limits.valuesMax else {
            throw fault(.tooManyValues(valuesMax: limits.valuesMax))
        }
        switch bytes[index] {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"):
            return try nested { parser throws(JSONFault) in try parser.object() }
        case UInt8(ascii: "["): return try nested { parser throws(JSONFault) in try parser.array() }
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), 0x30...0x39: return try number()
        default: throw fault(.unexpected(expected: "a value"))
        }
    }

    private mutating func nested(
        _ read: (inout JSONParser) throws(JSONFault) -> JSONValue
    ) throws(JSONFault) -> JSONValue {
        depth += 1
        guard depth <= limits.depthMax else { throw fault(.tooDeep(depthMax: limits.depthMax)) }
        index += 1
        skipBlanks()
        let value = try read(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws(JSONFault) -> JSONValue {
        let start = index - 1
        if take(UInt8(ascii: "}")) { return .object(JSONObject(distinct: [])) }
        var members: [JSONObject.Member] = []
        while true {
            guard index < end else { throw fault(.endOfText(expected: "a name")) }
            guard bytes[index] == UInt8(ascii: "\"") else {
                throw fault(.unexpected(expected: "a name in quotes"))
            }
            let name = try string()
            skipBlanks()
            try expect(UInt8(ascii: ":"), "':'")
            skipBlanks()
            members.append(JSONObject.Member(name: name, value: try value()))
            skipBlanks()
            if take(UInt8(ascii: "}")) { break }
            try expect(UInt8(ascii: ","), "',' or '}'")
            skipBlanks()
        }
        if members.count > 1, JSONObject.hasDuplicate(members) {
            throw JSONFault(kind: .duplicateName, offset: start)
        }
        return .object(JSONObject(distinct: members))
    }

    private mutating func array() throws(JSONFault) -> JSONValue {
        if take(UInt8(ascii: "]")) { return .array([]) }
        var elements: [JSONValue] = []
        while true {
            elements.append(try value())
            skipBlanks()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            try expect(UInt8(ascii: ","), "',' or ']'")
            skipBlanks()
        }
    }

    private mutating func word(
        _ word: StaticString, _ value: JSONValue
    ) throws(JSONFault) -> JSONValue {
        for offset in 0..<word.utf8CodeUnitCount {
            guard index < end else { throw fault(.endOfText(expected: "'\(word)'")) }
            guard bytes[index] == word.utf8Start[offset] else {
                throw fault(.unexpected(expected: "'\(word)'"))
            }
            index += 1
        }
        return value
    }

    private mutating func number() throws(JSONFault) -> JSONValue {
        guard let length = numberLength(bytes, from: index) else {
            throw fault(.unexpected(expected: "a number of RFC 8259"))
        }
        let digits = UnsafeBufferPointer(rebasing: bytes[index..<index + length])
        index += length
        return .number(JSONNumber(checked: String(decoding: digits, as: UTF8.self)))
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard index < end, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ byte: UInt8, _ name: String) throws(JSONFault) {
        guard index < end else { throw fault(.endOfText(expected: name)) }
        guard bytes[index] == byte else { throw fault(.unexpected(expected: name)) }
        index += 1
    }

    private mutating func skipBlanks() {
        while index < end {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    func fault(_ kind: JSONTextError.Kind) -> JSONFault { JSONFault(kind: kind, offset: index) }
}

/// How many bytes from `start` are one number of RFC 8259, section 6; nil where none is there.
///
/// What follows the number is not looked at, except that a second digit after a leading zero is no number.
func numberLength(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    var index = start
    func digits() -> Bool {
        let first = index
        while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
        return index > first
    }
    if index < bytes.count, bytes[index] == UInt8(ascii: "-") { index += 1 }
    let whole = index
    guard digits() else { return nil }
    if bytes[whole] == UInt8(ascii: "0"), index > whole + 1 { return nil }
    if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
        index += 1
        guard digits() else { return nil }
    }
    if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
        index += 1
        if index < bytes.count,
            bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-")
        {
            index += 1
        }
        guard digits() else { return nil }
    }
    return index - start
}
