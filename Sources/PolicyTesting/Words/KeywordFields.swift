import Gateway
import StrictYAML

/// Reads the keys of one mapping in either language, each once, and refuses keys that are not known there.
struct KeywordFields {
    let position: YAMLPosition
    private var values: [Keyword: YAMLEntry] = [:]

    /// - Parameters:
    ///   - node: The mapping to read.
    ///   - allowed: The keys that it may have.
    /// - Throws: ``ScenarioFault`` at a key that is not among them, or that stands twice.
    init(_ node: YAMLNode, _ allowed: [Keyword]) throws(ScenarioFault) {
        position = node.position
        for entry in try inYAML({ () throws(YAMLError) in try node.entries() }) {
            let words = allowed.flatMap(\.spellings)
            guard let keyword = Keyword(spelling: entry.key), allowed.contains(keyword) else {
                throw ScenarioFault(
                    .unknownKeyword, at: entry.keyPosition, "这里不认识“\(entry.key)”",
                    "'\(entry.key)' is not known here",
                    meant: NearestWord.to(entry.key, among: words))
            }
            guard values.updateValue(entry, forKey: keyword) == nil else {
                throw ScenarioFault(
                    .twice, at: entry.keyPosition, "“\(entry.key)”写了两次，中英文算同一个",
                    "'\(entry.key)' stands twice; its two spellings are one key")
            }
        }
    }

    func optional(_ keyword: Keyword) -> YAMLNode? { values[keyword]?.value }

    /// Where the key of a value stands; the mapping's own place where there is none.
    func place(of keyword: Keyword) -> YAMLPosition { values[keyword]?.keyPosition ?? position }

    func required(_ keyword: Keyword) throws(ScenarioFault) -> YAMLNode {
        guard let node = optional(keyword) else {
            throw ScenarioFault(
                .missing, at: position, "这里缺少“\(keyword.chinese)”",
                "'\(keyword.rawValue)' is missing here")
        }
        return node
    }

    func text(_ keyword: Keyword) throws(ScenarioFault) -> String? {
        guard let node = optional(keyword) else { return nil }
        return try node.scenarioText()
    }
}

extension YAMLNode {
    func scenarioText() throws(ScenarioFault) -> String {
        try inYAML { () throws(YAMLError) in try text() }
    }

    /// The nodes of a list, or the one node that stands in place of a list.
    func listOrOne() throws(ScenarioFault) -> [YAMLNode] {
        guard case .sequence(let nodes) = content else { return [self] }
        return nodes
    }

    func list() throws(ScenarioFault) -> [YAMLNode] {
        try inYAML { () throws(YAMLError) in try sequence() }
    }

    func pairs() throws(ScenarioFault) -> [YAMLEntry] {
        try inYAML { () throws(YAMLError) in try entries() }
    }

    /// Whether it is one text.
    var isText: Bool {
        if case .scalar = content { true } else { false }
    }

    /// One of some words, in either language.
    func oneOf<Word>(
        _ words: [String], chinese: String, english: String, _ make: (String) -> Word?
    ) throws(ScenarioFault) -> Word {
        let text = try scenarioText()
        guard let word = make(text) else {
            throw ScenarioFault(
                .unknownWord, at: position, "“\(text)”不是\(chinese)", "'\(text)' is no \(english)",
                meant: NearestWord.to(text, among: words))
        }
        return word
    }
}
