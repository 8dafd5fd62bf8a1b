import JSONText
import TransparencyLog

/// An entry that belongs to one asked for, and how.
struct RelatedEntry: Sendable {
    let line: AuditLine
    let role: String
}

/// Finds what makes a decision whole.
///
/// That is its outcome, the changes of the consents it rested on, and the start of the policy epoch that it was made in.
/// All of these are entries of the log, so the bundle proves them too.
struct EvidenceRelations {
    /// How far behind a decision its outcome is looked for where nobody was found and so no chain leads to it.
    private static let outcomeSearchMax = 256

    let parts: GatewayParts
    let trail: AuditTrail

    func related(to lines: [AuditLine]) throws(GatewayError) -> [RelatedEntry] {
        let asked = Set(lines.map(\.index))
        var found: [UInt64: RelatedEntry] = [:]
        for line in lines {
            if line.leaf.type == .decision, let outcome = try outcome(of: line.index) {
                found[outcome.index] = RelatedEntry(line: outcome, role: "outcome")
            }
            for change in try consentChanges(of: line) {
                found[change.index] = RelatedEntry(line: change, role: "consent")
            }
        }
        for epoch in Set(lines.map(\.leaf.policyEpoch)) {
            if let start = try start(of: epoch) {
                found[start.index] = RelatedEntry(line: start, role: "policy")
            }
        }
        return found.values.filter { !asked.contains($0.line.index) }
            .sorted { $0.line.index < $1.line.index }
    }

    /// What became of a decision: of the same resident's entries behind it, or of those that follow.
    private func outcome(of decision: UInt64) throws(GatewayError) -> AuditLine? {
        let candidates = try parts.store.read { reader throws(GatewayError) in
            try reader.entries(from: decision + 1, limit: Self.outcomeSearchMax)
                .filter { $0.leaf.dropFirst().first == AuditEntryType.outcome.rawValue }
                .map(\.index)
        }
        for number in candidates {
            guard let line = try trail.opened(number) else { continue }
            if line.details?.operational["entry"]?.integer == Int(clamping: decision) {
                return line
            }
        }
        return nil
    }

    /// The steps of the consents that a decision names, as far as it could know them.
    private func consentChanges(of line: AuditLine) throws(GatewayError) -> [AuditLine] {
        let named = (line.details?.subject?["consents"]?.array ?? []).compactMap {
            $0["id"]?.string
        }
        guard !named.isEmpty else { return [] }
        var filter = AuditFilter()
        filter.kinds = [.consentChange]
        filter.consents = named
        return try trail.search(
            filter, below: line.index, limit: EvidenceRequest.entriesMax, isOpening: true)
    }

    private func start(of epoch: UInt32) throws(GatewayError) -> AuditLine? {
        var filter = AuditFilter()
        filter.kinds = [.admin]
        filter.epochs = [epoch]
        return try trail.search(filter, limit: EvidenceRequest.entriesMax, isOpening: true)
            .last { $0.details?.operational["format"]?.string == "hangu/policy-epoch/1" }
    }
}
