package import FieldCrypto
import JSONText
import TransparencyLog

/// The audit log of a home: what has been decided, provable to an outsider.
///
/// An entry is a public leaf without personal data, and two sealed details: one for oversight, one that dies with the
/// resident's key. Leaf, details, tiles and the new signed checkpoint become durable in the same transaction as what
/// they speak of, so a checkpoint is signed once for each size, and is never published before it is kept.
package struct AuditLog: Sendable {
    /// The class of operational details and of the signing key.
    package static let operationalClass = "audit"
    /// The class of details that only a resident's key opens.
    package static let subjectClass = "audit-subject"
    /// The name of the signing key in the ring.
    package static let signingKeyName = "audit-log"
    /// The name of the SM2 key in the ring of a home of the SM family.
    package static let nationalKeyName = "audit-log.sm2"

    /// The log's name in checkpoints and keys.
    package let origin: String
    let keys: LogSigningKeys
    private let clock: GatewayClock
    private let random: any RandomSource
    let details: AuditDetails

    /// - Parameters:
    ///   - origin: One line without spaces, unique to this log.
    ///   - key: The log's first signing key where it is at hand; else it is asked of the ring.
    ///   - keyring: Seals the details, and keeps the signing keys.
    ///   - tenant: Bound into every sealed detail.
    ///   - clock: The gateway's clock.
    ///   - random: Where salts come from.
    package init(
        origin: String, key: SigningKey? = nil, keyring: Keyring, tenant: String,
        clock: GatewayClock,
        random: any RandomSource
    ) {
        self.origin = origin
        keys = LogSigningKeys(first: key, keyring: keyring)
        self.clock = clock
        self.random = random
        details = AuditDetails(keyring: keyring, tenant: tenant)
    }

    /// The public key as other tools take it, of the key that signed when the log was last looked at.
    package var verifierKey: String {
        get throws(GatewayError) { try noteKey(of: keys.lastSeen).encoded }
    }

    /// The public key of the key that signs as the store stands.
    func noteKey(in reader: any StoreReader) throws(GatewayError) -> NoteKey {
        try noteKey(of: keys.current(in: reader))
    }

    private func noteKey(of key: SigningKey) throws(GatewayError) -> NoteKey {
        do { return try NoteKey(name: origin, key: key.publicKey) } catch {
            throw .log(error)
        }
    }

    /// The SM2 public key, where the log has one.
    func nationalNoteKey() throws(GatewayError) -> NoteKey? {
        guard let key = try keys.national() else { return nil }
        return try noteKey(of: key)
    }

    /// Appends entries within a transaction and signs the checkpoint over them.
    ///
    /// - Returns: For each entry where it stands; good once the transaction has ended well.
    /// - Throws: ``GatewayError/store(_:)`` with ``StoreError/corrupt(what:)`` where the kept tree is not that of
    ///   the newest checkpoint: the log refuses to go on over a rolled back or changed tree.
    func append(
        _ drafts: [AuditDraft], in writer: any StoreWriter, alsoSignedBy next: SigningKey? = nil
    ) throws(GatewayError) -> [AuditReceipt] {
        var tree = try head(of: writer)
        let first = tree.size
        let epoch = try writer.policyEpoch()?.number ?? 0
        var hashes: [SHA256Digest] = []
        var hasher = MerkleHasher()
        for (offset, draft) in drafts.enumerated() {
            let entry = try entry(
                draft, index: first + UInt64(offset), epoch: epoch, in: writer)
            hashes.append(hasher.leaf(entry.leaf))
            try writer.append(entry)
        }
        for tile in tree.append(leafHashes: hashes) {
            guard case .hashes(let level) = tile.coordinate.kind else { continue }
            try writer.putTile(level: level, index: tile.coordinate.index, hashes: tile.bytes)
        }
        let checkpoint = Checkpoint(origin: origin, size: tree.size, root: tree.root())
        let (key, national) = (try keys.current(in: writer), try keys.national())
        let note = try inLog { () throws(TransparencyLogError) in
            var signed = try checkpoint.signed(by: key, and: national.map { [$0] } ?? [])
            if let next { try signed.sign(name: origin, key: next) }
            return String(decoding: signed.bytes, as: UTF8.self)
        }
        try writer.putCheckpoint(StoredCheckpoint(size: tree.size, note: note))
        return drafts.indices.map {
            AuditReceipt(index: first + UInt64($0), checkpoint: note)
        }
    }

    /// The tree as it is kept, found to be that of the newest signed checkpoint.
    func head(of reader: any StoreReader) throws(GatewayError) -> LogTree {
        let size = try reader.treeSize()
        guard let stored = try reader.newestCheckpoint() else {
            guard size == 0 else {
                throw .store(.corrupt(what: "the log has entries and no checkpoint"))
            }
            return LogTree()
        }
        let log = try noteKey(in: reader)
        let national = try nationalNoteKey().map { [$0] } ?? []
        let (checkpoint, tree) = try inLog { () throws(TransparencyLogError) in
            (
                try Checkpoint.verified(
                    Array(stored.note.utf8), log: log, witnesses: national
                ).checkpoint,
                try LogTree(size: size, reader: StoredTiles(reader))
            )
        }
        guard checkpoint.size == size, stored.size == size else {
            throw .store(
                .corrupt(
                    what: "the log has \(size) entries, its newest checkpoint \(checkpoint.size)"))
        }
        guard tree.root() == checkpoint.root else {
            throw .store(.corrupt(what: "the log's tree is not that of its newest checkpoint"))
        }
        return tree
    }

    private func entry(
        _ draft: AuditDraft, index: UInt64, epoch: UInt32, in writer: any StoreWriter
    ) throws(GatewayError) -> AuditEntry {
        let salt = try randomBytes(AuditCommitment.saltByteCount, from: random)
        let operational = draft.operational.canonicalBytes
        var subject: AuditLeaf.Subject?
        var sealedSubject: [UInt8]?
        if let concerned = draft.subject {
            (subject, sealedSubject) = try subjectPart(
                of: concerned.resident, detail: concerned.detail, index: index, in: writer)
        }
        let commitment = try inLog { () throws(TransparencyLogError) in
            try AuditCommitment.commitment(to: operational, salt: salt)
        }
        let leaf = AuditLeaf(
            type: draft.type, decision: draft.decision, minute: UInt64(clock.minute),
            policyEpoch: epoch, operationCommitment: commitment, subject: subject)
        return AuditEntry(
            index: index, leaf: leaf.bytes,
            operational: try details.sealOperational(salt + operational, index: index),
            subject: sealedSubject, resident: draft.subject?.resident.number)
    }

    /// The resident's side of an entry.
    ///
    /// The first entry of a resident tells the random start of their chain.
    private func subjectPart(
        of resident: LocatedResident, detail: JSONValue, index: UInt64, in writer: any StoreWriter
    ) throws(GatewayError) -> (AuditLeaf.Subject, [UInt8]) {
        let salt = try randomBytes(AuditCommitment.saltByteCount, from: random)
        var members = (detail.object?.members ?? []).map { ($0.name, $0.value) }
        var previous = try writer.chain(of: resident.number)
        if previous == nil {
            let start = try randomBytes(SHA256Digest.byteCount, from: random)
            members.append(("chainStart", .string(hexadecimal(start))))
            previous = start
        }
        guard let chain = previous.flatMap({ SHA256Digest($0) }) else {
            throw .store(.corrupt(what: "a resident's chain is not 32 bytes"))
        }
        let bytes = JSONValue.object(JSONObject(distinctMembers: members)).canonicalBytes
        let commitment = try inLog { () throws(TransparencyLogError) in
            try AuditCommitment.commitment(to: bytes, salt: salt)
        }
        let next = AuditCommitment.chain(after: chain, commitment: commitment)
        try writer.setChain(next.bytes, of: resident.number)
        let sealed = try details.sealSubject(salt + bytes, of: resident.id, index: index)
        return (AuditLeaf.Subject(commitment: commitment, chain: next), sealed)
    }
}

/// The store's tiles as the log engine reads them.
struct StoredTiles: TileReader {
    private let reader: any AuditReader

    init(_ reader: any AuditReader) { self.reader = reader }

    func hashes(of tile: TileCoordinate) throws(TransparencyLogError) -> [SHA256Digest] {
        guard case .hashes(let level) = tile.kind else {
            throw .tile(path: tile.path, reason: "it holds entries")
        }
        let bytes: [UInt8]?
        do { bytes = try reader.tile(level: level, index: tile.index) } catch {
            throw .tile(path: tile.path, reason: error.description)
        }
        let length = tile.width * SHA256Digest.byteCount
        guard let bytes, bytes.count >= length else {
            throw .tile(path: tile.path, reason: "it is absent or too short")
        }
        return stride(from: 0, to: length, by: SHA256Digest.byteCount).compactMap {
            SHA256Digest(bytes[$0..<$0 + SHA256Digest.byteCount])
        }
    }
}
