import FieldCrypto
import Foundation
import SQLiteStore
import Synchronization
import TestSupport
import Testing
import TransparencyLog

import Gateway

/// Every write, truncation and sync of two answers and a closing of the store goes wrong once, in four ways.
struct DiskFaultTests {
    private let gateway: TestGateway
    private let number = citizenNumber()

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([row("r-1")])
        _ = try gateway.answer(gateway.request(["identity.name"], of: number))
        try gateway.store.close()
    }

    /// What one run left.
    private struct Line: Hashable {
        let call: FaultyDisk.Call
        let fault: FaultyDisk.Fault
    }

    private struct Count {
        var runs = 0
        var answered = 0
        var kept = 0
    }

    private func copied() throws -> TemporaryFolder {
        let copy = try TemporaryFolder()
        for (path, data) in try gateway.folder.contents() where !path.hasSuffix("-shm") {
            try data.write(to: copy.file(path))
        }
        return copy
    }

    /// The gateway over another store, as a new process opens it.
    private func parts(over store: HomeStore, mark: URL) throws -> GatewayParts {
        let base = gateway.parts
        let key = try #require(try base.keyring.signingKey("audit-log"))
        let log = AuditLog(
            origin: "test.example/audit", key: key, keyring: base.keyring, tenant: "test",
            clock: base.clock, random: SeededRandom(seed: 77), mark: try LogMarkFile(at: mark))
        return GatewayParts(
            store: store, keyring: base.keyring, catalogue: base.catalogue,
            policies: base.policies, tenant: "test", log: log, clock: base.clock,
            random: base.random, threads: base.threads)
    }

    private func size(_ store: HomeStore) throws -> UInt64 {
        try store.read { reader throws(GatewayError) in try reader.treeSize() }
    }

    /// Two answers and a closing; what was delivered.
    private func work(in folder: TemporaryFolder) -> [AuditReceipt] {
        var delivered: [AuditReceipt] = []
        do {
            let store = try HomeStore(at: folder.file("hangu.db"))
            let parts = try parts(over: store, mark: folder.file("log.mark"))
            for _ in 0..<2 {
                do {
                    _ = try DisclosurePath(parts).answer(
                        gateway.request(["identity.name"], of: number)
                    ) { delivered.append($0.receipt) }
                } catch { continue }
            }
            try store.close()
        } catch { return delivered }
        return delivered
    }

    /// Opens what is left, checks all of it, and goes on.
    ///
    /// - Returns: How many entries are there.
    private func check(
        _ folder: TemporaryFolder, mark: URL, delivered: [AuditReceipt], _ what: Comment
    ) throws -> UInt64 {
        let store = try HomeStore(at: folder.file("hangu.db"))
        let parts = try parts(over: store, mark: mark)
        let found = try size(store)
        #expect(try AuditDesk(parts).verify().isSound, what)
        #expect(delivered.allSatisfy { $0.index < found }, what)
        for receipt in delivered {
            // What was handed out is a checkpoint of a beginning of this log.
            let line = receipt.checkpoint.split(separator: "\n")[1]
            let size = try #require(UInt64(line))
            let kept = try store.read { reader throws(GatewayError) in
                try reader.checkpoints(from: size, limit: 1).first?.note
            }
            #expect(kept == receipt.checkpoint, what)
        }
        _ = try DisclosurePath(parts).answer(gateway.request(["identity.name"], of: number)) { _ in
        }
        #expect(try size(store) == found + 2, what)
        #expect(try AuditDesk(parts).verify().isSound, what)
        try store.close()
        return found
    }

    @Test(
        "Whatever write or sync fails or is the last, nothing delivered is lost and the log stays sound"
    )
    func everyCall() throws {
        #expect(FaultyLayer.isRegistered)
        let plain = try copied()
        try FaultyDisk.watch(plain.url, faultAt: .max, fault: .failsUndone)
        let whole = work(in: plain)
        let calls = FaultyDisk.unwatch()
        #expect(whole.count == 2 && calls.contains { $0.operation == .sync })
        let before = try #require(whole.first).index
        // A commit that returned is durable: two answers are four transactions, and each waits for the disk.
        let syncs = calls.prefix { $0.file == "hangu.db-wal" }.filter { $0.operation == .sync }
        #expect(syncs.count >= 4)
        let random = SeededRandom(seed: 20_261_122)
        var table: [Line: Count] = [:]
        // Writes of pages to the log are many and alike: each third of them, and all of them where time is there.
        let isWhole = ProcessInfo.processInfo.environment["CI"] == "true"
        let many = FaultyDisk.Call(operation: .write, file: "hangu.db-wal")
        for number in calls.indices where isWhole || calls[number] != many || number % 3 == 0 {
            for fault in FaultyDisk.Fault.allCases {
                let folder = try copied()
                try FaultyDisk.watch(folder.url, faultAt: number, fault: fault)
                let delivered = work(in: folder)
                let what: Comment = "call \(number), \(calls[number]), \(fault)"
                var left = folder
                if fault.isCut {
                    left = try TemporaryFolder()
                    try FaultyDisk.writeImage(to: left.url) { random.next() & 1 == 0 }
                }
                _ = FaultyDisk.unwatch()
                let found = try check(
                    left, mark: folder.file("log.mark"), delivered: delivered, what)
                let line = Line(call: calls[number], fault: fault)
                table[line, default: Count()].runs += 1
                table[line, default: Count()].answered += delivered.count
                table[line, default: Count()].kept += Int(found - before)
            }
        }
        show(table)
        #expect(table.count >= 16)
    }

    private func show(_ table: [Line: Count]) {
        print("| call | file | fault | runs | answers of 2 | entries of 4, mean |")
        for (line, count) in table.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            print(
                "| \(line.call.operation.rawValue) | \(line.call.file) | \(line.fault.rawValue) | "
                    + "\(count.runs) | \(Double(count.answered * 10 / count.runs) / 10) | "
                    + "\(Double(count.kept * 10 / count.runs) / 10) |")
        }
    }
}
