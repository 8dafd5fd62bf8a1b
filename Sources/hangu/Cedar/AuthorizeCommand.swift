import ArgumentParser
import Cedar

/// The command `hangu cedar authorize`.
struct AuthorizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authorize",
        abstract: "Decide one request and say which policies decided.",
        discussion: """
            With a schema, entities and request must conform to it. --explain adds, for each policy that could have
            mattered, the first part of its conditions that was false or failed, and what that part read: values by
            their types, or written out with --show-values.

            Exit status: 0 allowed, 3 denied, 2 something does not load.
            """)

    @Option(parsing: .upToNextOption, help: "Files of policies.")
    var policies: [String]

    @Flag(help: "Say why other policies did not decide.")
    var explain = false

    @Flag(help: "With --explain, write out the values that conditions read, whatever they hold.")
    var showValues = false

    @OptionGroup var about: RequestOptions
    @OptionGroup var options: CedarOptions

    func validate() throws {
        if showValues, !explain { throw ValidationError("--show-values goes with --explain") }
        if policies.isEmpty { throw ValidationError("say which policies: --policies FILE") }
    }

    func run() throws {
        try options.run { console in
            let set = try CedarFiles.policies(policies)
            let (request, store) = try about.load(isRequestNeeded: true)
            let explanation = Authorizer().explain(
                request, set, store, detail: showValues ? .writtenOut : .redacted)
            let response = explanation.response
            if console.isJSON {
                try console.say(json: AnswerJSON(explanation, isExplained: explain))
            } else {
                show(explanation, console)
            }
            if response.decision == .deny { throw ExitCode(3) }
        }
    }

    private func show(_ explanation: Explanation, _ console: Console) {
        let response = explanation.response
        console.say(CedarMessages.decision(isAllowed: response.decision == .allow))
        if response.determining.isEmpty { console.say(CedarMessages.noneDetermining) }
        for outcome in explanation.determining {
            console.say(
                CedarMessages.determining(outcome.policyID.text, at: "\(outcome.position)"))
        }
        for error in response.errors { console.say(CedarMessages.failed("\(error)")) }
        guard explain, !explanation.couldHaveMattered.isEmpty else { return }
        console.say(CedarMessages.couldHaveMattered)
        for outcome in explanation.couldHaveMattered { show(outcome, console) }
    }

    private func show(_ outcome: PolicyOutcome, _ console: Console) {
        console.say(CedarMessages.outcome(outcome))
        guard let part = outcome.part else { return }
        if case .failed = outcome.cause { console.say(CedarMessages.failedPart(part)) }
        for value in part.values { console.say(CedarMessages.seen(value)) }
        if !part.hasAllValues { console.say(CedarMessages.moreSeen) }
    }

    /// A decision as `--json` prints it.
    private struct AnswerJSON: Encodable {
        let decision: String
        let determining: [PlacedTextJSON]
        let errors: [PlacedTextJSON]
        let couldHaveMattered: [OutcomeJSON]?

        init(_ explanation: Explanation, isExplained: Bool) {
            let response = explanation.response
            decision = response.decision.rawValue
            determining = explanation.determining.map { PlacedTextJSON($0.policyID, $0.position) }
            errors = response.errors.map {
                PlacedTextJSON($0.policyID, $0.position, $0.fault.description)
            }
            couldHaveMattered =
                isExplained
                ? explanation.couldHaveMattered.map(OutcomeJSON.init) : nil
        }
    }
}
