import JSONText
import ResidentModel
import TestSupport
import Testing

import Gateway

@Suite("Budget of questions")
struct QuestionBudgetTests {
    private static let bounds = [20, 30, 40, 50, 70]
    private let gateway: TestGateway
    private let number = citizenNumber()

    init() throws {
        let further = Self.bounds.map {
            "  age.over-\($0): {title: {zh: 问, en: Q}, ask: age(identity.birth-date) >= \($0)}"
        }
        let fields = TestPolicies.fields.replacing(
            "\npredicates:", with: "\npredicates:\n" + further.joined(separator: "\n"))
        gateway = try TestGateway(fields: fields, moreItems: Self.bounds.map { "age.over-\($0)" })
        try gateway.pull([row("r-1", ["birth": "1958-03-04", "income": "2000"])])
    }

    private func reasons(
        _ item: String, of other: String? = nil, basis: String = "duty"
    ) throws -> [String] {
        try gateway.reasons(gateway.request([item], of: other ?? number, basis: basis))
            .map(\.rawValue)
    }

    @Test("As many different questions about a field are answered as the catalogue allows")
    func bisection() throws {
        for bound in Self.bounds.prefix(4) { #expect(try reasons("age.over-\(bound)").isEmpty) }
        #expect(try reasons("age.over-70") == ["predicate.budget-exhausted"])
        #expect(try reasons("age.at-least-60") == ["predicate.budget-exhausted"])
        #expect(try reasons("age.over-20").isEmpty, "the same question again tells nothing more")
        #expect(try reasons("income.low").isEmpty, "another field has a budget of its own")
        gateway.clock.advance(days: 366)
        #expect(try reasons("age.over-70").isEmpty)
    }

    @Test("Asking under another basis, or all in one request, goes to the same budget")
    func acrossUses() throws {
        let items = Self.bounds.map { "age.over-\($0)" }
        let answer = try gateway.answer(gateway.request(items, of: number))
        #expect(answer.items.map(\.isRefused) == [false, false, false, false, true])
        _ = try gateway.agree(number)
        #expect(try reasons("age.over-70", basis: "agreed") == ["predicate.budget-exhausted"])
    }

    @Test("A question that is refused for another reason costs nothing")
    func refusedCostsNothing() throws {
        for bound in Self.bounds {
            #expect(try reasons("age.over-\(bound)", basis: "repealed") == ["basis.not-in-force"])
        }
        for bound in Self.bounds.prefix(4) { #expect(try reasons("age.over-\(bound)").isEmpty) }
    }

    @Test("Two at once cannot both have the last question")
    func atOnce() async throws {
        for bound in Self.bounds.prefix(3) { #expect(try reasons("age.over-\(bound)").isEmpty) }
        let path = DisclosurePath(gateway.parts)
        let requests = ["age.over-50", "age.over-70", "age.at-least-60"].map {
            gateway.request([$0], of: number)
        }
        let allowed = try await withThrowingTaskGroup(of: Bool.self) { group in
            for request in requests {
                group.addTask {
                    try await path.answerConcurrently(request) { _ in }.outcome == .allowed
                }
            }
            var count = 0
            for try await isAllowed in group where isAllowed { count += 1 }
            return count
        }
        #expect(allowed == 1)
        await gateway.parts.writer.stop()
    }

    @Test("The refusal is in the log with its code, replays, and verifies")
    func audited() throws {
        let items = Self.bounds.map { "age.over-\($0)" }
        let answer = try gateway.answer(gateway.request(items, of: number))
        let entry = try AuditDesk(gateway.parts).entry(answer.receipt.index)
        let last = try #require(entry.operational["items"]?.array?.last)
        #expect(last["withinBudget"] == .bool(false))
        #expect(last["reasons"]?.array?.compactMap(\.string) == ["predicate.budget-exhausted"])
        let report = try AuditDesk(gateway.parts).replay(by: gateway.parts.policies)
        #expect(report.isSound && report.same == 1)
        #expect(try gateway.verification().isSound)
    }
}
