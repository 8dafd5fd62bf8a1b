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
    /// The resident that the record may belong to instead.
    package let candidate: ResidentNumber?
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
        changed.removeAll { stored[$0.keyDigest]?.contentDigest == $0.contentDigest }
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

    /// A record on its way.
    struct Candidate {
        let record: MappedRecord
        let keyDigest: [UInt8]
        let contentDigest: [UInt8]
    }
}
