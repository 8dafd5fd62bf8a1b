import FieldCrypto
import Foundation
import Gateway
import JSONText
import SQLiteStore
import Synchronization
import TransparencyLog

/// Entries a second through the log's writer beside a bare loop over SQLite, in turns on the same disk.
struct WriterBench {
    let folder: URL
    let secondsEach: Double

    struct Figures: Encodable {
        let batch: Int
        let bareEntriesASecond: Double
        let writerEntriesASecond: Double
        let ratio: Double
        let writerCPUMicrosecondsAnEntry: Double
        let merkleAndSignatureMicrosecondsAnEntry: Double
        let merkleAndSignatureShare: Double
    }

    struct Waits: Encodable {
        let bareCommitMilliseconds: Double
        let requestMilliseconds: Double
        let ratio: Double
    }

    /// Details of the lengths that a decision about three fields has.
    private static let operational: JSONValue = .object([
        "format": .string("hangu/decision/1"),
        "text": .string(String(repeating: "x", count: 1_400)),
    ])
    private static let subject: JSONValue = .object([
        "format": .string("hangu/decision-subject/1"),
        "text": .string(String(repeating: "x", count: 220)),
    ])

    func run(
        batches: [Int], _ show: (any Encodable) throws -> Void
    ) async throws {
        let home = try BenchHome(folder, residentCount: 10_000)
        let bare = try BareAuditLog(at: folder.appendingPathComponent("bare.db"))
        try show(try await waits(home, bare))
        for batch in batches {
            var limits = LogWriter.Limits()
            limits.batchMax = batch
            let writer = LogWriter(
                store: home.store, log: home.log, ringWatch: RingWatch(), keyring: home.keyring,
                threads: home.threads, limits: limits)
            var bareRates: [Double] = []
            var writerRates: [Double] = []
            var cpu: [Double] = []
            for _ in 0..<3 {
                bareRates.append(try bareRate(bare, batch: batch, home: home))
                let before = processSeconds()
                let (count, rate) = try await writerRate(writer, batch: batch, home: home)
                cpu.append((processSeconds() - before) / Double(count))
                writerRates.append(rate)
            }
            let merkle = try merkleSeconds(batch: batch, key: home.signingKey)
            try show(
                Figures(
                    batch: batch, bareEntriesASecond: median(bareRates).rounded(),
                    writerEntriesASecond: median(writerRates).rounded(),
                    ratio: median(zip(writerRates, bareRates).map { $0 / $1 }),
                    writerCPUMicrosecondsAnEntry: median(cpu) * 1e6,
                    merkleAndSignatureMicrosecondsAnEntry: merkle * 1e6,
                    merkleAndSignatureShare: merkle / median(cpu)))
        }
    }

    /// Makes a log through the writer, in batches, and exports it with some of its earlier checkpoints.
    func publish(entries: Int) async throws {
        let home = try BenchHome(folder, residentCount: 100)
        var limits = LogWriter.Limits()
        limits.batchMax = 700
        let writer = LogWriter(
            store: home.store, log: home.log, ringWatch: RingWatch(), keyring: home.keyring,
            threads: home.threads, limits: limits)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<1_000 {
                group.addTask {
                    for _ in stride(from: lane, to: entries, by: 1_000) {
                        let draft = draft(home)
                        _ = try await writer.record { _ throws(GatewayError) in ((), [draft]) }
                    }
                }
            }
            try await group.waitForAll()
        }
        let tiles = TilesFolder(url: folder.appendingPathComponent("tiles"))
        try AuditDesk(log: home.log, store: home.store).export(tiles.write)
        let kept = try home.store.read { reader throws(GatewayError) in
            try reader.checkpoints(from: 0, limit: 1_000_000)
        }
        for checkpoint in kept.enumerated() where checkpoint.offset % (kept.count / 6 + 1) == 0 {
            try tiles.write(
                "checkpoint.\(checkpoint.element.size)", Array(checkpoint.element.note.utf8))
        }
    }

    private func draft(_ home: BenchHome) -> AuditDraft {
        let resident = home.residents[Int.random(in: 0..<home.residents.count)]
        return AuditDraft(
            type: .decision, decision: .allowed, operational: Self.operational,
            subject: (resident, Self.subject))
    }

    private func waits(_ home: BenchHome, _ bare: BareAuditLog) async throws -> Waits {
        let writer = LogWriter(
            store: home.store, log: home.log, ringWatch: RingWatch(), keyring: home.keyring,
            threads: home.threads)
        var commits: [Double] = []
        var requests: [Double] = []
        for _ in 0..<300 {
            commits.append(try seconds { try commit(bare, 1, home) })
            let draft = draft(home)
            let start = ContinuousClock.now
            _ = try await writer.record { _ throws(GatewayError) in ((), [draft]) }
            requests.append((ContinuousClock.now - start) / .seconds(1))
        }
        return Waits(
            bareCommitMilliseconds: median(commits) * 1e3,
            requestMilliseconds: median(requests) * 1e3,
            ratio: median(requests) / median(commits))
    }

    private func commit(_ bare: BareAuditLog, _ batch: Int, _ home: BenchHome) throws {
        let residents = (0..<batch).map { _ in
            home.residents[Int.random(in: 0..<home.residents.count)].number.value
        }
        // As long as the sealed details: salt, envelope and padding to 32 bytes included.
        try bare.commit(
            residents, operational: [UInt8](repeating: 7, count: 1_536),
            subject: [UInt8](repeating: 7, count: 384))
    }

    private func bareRate(_ bare: BareAuditLog, batch: Int, home: BenchHome) throws -> Double {
        let start = ContinuousClock.now
        var count = 0
        var elapsed = 0.0
        while elapsed < secondsEach {
            try commit(bare, batch, home)
            count += batch
            elapsed = (ContinuousClock.now - start) / .seconds(1)
        }
        return Double(count) / elapsed
    }

    /// Keeps twice as many requests waiting as a batch holds, so that every batch is full.
    private func writerRate(
        _ writer: LogWriter, batch: Int, home: BenchHome
    ) async throws -> (count: Int, rate: Double) {
        let start = ContinuousClock.now
        let deadline = start + .seconds(secondsEach)
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<batch * 2 {
                group.addTask {
                    var kept = 0
                    while ContinuousClock.now < deadline {
                        let draft = draft(home)
                        _ = try await writer.record { _ throws(GatewayError) in ((), [draft]) }
                        kept += 1
                    }
                    return kept
                }
            }
            return try await group.reduce(0, +)
        }
        return (count, Double(count) / ((ContinuousClock.now - start) / .seconds(1)))
    }

    /// What tree and signature alone cost, an entry, in batches of this size.
    private func merkleSeconds(batch: Int, key: SigningKey) throws -> Double {
        var tree = LogTree()
        let rounds = max(20, 2_000 / batch)
        let leaf = [UInt8](repeating: 1, count: AuditLeaf.byteCount)
        let before = processSeconds()
        for _ in 0..<rounds {
            var hasher = MerkleHasher()
            var hashes: [SHA256Digest] = []
            for _ in 0..<batch { hashes.append(hasher.leaf(leaf)) }
            _ = tree.append(leafHashes: hashes)
            _ = try Checkpoint(origin: BenchHome.origin, size: tree.size, root: tree.root())
                .signed(by: key)
        }
        return (processSeconds() - before) / Double(rounds * batch)
    }
}
