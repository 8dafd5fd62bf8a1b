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
        guard let url = SharedData.url("cedar/\(path)") else { return nil }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", url.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return data.split(separator: UInt8(ascii: "\n"))
    }

    static func text(_ json: JSONValue?) -> String {
        if case .string(let text)? = json { text } else { "" }
    }

    static func array(_ json: JSONValue?) -> [JSONValue] {
        if case .array(let elements)? = json { elements } else { [] }
    }

    static func flag(_ json: JSONValue?) -> Bool? {
        if case .bool(let flag)? = json { flag } else { nil }
    }

    static func text(of json: JSONValue?) -> String { JSONWriter.write(json ?? .null) }

    static func uid(_ json: JSONValue?) -> EntityUID {
        let named = json?["__entity"] ?? json
        return EntityUID(type: text(named?["type"]), id: text(named?["id"]))
    }
}
