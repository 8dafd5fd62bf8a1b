/// Where the index over the log's details is kept: apart from the log, since it can be made anew from it at any time.
///
/// What an implementation owes:
/// - ``extend(_:after:)`` and ``remove(_:)`` are each one transaction.
/// - ``extend(_:after:)`` changes nothing and answers false where the state is no longer the expected one: another
///   process was faster.
/// - A file that is no index, or one of another format, is replaced by an empty one and never an error.
package protocol AuditIndexStore: Sendable {
    /// How far the index reaches; nil where it is empty.
    func state() throws(GatewayError) -> AuditIndexState?

    /// The newest block at or below one that has entries with a term, and which.
    func postings(
        of term: Int64, atOrBelow block: UInt64
    ) throws(GatewayError) -> (block: UInt64, entries: EntrySet)?

    /// The newest bundle of 256 entries at or below one that has an entry of one of these minutes.
    func bundle(
        within minutes: ClosedRange<UInt64>, atOrBelow bundle: UInt64
    ) throws(GatewayError) -> UInt64?

    /// Adds what further entries have.
    func extend(
        _ addition: AuditIndexAddition, after expected: AuditIndexState?
    ) throws(GatewayError) -> Bool

    /// Takes entries out of every posting that comes from a subject's detail.
    func remove(_ entries: [UInt64]) throws(GatewayError)

    /// Forgets the entries below one, which are no longer in the log.
    func prune(below entry: UInt64) throws(GatewayError)

    /// All postings of one block, by term.
    func postings(inBlock block: UInt64) throws(GatewayError) -> [Int64: IndexedPosting]

    /// Forgets everything.
    func clear() throws(GatewayError)
}

/// How far an index reaches, and of which log and key it is.
package struct AuditIndexState: Hashable, Sendable {
    /// Entries below this one are in it.
    package let size: UInt64
    /// SHA-256 of the last of their leaves: an index of another log, or of a log put back, does not fit.
    package let lastLeaf: [UInt8]
    /// The version of the key under which its terms are hashed.
    package let keyVersion: UInt32

    package init(size: UInt64, lastLeaf: [UInt8], keyVersion: UInt32) {
        self.size = size
        self.lastLeaf = lastLeaf
        self.keyVersion = keyVersion
    }
}

/// Entries of one block with one term.
package struct IndexedPosting: Hashable, Sendable {
    package var entries: EntrySet
    /// Those of them that have the term from the subject's detail, and lose it with the resident's key.
    package var ofSubject: EntrySet

    package init(entries: EntrySet = EntrySet(), ofSubject: EntrySet = EntrySet()) {
        self.entries = entries
        self.ofSubject = ofSubject
    }
}

/// What a run of entries adds to the index.
package struct AuditIndexAddition: Sendable {
    /// By block, then by term.
    package var postings: [UInt64: [Int64: IndexedPosting]] = [:]
    /// First and last minute of the entries by bundle.
    package var minutes: [UInt64: ClosedRange<UInt64>] = [:]
    package var state: AuditIndexState

    package init(state: AuditIndexState) { self.state = state }

    /// Adds one entry's terms.
    package mutating func add(
        _ entry: UInt64, lasting: [Int64], ofSubject: [Int64], minute: UInt64
    ) {
        let block = entry / EntrySet.span
        let offset = UInt16(entry % EntrySet.span)
        for term in lasting {
            postings[block, default: [:]][term, default: IndexedPosting()].entries.insert(offset)
        }
        for term in ofSubject {
            postings[block, default: [:]][term, default: IndexedPosting()].entries.insert(offset)
            postings[block, default: [:]][term, default: IndexedPosting()].ofSubject.insert(offset)
        }
        let known = minutes[entry / 256] ?? minute...minute
        minutes[entry / 256] = min(known.lowerBound, minute)...max(known.upperBound, minute)
    }
}
