import ArgumentParser
import Consent
import Gateway

/// Which consent takes a step, and how it was said.
struct ConsentStepOptions: ParsableArguments {
    @Argument(help: "The consent's id, such as C-0123456789abcdef.")
    var id: String

    @OptionGroup var saying: ConsentCommand.SayingOptions
    @OptionGroup var options: HomeOptions

    /// Takes the step and shows the version that it has made.
    func take(_ step: ConsentStep) throws {
        try options.withHome { home, console in
            try console.show(
                try ConsentBook(parts: home.parts).take(
                    step, of: id, saying: try saying.saying(console.language)))
        }
    }
}

/// A command whose name is the step that it takes.
protocol NamedStep {
    static var step: ConsentStep { get }
    static var abstract: String { get }
}

extension ConsentCommand {
    /// The command of a named step, such as `hangu consent withdraw`.
    struct Step<Named: NamedStep>: ParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: Named.step.rawValue, abstract: Named.abstract)
        }

        @OptionGroup var step: ConsentStepOptions

        func run() throws { try step.take(Named.step) }
    }

    /// The command `hangu consent answer`.
    struct Answer: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register what a resident says who has been asked.")

        @Flag(help: "The resident refuses.")
        var refused = false

        @OptionGroup var step: ConsentStepOptions

        func run() throws { try step.take(refused ? .refuse : .give) }
    }

    enum Confirming: NamedStep {
        static let step = ConsentStep.confirm
        static let abstract = "Confirm, as a second person, a consent that a helper registered."
    }

    enum Pausing: NamedStep {
        static let step = ConsentStep.pause
        static let abstract = "Pause a consent; it holds from the next request on."
    }

    enum Resuming: NamedStep {
        static let step = ConsentStep.resume
        static let abstract = "Let a paused consent hold again."
    }

    enum Withdrawing: NamedStep {
        static let step = ConsentStep.withdraw
        static let abstract = "Withdraw a consent; it holds from the next request on."
    }
}
