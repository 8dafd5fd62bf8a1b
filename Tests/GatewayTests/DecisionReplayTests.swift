import Consent
import FieldCrypto
import JSONText
import ResidentModel
import SQLiteStore
import TestSupport
import Testing
import TransparencyLog

import Gateway

/// Decisions asked once more, from nothing but their records.
struct DecisionReplayTests {
    private let gateway: TestGateway

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([row("r-1"), row("r-2", citizenNumber("19600101", 124), name: "李四")])
    }

    /// Requests of every purpose, basis and item, known and unknown, and what became of them.
    private func manyDecisions() throws -> Int {
        let numbers = [
            citizenNumber(), citizenNumber("19600101", 124), citizenNumber("19700101", 125),
        ]
        let purposes = Array(gateway.parts.catalogue.purposes.keys).sorted() + ["unheard-of"]
        let bases = Array(gateway.parts.catalogue.legalBases.keys).sorted() + ["unheard-of"]
        let departments = Array(gateway.parts.catalogue.departments.keys).sorted() + ["nobody"]
        let items =
            gateway.parts.catalogue.fields.map(\.id.text)
            + gateway.parts.catalogue.predicates.keys.map(\.text).sorted() + ["no.such-item"]
        let random = SeededRandom(seed: 11)
        func pick<Value>(_ values: [Value]) throws -> Value {
            values[Int(try random.bytes(1)[0]) % values.count]
        }
        _ = try gateway.agree(numbers[0])
        for index in 0..<300 {
            var request = gateway.request(
                [try pick(items), try pick(items), try pick(items)], of: try pick(numbers),
                department: index % 3 == 0 ? try pick(departments) : "civil",
                purpose: index % 3 == 1 ? try pick(purposes) : "review",
                basis: index % 2 == 0 ? try pick(bases) : "duty",
                caseID: index % 4 == 0 ? "case-\(index)" : nil)
            request.correlationID = "correlation-\(index)"
            _ = try gateway.answer(request)
        }
        return 300
    }

    @Test("Every decision replays to what is recorded, with no value opened")
    func sameAgain() throws {
        let count = try manyDecisions()
        let recording = FaultyStore(gateway.store, failingCall: .max)
        let report = try AuditDesk(gateway.parts(over: recording)).replay(
            by: gateway.parts.policies)
        #expect(report.decisions == count && report.same == count && report.isSound)
        #expect(!recording.names.contains("values") && !recording.names.contains("consents"))
        var ends: [AuditDecision: Int] = [:]
        var next: UInt64 = 0
        while let last = try AuditDesk(gateway.parts).entries(from: next, limit: 200).last {
            for entry in try AuditDesk(gateway.parts).entries(from: next, limit: 200)
            where entry.leaf.type == .decision { ends[entry.leaf.decision, default: 0] += 1 }
            next = last.index + 1
        }
        print("decisions replayed: \(report.same), of them \(ends)")
        #expect(ends[.allowed, default: 0] > 5 && ends[.refused, default: 0] > 50)
    }

    @Test("A record in which anything that decided is changed replays to something else")
    func changedRecords() throws {
        var request = gateway.request(["identity.name"], of: citizenNumber())
        request.caseID = "case-1"
        let receipt = try gateway.answer(request).receipt
        let record = try AuditDesk(gateway.parts).entry(receipt.index)
        let replay = DecisionReplay(policies: gateway.parts.policies)
        #expect(replay.verdict(on: record.operational, officer: "officer-7") == .same)
        let changes: [(String, JSONValue)] = [
            ("inForce", .bool(false)), ("authorityHolds", .bool(false)),
            ("purposeListsCaller", .bool(false)), ("purposeListsBasis", .bool(false)),
            ("callerKnown", .bool(false)), ("purposeKnown", .bool(false)),
            ("basisKind", .string("")), ("consentRequired", .bool(true)),
            ("mandateRequired", .bool(true)), ("outcome", .string("refused")),
        ]
        for (name, value) in changes {
            let changed = replacing(name, by: value, in: record.operational)
            guard case .differs = replay.verdict(on: changed, officer: "officer-7") else {
                Issue.record("'\(name)' decides and is not noticed")
                continue
            }
        }
        let other = replacing("bundle", by: .string("0"), in: record.operational)
        #expect(replay.verdict(on: other, officer: nil) == .otherBundle("0"))
        for name in ["clock", "caller", "items", "roles", "basis", "caseGiven"] {
            let cut = replacing(name, by: .null, in: record.operational)
            #expect(replay.verdict(on: cut, officer: nil) == .unreadable(missing: name))
        }
    }

    @Test(
        "Where nobody is known by the number, officer, request and case stand in the operational part"
    )
    func nobodyKnown() throws {
        var request = gateway.request(
            ["identity.name"], of: citizenNumber("19700101", 125), caseID: "case-9")
        request.correlationID = "their-7"
        let answer = try gateway.answer(request)
        let entry = try AuditDesk(gateway.parts).entry(answer.receipt.index)
        #expect(entry.subject == nil && entry.leaf.subject == nil)
        #expect(entry.operational["officer"]?.string == "officer-7")
        #expect(entry.operational["request"]?.string == answer.requestID)
        #expect(entry.operational["case"]?.string == "case-9")
        #expect(entry.operational["correlation"]?.string == "their-7")
        request.subject = .citizenNumber(citizenNumber())
        let known = try AuditDesk(gateway.parts).entry(try gateway.answer(request).receipt.index)
        #expect(known.operational["officer"] == nil && known.operational["request"] == nil)
        #expect(known.subject?["officer"]?.string == "officer-7")
        #expect(known.subject?["correlation"]?.string == "their-7")
    }

    private func replacing(_ name: String, by value: JSONValue, in record: JSONValue) -> JSONValue {
        let members = (record.object?.members ?? []).map { ($0.name, $0.value) }
        let changed = JSONObject(members.map { $0.0 == name ? (name, value) : $0 })
        return changed.map { .object($0) } ?? .null
    }
}
