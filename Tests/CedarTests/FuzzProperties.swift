import Cedar

/// What must hold of any text, be it of the language or not: reading ends, and what is read can be written, read
/// again as the same, validated and evaluated.
struct FuzzProperties {
    let schema: Schema
    let policies: PolicySet
    let store: EntityStore
    let requests: [Request]

    /// A property that does not hold.
    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    private func require(_ holds: Bool, _ what: @autoclosure () -> String) throws(Broken) {
        if !holds { throw Broken(description: what()) }
    }

    private func must<Result>(
        _ what: String, _ work: () throws -> Result
    ) throws(Broken) -> Result {
        do { return try work() } catch { throw Broken(description: "\(what): \(error)") }
    }

    /// Whether the text was read.
    func policyText(_ text: String) throws(Broken) -> Bool {
        let set: PolicySet
        do { set = try PolicySet(parsing: text, file: "p") } catch { return false }
        let again = try must("the text of the policies is not read") {
            try PolicySet(parsing: set.cedarText, file: "p")
        }
        let tidy = try must("what was read is not laid out") {
            try PolicyFormatter().format(text, file: "p")
        }
        let laidOut = try must("the layout is not read") {
            try PolicySet(parsing: tidy, file: "p")
        }
        try require(
            try must("the layout is not laid out") {
                try PolicyFormatter().format(tidy, file: "p")
            } == tidy, "laying out twice differs")
        for (one, other) in zip(set.policies, again.policies) {
            try require(one.cedarText == other.cedarText, "the text differs when read again")
        }
        try require(set.cedarText == laidOut.cedarText, "the layout has another meaning")
        try sameJSON(set, again)
        try use(set)
        return true
    }

    /// The JSON of both is the same, and is read as what it was written from.
    private func sameJSON(_ set: PolicySet, _ other: PolicySet) throws(Broken) {
        let json: String
        do { json = try set.json() } catch { return }
        try require(
            json == (try must("no JSON") { try other.json() }), "the JSON of the same text differs")
        let read = try must("the JSON is not read") { try PolicySet(json: json) }
        try require(
            json == (try must("no JSON") { try read.json() }), "the JSON differs when read again")
    }

    func policyJSON(_ text: String) throws(Broken) -> Bool {
        let set: PolicySet
        do { set = try PolicySet(json: text) } catch { return false }
        let json: String
        do { json = try set.json() } catch { return true }
        let read = try must("the JSON is not read") { try PolicySet(json: json) }
        try require(
            json == (try must("no JSON") { try read.json() }), "the JSON differs when read again")
        let texts = set.policies.map(\.cedarText)
        let parsed = try must("the text is not read") {
            try PolicyParser.parse(texts.joined(separator: "\n"), file: "p")
        }
        try require(parsed.count == set.policies.count, "the text has other policies")
        for (policy, again) in zip(set.policies, parsed) {
            try require(
                (try must("no JSON") { try policy.json() })
                    == (try must("no JSON") { try again.json() }),
                "JSON, text, JSON differs: \(again.cedarText)")
        }
        try use(set)
        return true
    }

    /// Validates, decides and explains; explanations and decisions agree.
    private func use(_ set: PolicySet) throws(Broken) {
        let validator = Validator(schema: schema)
        let isValid = validator.validate(set).isValid
        if isValid { _ = validator.validate(set, level: 1) }
        for request in requests {
            let response = Authorizer().authorize(request, set, store)
            let explanation = Authorizer().explain(request, set, store, detail: .writtenOut)
            try require(explanation.response == response, "an explanation decides otherwise")
            let satisfied = explanation.outcomes.filter { $0.cause == .satisfied }
            let forbids = satisfied.filter { $0.effect == .forbid }
            try require(
                (forbids.isEmpty ? satisfied : forbids).map(\.policyID) == response.determining,
                "an explanation names other policies")
            for outcome in explanation.outcomes {
                if case .failed = outcome.cause {
                    try require(outcome.part != nil, "a failure without its part")
                }
            }
        }
        if isValid, set.policies.allSatisfy({ !$0.isTemplate }) {
            let partial = try must("what validates is not evaluated in part") {
                try PartialAuthorizer(schema: schema, policies: set)
            }
            _ = try must("no partial evaluation") {
                try partial.authorize(
                    PartialRequest(
                        principal: PartialUID(type: "Ns::User"), action: requests[0].action,
                        resource: PartialUID(requests[0].resource), context: nil),
                    PartialEntities())
            }
        }
    }

    func schemaText(_ text: String) throws(Broken) -> Bool {
        let read: Schema
        do { read = try Schema(parsing: text) } catch { return false }
        try use(read)
        return true
    }

    func schemaJSON(_ text: String) throws(Broken) -> Bool {
        let read: Schema
        do { read = try Schema(json: text) } catch { return false }
        try use(read)
        return true
    }

    private func use(_ schema: Schema) throws(Broken) {
        let again = try must("the JSON of the schema is not read") {
            try Schema(json: schema.json())
        }
        try require(again.json() == schema.json(), "the JSON of the schema differs")
        let text: String
        do { text = try schema.cedarText } catch { return }
        let parsed = try must("the text of the schema is not read") { try Schema(parsing: text) }
        // What JSON gives by the name of a common type the first text writes out; from then on nothing changes.
        let second = try must("no text") { try parsed.cedarText }
        let third = try must("no text") { try Schema(parsing: second).cedarText }
        try require(
            second == third, "the text of the schema differs"
        )
        try require(
            parsed.entityTypeNames == schema.entityTypeNames
                && parsed.actionUIDs == schema.actionUIDs, "the schema declares something else")
        _ = Validator(schema: schema).validate(policies)
    }

    func entities(_ text: String) throws(Broken) -> Bool {
        if let typed = typedStore(text) { _ = Authorizer().authorize(requests[0], policies, typed) }
        let read: EntityStore
        do { read = try EntityStore(json: text) } catch { return false }
        let json: String
        do { json = try read.json() } catch { return true }
        let again = try must("the JSON of entities is not read") { try EntityStore(json: json) }
        try require(again.count == read.count, "entities are lost")
        for entity in read.entities {
            try require(again[entity.uid] == entity, "an entity differs when read again")
        }
        for request in requests { _ = Authorizer().authorize(request, policies, read) }
        return true
    }

    func request(_ text: String) throws(Broken) -> Bool {
        if let typed = typedRequest(text) { _ = Authorizer().authorize(typed, policies, store) }
        let read: Request
        do { read = try Request(json: text) } catch { return false }
        _ = Authorizer().explain(read, policies, store, detail: .writtenOut)
        let json: String
        do { json = try read.context.json() } catch { return true }
        let again = try must("the context is not read") { try RecordValue(json: json) }
        try require(again == read.context, "the context differs when read again")
        return true
    }

    private func typedStore(_ text: String) -> EntityStore? {
        do { return try EntityStore(json: text, schema: schema) } catch { return nil }
    }

    private func typedRequest(_ text: String) -> Request? {
        do { return try Request(json: text, schema: schema) } catch { return nil }
    }
}
