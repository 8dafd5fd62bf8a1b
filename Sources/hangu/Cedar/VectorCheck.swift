import Cedar

/// Checks one vector, whose form says what it asks.
struct VectorCheck {
    private(set) var tally = CheckTally()
    private(set) var failures: [String] = []
    /// The most that a question of analysis may take.
    var secondsMax = 5.0

    mutating func request(_ isPassed: Bool, _ what: @autoclosure () -> String) {
        tally.requests.add(isPassed)
        if !isPassed { failures.append(what()) }
    }

    mutating func verdict(_ isPassed: Bool, _ what: @autoclosure () -> String) {
        tally.verdicts.add(isPassed)
        if !isPassed { failures.append(what()) }
    }

    /// Runs a vector; what the file says of all its vectors is in its head.
    mutating func run(_ vector: JSONValue, _ head: JSONValue) {
        if vector["question"] != nil {
            analysis(vector, head)
        } else if vector["expr"] != nil, vector["outcome"] != nil {
            expression(vector, head)
        } else if vector["validates"] != nil {
            typing(vector, head)
        } else if vector["parses"] != nil {
            policyText(vector)
        } else if vector["text"] != nil, vector["json"] != nil {
            textToJSON(vector)
        } else if vector["acceptedWithSchema"] != nil || vector["acceptedWithoutSchema"] != nil {
            accepted(vector, head)
        } else if vector["links"] != nil {
            templates(vector)
        } else if vector["perPolicy"] != nil || vector["policiesValidate"] != nil {
            validator(vector)
        } else if vector["accepted"] != nil {
            form(vector, head)
        } else if vector["policy"] != nil {
            level(vector, head)
        } else {
            verdict(false, "a vector of an unknown form")
        }
    }

    private mutating func expression(_ vector: JSONValue, _ head: JSONValue) {
        let text = "permit(principal, action, resource) when { \(Self.text(vector["expr"])) };"
        let expected = Self.text(vector["outcome"])
        let outcome: String
        do {
            let schema = try Self.schema(head)
            let store = try EntityStore(json: Self.json(head["entities"]), schema: schema)
            let asked = try Request(json: Self.json(head["request"]), schema: schema)
            do throws(PolicySetError) {
                let policies = try PolicySet(parsing: text, file: "vector")
                let response = Authorizer().authorize(asked, policies, store)
                let value = response.decision == .allow ? "true" : "false"
                outcome = response.errors.isEmpty ? value : "error"
            } catch {
                outcome = "parse-error"
            }
        } catch {
            return request(false, "the file's head does not load: \(error)")
        }
        request(outcome == expected, "\(outcome) instead of \(expected)")
        guard let expected = Self.flag(vector["validates"]) else { return }
        let isValid = Self.validates(text, head)
        verdict(isValid == expected, "validates: \(isValid)")
    }

    private mutating func typing(_ vector: JSONValue, _ head: JSONValue) {
        let text =
            vector["scope"].map { "permit(\(Self.text($0)));" }
            ?? "permit(principal, action == Action::\"v\", resource) when { \(Self.text(vector["expr"])) };"
        let isValid = Self.validates(text, head)
        verdict(isValid == Self.flag(vector["validates"]), "validates: \(isValid)")
    }

    private mutating func policyText(_ vector: JSONValue) {
        let parses = Self.accepts {
            _ = try PolicyParser.parse(Self.text(vector["text"]), file: "vector")
        }
        verdict(parses == Self.flag(vector["parses"]), "parses: \(parses)")
    }

    private mutating func textToJSON(_ vector: JSONValue) {
        do {
            let set = try PolicySet(parsing: Self.text(vector["text"]), file: "vector")
            let written = PolicyJSONForm.normalised(try JSONReader.read(try set.json().utf8))
            let expected = PolicyJSONForm.normalised(vector["json"] ?? .null)
            verdict(written == expected, "another JSON form")
        } catch {
            verdict(false, "\(error)")
        }
    }

    private mutating func level(_ vector: JSONValue, _ head: JSONValue) {
        do {
            let set = try PolicySet(parsing: Self.text(vector["policy"]), file: "vector")
            let level = Validator(schema: try Self.schema(head)).leastLevel(set)
            let expected = vector["minLevel"].flatMap { Int(JSONWriter.write($0)) }
            verdict(level == expected, "least level \(level.map { "\($0)" } ?? "none")")
        } catch {
            verdict(false, "\(error)")
        }
    }
}

extension VectorCheck {
    static func accepts(_ body: () throws -> Void) -> Bool {
        do {
            try body()
            return true
        } catch {
            return false
        }
    }

    static func schema(_ head: JSONValue) throws(SchemaError) -> Schema {
        try Schema(parsing: text(head["schema"]))
    }

    static func validates(_ text: String, _ head: JSONValue) -> Bool {
        do {
            let set = try PolicySet(parsing: text, file: "vector")
            return Validator(schema: try schema(head)).validate(set).isValid
        } catch {
            return false
        }
    }

    static func text(_ json: JSONValue?) -> String { json?.text ?? "" }

    static func array(_ json: JSONValue?) -> [JSONValue] { json?.elements ?? [] }

    static func flag(_ json: JSONValue?) -> Bool? { json?.flag }

    static func json(_ json: JSONValue?) -> String { JSONWriter.write(json ?? .null) }

    static func uid(_ json: JSONValue?) -> EntityUID { json?.uid ?? EntityUID(type: "", id: "") }
}
