import ArgumentParser
import Gateway

/// The command `hangu resident mark`.
struct ResidentMarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mark",
        abstract: "Keep how a person stands: protection, decoys, a wish for after death.",
        discussion: """
            echo NUMBER | hangu resident mark protected --officer li --reference 2026-17 --resident -

            protected, not-protected: whether a person needs protection; what nobody has looked at counts as protected.
            decoy, not-decoy: nobody lives under the number, so that whoever asks raises an incident.
            closed-to-relatives, open-to-relatives: what the resident wished for after death (PIPL art. 49).
            """)

    @Argument(help: "What is so.")
    var mark: String

    @Option(help: "Who answers for it.")
    var officer: String

    @Option(help: "The number under which it is filed.")
    var reference: String

    @OptionGroup var resident: ResidentInput
    @OptionGroup var options: HomeOptions

    func validate() throws {
        guard StandingMark(rawValue: mark) != nil else {
            throw ValidationError(
                "the mark is one of "
                    + StandingMark.allCases.map(\.rawValue).joined(separator: ", "))
        }
    }

    func run() throws {
        guard let known = StandingMark(rawValue: mark) else {
            throw ValidationError("the mark cannot be read")
        }
        try options.withHome { home, console in
            try StandingDesk(home.parts).mark(
                known, citizenNumber: try resident.citizenNumber(), officer: officer,
                reference: reference)
            if console.isJSON {
                try console.say(json: ["mark": mark])
            } else {
                console.say(
                    Message("已登记，下一次请求起生效", "kept; it holds from the next request on"))
            }
        }
    }
}
