import JSONText
import ResidentModel
import Testing

import Gateway

/// Challenges to what a field says, and what past recipients get once it is corrected.
@Suite("Correction")
struct CorrectionTests {
    let gateway: TestGateway
    let number = citizenNumber()

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([row("1", ["income": "2345.60"])])
    }

    private var desk: CorrectionDesk { CorrectionDesk(gateway.parts) }

    private func challenge(field: String = "income.monthly") -> CorrectionRequest {
        CorrectionRequest(
            citizenNumber: number, field: field, challenger: "resident",
            claim: "it is 1234 since March", officer: "wang", reference: "K-1")
    }

    @Test("A challenge goes to the source that said it, within ten working days")
    func routed() throws {
        let matter = try desk.open(challenge())
        #expect(matter.detail["sources"]?.array?.compactMap(\.string) == ["register"])
        #expect(matter.due?.description == "2026-03-20", "7 March is worked, 9 and 10 are free")
        let unheld = try desk.open(challenge(field: "account.number"))
        #expect(unheld.detail["sources"]?.array?.compactMap(\.string) == ["civil"], "the owner")
        #expect(throws: GatewayError.self) { try desk.open(challenge(field: "income.low")) }
        let listed = try desk.list(
            .correction, by: AuditReading(officer: "chief", reason: .inspection))
        #expect(Set(listed.map(\.id)) == [matter.id, unheld.id])
    }

    @Test(
        "Every past recipient of the field, or of a predicate over it, gets a delta, and nobody else"
    )
    func deltas() throws {
        _ = try gateway.answer(gateway.request(["income.low"], of: number))
        _ = try gateway.answer(gateway.request(["income.monthly"], of: number))
        _ = try gateway.answer(
            gateway.request(["identity.name"], of: number, department: "school", basis: "request"))
        _ = try gateway.answer(
            gateway.request(["income.low"], of: number, department: "neighbour"))
        let matter = try desk.open(challenge())
        #expect(throws: GatewayError.self, "nothing was delivered yet") {
            try desk.answer(matter.id, .corrected, officer: "li")
        }
        try gateway.pull([row("1", ["income": "1234"])])
        let queued = try desk.answer(matter.id, .corrected, officer: "li")
        #expect(queued.compactMap { $0.detail["department"]?.string } == ["civil"])
        #expect(
            queued.first?.detail["items"]?.array?.compactMap(\.string)
                == ["income.low", "income.monthly"])
        let sent = try desk.deltas(for: "civil", officer: "officer-7")
        let delta = try #require(sent.first)
        let pseudonym = try #require(delta.pseudonym)
        let again = gateway.request(["income.low"], of: number).about(pseudonym: pseudonym)
        #expect(try gateway.answer(again).isResidentKnown == true, "the pseudonym is theirs")
        #expect(try desk.deltas(for: "school", officer: "o").isEmpty)
        #expect(throws: GatewayError.self) {
            try desk.acknowledge(delta.id, department: "school", officer: "o")
        }
        try desk.acknowledge(delta.id, department: "civil", officer: "officer-7")
        #expect(try desk.deltas(for: "civil", officer: "officer-7").isEmpty)
        #expect(throws: GatewayError.self) {
            try desk.answer(matter.id, .upheld, officer: "li")
        }
    }

    @Test("A source that stands by what it said closes the challenge and tells nobody")
    func upheld() throws {
        _ = try gateway.answer(gateway.request(["income.low"], of: number))
        let matter = try desk.open(challenge())
        #expect(try desk.answer(matter.id, .upheld, officer: "li").isEmpty)
        #expect(try desk.deltas(for: "civil", officer: "officer-7").isEmpty)
    }

    @Test("What was never released needs no delta, and every step is an entry of the log")
    func failedRelease() throws {
        struct Gone: Error {}
        #expect(throws: GatewayError.self) {
            try DisclosurePath(gateway.parts).answer(gateway.request(["income.low"], of: number)) {
                _ in throw Gone()
            }
        }
        let matter = try desk.open(challenge())
        try gateway.pull([row("1", ["income": "1234"])])
        #expect(try desk.answer(matter.id, .corrected, officer: "li").isEmpty)
        let steps = try AccessHistory(gateway.parts).entries(citizenNumber: number)
            .filter { $0.operational["format"]?.string == "hangu/correction/1" }
        #expect(steps.compactMap { $0.operational["step"]?.string } == ["corrected", "opened"])
        #expect(steps.allSatisfy { !$0.operational.canonicalText.contains("1234") })
        #expect(try gateway.verification().isSound)
    }
}
