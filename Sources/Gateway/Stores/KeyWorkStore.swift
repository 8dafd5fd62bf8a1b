package import FieldCrypto
package import ResidentModel

/// Every column of the store that holds sealed values.
///
/// This is the one list that rotation, counts and scan walk: a column that is not here would be lost when an old key
/// goes, so a test compares it with the tables.
package enum SealedColumn: String, Hashable, Sendable, CaseIterable {
    case fieldValue = "field_value.sealed"
    case recordKey = "record.sealed_key"
    case consent = "consent.sealed"
    case matter = "matter.sealed"
    case quarantine = "quarantine.sealed"
    case operationalDetail = "audit_entry.operational"
    case subjectDetail = "audit_entry.subject"
}

/// Names the row of a sealed value, in the order of walking.
package struct SealedPlace: Hashable, Sendable {
    /// The resident's row for values of fields and names of records, else the row's own number.
    package let first: Int64
    /// For values of fields the field's number and then the record's; for names of records the record's number.
    package let second: Int64
    package let third: Int64
    /// The id of a consent or matter.
    package let name: String

    package init(_ first: Int64, _ second: Int64 = 0, _ third: Int64 = 0, name: String = "") {
        self.first = first
        self.second = second
        self.third = third
        self.name = name
    }
}

/// Where one sealed value stands, and what its address needs.
package struct SealedCell: Sendable {
    package let place: SealedPlace
    /// Nil for what belongs to no resident.
    package let resident: ResidentNumber?
    /// Which of ``SealedCells/fields`` is the field's name in the address.
    package let fieldIndex: Int
    package let recordVersion: Int64

    package init(
        place: SealedPlace, resident: ResidentNumber?, fieldIndex: Int, recordVersion: Int64
    ) {
        self.place = place
        self.resident = resident
        self.fieldIndex = fieldIndex
        self.recordVersion = recordVersion
    }
}

/// Sealed values as they are stored, in the order of their places, all bytes in one buffer.
package struct SealedCells: Sendable {
    package private(set) var cells: [SealedCell] = []
    /// The names that the cells point at, in any order.
    package private(set) var fields: [String]
    package private(set) var sealed = PackedBytes()

    package init(fields: [String]) { self.fields = fields }

    package mutating func append(_ cell: SealedCell, copying envelope: UnsafeRawBufferPointer) {
        cells.append(cell)
        sealed.append(copying: envelope)
    }

    /// Adds a name and answers its position.
    package mutating func addField(_ name: String) -> Int {
        fields.append(name)
        return fields.count - 1
    }
}

/// Which sealed values are wanted.
package struct SealedFilter: Sendable {
    package var column: SealedColumn
    /// Of ``SealedColumn/fieldValue``: these fields only; nil for all.
    package var fields: [FieldID]?
    /// Leaves out what is sealed with this suite and class version already: 3 bytes, as an envelope has them.
    package var notUnder: [UInt8]?
    package var after: SealedPlace?
    package var limit: Int

    package init(
        column: SealedColumn, fields: [FieldID]? = nil, notUnder: [UInt8]? = nil,
        after: SealedPlace? = nil, limit: Int
    ) {
        self.column = column
        self.fields = fields
        self.notUnder = notUnder
        self.after = after
        self.limit = limit
    }
}

/// How many values of a field are sealed under one class version.
package struct SealedCount: Hashable, Sendable {
    /// Empty but for values of fields.
    package let field: String
    package let suite: UInt8
    package let version: UInt16
    package let count: Int

    package init(field: String, suite: UInt8, version: UInt16, count: Int) {
        self.field = field
        self.suite = suite
        self.version = version
        self.count = count
    }
}

/// Long work on keys that survives a crash: what is to be done, and how far it is.
package struct KeyJob: Hashable, Sendable {
    package let number: Int64
    package let kind: KeyJobKind
    /// The class, index, department or signing key; empty where there is one of the kind.
    package let name: String
    /// The version that is made.
    package let version: UInt32
    /// Whom a shredding forgets.
    package let resident: ResidentNumber?
    package var state: KeyJobState
    /// How far the walk is, where it has a place of its own.
    package var position: Int64
    /// How many values, entries or keys were done.
    package var done: Int64
    /// Minutes since 1970.
    package let startedAt: Int64
    package var finishedAt: Int64?

    package init(
        number: Int64, kind: KeyJobKind, name: String, version: UInt32, resident: ResidentNumber?,
        state: KeyJobState, position: Int64, done: Int64, startedAt: Int64, finishedAt: Int64?
    ) {
        self.number = number
        self.kind = kind
        self.name = name
        self.version = version
        self.resident = resident
        self.state = state
        self.position = position
        self.done = done
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }
}

