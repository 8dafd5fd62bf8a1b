import ResidentModel

/// Writes one sealed batch within a transaction.
struct VaultBatch {
    private let batch: SealedBatch
    private let stream: StreamName
    private let minute: Int64

    init(_ batch: SealedBatch, stream: StreamName, minute: Int64) {
        self.batch = batch
        self.stream = stream
        self.minute = minute
    }

    func store(in writer: any StoreWriter) throws(GatewayError) -> BatchCounts {
        var counts = BatchCounts()
        var opened: [ResidentID: ResidentNumber] = [:]
        try writer.releaseFromQuarantine(
            keyDigests: batch.records.map(\.sealed.keyDigest), of: stream)
        for record in batch.records {
            let resident = try resident(of: record.target, opened: &opened, in: writer)
            if record.isReplacement {
                counts.updated += 1
            } else {
                counts.stored += 1
                if case .new = record.target { counts.opened += 1 } else { counts.linked += 1 }
            }
            var sealed = record.sealed
            sealed.storedAt = minute
            let row =
                record.isReplacement
                ? try writer.replace(sealed, of: stream, resident: resident)
                : try writer.insert(sealed, of: stream, resident: resident)
            for claim in record.claims {
                try writer.insertIndex(claim.index, entry: claim.entry, resident: resident)
            }
            if !record.doubts.isEmpty {
                counts.inReview += 1
                let candidate = record.candidate.flatMap { number(of: $0, opened: opened) }
                try writer.openReview(
                    ReviewDraft(
                        kind: .link, resident: resident, candidate: candidate, stream: stream,
                        record: row, field: nil, reasons: record.doubts, openedAt: minute,
                        digest: nil))
            }
            for value in record.confirmations {
                let confirmed = try writer.confirmedDigests(of: value.field, resident: resident)
                if confirmed.contains(value.digest) { continue }
                try writer.openReview(
                    ReviewDraft(
                        kind: .confirmation, resident: resident, candidate: nil, stream: stream,
                        record: row, field: value.field, reasons: ["confirm.one-source"],
                        openedAt: minute, digest: value.digest))
            }
        }
        for record in batch.quarantined where try writer.quarantine(record, of: stream) {
            counts.newlyQuarantined += 1
        }
        return counts
    }

    private func resident(
        of target: LinkTarget, opened: inout [ResidentID: ResidentNumber],
        in writer: any StoreWriter
    ) throws(GatewayError) -> ResidentNumber {
        switch target {
        case .known(let number, _): return number
        case .new(let id):
            let number = try writer.insertResident(id)
            opened[id] = number
            return number
        case .opening(let id):
            guard let number = opened[id] else {
                preconditionFailure("a record opens its resident before another is linked to it")
            }
            return number
        }
    }

    /// The row of a resident who is stored by now; nil for one who is not.
    private func number(
        of target: LinkTarget, opened: [ResidentID: ResidentNumber]
    ) -> ResidentNumber? {
        switch target {
        case .known(let number, _): number
        case .opening(let id), .new(let id): opened[id]
        }
    }
}
