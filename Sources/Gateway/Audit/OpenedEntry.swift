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

    init(
        _ entry: AuditEntry, details: AuditDetails, reader: any StoreReader
    ) throws(GatewayError) {
        index = entry.index
        do { leaf = try AuditLeaf(bytes: entry.leaf) } catch { throw .log(error) }
        operational = try details.operational(of: entry, leaf: leaf).value
        guard leaf.subject != nil, let number = entry.resident,
            let resident = try reader.residentIDs(of: [number])[number]
        else {
            subject = nil
            isSubjectGone = false
            return
        }
        subject = try details.subject(of: entry, leaf: leaf, resident: resident)?.value
        isSubjectGone = subject == nil
    }
}
