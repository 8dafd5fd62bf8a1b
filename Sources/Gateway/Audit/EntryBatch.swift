import FieldCrypto
import JSONText
import TransparencyLog

/// Entries that become durable together, under one checkpoint.
///
/// A group of drafts that cannot be made ready leaves no trace, so one request's fault is not another's.
struct EntryBatch {
    private let log: AuditLog
    private let writer: any StoreWriter
    private var head: LogHead
    private var ready: [ReadyEntry] = []
    /// The running hashes that this batch has moved on.
    private var chains: [ResidentNumber: SHA256Digest] = [:]

    /// One entry with everything but its minute and its place among the durable ones.
    private struct ReadyEntry {
        let draft: AuditDraft
        let commitment: SHA256Digest
        let operational: [UInt8]
        let subject: (leaf: AuditLeaf.Subject, sealed: [UInt8])?
    }

    /// - Throws: ``GatewayError`` where the log is not the one that was signed; nothing may then be appended.
    init(_ log: AuditLog, in writer: any StoreWriter) throws(GatewayError) {
        self.log = log
        self.writer = writer
        head = try log.head(of: writer)
    }

    var isEmpty: Bool { ready.isEmpty }

    /// Takes up the drafts of one request: all of them, or none where it throws.
    ///
    /// - Returns: Their places among the receipts of ``finish()``.
    mutating func add(_ drafts: [AuditDraft]) throws(GatewayError) -> Range<Int> {
        let first = ready.count
        let before = chains
        do throws(GatewayError) {
            for draft in drafts { ready.append(try made(draft)) }
        } catch {
            ready.removeSubrange(first...)
            chains = before
            throw error
        }
        return first..<ready.count
    }

    private mutating func made(_ draft: AuditDraft) throws(GatewayError) -> ReadyEntry {
        let index = head.tree.size + UInt64(ready.count)
        let salt = try log.salt()
        let detail = draft.operational.canonicalBytes
        let commitment = try Self.commitment(to: detail, salt: salt)
        var subject: (leaf: AuditLeaf.Subject, sealed: [UInt8])?
        if let (resident, detail) = draft.subject {
            subject = try subjectPart(of: resident, detail: detail, index: index)
        }
        return ReadyEntry(
            draft: draft, commitment: commitment,
            operational: try log.details.sealOperational(salt + detail, index: index),
            subject: subject)
    }

    /// The resident's side of an entry.
    ///
    /// The first entry of a resident tells the random start of their chain.
    private mutating func subjectPart(
        of resident: LocatedResident, detail: JSONValue, index: UInt64
    ) throws(GatewayError) -> (leaf: AuditLeaf.Subject, sealed: [UInt8]) {
        let salt = try log.salt()
        var members = (detail.object?.members ?? []).map { ($0.name, $0.value) }
        var previous = chains[resident.number]
        if previous == nil, let kept = try writer.chain(of: resident.number) {
            guard let chain = SHA256Digest(kept) else {
                throw .store(.corrupt(what: "a resident's chain is not 32 bytes"))
            }
            previous = chain
        }
        if previous == nil {
            let start = try log.salt()
            members.append(("chainStart", .string(hexadecimal(start))))
            previous = SHA256Digest(start)
        }
        guard let previous else { preconditionFailure("a digest has the length of a salt") }
        let bytes = JSONValue.object(JSONObject(distinctMembers: members)).canonicalBytes
        let commitment = try Self.commitment(to: bytes, salt: salt)
        let sealed = try log.details.sealSubject(salt + bytes, of: resident.id, index: index)
        let next = AuditCommitment.chain(after: previous, commitment: commitment)
        chains[resident.number] = next
        return (AuditLeaf.Subject(commitment: commitment, chain: next), sealed)
    }

    private static func commitment(
        to detail: [UInt8], salt: [UInt8]
    ) throws(GatewayError) -> SHA256Digest {
        try inLog { () throws(TransparencyLogError) in
            try AuditCommitment.commitment(to: detail, salt: salt)
        }
    }

    /// Stores entries, chains, tiles and the new checkpoint, which is signed last.
    ///
    /// - Returns: For each draft where it stands; good once the transaction has ended well.
    mutating func finish(
        alsoSignedBy next: SigningKey? = nil
    ) throws(GatewayError) -> [AuditReceipt] {
        guard !ready.isEmpty else { return [] }
        let count = ready.count
        let first = head.tree.size
        let minute = try minuteOfBatch()
        let epoch = try writer.policyEpoch()?.number ?? 0
        var hashes: [SHA256Digest] = []
        hashes.reserveCapacity(ready.count)
        var hasher = MerkleHasher()
        for (offset, entry) in ready.enumerated() {
            let leaf = AuditLeaf(
                type: entry.draft.type, decision: entry.draft.decision, minute: minute,
                policyEpoch: epoch, operationCommitment: entry.commitment,
                subject: entry.subject?.leaf
            ).bytes
            hashes.append(hasher.leaf(leaf))
            try writer.append(
                AuditEntry(
                    index: first + UInt64(offset), leaf: leaf, operational: entry.operational,
                    subject: entry.subject?.sealed, resident: entry.draft.subject?.resident.number))
        }
        for (resident, chain) in chains { try writer.setChain(chain.bytes, of: resident) }
        for tile in head.tree.append(leafHashes: hashes) {
            guard case .hashes(let level) = tile.coordinate.kind else { continue }
            try writer.putTile(level: level, index: tile.coordinate.index, hashes: tile.bytes)
        }
        head.minute = minute
        let checkpoint = try log.sign(head.tree, alsoBy: next, in: writer)
        try writer.putCheckpoint(checkpoint)
        head.checkpoint = checkpoint
        log.remember(head)
        return (0..<count).map {
            AuditReceipt(index: first + UInt64($0), checkpoint: checkpoint.note)
        }
    }

    /// The minute that all entries of the batch get: never before that of an earlier entry.
    ///
    /// Where the clock has gone back by more than a minute, an entry at the end of the batch says so, once.
    private mutating func minuteOfBatch() throws(GatewayError) -> UInt64 {
        let now = log.minute
        let isBehind = now + 1 < head.minute
        if isBehind, !head.isClockBehind {
            _ = try add([.clockWentBack(from: head.minute, to: now)])
        }
        head.isClockBehind = isBehind
        return max(now, head.minute)
    }
}
