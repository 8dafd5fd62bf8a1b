import Consent
import Gateway
package import ResidentModel

/// Searches the smallest change of a request or its world that gives what was expected.
///
/// One thing is changed at a time, each decided by the same engine; the first that gives the expected outcome is told.
package struct NearestChange {
    private let runner: CaseRunner

    package init(_ runner: CaseRunner) { self.runner = runner }

    /// What would have to be otherwise; nil where no single change gives the expected outcome.
    package func change(for cell: TestCell, of test: TestCase) throws(ScenarioFault) -> Title? {
        for (title, changed) in changes(of: test) {
            var only = changed
            only.request.items = [cell.item.text]
            var expectation = Expectation(outcome: cell.expectation.outcome)
            expectation.because.reasons = cell.expectation.because.reasons
            only.cells = [
                TestCell(item: cell.item, position: cell.position, expectation: expectation)
            ]
            if try runner.run(only).isPassed { return title }
        }
        return nil
    }

    private func changes(of test: TestCase) -> [(Title, TestCase)] {
        var changes: [(Title, TestCase)] = []
        func add(_ chinese: String, _ english: String, _ change: (inout TestCase) -> Void) {
            var changed = test
            change(&changed)
            changes.append((Title(chinese: chinese, english: english), changed))
        }
        add("如果居民的同意有效", "if the resident's consent were in force") { test in
            test.world.said = test.world.said.map { _ in [consent(for: test)] }
        }
        add("如果没有同意", "if there were no consent") { $0.world.said = $0.world.said.map { _ in [] } }
        if test.request.caseID == nil {
            add("如果有办理编号", "if a case were given") { $0.request.caseID = "case" }
        } else {
            add("如果没有办理编号", "if no case were given") { $0.request.caseID = nil }
        }
        let catalogue = runner.rehearsal.catalogue
        for basis in catalogue.legalBases.keys.sorted() where basis != test.request.legalBasis {
            add("如果法律依据是 \(basis)", "if the legal basis were \(basis)") {
                $0.request.legalBasis = basis
            }
        }
        for department in catalogue.departments.keys.sorted()
        where department != test.request.department {
            add("如果由 \(department) 来问", "if \(department) asked") {
                $0.request.department = department
            }
        }
        for purpose in catalogue.purposes.keys.sorted() where purpose != test.request.purpose {
            add("如果目的是 \(purpose)", "if the purpose were \(purpose)") {
                $0.request.purpose = purpose
            }
        }
        return changes
    }

    /// A consent to everything that the purpose can need, given in person and in force.
    private func consent(for test: TestCase) -> ConsentRecord {
        let day = GatewayClock.day(atMilliseconds: test.clock)
        return ConsentRecord(
            id: "C1", version: 1, state: .given,
            scope: ConsentScope(
                purpose: test.request.purpose, recipient: test.request.department,
                items: runner.rehearsal.catalogue.purposes[test.request.purpose]?.fields ?? []),
            terms: ConsentTerms(
                from: day, until: CalendarDate(dayNumber: day.dayNumber + 30)),
            statement: ConsentStatement(
                channel: .counter, registeredBy: "registrar", language: "zh",
                recordedAt: test.clock))
    }
}
