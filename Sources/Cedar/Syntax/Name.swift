/// The rules for identifiers and for the names of types and actions.
enum Name {
    /// Words that cannot be used as an identifier without quotes.
    static let reserved: Set<String> = [
        "true", "false", "if", "then", "else", "in", "like", "has", "is", "__cedar",
    ]

    /// Whether `text` can stand as an attribute or type name without quotes.
    static func isIdentifier(_ text: some StringProtocol) -> Bool {
        guard isWord(text) else { return false }
        return !reserved.contains(String(text))
    }

    /// Whether `text` has the form of an identifier, reserved or not.
    static func isWord(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, ASCII.isIdentifierStart(first) else { return false }
        return text.utf8.allSatisfy(ASCII.isIdentifierPart)
    }

    /// Whether `text` is a type name in normal form: identifiers joined by `::`, no spaces.
    static func isNormalised(_ text: String) -> Bool {
        !text.isEmpty && components(text).allSatisfy { isIdentifier($0) }
    }

    /// The identifiers of a name.
    ///
    /// Splits at every `::`, so a stray colon stays inside a component.
    static func components(_ text: String) -> [Substring] {
        var parts: [Substring] = []
        let bytes = text.utf8
        var start = bytes.startIndex
        var position = start
        let colon = UInt8(ascii: ":")
        while position < bytes.endIndex {
            let next = bytes.index(after: position)
            if bytes[position] == colon, next < bytes.endIndex, bytes[next] == colon {
                parts.append(text[start..<position])
                start = bytes.index(after: next)
                position = start
            } else {
                position = next
            }
        }
        parts.append(text[start...])
        return parts
    }

    /// Whether a type is that of actions: `Action`, or `Action` in some namespace.
    static func isAction(_ type: String) -> Bool {
        ScalarText.same(type, "Action")
            || type.utf8.reversed().starts(with: "::Action".utf8.reversed())
    }

    /// The last identifier of a name.
    static func base(_ name: String) -> String { components(name).last.map(String.init) ?? name }

    static func qualified(_ base: String, in namespace: String) -> String {
        namespace.isEmpty ? base : "\(namespace)::\(base)"
    }
}
