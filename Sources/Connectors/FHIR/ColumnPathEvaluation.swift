import JSONText

extension ColumnPath {
    /// A path that leads to an object, which has no text.
    struct EndsOnObject: Error {}

    /// The column's text in a resource; nil where it is absent.
    func text(in resource: JSONValue) throws(EndsOnObject) -> String? {
        for steps in alternatives {
            if let text = try Self.text(in: resource, steps[...]) { return text }
        }
        return nil
    }

    private static func text(
        in value: JSONValue, _ steps: ArraySlice<Step>
    ) throws(EndsOnObject) -> String? {
        guard let step = steps.first else { return try scalarText(value) }
        switch value {
        case .object(let object):
            guard let member = object[step.name] else { return nil }
            return try text(selecting: step.selection, in: member, steps.dropFirst())
        case .array(let elements):
            // An array below a step without brackets, such as an array within an array's element.
            for element in elements {
                if let text = try text(in: element, steps) { return text }
            }
            return nil
        default:
            return nil
        }
    }

    private static func text(
        selecting selection: Selection, in member: JSONValue, _ rest: ArraySlice<Step>
    ) throws(EndsOnObject) -> String? {
        let elements = member.array ?? [member]
        switch selection {
        case .first:
            for element in elements {
                if let text = try text(in: element, rest) { return text }
            }
            return nil
        case .matching(let path, let wanted):
            for element in elements where hasText(wanted, in: element, path[...]) {
                if let text = try text(in: element, rest) { return text }
            }
            return nil
        case .all:
            var texts: [String] = []
            for element in elements {
                if let text = try text(in: element, rest) { texts.append(text) }
            }
            return texts.isEmpty ? nil : texts.joined(separator: " ")
        }
    }

    private static func scalarText(_ value: JSONValue) throws(EndsOnObject) -> String? {
        switch value {
        case .string(let text): return text.isEmpty ? nil : text
        case .number(let number): return number.lexeme
        case .bool(let flag): return flag ? "true" : "false"
        case .null: return nil
        case .object: throw EndsOnObject()
        case .array(let elements):
            for element in elements {
                if let text = try scalarText(element) { return text }
            }
            return nil
        }
    }

    /// Whether the text stands at the end of the path, in any element of the arrays on the way.
    private static func hasText(
        _ wanted: String, in value: JSONValue, _ path: ArraySlice<String>
    ) -> Bool {
        switch value {
        case .array(let elements):
            return elements.contains { hasText(wanted, in: $0, path) }
        case .object(let object):
            guard let name = path.first, let member = object[name] else { return false }
            return hasText(wanted, in: member, path.dropFirst())
        case .string(let text): return path.isEmpty && text == wanted
        case .number(let number): return path.isEmpty && number.lexeme == wanted
        case .bool(let flag): return path.isEmpty && (flag ? "true" : "false") == wanted
        case .null: return false
        }
    }
}
