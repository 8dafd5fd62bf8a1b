/// Reads the keys of one mapping, each once, and refuses keys that nobody asked for.
package struct YAMLFields {
    package let position: YAMLPosition
    private var entries: [YAMLEntry]

    /// - Parameter node: The mapping to read.
    /// - Throws: ``YAMLError`` where the node is none.
    package init(_ node: YAMLNode) throws(YAMLError) {
        entries = try node.entries()
        position = node.position
    }

    /// The value of a key that must be there.
    package mutating func required(_ key: String) throws(YAMLError) -> YAMLNode {
        guard let node = optional(key) else {
            throw YAMLError("'\(key)' is missing here", at: position)
        }
        return node
    }

    /// The value of a key, or nil where the mapping has none.
    package mutating func optional(_ key: String) -> YAMLNode? {
        guard let index = entries.firstIndex(where: { $0.key == key }) else { return nil }
        return entries.remove(at: index).value
    }

    /// The texts of a list, empty where the key is absent.
    package mutating func texts(_ key: String) throws(YAMLError) -> [String] {
        guard let node = optional(key) else { return [] }
        return try node.texts()
    }

    /// Ends the reading.
    ///
    /// - Throws: ``YAMLError`` at the first key that was not asked for.
    package func finish() throws(YAMLError) {
        if let entry = entries.first {
            throw YAMLError("'\(entry.key)' is not a key that is known here", at: entry.keyPosition)
        }
    }
}
