import ArgumentParser
import Foundation
import Gateway
import PolicyTesting
import ResidentModel

/// The command `hangu policy test`.
struct PolicyTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run scenarios, tables and timelines against the rules.",
        discussion: """
            Every cell is decided by the engine that serves production, under the clock of its scenario. --format may
            name a file: --format junit=report.xml; without one the report goes to standard output.
            """)

    @Argument(help: "Test files or folders; all below tests where none is named.")
    var paths: [String] = []

    @Option(
        help: "Only these cases: id=DB-*, department=NAME, purpose=NAME, item=NAME, law=TEXT, joined by ';'."
    )
    var filter: String?

    @Option(help: "text, json, junit, tap, github, sarif, markdown or html; may name a file: junit=FILE.")
    var format: [String] = ["text"]

    @OptionGroup var options: PolicyOptions

    func validate() throws {
        for wanted in format {
            guard ReportFormat(rawValue: Self.parts(of: wanted).format) != nil else {
                let names = ReportFormat.allCases.map(\.rawValue)
                let meant = NearestWord.to(wanted, among: names).map { "; did you mean '\($0)'?" }
                throw ValidationError(
                    "--format is one of \(names.joined(separator: ", "))\(meant ?? "")")
            }
        }
    }

    func run() throws {
        try options.run { bench in
            var plan = try bench.plan(paths)
            if let filter { plan = try CaseFilter(filter).filtered(plan) }
            let report = try bench.report(on: plan)
            try write(report)
            if !report.isPassed { throw ExitCode(PolicyExit.failed.rawValue) }
        }
    }

    private func write(_ report: TestReport) throws {
        for wanted in format {
            let (name, file) = Self.parts(of: wanted)
            guard let format = ReportFormat(rawValue: name) else { continue }
            let text = report.written(as: format, in: options.reportLanguage)
            if let file {
                try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            } else {
                writeAll(text, to: 1)
            }
        }
    }

    private static func parts(of wanted: String) -> (format: String, file: String?) {
        let parts = wanted.split(separator: "=", maxSplits: 1).map(String.init)
        return (parts.first ?? "", parts.count == 2 ? parts[1] : nil)
    }
}

extension PolicyBench {
    /// Runs a plan, and looks for what is nearest to each failure.
    func report(on plan: TestPlan) throws(ScenarioFault) -> TestReport {
        let runner = try runner(of: plan)
        var report = TestReport(
            bundleHash: policies.bundle.hash, results: try runner.run(plan))
        let search = NearestChange(runner)
        for (index, result) in report.results.enumerated() where !result.isPassed {
            for (number, cell) in result.cells.enumerated() where !cell.isPassed {
                report.nearest[.init(result: index, cell: number)] = try search.change(
                    for: cell.cell, of: result.test)
            }
        }
        return report
    }

    func runner(of plan: TestPlan) throws(ScenarioFault) -> CaseRunner {
        try CaseRunner(rehearsal: rehearsal, plan: plan) { reason in
            let message = ReasonText.text(of: reason)
            return Title(chinese: message.chinese, english: message.english)
        }
    }
}
