/// A node of a YAML file that keeps its place.
package struct YAMLNode: Sendable {
    package enum Content: Sendable {
        case scalar(String)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    package let content: Content
    package let position: YAMLPosition

    package init(content: Content, position: YAMLPosition) {
        self.content = content
        self.position = position
    }

    /// The text of a scalar.
    package func text() throws(YAMLError) -> String {
        guard case .scalar(let text) = content else {
            throw YAMLError(
                "expected a text, found \(kind)", at: position, chinese: "这里应当是一个词或一句话")
        }
        guard !text.isEmpty else {
            throw YAMLError("expected a text, found nothing", at: position, chinese: "这里空着")
        }
        return text
    }

    /// A whole number within a range.
    package func integer(in range: ClosedRange<Int>) throws(YAMLError) -> Int {
        let text = try text()
        guard let number = Int(text), range.contains(number) else {
            throw YAMLError(
                "expected a whole number from \(range.lowerBound) to \(range.upperBound)",
                at: position)
        }
        return number
    }

    /// `true` or `false`.
    package func flag() throws(YAMLError) -> Bool {
        switch try text() {
        case "true": return true
        case "false": return false
        default: throw YAMLError("expected true or false", at: position)
        }
    }

    /// One of a closed list of words.
    package func word<Word: RawRepresentable & CaseIterable>(
        of type: Word.Type
    ) throws(YAMLError) -> Word where Word.RawValue == String {
        let text = try text()
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw YAMLError("'\(text)' is not one of: \(words)", at: position)
        }
        return word
    }

    /// The nodes of a sequence.
    package func sequence() throws(YAMLError) -> [YAMLNode] {
        guard case .sequence(let nodes) = content else {
            throw YAMLError(
                "expected a list, found \(kind)", at: position, chinese: "这里应当是一个列表")
        }
        return nodes
    }

    /// The texts of a sequence of scalars.
    package func texts() throws(YAMLError) -> [String] {
        var texts: [String] = []
        for node in try sequence() { texts.append(try node.text()) }
        return texts
    }

    /// The entries of a mapping, in the order of the file.
    package func entries() throws(YAMLError) -> [YAMLEntry] {
        guard case .mapping(let entries) = content else {
            throw YAMLError(
                "expected 'key: value' lines, found \(kind)", at: position,
                chinese: "这里应当是“键: 值”各行")
        }
        return entries
    }

    /// Whether the node is a mapping, so that a short and a long form can be told apart.
    package var isMapping: Bool {
        if case .mapping = content { true } else { false }
    }

    private var kind: String {
        switch content {
        case .scalar: "a text"
        case .sequence: "a list"
        case .mapping: "'key: value' lines"
        }
    }
}

/// One `key: value` of a mapping.
package struct YAMLEntry: Sendable {
    package let key: String
    package let keyPosition: YAMLPosition
    package let value: YAMLNode

    package init(key: String, keyPosition: YAMLPosition, value: YAMLNode) {
        self.key = key
        self.keyPosition = keyPosition
        self.value = value
    }
}
