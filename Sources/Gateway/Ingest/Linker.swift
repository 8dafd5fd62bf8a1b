import FieldCrypto
package import Linkage
package import ResidentModel

/// One batch whose records each belong to one resident; only ``Linker`` makes one.
package struct LinkedBatch: Sendable {
    package let records: [LinkedRecord]
    package let refused: [RefusedRecord]
    package let cursor: SourceCursor
    package let unchangedCount: Int
    package let neverIngestCount: Int

    fileprivate init(
        records: [LinkedRecord], refused: [RefusedRecord], cursor: SourceCursor,
        unchangedCount: Int, neverIngestCount: Int
    ) {
        self.records = records
        self.refused = refused
        self.cursor = cursor
        self.unchangedCount = unchangedCount
        self.neverIngestCount = neverIngestCount
    }
}

/// A record, new or changed, and the resident it belongs to.
package struct LinkedRecord: Sendable {
    package let record: MappedRecord
    package let keyDigest: [UInt8]
    package let contentDigest: [UInt8]
    package let target: LinkTarget
    /// Whether an earlier version of the record is stored.
    package let isReplacement: Bool
    /// Blind-index entries that the record adds to its resident, by index name.
    package let claims: [(index: String, entry: BlindIndexEntry)]
    /// Why a person must look; empty where nothing is doubtful.
    package let doubts: [LinkDoubt]
    /// The resident that the record may belong to instead; one of the same batch too.
    package let candidate: LinkTarget?
}

/// The resident of a record.
package enum LinkTarget: Sendable {
    /// Linked to a resident who is stored already.
    case known(ResidentNumber, ResidentID)
    /// Linked to a resident whom an earlier record of the same batch opens.
    case opening(ResidentID)
    /// Opens a resident.
    case new(ResidentID)

    package var id: ResidentID {
        switch self {
        case .known(_, let id), .opening(let id), .new(let id): id
        }
    }
}

/// Finds whose records they are: by citizen number, confirmed by name, birth date and sex.
///
/// What disagrees is never merged: the record opens a resident of its own without a claim to the number, and the
/// review list says which resident it may belong to. A batch is linked in the order of its records, so that the
/// same delivery always gives the same residents.
struct Linker {
    let keyring: Keyring
    let catalogue: Catalogue
    let tenant: String
    let newID: () throws(GatewayError) -> ResidentID

    /// The blind index over citizen numbers.
    static let citizenNumberIndex = FieldID.citizenNumber.text
    /// The blind index over household numbers.
    static let householdIndex = FieldID.householdNumber.text

    func link(
        _ batch: MappedBatch, of stream: StreamName, store: any StoreReader
    ) throws(GatewayError) -> LinkedBatch {
        var changed: [Candidate] = []
        changed.reserveCapacity(batch.records.count)
        let digests = RecordDigests(keyring: keyring)
        for record in batch.records {
            changed.append(
                Candidate(
                    record: record, keyDigest: try digests.key(record.key, of: stream),
                    contentDigest: try digests.content(of: record)))
        }
        let stored = try store.records(of: stream, keyDigests: changed.map(\.keyDigest))
        let before = changed.count
        try removeUnchanged(from: &changed, stored: stored, of: stream, store: store)
        var pass = LinkPass(linker: self, stream: stream, stored: stored)
        try pass.prepare(changed, store: store)
        var refused = batch.refused
        for candidate in changed {
            if let refusal = try pass.link(candidate) { refused.append(refusal) }
        }
        return LinkedBatch(
            records: pass.linked, refused: refused, cursor: batch.cursor,
            unchangedCount: before - changed.count, neverIngestCount: batch.neverIngestCount)
    }

    /// Takes out the records that say what is stored already.
    ///
    /// A record that stands in the batch more than once says what it says last: where that is what is stored, none
    /// of its versions is taken, so that the same delivery read again changes nothing. A record that is stored and
    /// also in quarantine, because a bad version came in between, is taken again and so leaves quarantine.
    private func removeUnchanged(
        from candidates: inout [Candidate], stored: [[UInt8]: StoredRecord], of stream: StreamName,
        store: any StoreReader
    ) throws(GatewayError) {
        var last: [[UInt8]: [UInt8]] = [:]
        for candidate in candidates { last[candidate.keyDigest] = candidate.contentDigest }
        var isSettled = Set(stored.filter { $1.contentDigest == last[$0] }.keys)
        let waiting = try store.quarantinedKeys(of: stream, among: Array(isSettled))
        isSettled.subtract(waiting)
        var current = stored.mapValues(\.contentDigest)
        for key in waiting { current[key] = nil }
        candidates.removeAll { candidate in
            if isSettled.contains(candidate.keyDigest) { return true }
            if current[candidate.keyDigest] == candidate.contentDigest { return true }
            current[candidate.keyDigest] = candidate.contentDigest
            return false
        }
    }

    /// A record on its way.
    struct Candidate {
        let record: MappedRecord
        let keyDigest: [UInt8]
        let contentDigest: [UInt8]
    }
}
