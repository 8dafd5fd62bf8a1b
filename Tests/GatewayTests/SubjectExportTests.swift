import Consent
import JSONText
import ResidentModel
import SQLiteStore
import TestSupport
import Testing
import TransparencyLog

import Gateway

/// Keeps the parts of an export, and fails at one of them where that is asked for.
final class KeptParts: ExportSink {
    private(set) var parts: [ExportPart] = []
    private let failing: ExportSection?
    /// Looks at the gateway when the first part comes.
    private let first: () throws -> Void

    struct Full: Error {}

    init(failing: ExportSection? = nil, first: @escaping () throws -> Void = {}) {
        self.failing = failing
        self.first = first
    }

    func take(_ part: ExportPart) throws {
        if parts.isEmpty { try first() }
        if part.section == failing { throw Full() }
        parts.append(part)
    }

    func values(_ section: ExportSection) -> [JSONValue] {
        parts.filter { $0.section == section }.map(\.value)
    }

    var texts: [String] { parts.map { "\($0.section) \($0.value.canonicalText)" } }
}

/// Everything that is held about a resident, for the resident (PIPL article 45).
@Suite("Subject access")
struct SubjectExportTests {
    let gateway: TestGateway
    let number = citizenNumber()

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([
            row("1", ["phone": "13800000001", "income": "2345.60"]),
            row("2", citizenNumber("19600101", 107), name: "李四"),
        ])
    }

    private func request(
        _ claimant: Claimant = .resident, of number: String? = nil
    ) -> SubjectAccessRequest {
        SubjectAccessRequest(
            citizenNumber: number ?? self.number, claimant: claimant, officer: "wang",
            reference: "SA-1", channel: "test")
    }

    @discardableResult
    private func export(_ sink: KeptParts, _ request: SubjectAccessRequest) throws -> SubjectGrant {
        let outcome = try SubjectAccess(gateway.parts).answer(request, to: sink)
        guard case .delivered(let grant, _) = outcome else { throw KeptParts.Full() }
        return grant
    }

    private func reasons(_ request: SubjectAccessRequest) throws -> [AccessRefusal] {
        let sink = KeptParts()
        let outcome = try SubjectAccess(gateway.parts).answer(request, to: sink)
        guard case .refused(let reasons, _) = outcome else { return [] }
        #expect(sink.parts.isEmpty)
        return reasons
    }

    @Test("Every value comes with its source, the source's day and the minute it was stored")
    func held() throws {
        let sink = KeptParts()
        try export(sink, request())
        let held = sink.values(.held)
        let name = try #require(held.first { $0["field"]?.string == "identity.name" })
        #expect(name["value"]?.string == "张三丰" && name["asOf"]?.string == "2026-03-01")
        #expect(name["source"]?.string == "register" && name["stream"]?.string == "residents")
        #expect(name["storedMinute"]?.integer == Int(gateway.parts.clock.minute))
        #expect(held.contains { $0["value"]?.string == "2345.60" }, "no obligation masks one's own")
        #expect(!sink.texts.contains { $0.contains("李四") }, "nothing of anybody else")
        #expect(sink.parts.last?.section == .end)
    }

    @Test("Consents come with every step, and accesses with all that became of them")
    func steps() throws {
        let consent = try gateway.agree(number)
        _ = try gateway.take(.withdraw, of: consent.id)
        _ = try gateway.answer(gateway.request(["identity.name"], of: number))
        let sink = KeptParts()
        let grant = try export(sink, request())
        #expect(
            sink.values(.consents).compactMap { $0["state"]?.string } == ["given", "withdrawn"])
        let accesses = sink.values(.accesses)
        let entries = accesses.compactMap { $0["entry"]?.integer }
        #expect(entries == entries.sorted(by: >) && entries.first == Int(grant.receipt.index))
        #expect(
            Set(accesses.compactMap { $0["kind"]?.string })
                == ["decision", "outcome", "consent-change"])
        #expect(sink.values(.recipients).compactMap { $0["department"]?.string } == ["civil"])
    }

    @Test("What the law withholds is counted with its article and its day, and is not told")
    func withheld() throws {
        for item in ["identity.name", "identity.sex"] {
            _ = try gateway.answer(gateway.request([item], of: number, basis: "inquiry"))
        }
        let sink = KeptParts()
        try export(sink, request())
        let hidden = sink.values(.accesses).filter { $0["withheld"] != nil }
        #expect(hidden.count == 4, "two decisions and their outcomes")
        #expect(hidden.allSatisfy { $0["details"] == nil && $0["decision"] == nil })
        let kept = try #require(
            sink.values(.kept).first { $0["what"]?.string == "withheld-accesses" })
        #expect(kept["count"]?.integer == 4 && kept["basis"]?.string == "inquiry")
        #expect(kept["visibleFrom"]?.string == "2026-04-04")
    }

    @Test("The decision is durable before the first part, and its outcome after the last")
    func durableFirst() throws {
        let before = try gateway.logSize
        let other = try HomeStore(at: gateway.folder.file("hangu.db"))
        let sink = KeptParts {
            let size = try other.read { reader throws(GatewayError) in try reader.treeSize() }
            #expect(size == before + 1, "another connection sees the entry")
        }
        try export(sink, request())
        #expect(try gateway.logSize == before + 2)
        #expect(try gateway.verification().isSound)
        let replay = try AuditDesk(gateway.parts).replay(by: gateway.parts.policies)
        #expect(replay.isSound && replay.decisions == 0, "no rule decided it")
    }

    @Test("Nothing leaves where the decision cannot be kept, whichever write fails")
    func faults() throws {
        var call = 0
        var failed = 0
        while true {
            call += 1
            let store = FaultyStore(gateway.store, failingCall: call, isCountingReads: false)
            let sink = KeptParts()
            do {
                _ = try SubjectAccess(gateway.parts(over: store)).answer(request(), to: sink)
                break
            } catch {
                failed += 1
                let isKept = store.names.prefix(call - 1).contains("commit")
                #expect(isKept || sink.parts.isEmpty, "call \(call)")
            }
        }
        #expect(failed > 4)
        #expect(try gateway.verification().isSound)
    }

    @Test(
        "An export that is not taken is recorded as failed",
        arguments: [
            ExportSection.about, .held, .accesses, .end,
        ])
    func undelivered(section: ExportSection) throws {
        #expect(throws: GatewayError.self) {
            try SubjectAccess(gateway.parts).answer(
                request(), to: KeptParts(failing: section))
        }
        let newest = try AccessHistory(gateway.parts).entries(citizenNumber: number)
        #expect(newest.prefix(2).map(\.leaf.decision) == [.failed, .allowed])
    }

    @Test("The same grant gives the same parts, whatever the clock says and whatever came after")
    func deterministic() throws {
        _ = try gateway.answer(gateway.request(["identity.name"], of: number, basis: "inquiry"))
        let sink = KeptParts()
        let grant = try export(sink, request())
        gateway.clock.advance(days: 60)
        _ = try gateway.answer(gateway.request(["identity.sex"], of: number))
        let again = KeptParts()
        _ = try SubjectExport(gateway.parts).write(grant, to: again)
        let isAbout = { (text: String) in !text.hasPrefix("recipients") }
        #expect(again.texts.filter(isAbout) == sink.texts.filter(isAbout))
        #expect(sink.texts.count > 10)
    }

    @Test("A long history is walked page by page, each entry once")
    func pages() throws {
        for _ in 0..<150 { _ = try gateway.answer(gateway.request(["identity.sex"], of: number)) }
        let sink = KeptParts()
        try export(sink, request())
        let entries = sink.values(.accesses).compactMap { $0["entry"]?.integer }
        #expect(entries.count == 301 && Set(entries).count == 301)
    }

    @Test("A child's guardian asks, near relatives ask for the dead, and refusals are entries too")
    func claimants() throws {
        let (child, dead) = (citizenNumber("20150601", 105), citizenNumber("19400101", 106))
        try gateway.pull([
            row("3", child, name: "小明"), row("4", dead, name: "王五", ["dead": "1"]),
        ])
        let evidence = "doc-1"
        #expect(try reasons(request(of: child)) == [.needsGuardian])
        #expect(try reasons(request(.guardian(evidence: evidence), of: child)) == [])
        #expect(try reasons(request(.nearRelative(evidence: evidence))) == [.noDeath])
        let relative = request(.nearRelative(evidence: evidence), of: dead)
        #expect(try reasons(relative) == [.deathNotConfirmed])
        #expect(try reasons(request(of: dead)) == [], "an unconfirmed death silences nobody")
        let review = try #require(try gateway.reviews(.confirmation).first)
        try ReviewDesk(gateway.parts).decide(review.number, as: .confirmed, officer: "qian")
        #expect(try reasons(relative) == [])
        #expect(try reasons(request(of: dead)) == [.residentDeceased])
        let size = try gateway.logSize
        #expect(try reasons(request(of: citizenNumber("19770707", 177))) == [.unknownResident])
        #expect(try gateway.logSize == size + 1)
        #expect(throws: GatewayError.self) { try Claimant(word: "guardian", evidence: "") }
    }
}
