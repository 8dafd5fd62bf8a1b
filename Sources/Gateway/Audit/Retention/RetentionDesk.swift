import FieldCrypto
import ResidentModel
package import TransparencyLog

/// How far the log can be pruned today, and what stops it there.
package struct RetentionPlan: Sendable, Equatable {
    /// The first entry that is there now.
    package let first: UInt64
    /// Everything below can go; a multiple of 256, and never above the last full bundle.
    package let minimum: UInt64
    package let stop: Stop

    /// Why it goes no further.
    package enum Stop: Sendable, Equatable {
        /// The period of this entry is not over.
        case kept(entry: UInt64, kind: AuditEntryType)
        /// This entry belongs to a case under a legal hold.
        case held(entry: UInt64)
        /// All but the bundle that is not full, and the newest one, can go.
        case end
    }

    package var entryCount: UInt64 { minimum - first }

    package init(first: UInt64, minimum: UInt64, stop: Stop) {
        self.first = first
        self.minimum = minimum
        self.stop = stop
    }
}

/// Removes old entries from the beginning of the log, and lets the rest prove what it could prove before.
///
/// Leaves and details go by whole bundles of 256; every hash stays, so earlier checkpoints, inclusion of any entry and
/// consistency still verify. Each step is one transaction together with the entry that tells of it, so a crash leaves
/// it done and told, or not begun.
package struct RetentionDesk: Sendable {
    /// The most entries of one transaction.
    package static let stepEntries: UInt64 = 65_536

    private let parts: GatewayParts
    private let policy: RetentionPolicy
    private let holds: LegalHolds
    private let index: any AuditIndexStore
    private let stepEntries: UInt64

    /// - Parameters:
    ///   - parts: The home at work.
    ///   - policy: How long each kind is kept.
    ///   - holds: Cases of which nothing goes.
    ///   - index: Finds the entries of these cases, and loses what is pruned.
    ///   - stepEntries: The most entries of one transaction; a multiple of 256.
    package init(
        _ parts: GatewayParts, policy: RetentionPolicy, holds: LegalHolds,
        index: any AuditIndexStore, stepEntries: UInt64 = stepEntries
    ) {
        precondition(stepEntries > 0 && stepEntries % 256 == 0, "pruning goes by whole bundles")
        self.parts = parts
        self.policy = policy
        self.holds = holds
        self.index = index
        self.stepEntries = stepEntries
    }

    /// How far pruning would go; changes nothing.
    package func plan() throws(GatewayError) -> RetentionPlan {
        let held = try firstHeld()
        let today = parts.clock.today
        return try parts.store.read { reader throws(GatewayError) in
            let first = try reader.entries(from: 0, limit: 1).first?.index ?? 0
            let size = try reader.treeSize()
            // The newest entry stays in any case: it carries the log's size.
            let end = size > 0 ? (size - 1) / 256 * 256 : 0
            var next = first
            while next < end {
                for entry in try reader.entries(from: next, limit: 256) where entry.index < end {
                    let leaf = try inLog { () throws(TransparencyLogError) in
                        try AuditLeaf(bytes: entry.leaf)
                    }
                    let minimum = max(first, entry.index / 256 * 256)
                    if entry.index == held {
                        return RetentionPlan(
                            first: first, minimum: minimum, stop: .held(entry: entry.index))
                    }
                    guard policy.isOver(leaf, on: today) else {
                        return RetentionPlan(
                            first: first, minimum: minimum,
                            stop: .kept(entry: entry.index, kind: leaf.type))
                    }
                }
                next += 256
            }
            return RetentionPlan(first: first, minimum: max(first, end), stop: .end)
        }
    }

    /// Removes what the plan of this moment allows.
    ///
    /// - Parameters:
    ///   - reading: Who has it done, and why.
    ///   - progress: Called after each step with the first entry that is still there and the one aimed at.
    /// - Returns: The plan that was carried out.
    /// - Throws: ``GatewayError``; steps before stay done.
    package func prune(
        by reading: AuditReading, progress: (UInt64, UInt64) -> Void = { _, _ in }
    ) throws(GatewayError) -> RetentionPlan {
        let plan = try plan()
        try coverByMap(plan.minimum)
        var first = plan.first
        while first < plan.minimum {
            let next = min(plan.minimum, (first / 256 * 256) + stepEntries)
            try parts.write { writer throws(GatewayError) in
                // Another process may have been here since the plan was made.
                guard try writer.entries(from: 0, limit: 1).first?.index == first else {
                    throw .store(.busy)
                }
                _ = try parts.log.append(
                    [.prune(reading, first: first, minimum: next, holds: holds)], in: writer)
                try writer.removeEntries(below: next)
            }
            first = next
            progress(first, plan.minimum)
        }
        try index.prune(below: first)
        return plan
    }

    /// Has the residents' map count everything that is to go: it counts entries that are there, from its newest root on.
    private func coverByMap(_ minimum: UInt64) throws(GatewayError) {
        let root = try parts.store.read { reader throws(GatewayError) in
            try reader.newestMapRoot()
        }
        if minimum > 0, (root?.index ?? 0) < minimum { _ = try ResidentMap(parts).update() }
    }

    /// The first entry that a case under hold needs: its own, or one that its decisions rest on.
    private func firstHeld() throws(GatewayError) -> UInt64? {
        guard !holds.cases.isEmpty else { return nil }
        let trail = AuditTrail(parts, index: index)
        var filter = AuditFilter()
        filter.cases = holds.cases
        let lines = try trail.search(filter, limit: .max, isOpening: true)
        let related = try EvidenceRelations(parts: parts, trail: trail).related(to: lines)
        return (lines.map(\.index) + related.map(\.line.index)).min()
    }
}
