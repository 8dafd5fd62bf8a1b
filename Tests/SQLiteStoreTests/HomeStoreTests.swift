import Foundation
import GRDB
import ResidentModel
import TestSupport
import Testing

import Gateway
import SQLiteStore

struct HomeStoreTests {
    private let folder: TemporaryFolder
    private let store: HomeStore

    init() throws {
        folder = try TemporaryFolder()
        store = try HomeStore(at: folder.file("hangu.db"), busySeconds: 0)
    }

    private var contract: StoreContract { StoreContract(store: store) }

    @Test("Residents, records and values") func vault() throws { try contract.verifyVault() }
    @Test("Blind index, cursors and batches") func index() throws {
        try contract.verifyIndexAndCursor()
    }
    @Test("Entries, tiles, checkpoints, chains and epochs") func audit() throws {
        try contract.verifyAudit()
    }
    @Test("Consents, the newest version of each") func consents() throws {
        try contract.verifyConsents()
    }
    @Test("A release from quarantine meets the records named, whatever the same SQL did before")
    func quarantine() throws { try contract.verifyQuarantine() }
    @Test("A transaction that throws leaves nothing, and no name it made is used afterwards")
    func transactions() throws { try contract.verifyTransactions() }

    private func residentCount(_ store: HomeStore) throws -> Int {
        try store.read { reader throws(GatewayError) in try reader.residentCount() }
    }

    private func insertResident(_ fill: UInt8, in store: HomeStore) throws {
        let id = try StoreContract.id(fill)
        _ = try store.write { writer throws(GatewayError) in try writer.insertResident(id) }
    }