/// What a job works on.
package enum KeyJobKind: String, Hashable, Sendable, CaseIterable {
    case fieldClass = "class"
    case epoch
    case blindIndex = "index"
    case pseudonym
    case signing
    case shred
}

/// How far a job is.
package enum KeyJobState: String, Hashable, Sendable, CaseIterable {
    /// Recorded; its walk is under way.
    case running
    /// Nothing is left under the old key, which is to be destroyed.
    case dropping
    case done
}

/// Reading of what work on keys needs.
package protocol KeyWorkReader {
    /// Grows with every change of the ring that a writer must know of before it seals.
    func ringGeneration() throws(GatewayError) -> Int64

    /// All jobs, oldest first.
    func keyJobs() throws(GatewayError) -> [KeyJob]

    /// Sealed values in the order of their places.
    func sealedCells(_ filter: SealedFilter) throws(GatewayError) -> SealedCells

    /// How many values of a column are under each suite and class version.
    func sealedCounts(_ column: SealedColumn) throws(GatewayError) -> [SealedCount]

    /// Those of some residents who are forgotten.
    func forgotten(among residents: [ResidentNumber]) throws(GatewayError) -> Set<ResidentNumber>

    /// The log entry that says that a resident was forgotten, by resident.
    func forgottenResidents() throws(GatewayError) -> [ResidentNumber: UInt64]

    /// How many entries each version of each blind index has, by name and version.
    func indexCounts() throws(GatewayError) -> [String: [UInt32: Int]]

    /// Of some index entries with their resident, those that are there.
    func hasIndex(
        _ index: String, entry: BlindIndexEntry, resident: ResidentNumber
    ) throws(GatewayError) -> Bool

    /// The resident behind a department's pseudonym, or nil.
    func resident(
        department: String, pseudonym: BlindIndexEntry
    ) throws(GatewayError) -> ResidentNumber?

    /// How many residents each version of each department's pseudonyms was given out for.
    func pseudonymCounts() throws(GatewayError) -> [String: [UInt32: Int]]

    /// The names of the log's signing keys after the first, oldest first, with the size from which each signs.
    func logKeys() throws(GatewayError) -> [LogKeyName]

    /// How many rows beside the log's still hold something of a resident.
    func remains(of resident: ResidentNumber) throws(GatewayError) -> Int
}

/// A signing key of the log, by its name in the ring.
package struct LogKeyName: Hashable, Sendable {
    package let name: String
    /// The first size of the log that it signs alone.
    package let since: UInt64
    /// The note, signed by the key before it and by itself, that announces it.
    package let note: String

    package init(name: String, since: UInt64, note: String) {
        self.name = name
        self.since = since
        self.note = note
    }
}

/// Changing what work on keys changes.
package protocol KeyWorkWriter: KeyWorkReader {
    /// Tells every process to read the ring anew before it seals again.
    func advanceRing() throws(GatewayError)

    /// Records a job that begins.
    func startJob(
        _ kind: KeyJobKind, name: String, version: UInt32, resident: ResidentNumber?,
        at minute: Int64
    ) throws(GatewayError) -> KeyJob

    /// Keeps a job's state, position, count and end.
    func keep(_ job: KeyJob) throws(GatewayError)

    /// Puts new envelopes in the place of cells that still hold what was read; an empty one leaves its cell alone.
    ///
    /// - Returns: How many were replaced.
    func replaceSealed(
        _ column: SealedColumn, _ cells: SealedCells, by envelopes: PackedBytes
    ) throws(GatewayError) -> Int

    /// Removes some entries of one version of an index.
    ///
    /// - Returns: How many; 0 when none is left.
    func removeIndex(_ index: String, version: UInt32, limit: Int) throws(GatewayError) -> Int

    func insertPseudonym(
        _ pseudonym: BlindIndexEntry, department: String, resident: ResidentNumber
    ) throws(GatewayError)

    /// Removes what one version of a department's pseudonyms was given out for.
    func removePseudonyms(department: String, version: UInt32) throws(GatewayError) -> Int

    func addLogKey(_ key: LogKeyName) throws(GatewayError)

    /// Removes quarantined records by number.
    func removeQuarantined(_ numbers: [Int64]) throws(GatewayError) -> Int

    /// Removes everything of a resident but their row, the digests of their records' names, and the log.
    func forget(_ resident: ResidentNumber, entry: UInt64) throws(GatewayError) -> ForgottenCounts
}

/// What was removed of a resident.
package struct ForgottenCounts: Hashable, Sendable {
    package var values = 0
    package var records = 0
    package var consents = 0
    package var indexEntries = 0
    package var pseudonyms = 0
    package var quarantined = 0
    package var reviews = 0
    package var matters = 0
    /// Details of the log that no key opens any more; they stay where they are.
    package var details = 0

    package init() {}
}
