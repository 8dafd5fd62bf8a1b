import Cedar
import Testing

@Suite("Conformance cases")
struct CaseTests {
    @Test(
        "Every request of the shared cases gets the expected decision, reasons and errors",
        arguments: ["corpus-4.10", "handwritten", "generated"])
    func requests(name: String) throws {
        guard let lines = try SharedCases.lines("cases/\(name).jsonl.gz") else { return }
        var runner = CaseRunner()
        for line in lines { runner.run(line: line) }
        let summary = runner.summary
        print(
            "\(name): requests \(summary.requests.passed)/\(summary.requests.total),",
            terminator: " ")
        print(
            "verdicts \(summary.verdicts.passed)/\(summary.verdicts.total) in \(summary.cases) cases"
        )
        for failure in summary.failures.prefix(10) { print("  \(failure)") }
        #expect(summary.requests.total > 0)
        #expect(summary.requests.passed == summary.requests.total)
        #expect(summary.verdicts.total == summary.cases)
        #expect(summary.verdicts.passed == summary.verdicts.total)
    }
}
