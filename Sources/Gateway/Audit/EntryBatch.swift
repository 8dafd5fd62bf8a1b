import FieldCrypto
import TransparencyLog

/// Entries that become durable together, under one checkpoint.
///
/// A request whose drafts cannot be made ready leaves no trace, so one request's fault is not another's.
struct EntryBatch {
    /// What one request brought.
    private struct Request {
        var drafts: [AuditDraft]
        var failure: GatewayError?
    }

    private let log: AuditLog
    private let writer: any StoreWriter
    private var head: LogHead
    private var requests: [Request] = []
    private let threads: (any BlockingThreads)?

    /// - Throws: ``GatewayError`` where the log is not the one that was signed; nothing may then be appended.
    init(
        _ log: AuditLog, in writer: any StoreWriter, threads: (any BlockingThreads)? = nil
    ) throws(GatewayError) {
        self.log = log
        self.threads = threads
        self.writer = writer
        head = try log.head(of: writer)
    }

    /// Takes up the drafts of one request: all of them become entries, or none.
    ///
    /// - Returns: The request's place in what ``finish(alsoSignedBy:)`` answers.
    mutating func add(_ drafts: [AuditDraft]) -> Int {
        requests.append(Request(drafts: drafts))
        return requests.count - 1
    }

    /// Stores entries, chains, tiles and the new checkpoint, which is signed last.
    ///
    /// - Returns: For each request where its entries stand, or why it has none; good once the transaction has ended
    ///   well.
    /// - Throws: ``GatewayError`` for what concerns the whole batch: the transaction must be undone.
    mutating func finish(
        alsoSignedBy next: SigningKey? = nil
    ) throws(GatewayError) -> [Result<[AuditReceipt], GatewayError>] {
        let count = requests.count
        guard requests.contains(where: { !$0.drafts.isEmpty }) else {
            return requests.map { _ in .success([]) }
        }
        let minute = minuteOfBatch()
        let ready = try readyEntries()
        let first = head.tree.size
        var note = ""
        if !ready.isEmpty {
            try append(ready, minute: minute)
            head.minute = minute
            let checkpoint = try log.sign(head.tree, alsoBy: next, in: writer)
            try writer.putCheckpoint(checkpoint)
            head.checkpoint = checkpoint
            log.remember(head)
            note = checkpoint.note
        }
        var index = first
        return requests.prefix(count).map { request in
            if let failure = request.failure { return .failure(failure) }
            defer { index += UInt64(request.drafts.count) }
            return .success(
                request.drafts.indices.map {
                    AuditReceipt(index: index + UInt64($0), checkpoint: note)
                })
        }
    }

    /// The entries of all requests, prepared together; where that fails, each is tried alone, so that those at fault
    /// are known and the others go on without them.
    ///
    /// What became of a decision about somebody who was forgotten meanwhile is kept without them, since their half of it
    /// can be sealed no more.
    private mutating func readyEntries() throws(GatewayError) -> [ReadyEntry] {
        let preparation = EntryPreparation(
            log: log, reader: writer, first: head.tree.size, threads: threads)
        let failure: GatewayError
        do { return try preparation.entries(of: drafts) } catch { failure = error }
        var isChanged = false
        for index in requests.indices {
            do { _ = try preparation.entries(of: requests[index].drafts) } catch {
                isChanged = true
                if case .crypto(.residentKeyDestroyed) = error,
                    requests[index].drafts.allSatisfy({ $0.type == .outcome })
                {
                    requests[index].drafts = requests[index].drafts.map(\.withoutSubject)
                } else {
                    requests[index].failure = error
                }
            }
        }
        guard isChanged else { throw failure }
        return try preparation.entries(of: drafts)
    }

    /// The drafts of every request that has not failed.
    private var drafts: [AuditDraft] {
        requests.flatMap { $0.failure == nil ? $0.drafts : [] }
    }

    /// Stores entries and the residents' running hashes, and takes the leaves into the tree.
    private mutating func append(
        _ ready: [ReadyEntry], minute: UInt64
    ) throws(GatewayError) {
        let first = head.tree.size
        let epoch = try writer.policyEpoch()?.number ?? 0
        var hashes: [SHA256Digest] = []
        hashes.reserveCapacity(ready.count)
        var chains: [ResidentNumber: SHA256Digest] = [:]
        var hasher = MerkleHasher()
        for (offset, entry) in ready.enumerated() {
            let leaf = AuditLeaf(
                type: entry.draft.type, decision: entry.draft.decision, minute: minute,
                policyEpoch: epoch, operationCommitment: entry.commitment,
                subject: entry.subject?.leaf
            ).bytes
            hashes.append(hasher.leaf(leaf))
            let resident = entry.draft.subject?.resident.number
            if let resident, let subject = entry.subject { chains[resident] = subject.leaf.chain }
            try writer.append(
                AuditEntry(
                    index: first + UInt64(offset), leaf: leaf, operational: entry.operational,
                    subject: entry.subject?.sealed, resident: resident))
        }
        for (resident, chain) in chains { try writer.setChain(chain.bytes, of: resident) }
        for tile in head.tree.append(leafHashes: hashes) {
            guard case .hashes(let level) = tile.coordinate.kind else { continue }
            try writer.putTile(level: level, index: tile.coordinate.index, hashes: tile.bytes)
        }
    }

    /// The minute that all entries of the batch get: never before that of an earlier entry.
    ///
    /// Where the clock has gone back by more than a minute, an entry at the end of the batch says so, once.
    private mutating func minuteOfBatch() -> UInt64 {
        let now = log.minute
        let isBehind = now + 1 < head.minute
        if isBehind, !head.isClockBehind {
            _ = add([.clockWentBack(from: head.minute, to: now)])
        }
        head.isClockBehind = isBehind
        return max(now, head.minute)
    }
}
