import Consent
import JSONText
import ResidentModel
import SQLiteStore
import Testing
import TransparencyLog

import Gateway

/// How often a department may ask about a resident, by the purpose's limit and the consent's own.
struct AskingTests {
    private let gateway: TestGateway
    private let number = citizenNumber()
    private static let refused = ["purpose.asked-too-often"]

    init() throws {
        gateway = try TestGateway(
            purposes: TestPolicies.purposes.replacing("1000/day", with: "2/month"))
        try gateway.pull([
            row("r-1"), row("r-2", citizenNumber("19600101", 124), name: "李四"),
        ])
    }

    private func reasons(
        _ item: String = "identity.name", of number: String? = nil, purpose: String = "review",
        basis: String = "duty", by parts: GatewayParts? = nil
    ) throws -> [String] {
        let request = gateway.request(
            [item], of: number ?? self.number, purpose: purpose, basis: basis)
        let answer = try DisclosurePath(parts ?? gateway.parts).answer(request) { _ in }
        guard case .refused(let reasons)? = answer.items.first?.outcome else { return [] }
        return reasons.map(\.rawValue)
    }

    @Test("A request beyond the purpose's frequency is refused, audited, and permitted next period")
    func purposeLimit() throws {
        #expect(try reasons().isEmpty)
        #expect(try reasons(by: gateway.secondProcess()).isEmpty)
        let size = try gateway.logSize
        #expect(try reasons() == Self.refused)
        #expect(try reasons(by: gateway.secondProcess()) == Self.refused)
        let entry = try #require(try AuditDesk(gateway.parts).entries(from: size, limit: 1).first)
        #expect(entry.leaf.type == .decision && entry.leaf.decision == .refused)
        #expect(entry.operational["askingWithinPurpose"]?.bool == false)
        // Another resident and another purpose are counted apart.
        #expect(try reasons(of: citizenNumber("19600101", 124)).isEmpty)
        #expect(try reasons("identity.sex", purpose: "few").isEmpty)
        gateway.clock.advance(days: 26)
        #expect(try reasons() == Self.refused, "31 March is still March")
        gateway.clock.advance(days: 1)
        #expect(try reasons().isEmpty)
        #expect(try gateway.verification().isSound)
    }

    @Test("A refused request uses nothing up, and one about nobody is never asked too often")
    func refusalsAreFree() throws {
        for _ in 0..<3 {
            #expect(try reasons("identity.ethnicity") == ["item.never-shared"])
            #expect(try reasons(of: citizenNumber("19700101", 300)).isEmpty)
        }
        #expect(try reasons().isEmpty)
        #expect(try reasons().isEmpty)
        #expect(try reasons() == Self.refused)
    }

    @Test("Of many requests at once exactly as many are permitted as the period holds")
    func concurrent() async throws {
        let parts = gateway.parts
        let request = gateway.request(["identity.name"], of: number)
        let allowed = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<24 {
                group.addTask {
                    do {
                        return try await DisclosurePath(parts).answerConcurrently(request) { _ in }
                            .outcome == .allowed
                    } catch {
                        Issue.record("\(error)")
                        return false
                    }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        await parts.writer.stop()
        #expect(allowed == 2)
    }

    @Test(
        "A consent's own frequency counts where the basis is consent, and its days of keeping hold")
    func consentLimit() throws {
        _ = try gateway.agree(
            number, items: ["identity.name"], frequency: "1/day", keepDays: 9)
        let request = gateway.request(["identity.name"], of: number, basis: "agreed")
        #expect(try gateway.answer(request).retainDays == 9)
        #expect(try reasons(basis: "agreed") == ["consent.asked-too-often"])
        #expect(try reasons().isEmpty, "a statutory duty does not rest on the consent")
        gateway.clock.advance(days: 27)
        #expect(try reasons(basis: "agreed").isEmpty)
        #expect(try reasons(basis: "agreed") == ["consent.asked-too-often"])
    }

    @Test("What is counted goes with the resident, and past periods are let go of")
    func forgotten() throws {
        let resident = try #require(try gateway.resident(number))
        func count() throws -> Int {
            try gateway.store.read { reader throws(GatewayError) in
                try reader.remains(of: resident)
            }
        }
        let before = try count()
        #expect(try reasons().isEmpty)
        #expect(try reasons("identity.sex", purpose: "few").isEmpty)
        // Two slots, and the department's pseudonym.
        #expect(try count() == before + 3)
        gateway.clock.advance(days: 40)
        #expect(try reasons().isEmpty)
        #expect(try count() == before + 2)
        _ = try Forgetting(gateway.parts).forget(
            citizenNumber: number, Forgetting.Order(officer: "o-1", reason: "case"))
        #expect(try count() == 0)
    }

    @Test(
        "What a purpose may learn by predicates alone is refused as a value, with what can be asked"
    )
    func predicateOnly() throws {
        let purposes = TestPolicies.purposes.replacing(
            "fields: [identity.sex]",
            with: "fields: [age.at-least-60]\n    predicate-only: [identity.birth-date]")
        let parts = gateway.parts(catalogue: try TestPolicies.catalogue(purposes: purposes))
        #expect(
            try reasons("identity.birth-date", purpose: "few", by: parts)
                == ["item.outside-purpose", "item.predicate-only"])
        #expect(try reasons("age.at-least-60", purpose: "few", by: parts).isEmpty)
    }
}
