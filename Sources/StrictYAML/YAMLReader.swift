import Yams

/// Reads YAML without its traps: keys stand once, `no`, `off` and their like must be quoted, also as keys, and
/// anchors, tags and merge keys are refused.
package enum YAMLReader {
    /// The largest file that is read.
    package static let fileBytesMax = 4 << 20

    /// Reads the one document of a file.
    ///
    /// - Parameters:
    ///   - text: The file's content.
    ///   - file: The file's name as errors show it.
    /// - Returns: The document's root, each node with its place.
    /// - Throws: ``YAMLError`` at the first fault.
    package static func read(_ text: String, file: String) throws(YAMLError) -> YAMLNode {
        let start = YAMLPosition(file: file, line: 1, column: 1)
        guard text.utf8.count <= fileBytesMax else {
            throw YAMLError("the file is larger than \(fileBytesMax) bytes", at: start)
        }
        let parser: Parser
        let root: Node?
        do {
            // Editors on Windows write a byte order mark, which Yams would count as a column.
            parser = try Parser(yaml: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
            root = try parser.singleRoot()
        } catch let error as YamlError {
            throw translated(error, file: file)
        } catch {
            throw YAMLError("is not YAML", at: start)
        }
        guard let root else { throw YAMLError("the file is empty", at: start) }
        let result = Result { () throws(YAMLError) in try node(root, file: file, depth: 0) }
        // Nodes hold their anchors weakly: without the parser, an anchor would go unnoticed.
        withExtendedLifetime(parser) {}
        return try result.get()
    }

    private static let depthMax = 32

    private static func node(_ node: Node, file: String, depth: Int) throws(YAMLError) -> YAMLNode {
        let position = place(node.mark, file: file)
        guard depth < depthMax else { throw YAMLError("nested too deeply", at: position) }
        try refuseDecoration(of: node, at: position)
        switch node {
        case .scalar(let scalar):
            if scalar.style == .plain { try refuseAmbiguous(scalar.string, at: position) }
            return YAMLNode(content: .scalar(scalar.string), position: position)
        case .sequence(let sequence):
            var nodes: [YAMLNode] = []
            for element in sequence {
                nodes.append(try self.node(element, file: file, depth: depth + 1))
            }
            return YAMLNode(content: .sequence(nodes), position: position)
        case .mapping(let mapping):
            return try self.mapping(mapping, at: position, depth: depth)
        case .alias:
            throw YAMLError("anchors and aliases are not read; write the value out", at: position)
        }
    }

    /// Refuses anchors and tags, which give a value another meaning than its text has.
    private static func refuseDecoration(
        of node: Node, at position: YAMLPosition
    ) throws(YAMLError) {
        let anchor: Anchor?
        let isTagged: Bool
        switch node {
        case .scalar(let scalar):
            anchor = scalar.anchor
            // Yams calls every quoted text a string, as a tag of its own would.
            let isQuotedText =
                scalar.style != .plain && quotedTextTags.contains(scalar.tag.description)
            isTagged = !scalar.tag.description.isEmpty && !isQuotedText
        case .sequence(let sequence):
            anchor = sequence.anchor
            isTagged = !sequence.tag.description.isEmpty
        case .mapping(let mapping):
            anchor = mapping.anchor
            isTagged = !mapping.tag.description.isEmpty
        case .alias: return
        }
        guard anchor == nil else {
            throw YAMLError("anchors and aliases are not read; write the value out", at: position)
        }
        guard !isTagged else { throw YAMLError("tags are not read; leave it out", at: position) }
    }

    private static let quotedTextTags: Set<String> = ["!", "tag:yaml.org,2002:str"]

    private static func mapping(
        _ mapping: Node.Mapping, at position: YAMLPosition, depth: Int
    ) throws(YAMLError) -> YAMLNode {
        var entries: [YAMLEntry] = []
        var places: [String: YAMLPosition] = [:]
        for (key, value) in mapping {
            let keyPosition = place(key.mark, file: position.file)
            guard case .scalar(let name) = key else {
                throw YAMLError("expected a text as the key", at: keyPosition)
            }
            if name.style == .plain {
                try refuseAmbiguous(name.string, at: keyPosition)
                guard name.string != "<<" else {
                    throw YAMLError("merge keys are not read; write the keys out", at: keyPosition)
                }
            }
            if let first = places.updateValue(keyPosition, forKey: name.string) {
                throw duplicate(of: "'\(name.string)'", at: first)
            }
            entries.append(
                YAMLEntry(
                    key: name.string, keyPosition: keyPosition,
                    value: try node(value, file: position.file, depth: depth + 1)))
        }
        return YAMLNode(content: .mapping(entries), position: position)
    }

    private static let ambiguousWords: Set<String> = [
        "y", "n", "yes", "no", "on", "off", "~", "null",
    ]

    private static func refuseAmbiguous(
        _ text: String, at position: YAMLPosition
    ) throws(YAMLError) {
        guard ambiguousWords.contains(text.lowercased()) else { return }
        throw YAMLError(
            "an unquoted \(text) means different things to different readers", at: position,
            hint: "write '\(text)' in quotes, or true or false",
            chinese: "没有引号的 \(text) 在不同软件里意思不同；请写成 '\(text)'，或写 true、false")
    }

    private static func place(_ mark: Mark?, file: String) -> YAMLPosition {
        YAMLPosition(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    /// The fault of a key that stands twice; Yams tells where it stands first, not where again.
    private static func duplicate(of keys: String, at first: YAMLPosition) -> YAMLError {
        YAMLError(
            "\(keys) stands more than once in one list of keys, here first", at: first,
            chinese: "\(keys) 在同一处写了不止一次，第一次在这里")
    }

    private static func translated(_ error: YamlError, file: String) -> YAMLError {
        let start = YAMLPosition(file: file, line: 1, column: 1)
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return YAMLError(problem, at: place(mark, file: file))
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.map { "'\($0)'" }.joined(separator: ", ")
            return duplicate(of: keys, at: place(context.mark, file: file))
        case .reader(let problem, _, _, _):
            return YAMLError(problem, at: start)
        default:
            return YAMLError("is not YAML", at: start)
        }
    }
}
