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

@Suite("Forms of schemas")
struct SchemaFormTests {
    @Test(
        "The JSON form, and each form converted to the other, give the same verdicts",
        arguments: ["corpus-4.10", "generated", "handwritten"])
    func conversions(name: String) throws {
        guard let lines = try SharedCases.lines("cases/\(name).jsonl.gz") else { return }
        var jsonForms: [String: JSONValue] = [:]
        for line in try SharedCases.lines("cases/corpus-4.10-json-schemas.jsonl.gz") ?? [] {
            let form = try JSONReader.read(line)
            jsonForms[SharedCases.text(form["id"])] = form["schemaJson"]
        }
        var verdicts = 0
        var passed = 0
        // Conversions are slow without optimisation: of the large set every eighth schema is converted.
        let stride = lines.count > 1_000 ? 8 : 1
        for (number, line) in lines.enumerated() {
            let json = try JSONReader.read(line)
            let policies = try PolicySet(parsing: SharedCases.text(json["policies"]), file: "case")
            let original = try Schema(parsing: SharedCases.text(json["schema"]))
            var forms: [Schema] = []
            if let form = jsonForms[SharedCases.text(json["id"])] {
                forms.append(try Schema(json: SharedCases.text(of: form)))
            }
            if number % stride == 0 {
                for given in [original] + forms {
                    forms += [try Schema(json: given.json()), try Schema(parsing: given.cedarText)]
                }
            }
            for form in forms {
                let isValid = Validator(schema: form).validate(policies).isValid
                verdicts += 1
                if isValid == SharedCases.flag(json["shouldValidate"]) { passed += 1 }
                #expect(
                    isValid == SharedCases.flag(json["shouldValidate"]), "\(json["id"] ?? .null)")
                #expect(form.entityTypeNames == original.entityTypeNames)
                #expect(form.actionUIDs == original.actionUIDs)
            }
        }
        print("verdicts of converted schemas of \(name): \(passed)/\(verdicts)")
        #expect(verdicts > 0)
    }
}
