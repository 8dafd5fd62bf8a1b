package import JSONText
package import TransparencyLog

/// An entry of the log with what can be opened of it.
package struct OpenedEntry: Sendable {
    package let index: UInt64
    package let leaf: AuditLeaf
    package let operational: JSONValue
    /// nil where the entry has no subject, or its resident's key is destroyed.
    package let subject: JSONValue?
    package let isSubjectGone: Bool
    /// Set where the law withholds the entry from its resident until a day; only basis and article are then told.
    package let withheld: Withholding?

    init(
        _ entry: AuditEntry, details: AuditDetails, reader: any StoreReader
    ) throws(GatewayError) {
        let leaf: AuditLeaf
        do { leaf = try AuditLeaf(bytes: entry.leaf) } catch { throw .log(error) }
        let operational = try details.operational(of: entry, leaf: leaf)
        guard leaf.subject != nil, let number = entry.resident,
            let resident = try reader.residentIDs(of: [number])[number]
        else {
            self.init(
                index: entry.index, leaf: leaf, operational: operational, subject: nil,
                isSubjectGone: false)
            return
        }
        let subject = try details.subject(of: entry, leaf: leaf, resident: resident)
        self.init(
            index: entry.index, leaf: leaf, operational: operational, subject: subject,
            isSubjectGone: subject == nil)
    }

    /// An entry whose details somebody has opened already.
    init(
        index: UInt64, leaf: AuditLeaf, operational: OpenedDetail, subject: OpenedDetail?,
        isSubjectGone: Bool
    ) {
        withheld = nil
        self.index = index
        self.leaf = leaf
        self.operational = operational.value
        self.subject = subject?.value
        self.isSubjectGone = isSubjectGone
    }

    /// The entry as its resident sees it while it is withheld.
    init(withheld: Withholding, index: UInt64, leaf: AuditLeaf) {
        self.withheld = withheld
        self.index = index
        self.leaf = leaf
        operational = withheld.notice
        subject = nil
        isSubjectGone = false
    }

    private init(_ entry: OpenedEntry, without parts: Set<EvidencePart>) {
        withheld = entry.withheld
        index = entry.index
        leaf = entry.leaf
        operational = parts.contains(.operational) ? .object([:]) : entry.operational
        subject = parts.contains(.subject) ? nil : entry.subject
        isSubjectGone = entry.isSubjectGone
    }

    /// The entry as it is shown to somebody from whom parts are withheld.
    func without(_ parts: Set<EvidencePart>) -> OpenedEntry {
        OpenedEntry(self, without: parts)
    }
}

extension AuditLine {
    /// The line as it is shown to somebody from whom parts are withheld.
    func without(_ parts: Set<EvidencePart>) -> AuditLine {
        AuditLine(
            index: index, leaf: leaf, details: details?.without(parts),
            residentPseudonym: parts.contains(.subject) ? nil : residentPseudonym)
    }
}
