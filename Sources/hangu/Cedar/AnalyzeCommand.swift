import ArgumentParser
import Cedar
import CedarAnalysis
import SolverProcess

/// The command `hangu cedar analyze`.
struct AnalyzeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract:
            "Prove something of policies for every request that a schema allows, or show where it fails.",
        discussion: """
            About one policy: neverErrors, alwaysMatches, neverMatches; asked of each policy in turn.
            About two policies: matchesEquivalent, matchesImplies, matchesDisjoint.
            About one set: alwaysAllows, alwaysDenies. About two sets: implies, equivalent, disjoint.
            A second policy or set is given with --and.

            Asked for every kind of request that the schema allows; --principal, --action and --resource narrow that.
            'no' comes with a request and entities that show it, which evaluation has confirmed. 'undecided' means that
            the solver came to no answer in its time.

            Needs the solver cvc5 (apt-get install cvc5).

            Exit status: 0 every answer is yes, 3 some answer is no, 2 something does not load, does not validate or
            stayed undecided.
            """)

    @Argument(help: "The question.", transform: Self.question)
    var question: AnalysisQuestion

    @Option(help: "The schema: Cedar text, or JSON where its name ends in .json.")
    var schema: String

    @Option(parsing: .upToNextOption, help: "Files of policies.")
    var policies: [String]

    @Option(
        name: .customLong("and"), parsing: .upToNextOption, help: "Files of the other policies.")
    var second: [String] = []

    @Option(help: "Only principals of this type.")
    var principal: String?

    @Option(help: "Only this action, such as 'Action::\"read\"'.")
    var action: String?

    @Option(help: "Only resources of this type.")
    var resource: String?

    @Option(help: "The seconds that the solver may take over one question.")
    var seconds = 20

    @Flag(help: "Ask also about policies that do not validate.")
    var unvalidated = false

    @OptionGroup var options: CedarOptions

    func validate() throws {
        if policies.isEmpty { throw ValidationError("say which policies: --policies FILE") }
        guard question.isAboutTwo != second.isEmpty else {
            throw ValidationError(
                question.isAboutTwo
                    ? "'\(question.rawValue)' needs a second policy or set: --and FILE"
                    : "'\(question.rawValue)' has no place for --and")
        }
        guard (1...86_400).contains(seconds) else {
            throw ValidationError("--seconds is from 1 to 86400")
        }
    }

    private static func question(_ name: String) throws -> AnalysisQuestion {
        guard let question = AnalysisQuestion(rawValue: name) else {
            let known = AnalysisQuestion.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("the question is one of \(known)")
        }
        return question
    }

    func run() throws {
        try options.run { console in
            let schema = try CedarFiles.schema(schema)
            let first = try load(policies, schema)
            let other = try second.isEmpty ? nil : load(second, schema)
            let environments = try environments(schema)
            let analyzer = PolicyAnalyzer(
                schema: schema, solver: CVC5Solver(),
                limits: AnalysisLimits(solverMilliseconds: seconds * 1_000))
            var findings: [AnalysisFinding] = []
            for (policy, set) in try subjects(first) {
                for environment in environments {
                    let finding = try AnalysisFinding(
                        policy, environment, analyzer, question, set, other)
                    findings.append(finding)
                    if !console.isJSON { finding.show(console) }
                }
            }
            if console.isJSON {
                let answers = JSONMember("answers", .array(findings.map(\.json)))
                let asked = JSONMember("question", .string(question.rawValue))
                console.say(JSONWriter.write(.object([asked, answers])))
            }
            if findings.contains(where: \.isUndecided) { throw ExitCode(CedarFailure.exitStatus) }
            if findings.contains(where: { !$0.isYes }) { throw ExitCode(3) }
        }
    }

    private func load(_ paths: [String], _ schema: Schema) throws(CedarFailure) -> PolicySet {
        let set = try CedarFiles.policies(paths)
        let result = Validator(schema: schema).validate(set)
        if let error = result.errors.first, !unvalidated { throw .notValid("\(error)") }
        return set
    }

    /// Single policies where the question is about one, else the whole set.
    private func subjects(_ set: PolicySet) throws(CedarFailure) -> [(policy: Policy?, PolicySet)] {
        guard question.isAboutPolicies, !question.isAboutTwo else { return [(nil, set)] }
        let single = set.policies.filter { !$0.isTemplate }
        if single.isEmpty { throw .noPolicy }
        do throws(PolicySetError) {
            var subjects: [(policy: Policy?, PolicySet)] = []
            for policy in single { subjects.append((policy, try PolicySet([policy]))) }
            return subjects
        } catch {
            throw .invalid(error.description)
        }
    }

    private func environments(_ schema: Schema) throws(CedarFailure) -> [RequestEnvironment] {
        var wanted: EntityUID?
        if let action { wanted = try RequestOptions.entity(action, "--action") }
        let environments = schema.environments.filter { environment in
            principal ?? environment.principal == environment.principal
                && wanted ?? environment.action == environment.action
                && resource ?? environment.resource == environment.resource
        }
        guard !environments.isEmpty else { throw .noEnvironment }
        return environments
    }
}

