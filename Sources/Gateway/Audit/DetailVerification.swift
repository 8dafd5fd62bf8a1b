import FieldCrypto
import JSONText
import ResidentModel
import TransparencyLog

/// Opens every detail that can be opened and compares it with its leaf, and follows each resident's chain.
struct DetailVerification {
    /// How many faults are listed before a check gives up.
    static let faultsMax = 100

    private let details: AuditDetails
    private let reader: any StoreReader
    /// The running hash after the entries so far.
    private var chains: [ResidentNumber: SHA256Digest] = [:]
    /// What the newest entry about pruning says that the log begins with.
    private var toldMinimum: UInt64 = 0
    private(set) var checkedCount = 0
    private(set) var goneCount = 0
    private(set) var faults: [String] = []

    init(details: AuditDetails, reader: any StoreReader) {
        self.details = details
        self.reader = reader
    }

    mutating func run() throws(GatewayError) {
        // A wrong restart is found at once: the leaf after it has the hash over it.
        for (resident, chain) in try reader.chainRestarts() {
            guard let chain = SHA256Digest(chain) else {
                throw .store(.corrupt(what: "the restart of a chain is not 32 bytes"))
            }
            chains[resident] = chain
        }
        var next: UInt64 = 0
        var minimum: UInt64 = 0
        if let first = try reader.entries(from: 0, limit: 1).first { minimum = first.index }
        while faults.count < Self.faultsMax {
            let entries = try reader.entries(from: next, limit: 256)
            guard let last = entries.last else { break }
            for entry in entries {
                do { try check(entry) } catch { faults.append("entry \(entry.index): \(error)") }
            }
            next = last.index + 1
        }
        if minimum != toldMinimum {
            faults.append(
                "the log begins with entry \(minimum), its newest entry about pruning says \(toldMinimum)"
            )
        }
        for (resident, chain) in chains where faults.count < Self.faultsMax {
            if try reader.chain(of: resident) != chain.bytes {
                faults.append("a resident's kept chain is not that of their newest entry")
            }
        }
        let kept = try reader.chainCount()
        if faults.isEmpty, kept != chains.count {
            faults.append(
                "\(kept) residents have a chain, the log has entries about \(chains.count)")
        }
    }

    /// Checks one entry's details and its place in its resident's chain.
    private mutating func check(_ entry: AuditEntry) throws(GatewayError) {
        let leaf: AuditLeaf
        do { leaf = try AuditLeaf(bytes: entry.leaf) } catch { throw .log(error) }
        let operational = try details.operational(of: entry, leaf: leaf)
        if operational.value["format"]?.string == "hangu/prune/1" {
            toldMinimum = UInt64(clamping: operational.value["minimum"]?.integer ?? 0)
        }
        checkedCount += 1
        guard let subject = leaf.subject else {
            guard entry.subject == nil, entry.resident == nil else {
                throw .store(.corrupt(what: "it concerns nobody and is kept as somebody's"))
            }
            return
        }
        guard let number = entry.resident,
            let resident = try reader.residentIDs(of: [number])[number]
        else { throw .store(.corrupt(what: "it concerns a resident who is not named")) }
        guard entry.subject != nil else {
            throw .store(.corrupt(what: "its subject's detail is missing"))
        }
        let detail = try details.subject(of: entry, leaf: leaf, resident: resident)
        try follow(subject, of: number, detail: detail)
        if detail == nil { goneCount += 1 } else { checkedCount += 1 }
    }

    /// Finds that an entry continues its resident's chain; where the resident's key is destroyed, and with it the start
    /// of the chain, the first entry is taken as it stands.
    private mutating func follow(
        _ subject: AuditLeaf.Subject, of resident: ResidentNumber, detail: OpenedDetail?
    ) throws(GatewayError) {
        var previous = chains[resident]
        if previous == nil, let start = detail?.value["chainStart"]?.string {
            previous = SHA256Digest(bytes(hexadecimal: start))
        }
        if previous == nil, detail != nil {
            throw .store(.corrupt(what: "the start of the resident's chain is missing"))
        }
        if let previous,
            AuditCommitment.chain(after: previous, commitment: subject.commitment) != subject.chain
        {
            throw .store(.corrupt(what: "it does not follow the resident's entry before it"))
        }
        chains[resident] = subject.chain
    }
}

/// The checkpoints that the store keeps, one for each size that was ever signed.
struct KeptCheckpoints {
    private(set) var checkpoints: [Checkpoint] = []
    private(set) var faults: [String] = []

    init(keys: LogKeyHistory, reader: any StoreReader) throws(GatewayError) {
        var next: UInt64 = 0
        while faults.count < DetailVerification.faultsMax {
            let kept = try reader.checkpoints(from: next, limit: 1_024)
            guard let last = kept.last else { return }
            for stored in kept { check(stored, signers: keys.signers(of: stored.size)) }
            next = last.size + 1
        }
    }

    private mutating func check(_ stored: StoredCheckpoint, signers: [NoteKey]) {
        do {
            var found: Checkpoint?
            for log in signers {
                found = try Checkpoint.verified(Array(stored.note.utf8), log: log).checkpoint
            }
            guard let checkpoint = found else { return }
            if checkpoint.size == stored.size {
                checkpoints.append(checkpoint)
            } else {
                faults.append(
                    "the checkpoint kept for \(stored.size) entries is for \(checkpoint.size)")
            }
        } catch { faults.append("the checkpoint for \(stored.size) entries: \(error)") }
    }
}
