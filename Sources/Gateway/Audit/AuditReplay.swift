import JSONText
import TransparencyLog

/// What came of replaying many decisions.
package struct ReplayReport: Sendable {
    package var decisions = 0
    package var same = 0
    /// Decisions of other bundles, which the present one says nothing about.
    package var otherBundles = 0
    /// Entries about which the rules now say something else, or whose record lacks something.
    package var differing: [(entry: UInt64, what: [String])] = []

    package var isSound: Bool { differing.isEmpty }
}

extension OpenedEntry {
    /// Whether rules decided it: a request for everything held about a resident is decided by no rule.
    fileprivate var isOfRules: Bool {
        operational["format"]?.string != AuditDraft.subjectAccessFormat
    }
}

extension AuditDesk {
    /// Decides every recorded decision once more, from its record alone.
    ///
    /// - Parameters:
    ///   - policies: The bundle to ask.
    ///   - entry: One entry only, or nil for the whole log.
    /// - Returns: How many came out the same, and which did not.
    /// - Throws: ``GatewayError``.
    package func replay(
        by policies: PolicyBundle, only entry: UInt64? = nil
    ) throws(GatewayError) -> ReplayReport {
        let replay = DecisionReplay(policies: policies)
        var report = ReplayReport()
        var next = entry ?? 0
        while true {
            let entries = try self.entries(from: next, limit: entry == nil ? 256 : 1)
            guard let last = entries.last else { return report }
            for opened in entries where opened.leaf.type == .decision && opened.isOfRules {
                report.decisions += 1
                let officer = opened.subject?["officer"]?.string
                switch replay.verdict(on: opened.operational, officer: officer) {
                case .same: report.same += 1
                case .otherBundle: report.otherBundles += 1
                case .differs(let what): report.differing.append((opened.index, what))
                case .unreadable(let member):
                    report.differing.append((opened.index, ["it lacks '\(member)'"]))
                }
            }
            if entry != nil { return report }
            next = last.index + 1
        }
    }
}
