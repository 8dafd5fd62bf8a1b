import JSONText
import ResidentModel
import Testing

import Gateway

/// Emergency accesses: opened for one officer, case and resident, over by themselves, judged by two others.
@Suite("Emergency access")
struct EmergencyTests {
    let gateway: TestGateway
    let number = citizenNumber()

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([
            row("1", ["phone": "13800000001", "kind": "dependent"]),
            row("2", citizenNumber("19600101", 107), name: "李四"),
        ])
    }

    private var desk: EmergencyDesk { EmergencyDesk(gateway.parts) }

    private func wanted(
        _ change: (inout EmergencyRequest) -> Void = { _ in }
    ) -> EmergencyRequest {
        var request = EmergencyRequest(
            department: "civil", officer: "officer-7", template: "rescue", reason: "life-at-risk",
            caseID: "case-1", citizenNumber: number)
        change(&request)
        return request
    }

    private func opened() throws -> String {
        guard case .opened(let id, _, _, _) = try desk.open(wanted()) else {
            throw GatewayError.request(.empty("an access"))
        }
        return id
    }

    private func ask(
        _ item: String = "identity.name", of other: String? = nil, caseID: String = "case-1",
        officer: String = "officer-7"
    ) throws -> [RefusalReason] {
        var request = gateway.request(
            [item], of: other ?? number, basis: "urgent", caseID: caseID)
        request.officer = officer
        return try gateway.reasons(request)
    }

    @Test(
        "A basis of kind emergency carries nothing before an access is open, and only what it is for"
    )
    func scope() throws {
        #expect(try ask() == [.emergencyNotOpen])
        _ = try opened()
        #expect(try ask() == [] && ask("contact.phone") == [] && ask("health.is-ill") == [])
        #expect(try ask("identity.sex") == [.emergencyScope])
        #expect(try ask(caseID: "case-2") == [.emergencyNotOpen])
        #expect(try ask(officer: "officer-8") == [.emergencyNotOpen])
        #expect(try ask(of: citizenNumber("19600101", 107)) == [.emergencyNotOpen])
    }

    @Test("No emergency reaches the value of a field of tier 4")
    func tierFour() throws {
        _ = try opened()
        let reasons = try ask("health.diagnosis")
        #expect(reasons.contains(.predicateOnly) && reasons.contains(.emergencyScope))
    }

    @Test("An access is over by itself, and the next decision refuses")
    func expiry() throws {
        _ = try opened()
        gateway.clock.advance(milliseconds: 2 * 3_600_000 - 1)
        #expect(try ask() == [])
        gateway.clock.advance(milliseconds: 1)
        #expect(try ask() == [.emergencyExpired])
    }

    @Test(
        "An access that is ended, or found unjustified, carries nothing from the next decision on")
    func ending() throws {
        try desk.end(try opened(), officer: "officer-7")
        #expect(try ask() == [.emergencyExpired])
        let second = try opened()
        #expect(try ask() == [])
        _ = try desk.review(second, .notJustified, comment: "no danger", by: "judge-1")
        #expect(try ask() == [.emergencyExpired])
    }

    @Test("Two different people judge, neither of them who opened it; then it is closed")
    func review() throws {
        let id = try opened()
        #expect(throws: GatewayError.self) {
            try desk.review(id, .justified, comment: "own", by: "officer-7")
        }
        #expect(throws: GatewayError.self) {
            try desk.review(id, .justified, comment: "", by: "judge-1")
        }
        #expect(try !desk.review(id, .needsInformation, comment: "which danger?", by: "judge-1"))
        #expect(try !desk.review(id, .justified, comment: "seen the file", by: "judge-1"))
        #expect(throws: GatewayError.self) {
            try desk.review(id, .justified, comment: "again", by: "judge-1")
        }
        let reading = try AuditReading(officer: "chief", reason: .inspection)
        let waiting = try desk.list(by: reading)
        #expect(waiting.map(\.state) == [.half])
        #expect(
            waiting.first?.due?.description == "2026-03-11", "7 March is worked, 9 and 10 are free")
        #expect(try desk.review(id, .justified, comment: "agreed", by: "judge-2"))
        #expect(try desk.list(by: reading).isEmpty)
        #expect(try desk.list(by: reading, includesClosed: true).count == 1)
        #expect(throws: GatewayError.self) {
            try desk.review(id, .justified, comment: "late", by: "judge-3")
        }
    }

    @Test("What is wrong with a request to open one is said by its code, and is an entry")
    func refusals() throws {
        let cases: [(EmergencyRefusal, (inout EmergencyRequest) -> Void)] = [
            (.unknownDepartment, { $0.department = "nobody" }),
            (.unknownTemplate, { $0.template = "flood" }),
            (.notOfDepartment, { $0.department = "school" }),
            (.unknownReason, { $0.reason = "curious" }), (.noCase, { $0.caseID = "" }),
            (.unknownResident, { $0.citizenNumber = citizenNumber("19770707", 177) }),
        ]
        for (expected, change) in cases {
            let size = try gateway.logSize
            guard case .refused(let reasons, _) = try desk.open(wanted(change)) else {
                Issue.record("\(expected) was opened")
                continue
            }
            #expect(reasons == [expected])
            #expect(try gateway.logSize == size + 1)
        }
    }

    @Test("Every step is an entry that the resident sees; the decisions replay the same")
    func entries() throws {
        let id = try opened()
        _ = try ask()
        _ = try desk.review(id, .justified, comment: "secret remark", by: "judge-1")
        let steps = try AccessHistory(gateway.parts).entries(citizenNumber: number)
            .filter { $0.operational["format"]?.string == AuditDraft.emergencyFormat }
        #expect(steps.compactMap { $0.operational["step"]?.string } == ["reviewed", "opened"])
        #expect(steps.allSatisfy { !$0.operational.canonicalText.contains("secret") })
        #expect(try gateway.verification().isSound)
        let replay = try AuditDesk(gateway.parts).replay(by: gateway.parts.policies)
        #expect(replay.isSound && replay.same == 1)
        let sink = KeptParts()
        _ = try SubjectAccess(gateway.parts).answer(
            SubjectAccessRequest(
                citizenNumber: number, claimant: .resident, officer: "wang", channel: "test"),
            to: sink)
        #expect(sink.values(.matters).compactMap { $0["matter"]?.string } == [id])
    }

    @Test("Nothing is open where the entry cannot be kept")
    func faults() throws {
        var call = 0
        while true {
            call += 1
            let store = FaultyStore(gateway.store, failingCall: call, isCountingReads: false)
            do {
                _ = try EmergencyDesk(gateway.parts(over: store)).open(wanted())
                break
            } catch { #expect(try ask() == [.emergencyNotOpen], "call \(call)") }
        }
        #expect(call > 4)
        #expect(try ask() == [])
    }
}
