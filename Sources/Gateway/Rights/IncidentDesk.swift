import JSONText
package import TransparencyLog

/// One touch of a decoy.
package struct Incident: Hashable, Sendable {
    /// The entry of the log that touched it.
    package let entry: UInt64
    /// Minutes since 1970.
    package let minute: UInt64
    package let kind: AuditEntryType
    /// The department, where one asked.
    package let department: String
    package let officer: String
}

/// Finds who touched a decoy: a resident who is nobody, so that nobody has a reason to ask.
///
/// Nothing marks a touch while it happens: the decision takes the same way, leaves the same entries and looks at nothing
/// more, so neither the answer nor the public log tells a decoy from anybody else. Every touch stands in the decoy's own
/// chain, and is found there.
package struct IncidentDesk: Sendable {
    private let parts: GatewayParts
    private let book: MatterBook
    private static let pageCount = 256

    package init(_ parts: GatewayParts) {
        self.parts = parts
        book = MatterBook(parts: parts)
    }

    /// Reports the touches since the last report; the entry about them is durable before they are told.
    ///
    /// - Parameter reading: Who looks, and why.
    /// - Returns: Oldest first; each is reported once.
    /// - Throws: ``GatewayError``; what could not be kept is reported again.
    package func report(by reading: AuditReading) throws(GatewayError) -> [Incident] {
        try parts.write { writer throws(GatewayError) in
            var incidents: [Incident] = []
            var filter = MatterFilter(kind: .standing, includesClosed: true, limit: Self.pageCount)
            while true {
                let page = try book.matters(filter, in: writer)
                for matter in page {
                    incidents += try touches(of: matter, by: reading, in: writer)
                }
                guard page.count == filter.limit, let last = page.last else { break }
                filter.after = (last.openedAt, last.id)
            }
            incidents.sort { $0.entry < $1.entry }
            _ = try parts.log.append([.incidents(incidents, reading)], in: writer)
            return incidents
        }
    }

    /// The touches of one decoy that are not reported yet, which count as reported from now on.
    private func touches(
        of matter: Matter, by reading: AuditReading, in writer: any StoreWriter
    ) throws(GatewayError) -> [Incident] {
        var standing = try PersonStanding(matter.detail)
        guard standing.isDecoy else { return [] }
        var incidents: [Incident] = []
        var before = UInt64.max
        walk: while true {
            let page = try writer.entries(
                of: matter.resident, before: before, limit: Self.pageCount)
            guard let last = page.last else { break }
            before = last.index
            for entry in page {
                guard entry.index >= standing.reportedBelow else { break walk }
                let opened = try OpenedEntry(entry, details: parts.log.details, reader: writer)
                // An outcome belongs to a decision that is reported itself.
                guard opened.leaf.type != .outcome else { continue }
                incidents.append(Incident(opened))
            }
        }
        guard !incidents.isEmpty else { return [] }
        standing.reportedBelow = try writer.treeSize()
        let detail = standing.json(
            by: matter.detail["officer"]?.string ?? "",
            reference: matter.detail["reference"]?.string ?? "")
        try book.keep(matter.next(state: matter.state, due: matter.due, detail: detail), in: writer)
        return incidents
    }
}

extension Incident {
    fileprivate init(_ opened: OpenedEntry) {
        entry = opened.index
        minute = opened.leaf.minute
        kind = opened.leaf.type
        department = opened.operational["caller"]?.string ?? ""
        officer =
            (opened.subject?["officer"] ?? opened.subject?["registeredBy"])?.string
            ?? opened.operational["officer"]?.string ?? ""
    }
}

extension AuditDraft {
    /// Touches of decoys were reported; also where there was none, so that nobody can say it was not looked.
    fileprivate static func incidents(
        _ incidents: [Incident], _ reading: AuditReading
    ) -> AuditDraft {
        AuditDraft(
            type: .admin, decision: .none,
            operational: .object([
                "format": .string("hangu/incident/1"), "officer": .string(reading.officer),
                "reason": .string(reading.reason.rawValue),
                "reference": .string(reading.reference), "count": .integer(incidents.count),
                "entries": .array(incidents.map { .integer(Int(clamping: $0.entry)) }),
            ]), subject: nil)
    }
}
