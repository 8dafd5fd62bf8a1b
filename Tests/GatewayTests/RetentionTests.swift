import FieldCrypto
import Foundation
import GRDB
import JSONText
import ResidentModel
import SQLiteStore
import StrictYAML
import TestSupport
import Testing
import TransparencyLog

import Gateway

struct RetentionTests {
    private let gateway: TestGateway
    private let index: AuditIndexDatabase
    private let reading: AuditReading
    private let number = citizenNumber()
    private let other = citizenNumber("19600101", 124)

    /// A log of two years that ended three years ago, and one more answer about one of its two residents today.
    init() throws { try self.init(answers: 130) }

    private init(answers: Int) throws {
        gateway = try TestGateway()
        try gateway.pull([row("r-1"), row("r-2", other, name: "李四")])
        index = try AuditIndexDatabase(at: gateway.folder.file("audit-index.db"))
        reading = try AuditReading(officer: "lin", reason: .maintenance)
        for place in 0..<answers {
            let resident = place % 40 == 0 ? other : number
            _ = try gateway.answer(
                gateway.request(
                    ["identity.sex"], of: resident, caseID: place == 100 ? "held" : "case"))
            if place % 10 == 9 { gateway.clock.advance(days: 28) }
        }
        gateway.clock.advance(days: 3 * 366)
        _ = try gateway.answer(gateway.request(["identity.sex"], of: number))
    }

    private func desk(
        _ policy: RetentionPolicy = .threeYears, holds: [String] = [],
        over store: (any GatewayStore)? = nil, step: UInt64 = 256
    ) -> RetentionDesk {
        RetentionDesk(
            gateway.parts(over: store), policy: policy, holds: LegalHolds(cases: holds),
            index: index, stepEntries: step)
    }

    private func first() throws -> UInt64? {
        try gateway.store.read { reader throws(GatewayError) in
            try reader.entries(from: 0, limit: 1).first?.index
        }
    }

    @Test("What is pruned is gone, and everything that was provable is still proved")
    func pruning() throws { try RetentionTests(answers: 260).prunesInTwoSteps() }

    private func prunesInTwoSteps() throws {
        let log = AuditDesk(gateway.parts)
        let size = try log.size()
        #expect(size == 524)
        let before = try (0..<size).map { try log.inclusionProof(of: $0) }
        let earlier = try [1, 100, 256, 300, 512, size].map { try log.consistencyProof(from: $0) }
        let leaves = try [0, 255, 256, 511].map { try log.entry($0).leaf.bytes }
        let plan = try desk().plan()
        #expect(plan == RetentionPlan(first: 0, minimum: 512, stop: .end))
        func ages() throws -> [Int64?] {
            try KeyRotation(gateway.parts).status().lines.filter { $0.version == 1 }.map(\.since)
        }
        #expect(try ages().allSatisfy { $0 != nil })
        #expect(try first() == 0)
        #expect(try desk().prune(by: reading) == plan)
        #expect(try first() == 512)
        #expect(try ages().allSatisfy { $0 == nil }, "nobody knows how old they are")
        let found = try gateway.verification()
        #expect(found.isSound, "\(found.faults) \(found.log.findings)")
        #expect(found.log.prunedCount == 512 && found.log.entryCount == size + 3 - 512)
        let leavesAlone = try log.verifyLeaves()
        #expect(leavesAlone.isSound && leavesAlone.pruned == 512, "\(leavesAlone.faults)")
        #expect(try log.rebuildTiles().faults.isEmpty)
        // Every proof under the checkpoint of then, by the tiles of now.
        let key = try NoteKey(encoded: gateway.parts.log.verifierKey)
        for (old, proof) in before.enumerated() where old % 17 == 0 {
            let then = try ProofFile(parsing: proof)
            let now = try ProofFile(parsing: log.inclusionProof(of: UInt64(old)))
            #expect(then.hashes.prefix(9).dropLast() == now.hashes.prefix(9).dropLast())
        }
        var hasher = MerkleHasher()
        for (place, leaf) in zip([0, 255, 256, 511] as [UInt64], leaves) {
            let now = try ProofFile(parsing: log.inclusionProof(of: place))
            let checkpoint = try Checkpoint.verified(now.checkpoint, log: key).checkpoint
            try InclusionProof(index: place, size: checkpoint.size, hashes: now.hashes)
                .verify(leafHash: hasher.leaf(leaf), root: checkpoint.root)
        }
        #expect(earlier.count == 6)
        for old: UInt64 in [1, 100, 256, 300, 512, size] {
            #expect(throws: Never.self) { try log.consistencyProof(from: old) }
        }
        // The map's root first, since the map counts what is still there; then two steps, each told.
        #expect(try log.entry(size).leaf.type == .mapRoot)
        for (place, minimum) in [(size + 1, 256), (size + 2, 512)] {
            let told = try log.entry(place).operational
            #expect(told["format"]?.string == "hangu/prune/1" && told["officer"]?.string == "lin")
            #expect(told["minimum"]?.integer == minimum)
        }
        let leafCheck = try log.verifyLeaves()
        #expect(leafCheck.faults.isEmpty && leafCheck.isSigned && leafCheck.entries == size + 3)
        try rebuildsTilesOfPruned(log)
        #expect(try desk().plan().entryCount == 0)
        print("pruned \(plan.entryCount) of \(size) entries; \(before.count) proofs made before")
    }

