import ResidentModel

/// What one pull of one stream did.
///
/// `read` = `stored` + `updated` + `unchanged` + `quarantined`.
package struct StreamReport: Hashable, Sendable {
    package let stream: StreamName
    /// Columns that the delivery has and the mapping does not take.
    package var columnsNotTaken: [String]
    /// Records that the connector handed out, bad ones among them.
    package var read = 0
    package var stored = 0
    package var updated = 0
    package var unchanged = 0
    package var quarantined = 0
    /// Of those stored: records of a resident who was there before.
    package var linked = 0
    /// Of those stored: records that open a resident.
    package var opened = 0
    /// Of those stored and updated: records about which a person must decide.
    package var inReview = 0
    /// Cells of never-ingest classes that were dropped.
    package var neverIngest = 0
    /// How often each finding stands in the quarantine of this pull, by its stable code.
    package var findings: [String: Int] = [:]

    init(stream: StreamName, columnsNotTaken: [String]) {
        self.stream = stream
        self.columnsNotTaken = columnsNotTaken
    }

    mutating func add(read batch: LinkedBatch) {
        read += batch.records.count + batch.refused.count + batch.unchangedCount
        unchanged += batch.unchangedCount
        quarantined += batch.refused.count
        neverIngest += batch.neverIngestCount
        for record in batch.refused {
            for finding in record.findings { findings[finding.kind.rawValue, default: 0] += 1 }
        }
    }

    mutating func add(stored counts: BatchCounts) {
        stored += counts.stored
        updated += counts.updated
        linked += counts.linked
        opened += counts.opened
        inReview += counts.inReview
    }
}

/// What one batch changed in the vault.
package struct BatchCounts: Hashable, Sendable {
    package var stored = 0
    package var updated = 0
    package var linked = 0
    package var opened = 0
    package var inReview = 0
    /// Refused records that were not in quarantine before.
    package var newlyQuarantined = 0

    var hasChanges: Bool { stored + updated + newlyQuarantined > 0 }
}
