import JSONText
import ResidentModel
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
    /// How far behind a decision its outcome is looked for where nobody was found and so no chain leads to it: as far
    /// as it lies where many decisions at a time share batches.
    private static let outcomeSearchMax: UInt64 = 4_096
    private static let pageEntries = 256

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
    ///
    /// Those that follow are looked at too where the resident has none: their key may have been destroyed between the
    /// two, and then the outcome is about nobody.
    private func outcome(of decision: UInt64) throws(GatewayError) -> AuditLine? {
        let resident = try parts.store.read { reader throws(GatewayError) in
            try reader.entries(from: decision, limit: 1).first?.resident
        }
        if let resident {
            let found = try first(
                of: outcomes(of: resident, after: decision), thatEnds: decision)
            if let found { return found }
        }
        var next = decision + 1
        while next <= decision + Self.outcomeSearchMax {
            let page = try parts.store.read { reader throws(GatewayError) in
                try reader.entries(from: next, limit: Self.pageEntries)
            }
            guard let last = page.last else { return nil }
            if let found = try first(of: Self.outcomes(page), thatEnds: decision) { return found }
            next = last.index + 1
        }
        return nil
    }

    /// The outcomes among a resident's entries behind a decision, the oldest first.
    private func outcomes(
        of resident: ResidentNumber, after decision: UInt64
    ) throws(GatewayError) -> [UInt64] {
        var found: [UInt64] = []
        var before = UInt64.max
        while true {
            let page = try parts.store.read { reader throws(GatewayError) in
                try reader.entries(of: resident, before: before, limit: Self.pageEntries)
            }
            found += Self.outcomes(page).filter { $0 > decision }
            guard let last = page.last, last.index > decision else { return found.reversed() }
            before = last.index
        }
    }

    private static func outcomes(_ entries: [AuditEntry]) -> [UInt64] {
        entries.filter { $0.leaf.dropFirst().first == AuditEntryType.outcome.rawValue }
            .map(\.index)
    }

    private func first(
        of outcomes: [UInt64], thatEnds decision: UInt64
    ) throws(GatewayError) -> AuditLine? {
        for number in outcomes {
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

    /// The entry that began an epoch: the first that has its number, since epochs only grow along the log; nil where it
    /// was pruned.
    private func start(of epoch: UInt32) throws(GatewayError) -> AuditLine? {
        let number = try parts.store.read { reader throws(GatewayError) -> UInt64 in
            var low = try reader.entries(from: 0, limit: 1).first?.index ?? 0
            var high = try reader.treeSize()
            while low < high {
                let middle = low + (high - low) / 2
                guard let entry = try reader.entries(from: middle, limit: 1).first else { break }
                let leaf = try inLog { () throws(TransparencyLogError) in
                    try AuditLeaf(bytes: entry.leaf)
                }
                if leaf.policyEpoch < epoch { low = middle + 1 } else { high = middle }
            }
            return low
        }
        guard let line = try trail.opened(number), line.leaf.policyEpoch == epoch,
            line.details?.operational["format"]?.string == "hangu/policy-epoch/1"
        else { return nil }
        return line
    }
}
