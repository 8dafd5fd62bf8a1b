import Cedar
import Testing

@Suite("Schemas, entities and requests")
struct SchemaTests {
    private func accepts(_ body: () throws -> Void) -> Bool {
        do {
            try body()
            return true
        } catch {
            return false
        }
    }

    /// Runs every vector and compares what was accepted with what should be.
    private func check(
        _ name: String, _ key: String = "accepted", _ body: (JSONValue, JSONValue) throws -> Void
    ) throws {
        guard let (head, vectors) = try SharedCases.vectors(name) else { return }
        var passed = 0
        for vector in vectors {
            let accepted = accepts { try body(head, vector) }
            #expect(accepted == SharedCases.flag(vector[key]), "\(JSONWriter.write(vector))")
            if accepted == SharedCases.flag(vector[key]) { passed += 1 }
        }
        print("\(name) \(key): \(passed)/\(vectors.count)")
    }

    @Test("Every schema text is accepted or refused as expected")
    func schemaText() throws {
        try check("schema-text") { _, vector in
            _ = try Schema(parsing: SharedCases.text(vector["text"]))
        }
    }

    @Test("Every schema in JSON is accepted or refused as expected")
    func schemaJSON() throws {
        try check("schema-json") { _, vector in
            _ = try Schema(json: SharedCases.text(of: vector["json"]))
        }
    }

    @Test("Entities are accepted or refused as expected, with and without a schema")
    func entities() throws {
        try check("entities-json", "acceptedWithoutSchema") { _, vector in
            _ = try EntityStore(json: SharedCases.text(vector["text"]))
        }
        try check("entities-json", "acceptedWithSchema") { head, vector in
            let schema = try Schema(parsing: SharedCases.text(head["schema"]))
            _ = try EntityStore(json: SharedCases.text(vector["text"]), schema: schema)
        }
    }

    @Test("Requests are accepted or refused as expected, with and without a schema")
    func requests() throws {
        try check("requests", "acceptedWithoutSchema") { _, vector in
            _ = try Request(json: SharedCases.text(of: vector["request"]))
        }
        try check("requests", "acceptedWithSchema") { head, vector in
            let schema = try Schema(parsing: SharedCases.text(head["schema"]))
            _ = try Request(json: SharedCases.text(of: vector["request"]), schema: schema)
        }
    }
}