    /// Upper tiles are derived again from the hashes that are left; a hash that is gone or changed is a fault.
    private func rebuildsTilesOfPruned(_ log: AuditDesk) throws {
        let queue = try DatabaseQueue(path: gateway.folder.file("hangu.db").path)
        let table = "audit_tile WHERE level = "
        try queue.write { try $0.execute(sql: "DELETE FROM \(table) 1") }
        let found = try log.rebuildTiles()
        #expect(found.isSigned && found.faults == ["tile 1/0 is absent"])
        #expect(try log.verifyLeaves().faults.isEmpty)
        let kept = try queue.read {
            try Data.fetchOne($0, sql: "SELECT hashes FROM \(table) 0 AND number = 1")
        }
        func replaceHashes(_ bytes: Data) throws {
            try queue.write {
                try $0.execute(
                    sql: "UPDATE audit_tile SET hashes = ? WHERE level = 0 AND number = 1",
                    arguments: [bytes])
            }
        }
        var changed = try #require(kept)
        changed[40] ^= 1
        try replaceHashes(changed)
        let refused = try log.rebuildTiles()
        #expect(!refused.isSigned && !refused.faults.isEmpty)
        try queue.write { try $0.execute(sql: "DELETE FROM \(table) 0 AND number = 1") }
        #expect(throws: GatewayError.self) { try log.verifyLeaves() }
    }

    @Test("The index, lists and errors know what is pruned")
    func lists() throws {
        let trail = AuditTrail(gateway.parts, index: index)
        var filter = AuditFilter()
        filter.resident = .citizenNumber(other)
        #expect(try trail.page(filter, limit: 100, by: reading).lines.count == 8)
        _ = try desk().prune(by: reading)
        #expect(try trail.page(filter, limit: 100, by: reading).lines.isEmpty)
        #expect(try AuditIndex(gateway.parts, store: index).differingBlocks().isEmpty)
        let kept = try index.postings(inBlock: 0).values.flatMap(\.entries.offsets)
        #expect(kept.allSatisfy { $0 >= 256 })
        let pruned = error { _ = try trail.entry(3, by: reading) }
        #expect(pruned.contains("time of retention"))
        let absent = error { _ = try trail.entry(99_999, by: reading) }
        #expect(absent.contains("no entry"))
        let history = try AccessHistory(gateway.parts).entries(citizenNumber: number)
        #expect(history.count == 8 && history.allSatisfy { $0.index >= 256 })
        #expect(try AccessHistory(gateway.parts).entries(citizenNumber: other).isEmpty)
        // The chain of a resident whose entries all went goes on.
        _ = try gateway.answer(gateway.request(["identity.sex"], of: other))
        #expect(try gateway.verification().isSound)
    }

    private func error(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return ""
    }

