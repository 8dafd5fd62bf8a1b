import ArgumentParser
import Consent
import Gateway

/// A command that takes one step in a consent's life.
protocol ConsentStepCommand: ParsableCommand {
    var step: ConsentStep { get }
    var id: String { get }
    var saying: ConsentCommand.SayingOptions { get }
    var options: HomeOptions { get }
}

extension ConsentStepCommand {
    func run() throws {
        try options.withHome { home, console in
            try console.show(
                try ConsentBook(parts: home.parts).take(
                    step, of: id, saying: try saying.saying(console.language)))
        }
    }
}

extension ConsentCommand {
    /// The command `hangu consent answer`.
    struct Answer: ConsentStepCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register what a resident says who has been asked.")

        @Argument(help: "The consent's id, such as C-0123456789abcdef.")
        var id: String

        @Flag(help: "The resident refuses.")
        var refused = false

        @OptionGroup var saying: SayingOptions
        @OptionGroup var options: HomeOptions

        var step: ConsentStep { refused ? .refuse : .give }
    }

    /// The command `hangu consent confirm`.
    struct Confirm: ConsentStepCommand {
        static let configuration = CommandConfiguration(
            abstract: "Confirm, as a second person, a consent that a helper registered.")

        @Argument(help: "The consent's id, such as C-0123456789abcdef.")
        var id: String

        @OptionGroup var saying: SayingOptions
        @OptionGroup var options: HomeOptions

        var step: ConsentStep { .confirm }
    }

    /// The command `hangu consent pause`.
    struct Pause: ConsentStepCommand {
        static let configuration = CommandConfiguration(
            abstract: "Pause a consent; it holds from the next request on.")

        @Argument(help: "The consent's id, such as C-0123456789abcdef.")
        var id: String

        @OptionGroup var saying: SayingOptions
        @OptionGroup var options: HomeOptions

        var step: ConsentStep { .pause }
    }

    /// The command `hangu consent resume`.
    struct Resume: ConsentStepCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a paused consent hold again.")

        @Argument(help: "The consent's id, such as C-0123456789abcdef.")
        var id: String

        @OptionGroup var saying: SayingOptions
        @OptionGroup var options: HomeOptions

        var step: ConsentStep { .resume }
    }

    /// The command `hangu consent withdraw`.
    struct Withdraw: ConsentStepCommand {
        static let configuration = CommandConfiguration(
            abstract: "Withdraw a consent; it holds from the next request on.")

        @Argument(help: "The consent's id, such as C-0123456789abcdef.")
        var id: String

        @OptionGroup var saying: SayingOptions
        @OptionGroup var options: HomeOptions

        var step: ConsentStep { .withdraw }
    }
}
