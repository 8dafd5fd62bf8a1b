import TransparencyLog

/// The cosigned checkpoints that the store keeps: each must be the log's own, and of a beginning of this log.
package struct CosignedCheckpoints: Sendable {
    /// What they come to.
    package struct Summary: Hashable, Sendable {
        /// How many cosigned checkpoints there are.
        package let count: Int
        /// The largest that a quorum of the policy cosigned; nil without a policy, or before the first.
        package let quorumSize: UInt64?
    }

    private(set) var checkpoints: [Checkpoint] = []
    private(set) var faults: [String] = []
    private var quorumSize: UInt64?

    var summary: Summary { Summary(count: checkpoints.count, quorumSize: quorumSize) }

    init(
        keys: LogKeyHistory, policy: WitnessPolicy?, reader: any StoreReader
    ) throws(GatewayError) {
        var below = UInt64.max
        while faults.count < DetailVerification.faultsMax {
            let page = try reader.cosigned(below: below, limit: 1_024)
            guard let last = page.last else { return }
            for stored in page {
                check(stored, log: try keys.signer(of: stored.size), policy: policy)
            }
            below = last.size
        }
    }

    private mutating func check(_ stored: StoredCheckpoint, log: NoteKey, policy: WitnessPolicy?) {
        do {
            let note = Array(stored.note.utf8)
            let checkpoint: Checkpoint
            if let policy {
                let found = try policy.examine(note, log: log)
                checkpoint = found.checkpoint
                if found.isQuorum { quorumSize = max(quorumSize ?? 0, checkpoint.size) }
            } else {
                checkpoint = try Checkpoint.verified(note, log: log).checkpoint
            }
            guard checkpoint.size == stored.size else {
                faults.append(
                    "the cosigned checkpoint kept for \(stored.size) entries is for "
                        + "\(checkpoint.size)")
                return
            }
            checkpoints.append(checkpoint)
        } catch {
            faults.append("the cosigned checkpoint for \(stored.size) entries: \(error)")
        }
    }
}
