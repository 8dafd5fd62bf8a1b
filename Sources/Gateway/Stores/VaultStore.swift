package import ResidentModel

/// Reading of residents' records, sealed as they are.
package protocol VaultReader {
    /// Where the last pull of a stream stopped; nil where there was none.
    func cursor(of stream: StreamName) throws(GatewayError) -> SourceCursor?

    /// The stored records with these keys, by key digest.
    func records(
        of stream: StreamName, keyDigests: [[UInt8]]
    ) throws(GatewayError) -> [[UInt8]: StoredRecord]

    /// The residents under each blind-index entry; entries without residents are left out.
    func residents(
        index: String, entries: [BlindIndexEntry]
    ) throws(GatewayError) -> [BlindIndexEntry: [ResidentNumber]]

    /// The identifiers behind rows.
    func residentIDs(
        of numbers: [ResidentNumber]
    ) throws(GatewayError) -> [ResidentNumber: ResidentID]

    /// The row of a resident, or nil.
    func resident(_ id: ResidentID) throws(GatewayError) -> ResidentNumber?

    /// The sealed values of some fields of some residents, ordered by resident, field and record.
    func values(
        of residents: [ResidentNumber], fields: [FieldID]
    ) throws(GatewayError) -> [StoredValue]

    /// The review list, oldest first.
    func reviews(_ filter: ReviewFilter) throws(GatewayError) -> [Review]

    /// Refused records, oldest first, after a number.
    func quarantineList(after: Int64, limit: Int) throws(GatewayError) -> [QuarantineItem]

    /// Those of some records that are in quarantine, by key digest.
    func quarantinedKeys(
        of stream: StreamName, among keyDigests: [[UInt8]]
    ) throws(GatewayError) -> Set<[UInt8]>

    /// The digests of those values of a resident's field that a person has confirmed (``ValueDigest``).
    func confirmedDigests(
        of field: FieldID, resident: ResidentNumber
    ) throws(GatewayError) -> Set<[UInt8]>

    /// The totals of every stream pulled so far, in the order of the first pull.
    func streamTotals() throws(GatewayError) -> [StreamTotals]

    /// The number of the next batch: one more than that of the last stored one.
    func nextBatchNumber() throws(GatewayError) -> Int64

    /// How many residents there are.
    func residentCount() throws(GatewayError) -> Int
}

/// Changing of residents' records.
package protocol VaultWriter: VaultReader {
    func insertResident(_ id: ResidentID) throws(GatewayError) -> ResidentNumber

    /// Stores a new record.
    ///
    /// - Returns: The record's row.
    func insert(
        _ record: SealedRecord, of stream: StreamName, resident: ResidentNumber
    ) throws(GatewayError) -> Int64

    /// Stores a record in place of its earlier version, whose values go.
    ///
    /// - Returns: The record's row.
    func replace(
        _ record: SealedRecord, of stream: StreamName, resident: ResidentNumber
    ) throws(GatewayError) -> Int64

    func insertIndex(
        _ index: String, entry: BlindIndexEntry, resident: ResidentNumber
    ) throws(GatewayError)

    /// Marks a batch number as used.
    func finishBatch(_ number: Int64) throws(GatewayError)

    func setCursor(_ cursor: SourceCursor, of stream: StreamName) throws(GatewayError)

    /// Keeps a refused record, once for each place or key.
    ///
    /// - Returns: Whether it was not there before in this form.
    func quarantine(_ record: QuarantinedRecord, of stream: StreamName) throws(GatewayError) -> Bool

    /// Takes records out of quarantine, because they have now arrived whole.
    func releaseFromQuarantine(
        keyDigests: [[UInt8]], of stream: StreamName
    ) throws(GatewayError)

    /// Opens a review, in the place of an open one of the same record and field about other content.
    func openReview(_ draft: ReviewDraft) throws(GatewayError)

    /// Decides an open review.
    ///
    /// - Parameters:
    ///   - number: The review.
    ///   - decision: How it ends.
    ///   - officer: Who decides.
    ///   - minute: Minutes since 1970.
    ///   - digest: What is confirmed, for a review that was opened before this was kept.
    /// - Returns: Whether it was open.
    /// - Throws: ``GatewayError/store(_:)``.
    func decideReview(
        _ number: Int64, as decision: ReviewState, by officer: String, at minute: Int64,
        digest: [UInt8]?
    ) throws(GatewayError) -> Bool
}

