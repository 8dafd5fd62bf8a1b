import JSONText
import ResidentModel
import SQLiteStore
import TestSupport
import Testing
import TransparencyLog

import Gateway

/// What belongs to an entry is in its bundle, wherever it lies.
struct EvidenceTests {
    private let gateway: TestGateway
    private let desk: EvidenceDesk
    private let number = citizenNumber()
    private let other = citizenNumber("19600101", 124)

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([row("r-1"), row("r-2", other, name: "李四")])
        desk = EvidenceDesk(
            gateway.parts,
            index: try AuditIndexDatabase(at: gateway.folder.file("audit-index.db")))
    }

    /// Asks, and has so many others ask before the answer is delivered.
    private func ask(_ number: String, othersMeanwhile count: Int) throws -> UInt64 {
        let request = gateway.request(["identity.sex"], of: number)
        return try DisclosurePath(gateway.parts).answer(request) { _ in
            for _ in 0..<count {
                _ = try gateway.answer(gateway.request(["identity.sex"], of: other))
            }
        }.receipt.index
    }

    private func bundle(_ entries: [UInt64]) throws -> (count: Int, text: String) {
        let bundle = try desk.bundle(
            EvidenceRequest(
                entries: entries, reading: AuditReading(officer: "lin", reason: .inspection)),
            texts: EvidenceTexts(readme: "", verifier: "", explain: { _ in [] }))
        return (bundle.entryCount, String(decoding: bundle.archive, as: UTF8.self))
    }

    @Test("A decision's outcome is found among its resident's entries, however many lie between")
    func outcome() throws {
        let decision = try ask(number, othersMeanwhile: 150)
        let (count, text) = try bundle([decision])
        #expect(count == 3, "the decision, its outcome, and the start of its epoch")
        #expect(text.contains("\"role\":\"outcome\"") && text.contains("\"role\":\"policy\""))
        let unknown = try ask(citizenNumber("19610101", 125), othersMeanwhile: 150)
        #expect(try bundle([unknown]).text.contains("\"role\":\"outcome\""), "nobody was found")
    }

    @Test("The start of a policy epoch is found behind any number of entries of its kind")
    func epoch() throws {
        let decision = try ask(number, othersMeanwhile: 0)
        _ = try gateway.parts.writer.recordAlone { _ throws(GatewayError) in
            let draft = AuditDraft(
                type: .admin, decision: .none, operational: .object(["format": .string("test/1")]),
                subject: nil)
            return ((), Array(repeating: draft, count: 1_100))
        }
        #expect(try bundle([decision]).text.contains("\"role\":\"policy\""))
    }

    @Test("A bundle that would be too large with what belongs to it is refused")
    func limit() throws {
        for _ in 0..<EvidenceRequest.entriesMax / 2 { _ = try ask(number, othersMeanwhile: 0) }
        let size = try gateway.logSize
        let decisions = try AuditDesk(gateway.parts).entries(from: 0, limit: Int(size))
            .filter { $0.leaf.type == .decision }.map(\.index)
        #expect(decisions.count == EvidenceRequest.entriesMax / 2)
        #expect(throws: GatewayError.self) { try bundle(decisions) }
        #expect(try bundle(Array(decisions.dropLast())).count == EvidenceRequest.entriesMax - 1)
    }
}
