import FieldCrypto
import TransparencyLog

/// Derives every tile anew from the leaves in the store and compares it with the one that is kept.
struct TileCheck {
    static let faultsMax = 100
    private static let leavesAtOnce = 65_536

    let reader: any AuditReader
    private(set) var faults: [String] = []
    private(set) var tileCount: UInt64 = 0
    private(set) var size: UInt64 = 0
    /// Entries that were removed by age, of which the hashes alone are there.
    private(set) var prunedCount: UInt64 = 0
    private(set) var root = MerkleHasher.emptyRoot
    /// Tiles that are absent or differ, as they must be.
    private(set) var differing: [LeafReplay.DerivedTile] = []

    init(_ reader: any AuditReader) { self.reader = reader }

    /// - Parameter checkpoints: In the order of their sizes: each must be of a beginning of this log.
    /// - Throws: ``GatewayError`` where the store cannot be read.
    mutating func run(comparing checkpoints: [Checkpoint] = []) throws(GatewayError) {
        var replay = LeafReplay()
        var marks = checkpoints[...]
        var derived: [LeafReplay.DerivedTile] = []
        check(&marks, &replay)
        try addPruned(&replay, &marks)
        while faults.count < Self.faultsMax {
            let next = marks.first.map { $0.size - replay.size } ?? UInt64(Self.leavesAtOnce)
            var badLeaves: [UInt64] = []
            let count = try reader.leaves(
                from: replay.size, limit: Int(min(next, UInt64(Self.leavesAtOnce)))
            ) { leaf in
                let number = replay.size
                if !replay.add(leaf, { derived.append($0) }) { badLeaves.append(number) }
            }
            faults += badLeaves.prefix(Self.faultsMax).map { "entry \($0): it is no audit leaf" }
            for tile in derived { try compare(tile) }
            derived.removeAll(keepingCapacity: true)
            if count == 0 { break }
            check(&marks, &replay)
        }
        for tile in replay.partialTiles() { try compare(tile) }
        for mark in marks {
            faults.append("the log has \(replay.size) entries, a checkpoint \(mark.size)")
        }
        size = replay.size
        root = replay.root()
    }

    /// Takes the hashes of the entries that were removed from the beginning: whole tiles, which stay.
    private mutating func addPruned(
        _ replay: inout LeafReplay, _ marks: inout ArraySlice<Checkpoint>
    ) throws(GatewayError) {
        let minimum = try reader.entries(from: 0, limit: 1).first?.index ?? 0
        prunedCount = minimum
        while replay.size < minimum {
            let index = replay.size / 256
            guard let hashes = try reader.tile(level: 0, index: index), hashes.count == 8_192 else {
                throw .store(
                    .corrupt(what: "tile 0/\(index) is absent, and its entries are pruned"))
            }
            var derived: [LeafReplay.DerivedTile] = []
            for start in stride(from: 0, to: hashes.count, by: 32) {
                replay.add(hash: hashes[start..<start + 32]) { derived.append($0) }
                check(&marks, &replay)
            }
            for tile in derived { try compare(tile) }
        }
    }

    private mutating func check(
        _ marks: inout ArraySlice<Checkpoint>, _ replay: inout LeafReplay
    ) {
        while let mark = marks.first, mark.size == replay.size {
            marks.removeFirst()
            if mark.root != replay.root() {
                faults.append("the checkpoint for \(mark.size) entries is of another log")
            }
        }
    }

    private mutating func compare(_ tile: LeafReplay.DerivedTile) throws(GatewayError) {
        tileCount += 1
        let kept = try reader.tile(level: tile.level, index: tile.index)
        if kept == tile.hashes { return }
        differing.append(tile)
        let state = kept == nil ? "is absent" : "is not that of the entries"
        faults.append("tile \(tile.level)/\(tile.index) \(state)")
    }
}

/// What came of deriving the tiles anew.
package struct TileRebuild: Sendable {
    package let entries: UInt64
    package let tiles: UInt64
    /// Entries that were removed by age, of which the hashes alone were looked at.
    package let pruned: UInt64
    /// What differed, each with its level and number.
    package let faults: [String]
    /// Whether the tree of the entries is that of the newest signed checkpoint; where it is not, nothing is written.
    package let isSigned: Bool

    package var isSound: Bool { isSigned && faults.isEmpty }

    init(_ check: TileCheck, faults: [String], isSigned: Bool) {
        (entries, tiles, pruned) = (check.size, check.tileCount, check.prunedCount)
        (self.faults, self.isSigned) = (faults, isSigned)
    }
}

extension AuditDesk {
    /// Checks leaves, tiles and checkpoints in the store, and no details: what anybody could check of the published
    /// log, at about a million entries a second.
    ///
    /// - Throws: ``GatewayError`` where the store cannot be read.
    package func verifyLeaves() throws(GatewayError) -> TileRebuild {
        try store.read { reader throws(GatewayError) in
            let kept = try KeptCheckpoints(keys: try log.history(in: reader), reader: reader)
            var check = TileCheck(reader)
            try check.run(comparing: kept.checkpoints)
            var faults = kept.faults + check.faults
            do { _ = try log.head(of: reader) } catch { faults.append("at the start: \(error)") }
            return TileRebuild(check, faults: faults, isSigned: try isSigned(check, reader))
        }
    }

    /// Writes the tiles anew from the leaves, and says which differed.
    ///
    /// Leaves are the truth and tiles are derived, so only a tree that the newest checkpoint signs is written.
    ///
    /// - Throws: ``GatewayError``.
    package func rebuildTiles() throws(GatewayError) -> TileRebuild {
        try store.write { writer throws(GatewayError) in
            var check = TileCheck(writer)
            try check.run()
            let isSigned = try isSigned(check, writer)
            if isSigned {
                for tile in check.differing {
                    try writer.putTile(level: tile.level, index: tile.index, hashes: tile.hashes)
                }
            }
            return TileRebuild(check, faults: check.faults, isSigned: isSigned)
        }
    }

    private func isSigned(
        _ check: TileCheck, _ reader: any StoreReader
    ) throws(GatewayError) -> Bool {
        guard let stored = try reader.newestCheckpoint() else { return check.size == 0 }
        let key = try log.noteKey(in: reader)
        let checkpoint = try inLog { () throws(TransparencyLogError) in
            try Checkpoint.verified(Array(stored.note.utf8), log: key).checkpoint
        }
        return checkpoint.size == check.size && checkpoint.root == check.root
    }
}
