import JSONText
import ResidentModel
import TransparencyLog

/// Finds in the log who was given what a field says of a resident.
///
/// A decision whose release failed counts for nothing; one whose outcome is not known counts as given.
struct PastRecipients {
    let parts: GatewayParts
    let reader: any StoreReader
    private static let pageEntries = 256

    /// One department that was given it.
    struct Recipient: Hashable, Sendable {
        let department: String
        /// The field itself, and predicates over it.
        let items: [FieldID]
        /// The decisions, newest first.
        let entries: [UInt64]
    }

    /// - Returns: Sorted by department.
    func recipients(
        of field: FieldID, resident: LocatedResident
    ) throws(GatewayError) -> [Recipient] {
        var failed: Set<UInt64> = []
        var items: [String: Set<FieldID>] = [:]
        var entries: [String: [UInt64]] = [:]
        var before = UInt64.max
        while true {
            let page = try reader.entries(
                of: resident.number, before: before, limit: Self.pageEntries)
            guard let last = page.last else { break }
            before = last.index
            for entry in page {
                let leaf = try inLog { () throws(TransparencyLogError) in
                    try AuditLeaf(bytes: entry.leaf)
                }
                guard leaf.type == .decision || leaf.decision == .failed else { continue }
                let detail = try parts.log.details.operational(of: entry, leaf: leaf).value
                if leaf.type == .outcome {
                    if let index = detail["entry"]?.integer { failed.insert(UInt64(index)) }
                    continue
                }
                let given = given(in: detail, of: field)
                guard !given.isEmpty, !failed.contains(entry.index),
                    let caller = detail["caller"]?.string
                else { continue }
                items[caller, default: []].formUnion(given)
                entries[caller, default: []].append(entry.index)
            }
        }
        return items.keys.sorted().map { department in
            Recipient(
                department: department, items: (items[department] ?? []).sorted(),
                entries: entries[department] ?? [])
        }
    }

    private func given(in decision: JSONValue, of field: FieldID) -> [FieldID] {
        (decision["items"]?.array ?? []).filter { $0["allowed"]?.bool == true }
            .compactMap { $0["item"]?.string.map { FieldID($0) } }
            .filter { parts.catalogue.carrier(of: $0)?.id == field }
    }
}
