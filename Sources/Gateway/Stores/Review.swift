package import ResidentModel

/// Something that a person must decide; the gateway never decides it silently.
package struct Review: Sendable {
    package let number: Int64
    package let kind: ReviewKind
    package let resident: ResidentNumber
    /// The resident that the record may belong to.
    package let candidate: ResidentNumber?
    package let stream: StreamName
    package let record: Int64
    /// The field to be confirmed.
    package let field: FieldID?
    /// Stable codes, such as `link.name-differs`.
    package let reasons: [String]
    /// Minutes since 1970.
    package let openedAt: Int64
    package let state: ReviewState
    package let decidedBy: String?
    /// The keyed hash of the value to be confirmed; nil in a link, and in one opened before it was kept.
    package let digest: [UInt8]?

    package init(
        number: Int64, kind: ReviewKind, resident: ResidentNumber, candidate: ResidentNumber?,
        stream: StreamName, record: Int64, field: FieldID?, reasons: [String], openedAt: Int64,
        state: ReviewState, decidedBy: String?, digest: [UInt8]?
    ) {
        self.number = number
        self.kind = kind
        self.resident = resident
        self.candidate = candidate
        self.stream = stream
        self.record = record
        self.field = field
        self.reasons = reasons
        self.openedAt = openedAt
        self.state = state
        self.decidedBy = decidedBy
        self.digest = digest
    }
}

/// What is to be decided.
package enum ReviewKind: String, Hashable, Sendable, CaseIterable {
    /// Whether a record belongs to the resident whose citizen number it carries.
    case link
    /// Whether what one source says is so, before anything is stopped because of it.
    case confirmation
}

/// How far a review is.
package enum ReviewState: String, Hashable, Sendable, CaseIterable {
    case open
    case confirmed
    case rejected
    /// The value changed before anybody decided; a new review asks about the new one.
    case replaced
}

/// A review to be opened.
package struct ReviewDraft: Sendable {
    package let kind: ReviewKind
    package let resident: ResidentNumber
    package let candidate: ResidentNumber?
    package let stream: StreamName
    package let record: Int64
    package let field: FieldID?
    package let reasons: [String]
    package let openedAt: Int64
    /// The keyed hash of the value to be confirmed; nil in a link.
    package let digest: [UInt8]?
}

/// Which reviews are wanted.
package struct ReviewFilter: Sendable {
    package var kind: ReviewKind?
    package var state: ReviewState?
    /// Only those about this resident.
    package var resident: ResidentNumber?
    package var after: Int64
    package var limit: Int

    package init(
        kind: ReviewKind? = nil, state: ReviewState? = .open, after: Int64 = 0, limit: Int = 100
    ) {
        self.kind = kind
        self.state = state
        self.after = after
        self.limit = limit
    }
}
