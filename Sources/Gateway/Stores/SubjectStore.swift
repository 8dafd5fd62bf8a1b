package import ResidentModel

/// What is kept of a resident beside records, consents and the log: matters that people work off, and who knows them.
package protocol SubjectReader {
    /// Every version of every consent of a resident, by id and version.
    func consentVersions(of resident: ResidentNumber) throws(GatewayError) -> [SealedConsent]

    /// The departments that were given a pseudonym of a resident that is not retired, sorted.
    func departmentsKnowing(_ resident: ResidentNumber) throws(GatewayError) -> [String]

    /// One matter; nil where there is none of that id.
    func matter(_ id: String) throws(GatewayError) -> SealedMatter?

    /// Matters in the order in which they were opened, then by id.
    func matters(_ filter: MatterFilter) throws(GatewayError) -> [SealedMatter]
}

/// Changing of matters.
package protocol SubjectWriter: SubjectReader {
    /// Keeps a matter, in place of its earlier version where there is one.
    ///
    /// - Throws: ``StoreError/corrupt(what:)`` where the version is not the one after the stored one.
    func keep(_ matter: SealedMatter) throws(GatewayError)
}

/// What a matter is about.
///
/// The raw values are stored and stable.
package enum MatterKind: String, Hashable, Sendable, CaseIterable {
    /// An emergency access that was opened for somebody.
    case emergency
    /// What an officer has found of a person: whether they need protection, or are a decoy.
    ///
    /// One word for all of it, so that the store's rows do not say which residents are decoys.
    case standing
    /// A challenge to what a field says.
    case correction
    /// A correction that somebody who received the old value must be told of.
    case delta
}

/// How far a matter is.
package enum MatterState: String, Hashable, Sendable, CaseIterable {
    case open
    /// One of two people has judged it.
    case half
    case closed
}

/// A matter as it is kept: what is needed to find it in clear, all else sealed under the resident's key.
package struct SealedMatter: Sendable {
    package let id: String
    /// From 1, one more with each change; bound into the sealing.
    package let version: Int
    package let kind: MatterKind
    package let resident: ResidentNumber
    package let state: MatterState
    /// Minutes since 1970.
    package let openedAt: Int64
    /// The last day on which it should be worked off; nil where nothing is due.
    package let due: CalendarDate?
    package let sealed: [UInt8]

    package init(
        id: String, version: Int, kind: MatterKind, resident: ResidentNumber, state: MatterState,
        openedAt: Int64, due: CalendarDate?, sealed: [UInt8]
    ) {
        self.id = id
        self.version = version
        self.kind = kind
        self.resident = resident
        self.state = state
        self.openedAt = openedAt
        self.due = due
        self.sealed = sealed
    }
}

/// Which matters are wanted.
package struct MatterFilter: Sendable {
    package var kind: MatterKind?
    package var resident: ResidentNumber?
    /// Whether closed ones are wanted too.
    package var includesClosed = false
    /// Only those after this one.
    package var after: (openedAt: Int64, id: String)?
    package var limit: Int

    package init(
        kind: MatterKind? = nil, resident: ResidentNumber? = nil, includesClosed: Bool = false,
        after: (openedAt: Int64, id: String)? = nil, limit: Int = 100
    ) {
        self.kind = kind
        self.resident = resident
        self.includesClosed = includesClosed
        self.after = after
        self.limit = limit
    }
}
