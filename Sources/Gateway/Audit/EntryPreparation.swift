import FieldCrypto
import JSONText
import Synchronization
import TransparencyLog

/// One entry with everything but its minute and its place among the durable ones.
struct ReadyEntry {
    let draft: AuditDraft
    let commitment: SHA256Digest
    let operational: [UInt8]
    let subject: (leaf: AuditLeaf.Subject, sealed: [UInt8])?
}

/// Makes drafts into entries: details written, committed to and sealed, residents' chains followed.
///
/// Done for a whole batch at once, so that residents' keys are fetched together, and commitments of keys that are used
/// for the first time become durable together. Changes nothing in the store of the log.
struct EntryPreparation {
    /// How many entries are worth a thread of their own.
    private static let entriesAPart = 32
    private static let partsMax = 8

    let log: AuditLog
    let reader: any StoreReader
    /// Where the first entry will stand.
    let first: UInt64
    /// Where the parts of a large batch are worked at; nil for the calling thread alone.
    let threads: (any BlockingThreads)?

    /// A draft in its place.
    private struct Placed: Sendable {
        let draft: AuditDraft
        let index: UInt64
        /// The random start of the resident's chain, which their first entry tells.
        let chainStart: [UInt8]?
    }

    /// What of an entry does not depend on those before it.
    private struct Sealed: Sendable {
        let commitment: SHA256Digest
        let operational: [UInt8]
        let subject: (commitment: SHA256Digest, sealed: [UInt8])?
    }

    /// - Returns: One entry for each draft.
    /// - Throws: ``GatewayError`` where one of them cannot be made.
    func entries(of drafts: [AuditDraft]) throws(GatewayError) -> [ReadyEntry] {
        var previous = try chains(of: drafts)
        var placed: [Placed] = []
        placed.reserveCapacity(drafts.count)
        for draft in drafts {
            var start: [UInt8]?
            if let resident = draft.subject?.resident.number, previous[resident] == nil {
                let salt = try log.salt()
                previous[resident] = SHA256Digest(salt)
                start = salt
            }
            placed.append(
                Placed(draft: draft, index: first + UInt64(placed.count), chainStart: start))
        }
        let sealed = try sealedInParts(placed)
        return zip(drafts, sealed).map { draft, sealed in
            var subject: (leaf: AuditLeaf.Subject, sealed: [UInt8])?
            if let resident = draft.subject?.resident.number, let before = previous[resident],
                let part = sealed.subject
            {
                let chain = AuditCommitment.chain(after: before, commitment: part.commitment)
                previous[resident] = chain
                subject = (
                    AuditLeaf.Subject(commitment: part.commitment, chain: chain), part.sealed
                )
            }
            return ReadyEntry(
                draft: draft, commitment: sealed.commitment, operational: sealed.operational,
                subject: subject)
        }
    }

    /// The running hash of each resident whom the drafts are about; none for one who has no entry yet.
    private func chains(
        of drafts: [AuditDraft]
    ) throws(GatewayError) -> [ResidentNumber: SHA256Digest] {
        var chains: [ResidentNumber: SHA256Digest] = [:]
        var asked: Set<ResidentNumber> = []
        for draft in drafts {
            guard let resident = draft.subject?.resident.number, asked.insert(resident).inserted,
                let kept = try reader.chain(of: resident)
            else { continue }
            guard let chain = SHA256Digest(kept) else {
                throw .store(.corrupt(what: "a resident's chain is not 32 bytes"))
            }
            chains[resident] = chain
        }
        return chains
    }

    private func sealedInParts(_ placed: [Placed]) throws(GatewayError) -> [Sealed] {
        let count = min(Self.partsMax, placed.count / Self.entriesAPart)
        guard let threads, count > 1 else { return try Self.sealed(placed[...], log) }
        let log = log
        let results = Mutex<[Result<[Sealed], GatewayError>]>(
            Array(repeating: .success([]), count: count))
        threads.inParts(count) { part in
            let range = placed.count * part / count..<placed.count * (part + 1) / count
            let result: Result<[Sealed], GatewayError>
            do throws(GatewayError) {
                result = .success(try Self.sealed(placed[range], log))
            } catch { result = .failure(error) }
            results.withLock { $0[part] = result }
        }
        var sealed: [Sealed] = []
        sealed.reserveCapacity(placed.count)
        for result in results.withLock({ $0 }) { sealed += try result.get() }
        return sealed
    }

    /// Writes details, commits to them and seals them: first all operational ones, then the subjects'.
    private static func sealed(
        _ placed: ArraySlice<Placed>, _ log: AuditLog
    ) throws(GatewayError) -> [Sealed] {
        let committer = try inLog { () throws(TransparencyLogError) in try AuditCommitter() }
        var commitments: [SHA256Digest] = []
        var values = ValuesToSeal()
        values.reserve(count: placed.count * 2, byteCount: placed.count * 2 * 1_024)
        for entry in placed {
            let detail = try detail(entry.draft.operational, log, committer)
            commitments.append(detail.commitment)
            log.details.addOperational(detail.salted, index: entry.index, to: &values)
        }
        for entry in placed {
            guard let (resident, value) = entry.draft.subject else { continue }
            let told = entry.chainStart.map { Self.value(value, tellingStart: $0) } ?? value
            let detail = try detail(told, log, committer)
            commitments.append(detail.commitment)
            log.details.addSubject(
                detail.salted, of: resident.id, index: entry.index, to: &values)
        }
        let all = values
        let envelopes = try inCrypto { () throws(FieldCryptoError) in
            try log.details.keyring.seal(all)
        }
        var next = placed.count
        return placed.enumerated().map { offset, entry in
            var subject: (commitment: SHA256Digest, sealed: [UInt8])?
            if entry.draft.subject != nil {
                subject = (commitments[next], Array(envelopes[next]))
                next += 1
            }
            return Sealed(
                commitment: commitments[offset], operational: Array(envelopes[offset]),
                subject: subject)
        }
    }

    private static func value(_ value: JSONValue, tellingStart start: [UInt8]) -> JSONValue {
        var members = (value.object?.members ?? []).map { ($0.name, $0.value) }
        members.append(("chainStart", .string(hexadecimal(start))))
        return .object(JSONObject(distinctMembers: members))
    }

    /// Salt and canonical text, and what a leaf holds of them.
    private static func detail(
        _ value: JSONValue, _ log: AuditLog, _ committer: AuditCommitter
    ) throws(GatewayError) -> (commitment: SHA256Digest, salted: [UInt8]) {
        var salted = try log.salt()
        value.writeCanonical(to: &salted)
        let all = salted
        let commitment = try inLog { () throws(TransparencyLogError) in
            try committer.commitment(toSalted: all)
        }
        return (commitment, salted)
    }
}
