package import FieldCrypto

/// What a witness knows of one log: its keys, and the newest checkpoint that the witness has cosigned.
///
/// The rule of the witness in one place, without clock, disk or network. Whoever keeps the state must put no other
/// request between asking ``judge(_:)`` and making its answer durable.
package struct WitnessedLog: Hashable, Sendable {
    /// More than one while a log changes its key; all have the origin as their name.
    package let keys: [NoteKey]
    /// The newest cosigned checkpoint; nil before the first.
    package let latest: Checkpoint?

    package init(keys: [NoteKey], latest: Checkpoint? = nil) {
        self.keys = keys
        self.latest = latest
    }

    /// The origin that an unverified request names, by which its log is looked up.
    package static func untrustedOrigin(
        of request: AddCheckpoint
    ) throws(WitnessRefusal) -> String {
        do {
            let note = try SignedNote(parsing: request.checkpoint)
            return try Checkpoint(parsing: note.untrustedText).origin
        } catch { throw .malformed(error) }
    }

    /// Decides whether the log's checkpoint is to be cosigned.
    ///
    /// - Returns: The checkpoint: the new ``latest`` once it is kept.
    /// - Throws: ``WitnessRefusal``; nothing is then to be changed.
    package func judge(_ request: AddCheckpoint) throws(WitnessRefusal) -> Checkpoint {
        let checkpoint = try verified(request)
        guard request.oldSize <= checkpoint.size else {
            throw .oldSizeAbove(checkpoint: checkpoint.size)
        }
        let size = latest?.size ?? 0
        guard request.oldSize == size else { throw .otherSize(size) }
        let root = latest?.root ?? MerkleHasher.emptyRoot
        if size == checkpoint.size, root != checkpoint.root { throw .otherRoot }
        let proof = ConsistencyProof(
            oldSize: size, newSize: checkpoint.size, hashes: request.hashes)
        do { try proof.verify(oldRoot: root, newRoot: checkpoint.root) } catch { throw .badProof }
        return checkpoint
    }

    private func verified(_ request: AddCheckpoint) throws(WitnessRefusal) -> Checkpoint {
        let note: SignedNote
        let checkpoint: Checkpoint
        do {
            note = try SignedNote(parsing: request.checkpoint)
            checkpoint = try Checkpoint(parsing: note.untrustedText)
        } catch { throw .malformed(error) }
        guard keys.contains(where: { $0.name == checkpoint.origin }) else { throw .unknownOrigin }
        do { _ = try note.verified(by: keys) } catch { throw .badSignature }
        return checkpoint
    }
}

extension Checkpoint {
    /// The line by which a witness cosigns.
    ///
    /// - Parameters:
    ///   - name: The witness's.
    ///   - key: The witness's, which signs nothing else.
    ///   - seconds: Since 1970.
    /// - Returns: The line, with its newline.
    /// - Throws: ``TransparencyLogError`` for a name that no key may have, or where signing fails.
    package func cosignatureLine(
        name: String, key: SigningKey, at seconds: UInt64
    ) throws(TransparencyLogError) -> String {
        var note = try SignedNote(text: text)
        try note.cosign(name: name, key: key, at: seconds)
        return note.signatures.map(\.line).joined()
    }
}
