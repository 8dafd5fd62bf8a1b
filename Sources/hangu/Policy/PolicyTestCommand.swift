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
        help:
            "Only these cases: id=DB-*, department=NAME, purpose=NAME, item=NAME, law=TEXT, joined by ';'."
    )
    var filter: String?

    @Option(
        help:
            "text, json, junit, tap, github, sarif, markdown or html; may name a file: junit=FILE.")
    var format: [String] = ["text"]

    @Flag(help: "Show how much of the rules the tests reach, and what not.")
    var coverage = false

    @Option(help: "Least coverage in per cent, such as policy=100,condition=95,law=100.")
    var min: String?

    @Option(help: "law: each citation with its rules and the cells that they decided.")
    var matrix: String?

    @Option(help: "Seed so many faults into the rules, or all, and see whether a test notices.")
    var mutants: String?

    @Option(help: "Chooses the mutants and the sampled requests.")
    var seed: UInt64 = 1

    @Option(help: "Least share of mutants that a test must notice, in per cent.")
    var minScore = 0

    @Option(help: "Write the scenarios that surviving mutants propose to this file.")
    var writeMissing: String?

    @OptionGroup var options: PolicyOptions

    func validate() throws {
        guard matrix == nil || matrix == "law" else {
            throw ValidationError("--matrix is law")
        }
        guard (0...100).contains(minScore) else {
            throw ValidationError("--min-score is 0 to 100")
        }
        guard mutants == nil || mutants == "all" || (Int(mutants ?? "") ?? 0) > 0 else {
            throw ValidationError("--mutants is a number or all")
        }
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
            let runner = try bench.runner(of: plan)
            let report = try bench.report(on: plan, by: runner, seed: seed)
            try write(report)
            if !report.isPassed { throw ExitCode(PolicyExit.failed.rawValue) }
            let missed = try measure(report, by: runner)
            if mutants != nil { try mutate(plan, report, by: runner) }
            if missed { throw ExitCode(PolicyExit.coverage.rawValue) }
        }
    }

    /// Shows coverage where it is asked for; true where it is below its minimum.
    private func measure(_ report: TestReport, by runner: CaseRunner) throws -> Bool {
        let minimum = try min.map { text throws(ScenarioFault) in try CoverageMinimum(text) }
        guard coverage || matrix != nil || minimum != nil else { return false }
        let found = try Coverage(of: report.results, by: runner)
        let language = options.reportLanguage
        if coverage { writeAll(format == ["json"] ? found.json : found.text(in: language), to: 1) }
        if matrix == "law" { writeAll(found.lawMatrix(in: language), to: 1) }
        let missed = minimum?.missed(in: found) ?? []
        for measure in missed {
            options.console.fail(
                PolicyMessages.belowMinimum(measure.rawValue, found.count(measure).percent)
                    .text(in: options.language), hint: nil)
        }
        return !missed.isEmpty
    }

    /// Runs mutants, shows those that no test noticed, and ends with status 5 where there are too many.
    private func mutate(
        _ plan: TestPlan, _ report: TestReport, by runner: CaseRunner
    ) throws {
        var run = MutationRun(plan, report.results, by: runner)
        var tally = MutationTally()
        for mutant in run.mutants(atMost: Int(mutants ?? ""), seed: seed) {
            tally.add(mutant, try run.fate(of: mutant))
        }
        writeAll(tally.text(in: options.reportLanguage), to: 1)
        if let writeMissing, !tally.scenarios.isEmpty {
            try Data(tally.suite.utf8).write(to: URL(fileURLWithPath: writeMissing))
        }
        if tally.score < minScore * 100 { throw ExitCode(PolicyExit.mutation.rawValue) }
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
    func report(
        on plan: TestPlan, by runner: CaseRunner, seed: UInt64
    ) throws(ScenarioFault) -> TestReport {
        var report = TestReport(
            bundleHash: policies.bundle.hash, results: try runner.run(plan))
        let search = NearestChange(runner)
        for (index, result) in report.results.enumerated() where !result.isPassed {
            for (number, cell) in result.cells.enumerated() where !cell.isPassed {
                report.nearest[.init(result: index, cell: number)] = try search.change(
                    for: cell.cell, of: result.test)
            }
        }
        if !plan.invariants.isEmpty {
            let check = try InvariantCheck(rehearsal)
            _ = try check.sample(seed: seed)
            for invariant in plan.invariants {
                report.invariants.append(try check.check(invariant))
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
