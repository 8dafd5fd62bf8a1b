/// What is to be taken out of the log as evidence.
package struct EvidenceRequest: Sendable {
    /// The most entries of one bundle, related ones among them.
    package static let entriesMax = 1_000

    /// By number.
    package var entries: [UInt64]
    /// All entries as asked for; nil for those by number alone.
    package var filter: AuditFilter?
    /// What stays a commitment.
    package var withheld: Set<EvidencePart>
    /// The checkpoint to prove under; nil for the newest.
    ///
    /// Two bundles of the same entries under the same checkpoint
    /// differ in their receipts alone.
    package var size: UInt64?
    package let reading: AuditReading

    package init(
        entries: [UInt64] = [], filter: AuditFilter? = nil, withheld: Set<EvidencePart> = [],
        size: UInt64? = nil, reading: AuditReading
    ) {
        self.entries = entries
        self.filter = filter
        self.withheld = withheld
        self.size = size
        self.reading = reading
    }
}

/// The parts of an entry that a leaf commits to one by one, and so the least that can be withheld.
package enum EvidencePart: String, Sendable, CaseIterable {
    /// Purpose, basis, rules, reasons.
    case operational
    /// Officer, case, consents, and that it is about this resident.
    case subject
}

/// The texts of a bundle that people read.
package struct EvidenceTexts: Sendable {
    package let readme: String
    /// A program that checks the bundle and needs nothing of ours.
    package let verifier: String
    /// An entry in words, in both languages, one line each.
    package let explain: @Sendable (AuditLine) -> [String]

    package init(
        readme: String, verifier: String, explain: @escaping @Sendable (AuditLine) -> [String]
    ) {
        self.readme = readme
        self.verifier = verifier
        self.explain = explain
    }
}

/// A bundle, whose making the log has.
package struct EvidenceBundle: Sendable {
    /// The zip archive.
    package let archive: [UInt8]
    /// The entry that tells of it.
    package let entry: UInt64
    /// Entries in it.
    package let entryCount: Int
    /// SHA-256 of `manifest.json`, in hexadecimal; the log's entry has it.
    package let manifestDigest: String
}
