import ArgumentParser
import Cedar

/// The command `hangu cedar authorize`.
struct AuthorizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authorize",
        abstract: "Decide one request and say which policies decided.",
        discussion: """
            With a schema, entities and request must conform to it. --explain adds, for each policy that could have
            mattered, the first part of its conditions that kept it from being satisfied.

            Exit status: 0 allowed, 3 denied, 2 something does not load.
            """)

    @Option(parsing: .upToNextOption, help: "Files of policies.")
    var policies: [String]

    @Flag(help: "Say why other policies did not decide.")
    var explain = false

    @OptionGroup var about: RequestOptions
    @OptionGroup var options: CedarOptions

    func validate() throws {
        if policies.isEmpty { throw ValidationError("say which policies: --policies FILE") }
    }

    func run() throws {
        try options.run { console in
            let set = try CedarFiles.policies(policies)
            let (request, store) = try about.load(isRequestNeeded: true)
            let explanation = Authorizer().explain(request, set, store)
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
        for outcome in explanation.couldHaveMattered { console.say("  \(outcome)") }
    }

    /// A decision as `--json` prints it.
    private struct AnswerJSON: Encodable {
        let decision: String
        let determining: [PlacedTextJSON]
        let errors: [PlacedTextJSON]
        let couldHaveMattered: [PlacedTextJSON]?

        init(_ explanation: Explanation, isExplained: Bool) {
            let response = explanation.response
            decision = response.decision.rawValue
            determining = explanation.determining.map { PlacedTextJSON($0.policyID, $0.position) }
            errors = response.errors.map {
                PlacedTextJSON($0.policyID, $0.position, $0.fault.description)
            }
            couldHaveMattered =
                isExplained
                ? explanation.couldHaveMattered.map {
                    PlacedTextJSON($0.policyID, $0.position, $0.description)
                } : nil
        }
    }
}

/// The command `hangu cedar evaluate`.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Evaluate one expression and print its value as JSON.",
        discussion: """
            Prints an entity as Type::"id". What is not given of the request has no entity and an empty context. The
            value is printed as it is, whatever it holds.
            """)

    @Argument(help: "The expression, such as 'principal.level + 1'.")
    var expression: String

    @OptionGroup var about: RequestOptions
    @OptionGroup var options: CedarOptions

    func run() throws {
        try options.run { console in
            let (request, store) = try about.load(isRequestNeeded: false)
            let value: Value
            do throws(ExpressionError) {
                value = try Authorizer().evaluate(expression, request, store)
            } catch {
                throw CedarFailure.invalid(error.description)
            }
            if case .entity(let uid) = value, !console.isJSON { return console.say(uid.cedarText) }
            do {
                let json = try RecordValue([("value", value)]).json()
                let bare = try JSONReader.read(json.utf8)["value"]
                console.say(console.isJSON ? json : JSONWriter.write(bare ?? .null))
            } catch {
                throw CedarFailure.invalid("\(error)")
            }
        }
    }
}
