/// Runs conformance cases, one JSON object a line, and counts what passed.
///
/// A case holds policies, a schema, entities and requests with the expected decision, reasons and errors.
public struct CaseRunner: Sendable {
    /// What has been run so far.
    public private(set) var summary = CaseSummary()
    private let limits: Limits
    private let secondsPerCaseMax: Double

    /// Makes a runner; a case that takes longer than `secondsPerCaseMax` fails whole.
    public init(limits: Limits = .standard, secondsPerCaseMax: Double = 5) {
        self.limits = limits
        self.secondsPerCaseMax = secondsPerCaseMax
    }

    /// Runs the case on one line; an empty line is skipped.
    public mutating func run(line: some Collection<UInt8>) {
        guard line.contains(where: { $0 > 0x20 }) else { return }
        let started = ContinuousClock.now
        var outcome: CaseOutcome
        do {
            outcome = CaseOutcome(
                try JSONReader.read(line, file: "case \(summary.cases)", limits: limits), limits)
        } catch {
            outcome = CaseOutcome(unreadable: error.description, number: summary.cases)
        }
        let seconds = ContinuousClock.now - started
        if seconds > .seconds(secondsPerCaseMax) { outcome.failAll("took \(seconds)") }
        record(outcome)
    }

    private mutating func record(_ outcome: CaseOutcome) {
        summary.cases += 1
        for isPassed in outcome.requests { summary.requests.add(isPassed) }
        if let verdict = outcome.verdict { summary.verdicts.add(verdict) }
        for tag in outcome.tags {
            for isPassed in outcome.requests {
                summary.requestsByTag[tag, default: PassCount()].add(isPassed)
            }
            if let verdict = outcome.verdict {
                summary.verdictsByTag[tag, default: PassCount()].add(verdict)
            }
        }
        let room = CaseSummary.failuresMax - summary.failures.count
        summary.failures += outcome.failures.prefix(max(room, 0)).map { "\(outcome.id): \($0)" }
    }
}

/// What became of one case.
private struct CaseOutcome {
    private(set) var id: String
    private(set) var tags: [String] = []
    private(set) var requests: [Bool] = []
    private(set) var verdict: Bool?
    private(set) var failures: [String] = []

    init(unreadable reason: String, number: Int) {
        id = "case \(number)"
        verdict = false
        failures = [reason]
    }

    init(_ json: JSONValue, _ limits: Limits) {
        id = Self.text(json["id"])
        if case .array(let tags)? = json["tags"] { self.tags = tags.map(Self.text) }
        var expected: [JSONValue] = []
        if case .array(let requests)? = json["requests"] { expected = requests }
        requests = Array(repeating: false, count: expected.count)
        if json["shouldValidate"] != nil { verdict = false }
        do {
            let policies = try PolicySet(
                parsing: Self.text(json["policies"]), file: id, limits: limits)
            let schema = try Schema(parsing: Self.text(json["schema"]), file: id, limits: limits)
            let store = try EntityStore(json: json["entities"] ?? .array([]), schema: schema)
            if case .bool(let shouldValidate)? = json["shouldValidate"] {
                let result = Validator(schema: schema).validate(policies)
                verdict = result.isValid == shouldValidate
                if verdict == false {
                    failures.append("validates: \(result.isValid) \(result.errors.prefix(3))")
                }
            }
            for (index, request) in expected.enumerated() {
                check(request, index, policies, schema, store)
            }
        } catch {
            failures.append("does not load: \(error)")
        }
    }

    mutating func failAll(_ reason: String) {
        requests = requests.map { _ in false }
        if verdict != nil { verdict = false }
        failures.append(reason)
    }

    private mutating func check(
        _ json: JSONValue, _ index: Int, _ policies: PolicySet, _ schema: Schema,
        _ store: EntityStore
    ) {
        do throws(JSONInputError) {
            let request = try Self.request(json, schema)
            let response = Authorizer().authorize(request, policies, store)
            let isRight =
                response.decision.rawValue == Self.text(json["decision"])
                && Set(response.determining) == Self.ids(json["reason"])
                && Set(response.errors.map(\.policyID)) == Self.ids(json["errors"])
            requests[index] = isRight
            if !isRight {
                failures.append(
                    "request \(index): \(response.decision) \(response.determining) \(response.errors)"
                )
            }
        } catch {
            failures.append("request \(index): \(error)")
        }
    }

    private static func request(_ json: JSONValue, _ schema: Schema) throws(JSONInputError)
        -> Request
    {
        if case .bool(false)? = json["validateRequest"] {
            // Not to be checked, and yet its context may leave out escapes that only the schema supplies.
            do {
                return try Request(json: json, schema: schema)
            } catch {
                return try unchecked(json, schema)
            }
        }
        return try Request(json: json, schema: schema)
    }

    private static func unchecked(_ json: JSONValue, _ schema: Schema) throws(JSONInputError)
        -> Request
    {
        let bare = try Request(json: json, schema: nil)
        guard let action = schema.actions[bare.action], let context = json["context"] else {
            return bare
        }
        do {
            return Request(
                principal: bare.principal, action: bare.action, resource: bare.resource,
                context: try ValueJSON.record(context, action.context, .root))
        } catch {
            return bare
        }
    }

    private static func text(_ json: JSONValue?) -> String { json?.text ?? "" }

    private static func ids(_ json: JSONValue?) -> Set<PolicyID> {
        guard case .array(let ids)? = json else { return [] }
        return Set(ids.map { PolicyID(text($0)) })
    }
}