/// The stream of a source, as the store names it.
package struct StreamName: Hashable, Sendable, CustomStringConvertible {
    package let source: SourceName
    package let stream: String

    package init(source: SourceName, stream: String) {
        self.source = source
        self.stream = stream
    }

    package var description: String { "\(source)/\(stream)" }
}

/// One entry of a blind index: the truncated keyed hash of a value under one key version.
package struct BlindIndexEntry: Hashable, Sendable {
    package let version: UInt32
    package let bits: [UInt8]

    package init(version: UInt32, bits: [UInt8]) {
        self.version = version
        self.bits = bits
    }
}

/// What the store knows of a record without opening it.
package struct StoredRecord: Sendable {
    package let number: Int64
    package let resident: ResidentNumber
    package let contentDigest: [UInt8]
    package let version: Int64

    package init(number: Int64, resident: ResidentNumber, contentDigest: [UInt8], version: Int64) {
        self.number = number
        self.resident = resident
        self.contentDigest = contentDigest
        self.version = version
    }
}

/// A record ready to be stored: every value sealed on its own.
package struct SealedRecord: Sendable {
    /// 16 bytes: keyed hash of the record's name in its stream.
    package let keyDigest: [UInt8]
    /// 16 bytes: keyed hash of the record's content, to see whether a later delivery changes it.
    package let contentDigest: [UInt8]
    package let version: Int64
    package let observedAt: CalendarDate
    /// The record's name in its stream, sealed.
    package let sealedKey: ArraySlice<UInt8>
    package let values: [SealedField]
    /// Minutes since 1970 at which the record is stored; set by the batch that stores it.
    package var storedAt: Int64?

    package init(
        keyDigest: [UInt8], contentDigest: [UInt8], version: Int64, observedAt: CalendarDate,
        sealedKey: ArraySlice<UInt8>, values: [SealedField]
    ) {
        self.keyDigest = keyDigest
        self.contentDigest = contentDigest
        self.version = version
        self.observedAt = observedAt
        self.sealedKey = sealedKey
        self.values = values
    }
}

/// One sealed value of a record.
package struct SealedField: Sendable {
    package let field: FieldID
    /// A part of the buffer that its batch was sealed into.
    package let sealed: ArraySlice<UInt8>

    package init(field: FieldID, sealed: ArraySlice<UInt8>) {
        self.field = field
        self.sealed = sealed
    }
}

/// One sealed value with its provenance.
package struct StoredValue: Sendable {
    package let resident: ResidentNumber
    package let field: FieldID
    package let record: Int64
    package let recordVersion: Int64
    package let stream: StreamName
    package let observedAt: CalendarDate
    /// Minutes since 1970 at which the record was stored; nil for what was stored before that was kept.
    package let storedAt: Int64?
    package let sealed: [UInt8]

    package init(
        resident: ResidentNumber, field: FieldID, record: Int64, recordVersion: Int64,
        stream: StreamName, observedAt: CalendarDate, storedAt: Int64?, sealed: [UInt8]
    ) {
        self.resident = resident
        self.field = field
        self.record = record
        self.recordVersion = recordVersion
        self.stream = stream
        self.observedAt = observedAt
        self.storedAt = storedAt
        self.sealed = sealed
    }
}

/// A refused record as it is kept.
package struct QuarantinedRecord: Sendable {
    package let position: RecordPosition
    package let keyDigest: [UInt8]?
    package let findings: [RecordFinding]
    /// The cells as delivered, sealed under the quarantine class; nil where they could not be read.
    package let sealed: [UInt8]?
    /// Bound into the sealing of the cells, as a record's version is.
    package let version: Int64

    package init(
        position: RecordPosition, keyDigest: [UInt8]?, findings: [RecordFinding],
        sealed: [UInt8]?, version: Int64
    ) {
        self.position = position
        self.keyDigest = keyDigest
        self.findings = findings
        self.sealed = sealed
        self.version = version
    }
}

/// A refused record as a list shows it: where and why, and nothing of what it holds.
package struct QuarantineItem: Hashable, Sendable {
    package let number: Int64
    package let stream: StreamName
    package let position: RecordPosition
    package let findings: [String]

    package init(
        number: Int64, stream: StreamName, position: RecordPosition, findings: [String]
    ) {
        self.number = number
        self.stream = stream
        self.position = position
        self.findings = findings
    }
}

/// What one stream has brought so far.
package struct StreamTotals: Hashable, Sendable {
    package let stream: StreamName
    package let stored: Int
    package let quarantined: Int

    package init(stream: StreamName, stored: Int, quarantined: Int) {
        self.stream = stream
        self.stored = stored
        self.quarantined = quarantined
    }
}
