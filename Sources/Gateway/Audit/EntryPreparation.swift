import FieldCrypto
import JSONText
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
    let log: AuditLog
    let reader: any StoreReader
    /// Where the first entry will stand.
    let first: UInt64

    /// A detail in clear, and what a leaf holds of it.
    private struct Detail {
        let commitment: SHA256Digest
        let salted: [UInt8]
    }

    /// - Returns: One entry for each draft.
    /// - Throws: ``GatewayError`` where one of them cannot be made.
    func entries(of drafts: [AuditDraft]) throws(GatewayError) -> [ReadyEntry] {
        var previous = try chains(of: drafts)
        var operational: [Detail] = []
        var subjects: [Detail] = []
        let committer = try inLog { () throws(TransparencyLogError) in try AuditCommitter() }
        for draft in drafts {
            operational.append(try detail(draft.operational, committer))
            guard let (resident, value) = draft.subject else { continue }
            var told = value
            if previous[resident.number] == nil {
                // The first entry of a resident tells the random start of their chain.
                let start = try log.salt()
                previous[resident.number] = SHA256Digest(start)
                told = Self.value(value, tellingStart: start)
            }
            subjects.append(try detail(told, committer))
        }
        let sealed = try seal(drafts, operational: operational, subjects: subjects)
        var nextSubject = drafts.count
        return drafts.enumerated().map { index, draft in
            var subject: (leaf: AuditLeaf.Subject, sealed: [UInt8])?
            if let resident = draft.subject?.resident.number, let before = previous[resident] {
                let commitment = subjects[nextSubject - drafts.count].commitment
                let chain = AuditCommitment.chain(after: before, commitment: commitment)
                previous[resident] = chain
                subject = (
                    AuditLeaf.Subject(commitment: commitment, chain: chain), sealed[nextSubject]
                )
                nextSubject += 1
            }
            return ReadyEntry(
                draft: draft, commitment: operational[index].commitment,
                operational: sealed[index], subject: subject)
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

    private static func value(_ value: JSONValue, tellingStart start: [UInt8]) -> JSONValue {
        var members = (value.object?.members ?? []).map { ($0.name, $0.value) }
        members.append(("chainStart", .string(hexadecimal(start))))
        return .object(JSONObject(distinctMembers: members))
    }

    private func detail(
        _ value: JSONValue, _ committer: AuditCommitter
    ) throws(GatewayError) -> Detail {
        let salt = try log.salt()
        let bytes = value.canonicalBytes
        let commitment = try inLog { () throws(TransparencyLogError) in
            try committer.commitment(to: bytes, salt: salt)
        }
        return Detail(commitment: commitment, salted: salt + bytes)
    }

    /// The operational details of all drafts, then the subjects' of those that have one.
    private func seal(
        _ drafts: [AuditDraft], operational: [Detail], subjects: [Detail]
    ) throws(GatewayError) -> [[UInt8]] {
        var values: [ValueToSeal] = []
        values.reserveCapacity(operational.count + subjects.count)
        for (offset, detail) in operational.enumerated() {
            values.append(
                log.details.operationalToSeal(detail.salted, index: first + UInt64(offset)))
        }
        var next = subjects.makeIterator()
        for (offset, draft) in drafts.enumerated() {
            guard let resident = draft.subject?.resident.id, let detail = next.next() else {
                continue
            }
            values.append(
                log.details.subjectToSeal(
                    detail.salted, of: resident, index: first + UInt64(offset)))
        }
        let all = values
        return try inCrypto { () throws(FieldCryptoError) in try log.details.keyring.seal(all) }
    }
}
