import ArgumentParser
import Gateway
import ResidentModel

/// The command `hangu pull`.
struct PullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Pull what is new from the sources; can be stopped and run again at any time.")

    @Option(help: "Pull only this source; may be given several times.")
    var source: [String] = []

    @OptionGroup var options: HomeOptions

    func run() async throws {
        StopSignal.watch()
        try await options.withHome { home, console in
            let progress = Progress()
            let outcomes = try Pulling(home: home).run(only: source) { report in
                progress.show(Messages.pulling(report).text(in: console.language))
                return StopSignal.isSet
            }
            progress.finish()
            let residents = try home.parts.store.read { reader throws(GatewayError) in
                try reader.residentCount()
            }
            if console.isJSON {
                try console.say(json: PullJSON(outcomes, residents: residents))
            } else {
                show(outcomes, residents: residents, on: console)
            }
            var fault = outcomes.lazy.compactMap(\.error).first
            do throws(GatewayError) {
                try await AfterPull(home: home, console: console).run()
            } catch {
                console.fail(error)
                fault = fault ?? error
            }
            if let fault { throw ExitCode(Console.exitStatus(of: fault.category)) }
        }
    }

    private func show(_ outcomes: [Pulling.Outcome], residents: Int, on console: Console) {
        for outcome in outcomes {
            if let report = outcome.report {
                console.say(Messages.pulled(report))
                if !report.columnsNotTaken.isEmpty {
                    console.say(Messages.columnsNotTaken(report.columnsNotTaken))
                }
                for (code, count) in report.findings.sorted(by: { $0.key < $1.key }) {
                    console.say(Messages.finding(code, count: count))
                }
            }
            if let error = outcome.error {
                console.say(Messages.streamFailed("\(outcome.stream)", why: "\(error)"))
            }
        }
        console.say(Messages.pullTotal(outcomes.compactMap(\.report), residents: residents))
    }
}

/// The counts of a pull as `--json` prints them.
private struct PullJSON: Encodable {
    struct Stream: Encodable {
        let source: String
        let stream: String
        let error: String?
        let read: Int
        let stored: Int
        let updated: Int
        let unchanged: Int
        let quarantined: Int
        let linked: Int
        let opened: Int
        let inReview: Int
        let neverIngest: Int
        let findings: [String: Int]
        let columnsNotTaken: [String]
    }

    let residents: Int
    let streams: [Stream]

    init(_ outcomes: [Pulling.Outcome], residents: Int) {
        self.residents = residents
        streams = outcomes.map { outcome in
            let report = outcome.report
            return Stream(
                source: outcome.stream.source.text, stream: outcome.stream.stream,
                error: outcome.error.map { "\($0)" }, read: report?.read ?? 0,
                stored: report?.stored ?? 0, updated: report?.updated ?? 0,
                unchanged: report?.unchanged ?? 0, quarantined: report?.quarantined ?? 0,
                linked: report?.linked ?? 0, opened: report?.opened ?? 0,
                inReview: report?.inReview ?? 0, neverIngest: report?.neverIngest ?? 0,
                findings: report?.findings ?? [:], columnsNotTaken: report?.columnsNotTaken ?? [])
        }
    }
}
