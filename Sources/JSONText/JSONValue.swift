/// One JSON value, with numbers as they were written and members in the order they came.
///
/// Texts are equal where their code points are: `é` as one code point and as two are different texts here, as they
/// are to every signature and hash over the bytes.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// The member of that name; nil where there is none, and where this is no object.
    package subscript(name: String) -> JSONValue? {
        if case .object(let object) = self { return object[name] }
        return nil
    }

    /// The text, where this is one.
    package var string: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    /// The whole number, where this is one that fits and is written without fraction or exponent.
    package var integer: Int? {
        if case .number(let number) = self { return number.integer }
        return nil
    }

    /// The flag, where this is one.
    package var bool: Bool? {
        if case .bool(let flag) = self { return flag }
        return nil
    }

    /// The elements, where this is an array.
    package var array: [JSONValue]? {
        if case .array(let elements) = self { return elements }
        return nil
    }

    /// The members, where this is an object.
    package var object: JSONObject? {
        if case .object(let object) = self { return object }
        return nil
    }

    /// A whole number.
    package static func integer(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
}

extension JSONValue: Hashable {
    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): hasSameCodePoints(left, right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let flag): hasher.combine(flag)
        case .number(let number): hasher.combine(number)
        case .string(let text): hasher.combine(text)
        case .array(let elements): hasher.combine(elements)
        case .object(let object): hasher.combine(object)
        }
    }
}

/// The members of a JSON object, in the order they came; no name stands twice.
package struct JSONObject: Sendable {
    package struct Member: Sendable {
        package let name: String
        package let value: JSONValue
    }

    package let members: [Member]

    /// Makes the object, or nil where a name stands twice.
    ///
    /// - Parameter members: Names that differ from each other.
    package init?(_ members: [(String, JSONValue)]) {
        self.init(members.map { Member(name: $0.0, value: $0.1) })
    }

    init?(_ members: [Member]) {
        guard !Self.hasDuplicate(members) else { return nil }
        self.members = members
    }

    /// - Parameter members: Names that the parser has found to differ.
    init(distinct members: [Member]) { self.members = members }

    package subscript(name: String) -> JSONValue? {
        for index in members.indices where hasSameCodePoints(members[index].name, name) {
            return members[index].value
        }
        return nil
    }

    /// Whether a name stands twice: by comparison where there are few, by hashing where an attacker could send many.
    static func hasDuplicate(_ members: [Member]) -> Bool {
        guard members.count > 16 else {
            for (index, member) in members.enumerated().dropFirst() {
                for earlier in members[0..<index] where hasSameCodePoints(earlier.name, member.name)
                {
                    return true
                }
            }
            return false
        }
        var seen: Set<[UInt8]> = []
        return members.contains { !seen.insert(Array($0.name.utf8)).inserted }
    }
}

extension JSONObject: Hashable {
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members.count == right.members.count
            && zip(left.members, right.members).allSatisfy {
                hasSameCodePoints($0.name, $1.name) && $0.value == $1.value
            }
    }

    package func hash(into hasher: inout Hasher) {
        for member in members {
            hasher.combine(member.name)
            hasher.combine(member.value)
        }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// - Precondition: No name stands twice.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        guard let object = JSONObject(elements) else {
            preconditionFailure("a JSON object literal has a name twice")
        }
        self = object
    }
}

/// A JSON number as it was written, so that `72.50` stays `72.50`.
package struct JSONNumber: Hashable, Sendable {
    /// Text of the grammar of RFC 8259, section 6.
    package let lexeme: String

    package init(_ value: Int) { lexeme = String(value) }

    /// Takes the number's text, or nil where that is not a number of RFC 8259.
    package init?(lexeme: String) {
        let bytes = Array(lexeme.utf8)
        guard bytes.withUnsafeBufferPointer({ numberLength($0, from: 0) }) == bytes.count else {
            return nil
        }
        self.lexeme = lexeme
    }

    init(checked lexeme: String) { self.lexeme = lexeme }

    /// The whole number, where it fits and is written without fraction or exponent.
    package var integer: Int? { Int(lexeme) }
}

/// Whether two texts are the same code points.
///
/// Swift's own equality takes canonically equivalent texts as equal.
func hasSameCodePoints(_ left: String, _ right: String) -> Bool {
    let count = left.utf8.count
    guard count == right.utf8.count, left == right else { return false }
    let isSame = left.utf8.withContiguousStorageIfAvailable { left in
        right.utf8.withContiguousStorageIfAvailable { right in
            (0..<count).allSatisfy { left[$0] == right[$0] }
        }
    }
    return (isSame ?? nil) ?? left.utf8.elementsEqual(right.utf8)
}
