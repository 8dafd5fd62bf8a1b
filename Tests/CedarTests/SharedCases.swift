import Cedar
import Foundation
import TestSupport
import Testing

/// Reads the conformance data that lies outside the repository.
enum SharedCases {
    /// A JSON file of vectors; nil where it is absent.
    static func json(_ path: String) throws -> JSONValue? {
        guard let url = SharedData.url("cedar/\(path)") else { return nil }
        return try JSONReader.read(
            Data(contentsOf: url), file: path, limits: Limits(nestingMax: 1_000))
    }

    /// The vectors of a file and the file itself; nil where it is absent.
    static func vectors(_ name: String) throws -> (head: JSONValue, vectors: [JSONValue])? {
        guard let head = try json("vectors/\(name).json") else { return nil }
        let vectors = array(head["vectors"] ?? head)
        try #require(!vectors.isEmpty)
        return (head, vectors)
    }

    /// The lines of a gzip file; nil where it is absent.
    static func lines(_ path: String) throws -> [Data.SubSequence]? {
        try SharedData.gzipLines("cedar/\(path)")
    }

    static func text(_ json: JSONValue?) -> String { json?.text ?? "" }

    static func array(_ json: JSONValue?) -> [JSONValue] { json?.elements ?? [] }

    static func flag(_ json: JSONValue?) -> Bool? { json?.flag }

    static func text(of json: JSONValue?) -> String { JSONWriter.write(json ?? .null) }

    static func uid(_ json: JSONValue?) -> EntityUID { json?.uid ?? EntityUID(type: "", id: "") }
}
