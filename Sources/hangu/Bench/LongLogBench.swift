import FieldCrypto
import Foundation
import Gateway
import SQLiteStore
import TransparencyLog

/// A log of millions of entries: made by a short way, then started, proved from and verified by the usual ones.
struct LongLogBench {
    let folder: URL

    struct Made: Encodable {
        let entries: Int
        let seconds: Double
    }

    struct Checked: Encodable {
        let entries: UInt64
        let startSeconds: Double
        let proofMilliseconds: Double
        let verifySeconds: Double
        let verifyLeavesACPUSecond: Double
        let isSound: Bool
        let peakMebibytes: Double
    }

    /// Makes leaves about nobody, with details that nothing opens, tiles, and a checkpoint for each thousand.
    func make(entries: Int) throws -> Made {
        let home = try BenchHome(folder, residentCount: 0)
        let elapsed = try seconds {
            var replay = LeafReplay()
            var leaf = AuditLeaf(
                type: .admin, decision: .none, minute: home.minute, policyEpoch: 1,
                operationCommitment: sha256([1]), subject: nil
            ).bytes
            let detail = [UInt8](repeating: 9, count: 64)
            while replay.size < UInt64(entries) {
                try append(
                    min(100_000, entries - Int(replay.size)), to: &replay, leaf: &leaf,
                    detail: detail, home: home)
            }
        }
        try home.store.close()
        return Made(entries: entries, seconds: elapsed)
    }

    private func append(
        _ count: Int, to replay: inout LeafReplay, leaf: inout [UInt8], detail: [UInt8],
        home: BenchHome
    ) throws {
        var tiles: [LeafReplay.DerivedTile] = []
        var entries: [AuditEntry] = []
        var checkpoints: [StoredCheckpoint] = []
        for _ in 0..<count {
            let index = replay.size
            withUnsafeBytes(of: index.littleEndian) { bytes in
                for offset in 0..<8 { leaf[16 + offset] = bytes[offset] }
            }
            _ = leaf.withUnsafeBytes { replay.add($0) { tiles.append($0) } }
            entries.append(
                AuditEntry(
                    index: index, leaf: leaf, operational: detail, subject: nil, resident: nil))
            if replay.size % 1_000 == 0 || entries.count == count {
                let note = try Checkpoint(
                    origin: BenchHome.origin, size: replay.size, root: replay.root()
                ).signed(by: home.signingKey)
                checkpoints.append(
                    StoredCheckpoint(
                        size: replay.size, note: String(decoding: note.bytes, as: UTF8.self)))
            }
        }
        let changed = tiles + replay.partialTiles()
        let (kept, signed) = (entries, checkpoints)
        try home.store.write { writer throws(GatewayError) in
            for entry in kept { try writer.append(entry) }
            for tile in changed {
                try writer.putTile(level: tile.level, index: tile.index, hashes: tile.hashes)
            }
            for checkpoint in signed { try writer.putCheckpoint(checkpoint) }
        }
    }

    func check() throws -> Checked {
        let home = try BenchHome(folder, residentCount: 0)
        let start = try seconds { try home.log.checkStart(in: home.store) }
        let desk = AuditDesk(log: home.log, store: home.store)
        let size = try desk.size()
        var proofs: [Double] = []
        for _ in 0..<1_000 {
            let index = UInt64.random(in: 0..<size)
            proofs.append(try seconds { _ = try desk.inclusionProof(of: index) })
        }
        let before = processSeconds()
        var isSound = false
        let verify = try seconds {
            let found = try desk.verifyLeaves()
            isSound = found.isSigned && found.faults.isEmpty && found.entries == size
        }
        return Checked(
            entries: size, startSeconds: start, proofMilliseconds: median(proofs) * 1e3,
            verifySeconds: verify,
            verifyLeavesACPUSecond: (Double(size) / (processSeconds() - before)).rounded(),
            isSound: isSound, peakMebibytes: Self.peakMebibytes())
    }

    private static func peakMebibytes() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_maxrss) / 1_024
    }
}

extension BenchHome {
    var minute: UInt64 { UInt64(GatewayClock.system.minute) }
}
