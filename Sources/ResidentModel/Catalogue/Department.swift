import StrictYAML

/// An organisation that exchanges data through the gateway.
package struct Department: Hashable, Sendable {
    package let id: String
    package let title: Title
    package let creditCode: UnifiedCreditCode
    /// What the organisation is charged with, as legal bases name it: `social-assistance`.
    package let functions: Set<String>
    /// The division (GB/T 2260) it is responsible for; a prefix of 2, 4 or 6 digits.
    package let division: String
}

extension Department {
    init(_ entry: YAMLEntry) throws(YAMLError) {
        guard isName(entry.key, separators: [UInt8(ascii: "-")], lengthMax: 48) else {
            throw YAMLError("'\(entry.key)' is no department name", at: entry.keyPosition)
        }
        id = entry.key
        var fields = try YAMLFields(entry.value)
        title = try Title(fields.required("title"))
        let code = try fields.required("credit-code")
        guard let creditCode = UnifiedCreditCode(try code.text()) else {
            throw YAMLError(
                "is no unified social credit code: its check character does not fit (GB 32100)",
                at: code.position)
        }
        self.creditCode = creditCode
        functions = Set(try fields.required("functions").texts())
        division = try divisionPrefix(fields.required("division"))
        try fields.finish()
    }
}

/// Reads a division code or prefix of 2, 4, 6, 9 or 12 digits.
func divisionPrefix(_ node: YAMLNode) throws(YAMLError) -> String {
    let text = try node.text()
    guard [2, 4, 6, 9, 12].contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 48 && $0 < 58 })
    else {
        throw YAMLError("expected a division code of 2, 4, 6, 9 or 12 digits", at: node.position)
    }
    return text
}