    @Test("What the closure throws comes out unchanged")
    func errorsPass() throws {
        let error = #expect(throws: GatewayError.self) {
            try store.write { _ throws(GatewayError) in
                throw GatewayError.request(.unknownReview(77))
            }
        }
        guard case .request(.unknownReview(77))? = error else {
            Issue.record("another error came out")
            return
        }
    }

    @Test(
        "A store that another process is writing to is busy, loses nothing and goes on afterwards")
    func busy() throws {
        let other = try HomeStore(at: folder.file("hangu.db"), busySeconds: 0)
        try insertResident(1, in: store)
        let id = try StoreContract.id(2)
        try other.write { writer throws(GatewayError) in
            _ = try writer.insertResident(id)
            let error = #expect(throws: GatewayError.self) { try insertResident(3, in: store) }
            guard case .store(.busy)? = error else {
                Issue.record("a lock that is held is said to be one")
                return
            }
            #expect(error?.category == .unavailable)
            do { #expect(try residentCount(store) == 1, "a reader sees what was there") } catch {
                Issue.record("a reader is not kept out: \(error)")
            }
        }
        #expect(try residentCount(store) == 2)
        try insertResident(3, in: store)
        #expect(try residentCount(other) == 3)
    }

    @Test("A reader sees one state from its first to its last line, whatever is written meanwhile")
    func oneState() throws {
        let other = try HomeStore(at: folder.file("hangu.db"), busySeconds: 0)
        try store.read { reader throws(GatewayError) in
            let before = try reader.residentCount()
            do { try insertResident(1, in: other) } catch { Issue.record("a writer is kept out") }
            #expect(try reader.residentCount() == before)
        }
        #expect(try residentCount(store) == 1)
    }

    @Test("A full disk ends a batch and keeps the ones before it; with room again, it goes on")
    func diskFull() throws {
        try store.close()
        let store = try HomeStore(at: folder.file("hangu.db"), busySeconds: 0, pageLimit: 120)
        var stored = 0
        var failure: GatewayError?
        for batch in 0..<200 where failure == nil {
            do throws(GatewayError) {
                try store.write { writer throws(GatewayError) in
                    for index in 0..<10 {
                        try writer.append(
                            AuditEntry(
                                index: UInt64(batch * 10 + index),
                                leaf: [UInt8](repeating: 1, count: 900), operational: [1],
                                subject: nil, resident: nil))
                    }
                }
                stored += 10
            } catch { failure = error }
        }
        guard case .store(.diskFull)? = failure else {
            Issue.record("a full disk is said to be one: \(failure.map { "\($0)" } ?? "no error")")
            return
        }
        #expect(failure?.category == .unavailable && stored > 0)
        func size(_ store: HomeStore) throws -> Int {
            Int(try store.read { reader throws(GatewayError) in try reader.treeSize() })
        }
        #expect(try size(store) == stored)
        let reopened = try HomeStore(at: folder.file("hangu.db"), busySeconds: 0)
        #expect(try size(reopened) == stored)
        try reopened.write { writer throws(GatewayError) in
            try writer.append(StoreContract.entry(UInt64(stored)))
        }
        #expect(try size(reopened) == stored + 1)
        print("entries before the disk was full: \(stored)")
    }

    @Test(
        "What is of one resident, or refused under one name, is found without reading everybody's")
    func plans() throws {
        let file = try DatabaseQueue(path: folder.file("hangu.db").path)
        let statements = [
            "UPDATE record SET observed_day = 0 WHERE resident = 1 AND length(sealed_key) > 0",
            "DELETE FROM blind_index WHERE resident = 1",
            "DELETE FROM pseudonym WHERE resident = 1",
            "UPDATE review SET candidate = NULL WHERE candidate = 1",
            "SELECT count(*) FROM review WHERE resident = 1 OR candidate = 1",
            """
            SELECT q.number FROM record r CROSS JOIN quarantine q
                ON q.stream = r.stream AND q.key_digest = r.key_digest WHERE r.resident = 1
            """,
            "SELECT findings FROM quarantine WHERE stream = 1 AND key_digest = x'01'",
            """
            SELECT findings FROM quarantine WHERE stream = 1 AND container = 'a' AND record = 1
                AND key_digest IS NULL
            """,
        ]
        for statement in statements {
            let plan = try file.read { database in
                try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN " + statement)
                    .map { $0["detail"] as String }
            }
            #expect(
                !plan.isEmpty && !plan.contains { $0.contains("SCAN") }, "\(statement): \(plan)")
        }
    }

    @Test("A newer format is refused, both formats named; a file that is no database is damage")
    func formats() throws {
        try store.close()
        let file = try DatabaseQueue(path: folder.file("hangu.db").path)
        try file.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 99") }
        try file.close()
        let error = #expect(throws: GatewayError.self) {
            _ = try HomeStore(at: folder.file("hangu.db"))
        }
        guard case .store(.newerFormat(found: 99, known: 8))? = error else {
            Issue.record("the formats are named")
            return
        }
        #expect(error?.category == .caller)
        let other = folder.file("other.db")
        try Data(repeating: 0x41, count: 8_192).write(to: other)
        let damage = #expect(throws: GatewayError.self) { _ = try HomeStore(at: other) }
        #expect(damage?.category == .corrupt)
        #expect(throws: GatewayError.self) { _ = try HomeStore(at: folder.url) }
    }

    @Test(
        "After a process that ended in the middle of a transaction, what it had finished is there and no more"
    )
    func unfinished() throws {
        try insertResident(1, in: store)
        let id = try StoreContract.id(2)
        let copy = try TemporaryFolder()
        try store.write { writer throws(GatewayError) in
            _ = try writer.insertResident(id)
            // What stands on the disk at this moment is what a power cut would leave.
            do {
                for (path, data) in try folder.contents() where !path.hasSuffix("-shm") {
                    try data.write(to: copy.file(path))
                }
            } catch { Issue.record("the files cannot be copied: \(error)") }
        }
        #expect(try residentCount(store) == 2)
        let after = try HomeStore(at: copy.file("hangu.db"))
        #expect(try residentCount(after) == 1)
        try insertResident(2, in: after)
        #expect(try residentCount(after) == 2)
    }

    @Test("A log that is cut at any byte opens to whole transactions only")
    func tornLog() throws {
        for fill: UInt8 in 1...6 { try insertResident(fill, in: store) }
        let contents = try folder.contents()
        let log = try #require(contents["hangu.db-wal"])
        var seen: Set<Int> = []
        let cuts = Array(stride(from: 0, to: log.count, by: max(1, log.count / 60))) + [log.count]
        for cut in cuts {
            let copy = try TemporaryFolder()
            try #require(contents["hangu.db"]).write(to: copy.file("hangu.db"))
            try log.prefix(cut).write(to: copy.file("hangu.db-wal"))
            do {
                let torn = try HomeStore(at: copy.file("hangu.db"))
                seen.insert(try residentCount(torn))
            } catch { Issue.record("cut at \(cut) of \(log.count): \(error)") }
        }
        print("states after a cut log: \(seen.sorted())")
        #expect(seen.contains(6) && seen.count > 1)
    }

    @Test("Store, log and shared memory are for their owner alone")
    func permissions() throws {
        try insertResident(1, in: store)
        let names = try folder.contents().keys.sorted()
        #expect(names.contains("hangu.db-wal"))
        for name in names {
            let mode =
                try FileManager.default.attributesOfItem(atPath: folder.file(name).path)[
                    .posixPermissions] as? Int
            #expect(mode == 0o600, "\(name)")
        }
    }
}
