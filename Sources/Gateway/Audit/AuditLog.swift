package import FieldCrypto
import Synchronization
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
    private let mark: (any LogMark)?
    /// The end of the log as this process last left or found it.
    private let newest: SharedHead
    let details: AuditDetails

    /// - Parameters:
    ///   - origin: One line without spaces, unique to this log.
    ///   - key: The log's first signing key where it is at hand; else it is asked of the ring.
    ///   - keyring: Seals the details, and keeps the signing keys.
    ///   - tenant: Bound into every sealed detail.
    ///   - clock: The gateway's clock.
    ///   - random: Where salts come from.
    ///   - mark: Remembers outside the store how far the log had come; nil for a log that lives in memory.
    package init(
        origin: String, key: SigningKey? = nil, keyring: Keyring, tenant: String,
        clock: GatewayClock,
        random: any RandomSource, mark: (any LogMark)? = nil
    ) {
        self.origin = origin
        keys = LogSigningKeys(first: key, keyring: keyring)
        self.clock = clock
        self.random = random
        self.mark = mark
        newest = SharedHead()
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
    /// - Throws: ``GatewayError/store(_:)`` with ``StoreError/corrupt(what:)`` or
    ///   ``StoreError/logRolledBack(size:known:)`` where the kept tree is not the one that was signed: the log refuses
    ///   to go on over a rolled back or changed tree.
    func append(
        _ drafts: [AuditDraft], in writer: any StoreWriter, alsoSignedBy next: SigningKey? = nil
    ) throws(GatewayError) -> [AuditReceipt] {
        var batch = try EntryBatch(self, in: writer)
        let request = batch.add(drafts)
        return try batch.finish(alsoSignedBy: next)[request].get()
    }

    /// The end of the log, found to be that of the newest signed checkpoint.
    ///
    /// The first call derives it from the store and checks it against everything known; later ones take what this
    /// process has appended itself, as long as size, checkpoint and the tiles at the edge are still those.
    func head(of reader: any StoreReader) throws(GatewayError) -> LogHead {
        let size = try reader.treeSize()
        let stored = try reader.newestCheckpoint()
        if let known = newest.withLock({ $0 }), known.tree.size == size,
            known.checkpoint == stored, try isEdge(known.tree, in: reader)
        {
            return known
        }
        let found = try HeadCheck(
            keys: try history(in: reader), national: try nationalNoteKey().map { [$0] } ?? [],
            mark: mark, reader: reader
        ).head()
        remember(found)
        // What a reader sees is durable, so the mark stays behind the store.
        if let checkpoint = found.checkpoint { mark?.keep(checkpoint.note) }
        return found
    }

    /// Checks, before a program begins to answer, that the log in the store is the one that was signed.
    ///
    /// - Throws: As appending does; nothing may then be answered.
    package func checkStart(in store: any GatewayStore) throws(GatewayError) {
        _ = try store.read { reader throws(GatewayError) in try head(of: reader) }
    }

    private func isEdge(
        _ tree: LogTree, in reader: any AuditReader
    ) throws(GatewayError) -> Bool {
        do { return try tree.hasEdge(of: StoredTiles(reader)) } catch { throw .log(error) }
    }

    /// Takes the end of the log as known; where its transaction is undone, the store shows another one and it counts
    /// for nothing.
    func remember(_ head: LogHead) { newest.withLock { $0 = head } }

    /// Moves the mark outside the store on to the newest durable checkpoint, once the log is found to be the one that
    /// the mark knows.
    ///
    /// - Throws: As appending does; the mark then stays where it was, since it is what tells of the fault.
    package func moveMark(in store: any GatewayStore) throws(GatewayError) {
        guard let mark else { return }
        let found = try store.read { reader throws(GatewayError) in try head(of: reader) }
        if let checkpoint = found.checkpoint { mark.keep(checkpoint.note) }
    }

    /// Moves the mark on to a checkpoint whose transaction has ended well.
    func moveMark(to note: String) { mark?.keep(note) }

    /// Signs the checkpoint of a tree, with the key of now and, where one is announced, with the next.
    func sign(
        _ tree: LogTree, alsoBy next: SigningKey?, in writer: any StoreWriter
    ) throws(GatewayError) -> StoredCheckpoint {
        let checkpoint = Checkpoint(origin: origin, size: tree.size, root: tree.root())
        let (key, national) = (try keys.current(in: writer), try keys.national())
        let note = try inLog { () throws(TransparencyLogError) in
            var signed = try checkpoint.signed(by: key, and: national.map { [$0] } ?? [])
            if let next { try signed.sign(name: origin, key: next) }
            return String(decoding: signed.bytes, as: UTF8.self)
        }
        return StoredCheckpoint(size: tree.size, note: note)
    }

    /// Signs a text that is no checkpoint, with the keys that sign checkpoints now.
    ///
    /// Its first line must name its form, so that it can be taken for nothing else.
    func signed(_ text: String, in reader: any StoreReader) throws(GatewayError) -> SignedNote {
        let signers = [try keys.current(in: reader), try keys.national()].compactMap(\.self)
        return try inLog { () throws(TransparencyLogError) in
            var note = try SignedNote(text: text)
            for key in signers { try note.sign(name: origin, key: key) }
            return note
        }
    }

    func salt() throws(GatewayError) -> [UInt8] {
        try randomBytes(AuditCommitment.saltByteCount, from: random)
    }

    /// Minutes since 1970 by the machine's clock.
    var minute: UInt64 { UInt64(max(0, clock.minute)) }
}

/// The end of the log that all copies of an ``AuditLog`` share.
private final class SharedHead: Sendable {
    private let head = Mutex<LogHead?>(nil)

    func withLock<Result>(_ body: (inout sending LogHead?) -> sending Result) -> Result {
        head.withLock(body)
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
        guard let bytes, bytes.count >= length,
            let hashes = SHA256Digest.list(
                bytes.count == length ? bytes : Array(bytes.prefix(length)))
        else { throw .tile(path: tile.path, reason: "it is absent or too short") }
        return hashes
    }
}
