import Cedar
import Foundation
import Gateway
import PolicyTesting
import ResidentModel
import StrictYAML
import Testing

/// The scenarios that come with the rules.
struct StarterSetTests {
    private let policies: StarterPolicies
    private let plan: TestPlan

    init() throws {
        policies = try StarterPolicies()
        plan = try policies.plan(StarterPolicies.suites())
    }

    @Test("Every cell of the starter set is as expected, and every rule decides one")
    func allPass() throws {
        let runner = try policies.runner(plan)
        let results = try runner.run(plan)
        let failed = results.flatMap { result in
            result.cells.filter { !$0.isPassed }.map { cell in
                "\(result.test.id) \(cell.cell.item): \(cell.misses.map(\.text.english))"
            }
        }
        #expect(failed == [])
        let coverage = try Coverage(of: results, by: runner)
        let counts = Coverage.Measure.allCases.map {
            "\($0.rawValue) \(coverage.count($0).percent)"
        }
        print(
            "starter set: \(results.count) cases, \(plan.cellCount) cells; \(counts.joined(separator: ", "))"
        )
        #expect(plan.cellCount > 1_000)
        for measure in [Coverage.Measure.law, .obligation] {
            #expect(coverage.count(measure).basisPoints == 10_000, "\(measure)")
        }
        #expect(
            coverage.rules.filter { $0.decidedCount == 0 }.map(\.name)
                == StarterPolicies.unusedRules)
        for rule in coverage.rules where !StarterPolicies.unusedRules.contains(rule.name) {
            for (index, leaf) in rule.leaves.enumerated() {
                #expect(rule.seenTrue[index] && rule.seenFalse[index], "\(rule.name): \(leaf.text)")
            }
        }
    }

    @Test(
        "Each use case has its basis, its consent, its authority and its data's age broken, one at a time"
    )
    func brokenOneAtATime() throws {
        let reasons = Dictionary(grouping: plan.cases.filter { !$0.isByElse }, by: \.suite)
            .mapValues { cases in
                Set(
                    cases.flatMap(\.cells).flatMap { cell in
                        (cell.expectation.because.reasons ?? [])
                            .union([cell.expectation.unknownReason?.rawValue].compactMap(\.self))
                    })
            }
        let useCases = reasons.filter { $0.key.contains(" / ") }.filter { name, _ in
            plan.cases.contains { $0.suite == name && $0.position.file < "16" }
        }
        #expect(useCases.count == 15)
        for (name, reasons) in useCases {
            #expect(reasons.contains { $0.hasPrefix("basis.not") }, "\(name): basis")
            #expect(
                reasons.contains("basis.no-authority")
                    || reasons.contains("purpose.not-of-department"),
                "\(name): authority")
        }
    }

    @Test(
        "Written with Chinese keys and with English keys, the same scenarios give the same results")
    func bilingual() throws {
        let suites = try StarterPolicies.suites()
        let english = try described(suites) { KeyTranslation.translated($0, to: \.rawValue) }
        let chinese = try described(suites) { KeyTranslation.translated($0, to: \.chinese) }
        #expect(english.count == plan.cellCount && english == chinese)
        let text = try StarterPolicies.text("tests/01-old-age-allowance.test.yaml")
        #expect(KeyTranslation.translated(text, to: \.chinese).contains("那么:"))
    }

    private func described(
        _ suites: [String], edit: @escaping (String) -> String
    ) throws -> [String] {
        try policies.results(try policies.plan(suites, edit: edit)).flatMap { result in
            result.cells.map { cell in
                "\(result.test.id) \(cell.cell.item) \(cell.isPassed) \(cell.observed.words) "
                    + (cell.observed.rules + cell.observed.reasons).joined(separator: " ")
            }
        }
    }

    @Test("An expectation turned into its opposite fails, in each cell")
    func oppositesFail() throws {
        var turned = plan
        for index in turned.cases.indices {
            for cell in turned.cases[index].cells.indices {
                let was = turned.cases[index].cells[cell].expectation.outcome
                turned.cases[index].cells[cell].expectation.outcome =
                    was == .denied ? .allowed(.clear) : .denied
            }
        }
        let results = try policies.results(turned)
        #expect(results.allSatisfy { result in result.cells.allSatisfy { !$0.isPassed } })
    }

    @Test("A rule on one line and on many gives the same figures")
    func layout() throws {
        let flat = try StarterPolicies { path, text in
            guard path.hasSuffix(".cedar") else { return text }
            return text.split(separator: "\n").filter { !$0.hasPrefix("//") }
                .joined(separator: " ").replacing("};", with: "};\n")
        }
        let runner = try policies.runner(plan)
        let flatPlan = try flat.plan(StarterPolicies.suites())
        let flatRunner = try flat.runner(flatPlan)
        let figures = try [(runner, plan), (flatRunner, flatPlan)].map { runner, plan in
            let coverage = try Coverage(of: runner.run(plan), by: runner)
            return Coverage.Measure.allCases.map { coverage.count($0) }
        }
        #expect(figures[0] == figures[1])
        #expect(figures[0][0].total > 80)
    }
}

/// Spells every key of a text in one language.
enum KeyTranslation {
    static func translated(_ text: String, to spelling: (Keyword) -> String) -> String {
        var result = text
        for keyword in Keyword.allCases {
            for word in keyword.spellings {
                let key = NSRegularExpression.escapedPattern(for: word)
                result = result.replacingOccurrences(
                    of: "(^|[\\s{,])\(key):(?=\\s)", with: "$1\(spelling(keyword)):",
                    options: .regularExpression)
            }
        }
        // The first line of a table file has keys too.
        guard result.hasPrefix("item,") || result.hasPrefix("事项,") else { return result }
        let end = result.firstIndex(of: "\n") ?? result.endIndex
        let heads = result[..<end].split(separator: ",").map { head in
            Keyword(spelling: String(head)).map(spelling) ?? String(head)
        }
        return heads.joined(separator: ",") + result[end...]
    }
}