    @Test("The published log says where it begins, and a reader who knows accepts it")
    func published() throws {
        _ = try desk().prune(by: reading)
        var files: [String: [UInt8]] = [:]
        try AuditDesk(gateway.parts).export { path, bytes throws(GatewayError) in
            files[path] = bytes
        }
        #expect(files["minimum-index"] == Array("256\n".utf8))
        #expect(files["tile/entries/000"] == nil && files["tile/0/000"]?.count == 8_192)
        let key = try NoteKey(encoded: gateway.parts.log.verifierKey)
        func replay(_ minimum: UInt64, _ change: (inout [String: [UInt8]]) -> Void = { _ in })
            -> LogReport
        {
            var changed = files
            change(&changed)
            return LogReplay.run(log: key, minimum: minimum, read: { changed[$0] })
        }
        #expect(replay(256).isSound && replay(256).prunedCount == 256)
        #expect(!replay(0).isSound)
        let changed = replay(256) { $0["tile/0/000"]?[40] ^= 1 }
        let cut = replay(256) { $0["tile/0/000"] = nil }
        #expect(!changed.isSound && !cut.isSound)
    }

    @Test("A case under a legal hold keeps its entries and everything behind them")
    func holds() throws {
        // The 101st answer is entry 202; the policy epoch that it was made in is entry 0.
        let plan = try desk(holds: ["held"]).plan()
        #expect(plan == RetentionPlan(first: 0, minimum: 0, stop: .held(entry: 0)))
        #expect(try desk(holds: ["unknown"]).plan().minimum == 256)
        #expect(try desk(holds: ["held"]).prune(by: reading).entryCount == 0)
        #expect(try first() == 0)
    }

    @Test("Each kind has its own time, and the longest one decides")
    func periods() throws {
        let text = """
            format: hangu/retention/1
            retention:
              default: {years: 3, source: {zh: 法, en: law}}
              ingest: {years: 10, source: {zh: 法, en: law}}
            """
        let policy = try RetentionPolicy(YAMLReader.read(text, file: "retention.yaml"))
        #expect(
            try desk(policy).plan()
                == RetentionPlan(first: 0, minimum: 0, stop: .kept(entry: 1, kind: .ingest)))
        #expect(RetentionPolicy.threeYears.period(of: .decision).years == 3)
        let day = UInt64(20_517 * 1_440)
        let leaf = AuditLeaf(
            type: .decision, decision: .allowed, minute: day, policyEpoch: 1,
            operationCommitment: .zero, subject: nil)
        let years = try #require(CalendarDate(year: 2029, month: 3, day: 5))
        let early = try #require(CalendarDate(year: 2029, month: 3, day: 4))
        #expect(RetentionPolicy.threeYears.isOver(leaf, on: years))
        #expect(!RetentionPolicy.threeYears.isOver(leaf, on: early))
        for fault in [
            text.replacing("default", with: "ingests"),
            text.replacing("years: 3", with: "years: 0"),
            text.replacing("  default: {years: 3, source: {zh: 法, en: law}}\n", with: ""),
            text.replacing("retention/1", with: "retention/2"),
        ] {
            #expect(throws: YAMLError.self, "\(fault)") {
                try RetentionPolicy(YAMLReader.read(fault, file: "retention.yaml"))
            }
        }
    }

    @Test("Whatever fails while pruning, each step is done and told or not begun")
    func faults() throws {
        var failures = 0
        while true {
            let faulty = FaultyStore(
                gateway.store, failingCall: failures + 1, isCountingReads: false)
            do throws(GatewayError) {
                _ = try desk(over: faulty, step: 256).prune(by: reading)
                break
            } catch { failures += 1 }
            #expect(try first() == 0)
            #expect(try gateway.verification().isSound)
            try #require(failures < 1_000)
        }
        #expect(failures > 3)
        #expect(try first() == 256 && gateway.verification().isSound)
        print("faults while pruning: \(failures), none left half a step")
    }

    @Test("A log cut further than it tells, or with another restart of a chain, is not sound")
    func tampering() throws {
        _ = try desk().prune(by: reading)
        let queue = try DatabaseQueue(path: gateway.folder.file("hangu.db").path)
        try queue.write { database in
            try database.execute(
                sql: "UPDATE audit_restart SET chain = zeroblob(32) WHERE resident = 1")
        }
        #expect(try !gateway.verification().isSound)
        let again = try RetentionTests()
        let other = try DatabaseQueue(path: again.gateway.folder.file("hangu.db").path)
        try other.write { database in
            try database.execute(sql: "DELETE FROM audit_entry WHERE number < 128")
        }
        let found = try again.gateway.verification()
        #expect(found.faults.contains { $0.contains("begins with entry 128") })
        #expect(!found.isSound)
    }
}
