import Yams

/// Reads YAML without its traps: keys stand once, `no`, `off` and their like must be quoted, no anchors or tags.
package enum YAMLReader {
    /// The largest file that is read.
    package static let fileBytesMax = 4 << 20

    /// Reads the one document of a file.
    ///
    /// - Parameters:
    ///   - text: The file's content.
    ///   - file: The file's name as errors show it.
    /// - Throws: ``YAMLError`` at the first fault.
    package static func read(_ text: String, file: String) throws(YAMLError) -> YAMLNode {
        let start = YAMLPosition(file: file, line: 1, column: 1)
        guard text.utf8.count <= fileBytesMax else {
            throw YAMLError("the file is larger than \(fileBytesMax) bytes", at: start)
        }
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw translated(error, file: file)
        } catch {
            throw YAMLError("is not YAML", at: start)
        }
        guard let root else { throw YAMLError("the file is empty", at: start) }
        return try node(root, file: file, depth: 0)
    }

    private static let depthMax = 32

    private static func node(_ node: Node, file: String, depth: Int) throws(YAMLError) -> YAMLNode {
        let position = place(node.mark, file: file)
        guard depth < depthMax else { throw YAMLError("nested too deeply", at: position) }
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

    private static func mapping(
        _ mapping: Node.Mapping, at position: YAMLPosition, depth: Int
    ) throws(YAMLError) -> YAMLNode {
        var entries: [YAMLEntry] = []
        var seen: Set<String> = []
        for (key, value) in mapping {
            let keyPosition = place(key.mark, file: position.file)
            guard case .scalar(let name) = key else {
                throw YAMLError("expected a text as the key", at: keyPosition)
            }
            guard seen.insert(name.string).inserted else {
                throw YAMLError("'\(name.string)' stands here twice", at: keyPosition)
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
            hint: "write '\(text)' in quotes, or true or false")
    }

    private static func place(_ mark: Mark?, file: String) -> YAMLPosition {
        YAMLPosition(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    private static func translated(_ error: YamlError, file: String) -> YAMLError {
        let start = YAMLPosition(file: file, line: 1, column: 1)
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return YAMLError(problem, at: place(mark, file: file))
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.map { "'\($0)'" }.joined(separator: ", ")
            return YAMLError("\(keys) stands here twice", at: place(context.mark, file: file))
        case .reader(let problem, _, _, _):
            return YAMLError(problem, at: start)
        default:
            return YAMLError("is not YAML", at: start)
        }
    }
}
