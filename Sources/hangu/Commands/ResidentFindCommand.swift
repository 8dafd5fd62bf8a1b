import ArgumentParser
import Gateway

/// The command `hangu resident find`.
struct ResidentFindCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract: "Keep what an officer has found: protection, decoys, a wish for after death.",
        discussion: """
            echo NUMBER | hangu resident find protected --officer li --reference 2026-17 --resident -

            protected, not-protected: whether a person needs protection; what nobody has looked at counts as protected.
            decoy, not-decoy: nobody lives under the number, so that whoever asks raises an incident.
            closed-to-relatives, open-to-relatives: what the resident wished for after death (PIPL art. 49).
            """)

    @Argument(help: "The finding.")
    var finding: String

    @Option(help: "Who answers for it.")
    var officer: String

    @Option(help: "The number under which it is filed.")
    var reference: String

    @OptionGroup var resident: ResidentInput
    @OptionGroup var options: HomeOptions

    func validate() throws {
        guard StandingFinding(rawValue: finding) != nil else {
            throw ValidationError(
                "the finding is one of "
                    + StandingFinding.allCases.map(\.rawValue).joined(separator: ", "))
        }
    }

    func run() throws {
        guard let found = StandingFinding(rawValue: finding) else {
            throw ValidationError("the finding cannot be read")
        }
        try options.withHome { home, console in
            try StandingDesk(home.parts).find(
                found, citizenNumber: try resident.citizenNumber(), officer: officer,
                reference: reference)
            if console.isJSON {
                try console.say(json: ["finding": finding])
            } else {
                console.say(
                    Message("已登记，下一次请求起生效", "kept; it holds from the next request on"))
            }
        }
    }
}
