import FieldCrypto
import TransparencyLog

/// The end of the log, to which entries are appended.
struct LogHead: Sendable {
    /// The right edge of the tree.
    var tree: LogTree
    /// The newest signed checkpoint; nil in an empty log.
    var checkpoint: StoredCheckpoint?
    /// The minute of the newest entry; no later entry is given an earlier one.
    var minute: UInt64
    /// Whether the machine's clock was found to stand before ``minute``, and an entry says so.
    var isClockBehind = false
}

/// Finds the end of the log in the store, and refuses a log that is not the one that was signed.
struct HeadCheck {
    let keys: LogKeyHistory
    /// The SM2 key whose line must be right where a note has one; empty in a home of the international family.
    let national: [NoteKey]
    let mark: (any LogMark)?
    let reader: any StoreReader

    /// Derives the end of the log anew and compares it with everything known of it: the newest signed checkpoint, the
    /// newest one that witnesses have cosigned, and the mark outside the store.
    ///
    /// Reads the tiles at the tree's edge and the entries under the last of them, whatever the log's size.
    ///
    /// - Throws: ``StoreError/logRolledBack(size:known:)`` where the log once was longer,
    ///   ``StoreError/corrupt(what:)`` where its tree is another one.
    func head() throws(GatewayError) -> LogHead {
        let size = try reader.treeSize()
        let known = try knownCheckpoints()
        if let longest = known.map(\.checkpoint.size).max(), longest > size {
            throw .store(.logRolledBack(size: size, known: longest))
        }
        guard let stored = try reader.newestCheckpoint() else {
            guard size == 0 else {
                throw .store(.corrupt(what: "the log has entries and no checkpoint"))
            }
            return LogHead(tree: LogTree(), checkpoint: nil, minute: 0)
        }
        let checkpoint = try verified(stored.note)
        guard checkpoint.size == stored.size else {
            throw .store(.corrupt(what: "the log's newest checkpoint is of another size"))
        }
        guard checkpoint.size == size else {
            if checkpoint.size > size {
                throw .store(.logRolledBack(size: size, known: checkpoint.size))
            }
            throw .store(
                .corrupt(
                    what: "the log has \(size) entries, its newest checkpoint \(checkpoint.size)"))
        }
        let tree = try inLog { () throws(TransparencyLogError) in
            try LogTree(size: size, reader: StoredTiles(reader))
        }
        guard tree.root() == checkpoint.root else {
            throw .store(.corrupt(what: "the log's tree is not that of its newest checkpoint"))
        }
        for earlier in known { try checkIsBeginning(earlier, of: checkpoint) }
        return LogHead(tree: tree, checkpoint: stored, minute: try lastMinute(size: size))
    }

    /// The checkpoints that somebody else may have seen.
    private func knownCheckpoints() throws(GatewayError) -> [(checkpoint: Checkpoint, what: String)]
    {
        var known: [(checkpoint: Checkpoint, what: String)] = []
        if let cosigned = try reader.cosigned(below: .max, limit: 1).first {
            known.append((try verified(cosigned.note), "the newest cosigned checkpoint"))
        }
        for note in try mark?.notes() ?? [] {
            // A mark that a power cut tore is none; whoever can forge one could as well remove it.
            do { known.append((try verified(note), "the mark beside the keys")) } catch { continue }
        }
        return known
    }

    /// The checkpoint of a note that one of the log's keys signed, found with the newest key first.
    private func verified(_ note: String) throws(GatewayError) -> Checkpoint {
        var failure = TransparencyLogError.unsigned
        for (key, _) in keys.keys.reversed() {
            do {
                return try Checkpoint.verified(
                    Array(note.utf8), log: key, witnesses: national
                ).checkpoint
            } catch {
                failure = error
            }
        }
        throw .log(failure)
    }

    private func checkIsBeginning(
        _ earlier: (checkpoint: Checkpoint, what: String), of newest: Checkpoint
    ) throws(GatewayError) {
        let old = earlier.checkpoint
        guard old.size > 0 else { return }
        do {
            let proof = try TiledTree(size: newest.size, reader: StoredTiles(reader))
                .consistencyProof(from: old.size)
            try proof.verify(oldRoot: old.root, newRoot: newest.root)
        } catch {
            throw .store(
                .corrupt(
                    what: "the log is not the one of \(earlier.what), for \(old.size) entries"))
        }
    }

    /// The minute of the last entry, after the entries under the last tile are found to be what the tile says.
    private func lastMinute(size: UInt64) throws(GatewayError) -> UInt64 {
        let last = TileCoordinate.tile(
            kind: .hashes(level: 0), index: (size - 1) / 256, size: size)
        guard let last else { preconditionFailure("a log with entries has a last tile") }
        let hashes = try inLog { () throws(TransparencyLogError) in
            try StoredTiles(reader).hashes(of: last)
        }
        let entries = try reader.entries(from: last.index * 256, limit: last.width)
        var hasher = MerkleHasher()
        var found: [SHA256Digest] = []
        for entry in entries { found.append(hasher.leaf(entry.leaf)) }
        guard found == hashes, let newest = entries.last else {
            throw .store(.corrupt(what: "the log's last entries are not those of its tree"))
        }
        return try inLog { () throws(TransparencyLogError) in
            try AuditLeaf(bytes: newest.leaf).minute
        }
    }
}
