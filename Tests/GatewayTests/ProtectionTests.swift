import Consent
import JSONText
import ResidentModel
import Testing
import TransparencyLog

import Gateway

/// People who need protection, children, the deceased, and decoys.
@Suite("Protected people")
struct ProtectionTests {
    static let rules =
        TestPolicies.rules + """

            @id("test.protected")
            forbid (principal, action, resource == Hangu::Field::"contact.phone")
            when { context.subject.protected };
            """
    let gateway: TestGateway
    let number = citizenNumber()

    init() throws {
        gateway = try TestGateway(rules: Self.rules)
        try gateway.pull([row("1", ["phone": "13800000001"])])
    }

    private func mark(_ mark: StandingMark, _ of: String? = nil) throws {
        try StandingDesk(gateway.parts).mark(
            mark, citizenNumber: of ?? number, officer: "chief", reference: "F-1")
    }

    private func phone() throws -> [RefusalReason] {
        try gateway.reasons(gateway.request(["contact.phone"], of: number))
    }

    @Test(
        "Somebody of whom nobody has marked anything is protected; a mark acts on the next decision"
    )
    func unknownIsProtected() throws {
        #expect(try phone() == [.forbiddenByRule])
        try mark(.notProtected)
        #expect(try phone() == [])
        try mark(.protected)
        #expect(try phone() == [.forbiddenByRule])
        let replay = try AuditDesk(gateway.parts).replay(by: gateway.parts.policies)
        #expect(replay.isSound && replay.same == 3)
    }

    @Test("Below 14 only a guardian's consent counts, whatever the basis")
    func children() throws {
        let child = citizenNumber("20150601", 105)
        try gateway.pull([row("2", child, name: "小明")])
        let asked = gateway.request(["identity.name"], of: child, basis: "agreed")
        _ = try gateway.agree(child, items: ["identity.name"])
        #expect(try gateway.reasons(asked) == [.consentNotOfGuardian])
        gateway.clock.advance(milliseconds: 1)
        _ = try gateway.agree(child, items: ["identity.name"]) {
            $0.giver = .guardian(evidence: "household register")
        }
        #expect(try gateway.reasons(asked) == [])
    }

    @Test("A consent ends with the life of who gave it, once the death is confirmed")
    func deceased() throws {
        _ = try gateway.agree(number, items: ["identity.name"])
        let asked = gateway.request(["identity.name"], of: number, basis: "agreed")
        #expect(try gateway.reasons(asked) == [])
        try gateway.pull([row("1", ["phone": "13800000001", "dead": "1"])])
        #expect(try gateway.reasons(asked) == [], "a report alone ends nothing")
        let review = try #require(try gateway.reviews(.confirmation).first)
        try ReviewDesk(gateway.parts).decide(review.number, as: .confirmed, officer: "qian")
        #expect(try gateway.reasons(asked) == [.consentDeceased])
        let relative = SubjectAccessRequest(
            citizenNumber: number, claimant: .nearRelative(evidence: "register"), officer: "wang",
            channel: "test")
        try mark(.closedToRelatives)
        guard
            case .refused(let reasons, _) = try SubjectAccess(gateway.parts).answer(
                relative, to: KeptParts())
        else {
            Issue.record("it was delivered")
            return
        }
        #expect(reasons == [.arrangedOtherwise])
    }

    @Test(
        "Whoever touches a decoy sees nothing of it; the log has an incident, and nobody without keys can tell"
    )
    func decoys() throws {
        let decoy = citizenNumber("19600101", 107)
        try gateway.pull([row("2", decoy, name: "李四")])
        func shape(_ of: String) throws -> [String] {
            let answer = try gateway.answer(gateway.request(["identity.name"], of: of))
            return answer.items.map { "\($0.rules) \($0.isRefused)" } + ["\(answer.outcome)"]
        }
        try mark(.decoy, decoy)
        let size = try gateway.logSize
        let seen = try shape(decoy)
        let grown = try gateway.logSize - size
        let before = try gateway.logSize
        #expect(try shape(number) == seen, "the answer has the same shape")
        #expect(try gateway.logSize - before == grown, "and the log grows by the same entries")
        _ = try EmergencyDesk(gateway.parts).open(
            EmergencyRequest(
                department: "civil", officer: "officer-7", template: "rescue",
                reason: "life-at-risk", caseID: "case-1", citizenNumber: decoy))
        _ = try SubjectAccess(gateway.parts).answer(
            SubjectAccessRequest(
                citizenNumber: decoy, claimant: .resident, officer: "wang", channel: "test"),
            to: KeptParts())
        let entries = try AuditDesk(gateway.parts).entries(from: 0, limit: 1_000)
        let mine = try AccessHistory(gateway.parts).entries(citizenNumber: decoy)
        for text in mine.map({ "\($0.operational)\($0.subject ?? .null)" }) {
            #expect(!text.contains("decoy"), "their own list says nothing of it")
        }
        let reading = try AuditReading(officer: "chief", reason: .inspection)
        let incidents = try IncidentDesk(gateway.parts).report(by: reading)
        #expect(
            incidents.map(\.kind) == [.decision, .admin, .decision],
            "an answer, an emergency access, an export")
        #expect(incidents.map(\.officer) == ["officer-7", "officer-7", "wang"])
        #expect(try IncidentDesk(gateway.parts).report(by: reading).isEmpty, "each is told once")
        _ = try gateway.answer(gateway.request(["identity.sex"], of: decoy))
        #expect(try IncidentDesk(gateway.parts).report(by: reading).count == 1)
        let after = try AuditDesk(gateway.parts).entries(
            from: UInt64(entries.count), limit: 1_000)
        let reports = after.filter { $0.operational["format"]?.string == "hangu/incident/1" }
        #expect(reports.map { $0.operational["count"]?.integer } == [3, 0, 1])
        let sink = KeptParts()
        _ = try SubjectAccess(gateway.parts).answer(
            SubjectAccessRequest(
                citizenNumber: decoy, claimant: .resident, officer: "wang", channel: "test"),
            to: sink)
        #expect(sink.values(.matters).compactMap { $0["kind"]?.string } == ["emergency"])
        #expect(!sink.texts.joined().contains("decoy") && sink.parts.count > 5)
    }
}