/// The answer about one policy or set for one kind of request.
private struct AnalysisFinding {
    private let policy: Policy?
    private let environment: RequestEnvironment
    /// Nil where it stayed undecided.
    private let answer: AnalysisAnswer?
    private let why: String

    init(
        _ policy: Policy?, _ environment: RequestEnvironment, _ analyzer: PolicyAnalyzer,
        _ question: AnalysisQuestion, _ first: PolicySet, _ second: PolicySet?
    ) throws(CedarFailure) {
        self.policy = policy
        self.environment = environment
        do throws(AnalysisError) {
            answer = try analyzer.answer(question, first, second, in: environment)
            why = ""
        } catch {
            switch error {
            case .undecided, .unconfirmed, .solver(.timedOut), .solver(.failed):
                answer = nil
                why = error.description
            case .solver(.absent(let program)): throw .noSolver(program: program)
            default: throw .invalid(error.description)
            }
        }
    }

    var isUndecided: Bool { answer == nil }
    var isYes: Bool { answer?.isYes ?? false }

    private var counterexample: Counterexample? {
        if case .no(let counterexample)? = answer { counterexample } else { nil }
    }

    func show(_ console: Console) {
        let kind =
            "\(environment.principal), \(environment.action.cedarText), \(environment.resource)"
        let subject = policy.map { "\($0.position): \($0.id) (\(kind))" } ?? kind
        guard answer != nil else {
            return console.say(CedarMessages.undecided(subject, why: why))
        }
        console.say(CedarMessages.answered(subject, isYes: isYes))
        guard let counterexample else { return }
        console.say(CedarMessages.shownBy(request: counterexample.requestJSON))
        console.say(CedarMessages.shownIn(entities: counterexample.entitiesJSON))
    }

    var json: JSONValue {
        var members = [
            JSONMember(
                "environment",
                .object([
                    JSONMember("principal", .string(environment.principal)),
                    JSONMember("action", .string(environment.action.cedarText)),
                    JSONMember("resource", .string(environment.resource)),
                ])),
            JSONMember("answer", .string(isUndecided ? "undecided" : isYes ? "yes" : "no")),
        ]
        if let policy {
            members =
                [
                    JSONMember("policy", .string(policy.id.text)),
                    JSONMember("position", .string("\(policy.position)")),
                ] + members
        }
        if isUndecided { members.append(JSONMember("why", .string(why))) }
        if let counterexample {
            let parts = [
                JSONMember("request", Self.value(counterexample.requestJSON)),
                JSONMember("entities", Self.value(counterexample.entitiesJSON)),
            ]
            members.append(JSONMember("counterexample", .object(parts)))
        }
        return .object(members)
    }

    /// What our own writer wrote, to be put into something larger.
    private static func value(_ json: String) -> JSONValue {
        do throws(JSONInputError) { return try JSONReader.read(json.utf8) } catch {
            return .string(json)
        }
    }
}
