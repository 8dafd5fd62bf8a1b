import StrictYAML

/// A closed list of codes with their meanings, and the other spellings that departments use for them.
package struct CodeSet: Hashable, Sendable {
    package let id: String
    package let title: Title
    /// The standard that defines the codes.
    package let source: String
    package let values: [String: Title]
    /// Other spelling to code.
    package let aliases: [String: String]
    /// A set too large to list (ICD-10, LOINC): codes of this form are taken as they are.
    package let isOpen: Bool

    /// The code that a department's spelling stands for, or nil where the set has none.
    package func code(for spelling: String) -> String? {
        if values[spelling] != nil { return spelling }
        if let code = aliases[spelling] { return code }
        return isOpen && Self.isOpenCode(spelling) ? spelling : nil
    }

    private static func isOpenCode(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                    UInt8(ascii: "+"), UInt8(ascii: "*"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

extension CodeSet {
    init(_ entry: YAMLEntry) throws(YAMLError) {
        id = entry.key
        var fields = try YAMLFields(entry.value)
        title = try Title(fields.required("title"))
        source = try fields.required("source").text()
        isOpen = try fields.optional("open")?.flag() ?? false
        var values: [String: Title] = [:]
        if let node = fields.optional("values") {
            for entry in try node.entries() { values[entry.key] = try Title(entry.value) }
        }
        var aliases: [String: String] = [:]
        if let node = fields.optional("aliases") {
            for entry in try node.entries() {
                let code = try entry.value.text()
                guard isOpen || values[code] != nil else {
                    throw YAMLError("'\(code)' is not a code of the set", at: entry.value.position)
                }
                aliases[entry.key] = code
            }
        }
        guard isOpen || !values.isEmpty else {
            throw YAMLError("a code set needs 'values', or 'open: true'", at: entry.keyPosition)
        }
        self.values = values
        self.aliases = aliases
        try fields.finish()
    }
}
