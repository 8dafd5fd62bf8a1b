/// A JSON document as written: numbers keep their spelling, objects their order.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// The number's characters, so that no digit is lost and a fraction is not taken for an integer.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// No two members have the same key.
    case object([JSONMember])

    package var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// The member of an object, nil where this is none or has no such key.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { ScalarText.same($0.key, key) }?.value
    }
}

package struct JSONMember: Sendable {
    package let key: String
    package let value: JSONValue

    package init(_ key: String, _ value: JSONValue) {
        self.key = key
        self.value = value
    }
}

/// JSON that is malformed or does not say what was expected.
///
/// Never holds a value from the input.
public indirect enum JSONInputError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text is not JSON, or has an object with the same key twice.
    case malformed(String, at: SourcePosition)
    /// The JSON is well formed but not what was expected at `path`, such as `[2].attrs.owner`.
    case invalid(String, path: String)
    /// The entities cannot be kept together.
    case entities(EntityStoreError)

    /// What is wrong and where.
    public var description: String {
        switch self {
        case .malformed(let what, let position): "\(position): \(what)"
        case .invalid(let what, let path): path.isEmpty ? what : "\(path): \(what)"
        case .entities(let error): error.description
        }
    }
}

/// A place inside a JSON document, for messages.
///
/// Written out only for an error, since a text made at each step would cost the product of its length and the members.
indirect enum JSONPath: Sendable {
    case root
    case member(JSONPath, String)
    case element(JSONPath, Int)

    func key(_ key: String) -> JSONPath { .member(self, key) }
    func index(_ index: Int) -> JSONPath { .element(self, index) }

    private static let shownScalarsMax = 80

    /// The path, such as `[2].attrs.owner`; long keys are cut short.
    var text: String {
        var steps: [String] = []
        var rest = self
        while true {
            switch rest {
            case .root: return steps.reversed().joined()
            case .element(let before, let index):
                steps.append("[\(index)]")
                rest = before
            case .member(let before, let key):
                let isCut = key.unicodeScalars.count > Self.shownScalarsMax
                let shown =
                    isCut ? String(key.unicodeScalars.prefix(Self.shownScalarsMax)) + "…" : key
                if case .root = before { steps.append(shown) } else { steps.append(".\(shown)") }
                rest = before
            }
        }
    }

    func error(_ what: String) -> JSONInputError { .invalid(what, path: text) }

    func expected(_ what: String, _ found: JSONValue) -> JSONInputError {
        error("expected \(what), found \(found.kindName)")
    }
}

extension JSONValue {
    /// The text of a string; nil for any other value.
    package var text: String? { if case .string(let text) = self { text } else { nil } }

    /// The elements of an array; nil for any other value.
    package var elements: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// A boolean; nil for any other value.
    package var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }

    /// The entity that test data name, wrapped in `__entity` or not; what is absent is empty.
    package var uid: EntityUID {
        let named = self["__entity"] ?? self
        return EntityUID(type: named["type"]?.text ?? "", id: named["id"]?.text ?? "")
    }
}

extension JSONValue {
    func members(_ path: JSONPath) throws(JSONInputError) -> [JSONMember] {
        guard case .object(let members) = self else { throw path.expected("an object", self) }
        return members
    }

    func elements(_ path: JSONPath) throws(JSONInputError) -> [JSONValue] {
        guard case .array(let elements) = self else { throw path.expected("an array", self) }
        return elements
    }

    func text(_ path: JSONPath) throws(JSONInputError) -> String {
        guard case .string(let text) = self else { throw path.expected("a string", self) }
        return text
    }

    func flag(_ path: JSONPath) throws(JSONInputError) -> Bool {
        guard case .bool(let flag) = self else { throw path.expected("a boolean", self) }
        return flag
    }

    func required(_ key: String, _ path: JSONPath) throws(JSONInputError) -> JSONValue {
        _ = try members(path)
        guard let value = self[key] else { throw path.error("the key '\(key)' is missing") }
        return value
    }

    /// Refuses keys other than these.
    func allowOnly(_ keys: [String], _ path: JSONPath) throws(JSONInputError) {
        for member in try members(path) where !keys.contains(member.key) {
            throw path.error(
                "this object has a key that is not one of \(keys.joined(separator: ", "))")
        }
    }

    /// The integer this number is; nil for fractions, exponents, `-0` and what does not fit 64 bits.
    var integer: Int64? {
        guard case .number(let digits) = self, digits != "-0" else { return nil }
        return Int64(digits)
    }
}
