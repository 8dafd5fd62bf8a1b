import FieldCrypto
import Foundation
import GRDB
import JSONText
import SQLiteStore
import TestSupport
import Testing
import TransparencyLog

import Gateway

/// What a gateway does when it finds another log than it left.
struct LogStartTests {
    private let gateway: TestGateway
    private let number = citizenNumber()

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([row("r-1")])
    }

    private var markFile: URL { gateway.folder.file("log.mark") }

    /// The gateway as a new process finds it.
    private func reopened(
        _ store: HomeStore? = nil, mark: (any LogMark)? = nil, clock: GatewayClock? = nil
    ) throws -> GatewayParts {
        let parts = gateway.parts
        let key = try #require(try parts.keyring.signingKey("audit-log"))
        let log = AuditLog(
            origin: "test.example/audit", key: key, keyring: parts.keyring, tenant: "test",
            clock: clock ?? parts.clock, random: SeededRandom(seed: 5),
            mark: try mark ?? LogMarkFile(at: markFile))
        return GatewayParts(
            store: store ?? gateway.store, keyring: parts.keyring, catalogue: parts.catalogue,
            policies: parts.policies, tenant: parts.tenant, log: log, clock: parts.clock,
            random: parts.random, threads: parts.threads)
    }

    @discardableResult
    private func answer(_ parts: GatewayParts) throws -> Answer {
        try DisclosurePath(parts).answer(gateway.request(["identity.name"], of: number)) { _ in }
    }

    private func sql(_ text: String) throws {
        let database = try DatabaseQueue(path: gateway.folder.file("hangu.db").path)
        try database.write { try $0.execute(sql: text) }
    }

    private func copyOfStore() throws -> TemporaryFolder {
        let copy = try TemporaryFolder()
        for (path, data) in try gateway.folder.contents() where path.hasPrefix("hangu.db") {
            if !path.hasSuffix("-shm") { try data.write(to: copy.file(path)) }
        }
        return copy
    }

    @Test(
        "A store restored from an older backup is refused, its sizes named, and nothing is answered"
    )
    func olderBackup() throws {
        try answer(try reopened())
        let backup = try copyOfStore()
        let later = try reopened()
        let known = try answer(later).receipt.index + 2
        try later.log.moveMark(in: later.store)
        let restored = try HomeStore(at: backup.file("hangu.db"))
        let before = try restored.read { reader throws(GatewayError) in try reader.treeSize() }
        let parts = try reopened(restored)
        for attempt in [
            { _ = try answer(parts) }, { try parts.log.checkStart(in: restored) },
        ] as [() throws -> Void] {
            let error = #expect(throws: GatewayError.self) { try attempt() }
            guard case .store(.logRolledBack(size: before, known: known))? = error else {
                Issue.record("the sizes are named: \(error.map { "\($0)" } ?? "")")
                return
            }
            #expect(error?.category == .corrupt)
        }
        #expect(
            try restored.read { reader throws(GatewayError) in try reader.treeSize() } == before)
        try answer(try reopened())
    }

    @Test(
        "A log that is as long and another one than the mark, or than witnesses cosigned, is refused"
    )
    func otherTree() throws {
        let backup = try copyOfStore()
        let first = try reopened()
        try answer(first)
        try first.log.moveMark(in: gateway.store)
        let cosigned = try gateway.store.read { reader throws(GatewayError) in
            try reader.newestCheckpoint()
        }
        let restored = try HomeStore(at: backup.file("hangu.db"))
        let other = try reopened(restored, mark: NoMark())
        for _ in 0..<3 { try answer(other) }
        #expect(throws: GatewayError.self) { try answer(try reopened(restored)) }
        let note = try #require(cosigned)
        try restored.write { writer throws(GatewayError) in try writer.putCosigned(note) }
        let error = #expect(throws: GatewayError.self) {
            try answer(try reopened(restored, mark: NoMark()))
        }
        #expect("\(try #require(error))".contains("cosigned"))
        try gateway.store.write { writer throws(GatewayError) in try writer.putCosigned(note) }
        try answer(try reopened())
    }

    @Test("A cosigned checkpoint that is longer than the log stops it")
    func cosignedLonger() throws {
        let backup = try copyOfStore()
        try answer(try reopened())
        let newest = try #require(
            try gateway.store.read { reader throws(GatewayError) in try reader.newestCheckpoint() })
        let restored = try HomeStore(at: backup.file("hangu.db"))
        try restored.write { writer throws(GatewayError) in try writer.putCosigned(newest) }
        let error = #expect(throws: GatewayError.self) {
            try answer(try reopened(restored, mark: NoMark()))
        }
        guard case .store(.logRolledBack(size: _, known: newest.size))? = error else {
            Issue.record("the cosigned size is named")
            return
        }
    }

    @Test("An older, torn, empty or absent mark raises no alarm")
    func marksAfterACrash() throws {
        let first = try reopened()
        try answer(first)
        let older = try Data(contentsOf: markFile)
        for _ in 0..<3 { try answer(first) }
        try first.log.moveMark(in: gateway.store)
        let whole = try Data(contentsOf: markFile)
        #expect(whole != older && whole.count == 8_192)
        try older.write(to: markFile)
        try answer(try reopened())
        for cut in [0, 1, 60, 130, 200, 4_096, 4_160] {
            var torn = whole
            torn.replaceSubrange(
                cut..<min(cut + 4_096, 8_192), with: Data(count: min(4_096, 8_192 - cut)))
            try torn.write(to: markFile)
            do { try answer(try reopened()) } catch {
                Issue.record("a mark torn at \(cut) stops an honest log: \(error)")
            }
        }
        try FileManager.default.removeItem(at: markFile)
        try answer(try reopened())
        #expect(try gateway.verification().isSound)
    }

    @Test("Entries never go back in time, and one entry says that the clock did")
    func clock() throws {
        try answer(try reopened())
        let minute = try #require(
            try AuditDesk(gateway.parts).entries(from: try gateway.logSize - 1, limit: 1).first
        )
        .leaf.minute
        gateway.clock.advance(milliseconds: -3_600_000)
        let behind = try reopened()
        let size = try gateway.logSize
        try answer(behind)
        try answer(behind)
        let entries = try AuditDesk(gateway.parts).entries(from: size, limit: 20)
        #expect(entries.count == 5 && entries.allSatisfy { $0.leaf.minute == minute })
        let anomalies = entries.filter { $0.operational["format"]?.string == "hangu/clock/1" }
        #expect(anomalies.count == 1)
        #expect(anomalies.first?.operational["newestMinute"]?.integer == Int(minute))
        #expect(anomalies.first?.operational["clockMinute"]?.integer == Int(minute) - 60)
        gateway.clock.advance(milliseconds: 2 * 3_600_000)
        try answer(behind)
        let last = try AuditDesk(gateway.parts).entries(from: size + 5, limit: 9)
        #expect(last.count == 2 && last.allSatisfy { $0.leaf.minute == minute + 60 })
        #expect(try gateway.verification().isSound)
    }

    @Test("Two writers of one home: the second is refused and told who the first is")
    func twoWriters() throws {
        let url = gateway.folder.file("writer.lock")
        var first: WriterLock? = try WriterLock(at: url, who: "hangu serve", waitSeconds: 0)
        let error = #expect(throws: GatewayError.self) {
            _ = try WriterLock(at: url, who: "hangu disclose", waitSeconds: 0)
        }
        #expect(error?.category == .unavailable)
        #expect("\(try #require(error))".contains("pid \(getpid()), hangu serve"))
        #expect(first != nil)
        first = nil
        _ = try WriterLock(at: url, who: "hangu disclose", waitSeconds: 0)
    }

    @Test("Two processes that append to one store by turns never sign one size twice")
    func twoProcesses() throws {
        let one = try reopened()
        let two = try reopened(try HomeStore(at: gateway.folder.file("hangu.db")))
        var checkpoints: [String] = []
        for _ in 0..<4 {
            checkpoints += [try answer(one).receipt.checkpoint, try answer(two).receipt.checkpoint]
        }
        #expect(Set(checkpoints).count == 8)
        let sizes = checkpoints.map { $0.split(separator: "\n")[1] }
        #expect(Set(sizes).count == 8)
        #expect(try gateway.verification().isSound)
    }

    @Test(
        "Tiles that were lost or changed are derived anew; entries that were changed are not signed again"
    )
    func rebuild() throws {
        for _ in 0..<150 { try answer(gateway.parts) }
        let desk = AuditDesk(gateway.parts)
        #expect(try desk.rebuildTiles().faults.isEmpty)
        try sql("DELETE FROM audit_tile WHERE level = 1")
        try sql("UPDATE audit_tile SET hashes = zeroblob(8192) WHERE level = 0 AND number = 0")
        let found = try desk.rebuildTiles()
        #expect(found.isSigned && found.faults.count == 2)
        #expect(found.faults.contains("tile 0/0 is not that of the entries"))
        #expect(found.faults.contains("tile 1/0 is absent"))
        #expect(try desk.rebuildTiles().faults.isEmpty)
        #expect(try desk.verifyLeaves().isSigned && gateway.verification().isSound)
        try answer(try reopened())
        try sql("UPDATE audit_entry SET leaf = zeroblob(112) WHERE number = 7")
        try sql("DELETE FROM audit_tile WHERE level = 1")
        let refused = try desk.rebuildTiles()
        #expect(!refused.isSigned && refused.faults.contains("entry 7: it is no audit leaf"))
        let tile = try gateway.store.read { reader throws(GatewayError) in
            try reader.tile(level: 1, index: 0)
        }
        #expect(tile == nil, "nothing is written over changed entries")
    }
}

/// A mark that knows nothing, as on a machine that never saw this log.
private struct NoMark: LogMark {
    func notes() throws(GatewayError) -> [String] { [] }
    func keep(_ note: String) {}
}
