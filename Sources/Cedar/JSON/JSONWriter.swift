/// Writes JSON: one line, or indented by two spaces.
package struct JSONWriter {
    private var text = ""
    private let isIndented: Bool

    package static func write(_ value: JSONValue, indented: Bool = false) -> String {
        var writer = JSONWriter(isIndented: indented)
        writer.append(value, indent: 0)
        return writer.text
    }

    private init(isIndented: Bool) { self.isIndented = isIndented }

    private mutating func append(_ value: JSONValue, indent: Int) {
        switch value {
        case .null: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .number(let digits): text += digits
        case .string(let string): append(string)
        case .array(let elements):
            appendList("[", "]", elements, indent: indent) { writer, element in
                writer.append(element, indent: indent + 1)
            }
        case .object(let members):
            appendList("{", "}", members, indent: indent) { writer, member in
                writer.append(member.key)
                writer.text += writer.isIndented ? ": " : ":"
                writer.append(member.value, indent: indent + 1)
            }
        }
    }

    private mutating func appendList<Member>(
        _ open: String, _ close: String, _ members: [Member], indent: Int,
        _ append: (inout JSONWriter, Member) -> Void
    ) {
        text += open
        for (index, member) in members.enumerated() {
            if index > 0 { text += "," }
            startLine(indent + 1)
            append(&self, member)
        }
        if !members.isEmpty { startLine(indent) }
        text += close
    }

    private mutating func startLine(_ indent: Int) {
        if isIndented { text += "\n" + String(repeating: "  ", count: indent) }
    }

    private mutating func append(_ string: String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
