import ArgumentParser
import Cedar

/// The command `hangu cedar conformance`.
struct ConformanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Run conformance cases and vectors of the shared form; print one JSON summary.",
        discussion: """
            Takes case files, one JSON object a line (.jsonl, .jsonl.gz), JSON forms of the schemas of cases by id, and
            files of vectors (.json), told apart by what they hold.

            The summary counts requests (decisions and values as expected) and verdicts (accepted, refused, validated
            or converted as expected): overall, for each file and for each tag, and lists the ids that failed.

            Questions of symbolic analysis need the solver cvc5 (apt-get install cvc5). Where it is absent they are
            counted under notRun, which is said on standard error and is no failure. One may take four times --seconds.

            Exit status: 0 where everything that was run passed, 2 otherwise.
            """)

    @Option(help: "The seconds that one case may take.")
    var seconds = 5.0

    @Argument(help: "The files, any number.")
    var paths: [String]

    @OptionGroup var options: CedarOptions

    func validate() throws {
        guard seconds > 0, seconds <= 86_400 else {
            throw ValidationError("--seconds is more than 0 and at most 86400")
        }
    }

    func run() throws {
        try options.run { console in
            var run = ConformanceRun(secondsPerCaseMax: seconds)
            for path in paths {
                do throws(CedarFailure) {
                    try run.run(path)
                } catch {
                    console.fail(error)
                    run.recordUnreadable(path, error.message.english)
                }
            }
            run.finish()
            console.say(run.json)
            if run.notRun > 0 {
                console.warn(CedarMessages.notRun(items: run.notRun).text(in: console.language))
            }
            if !run.isPassed { throw ExitCode(CedarFailure.exitStatus) }
        }
    }
}
