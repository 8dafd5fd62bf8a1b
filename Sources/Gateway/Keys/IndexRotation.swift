import FieldCrypto
import ResidentModel

extension KeyRotation {
    /// Fills a blind index under a new key from the values themselves, then destroys the old key and its entries.
    ///
    /// Lookups ask for every version meanwhile. An entry is carried over only where the old one is there: a resident
    /// whose claim to a number is in doubt gains none.
    ///
    /// - Parameters:
    ///   - name: A field of the catalogue that is indexed.
    ///   - progress: Called after each batch; a true answer stops between two batches, and the next run goes on.
    /// - Returns: What was done.
    /// - Throws: ``GatewayError``.
    package func rotateIndex(
        _ name: String, progress: @escaping (KeyProgress) -> Bool = { _ in false }
    ) throws(GatewayError) -> KeyRotationReport {
        guard newest(.blindIndex, name) > 0, let field = parts.catalogue.field(FieldID(name))
        else { throw .request(.unknownName(name, of: "blind index")) }
        var (job, isResumed) = try begin(
            .blindIndex, name: name, version: newest(.blindIndex, name) + 1)
        let before = job.done
        var dropped = 0
        if job.state == .running {
            try makeVersion(.blindIndex, of: job)
            let total = try parts.store.read { reader throws(GatewayError) in
                try reader.sealedCounts(.fieldValue).filter { $0.field == name }.map(\.count)
                    .reduce(0, +)
            }
            try fill(field, &job, KeyProgressCall(total: total, show: progress))
            dropped = try unfilledCount(of: job)
            job.state = .dropping
            let dropping = job
            try parts.write { writer throws(GatewayError) in try writer.keep(dropping) }
        }
        // The key goes first: from then on nobody adds an entry under it.
        try removeOldVersions(.blindIndex, of: job)
        let versions = try parts.store.read { reader throws(GatewayError) in
            try reader.indexCounts()[name] ?? [:]
        }
        for version in versions.keys where version < job.version {
            while try parts.store.write({ writer throws(GatewayError) in
                try writer.removeIndex(name, version: version, limit: batchMax)
            }) > 0 {}
        }
        try finish(&job)
        return KeyRotationReport(
            job: job, isResumed: isResumed, doneNow: Int(job.done - before),
            droppedCount: dropped)
    }

    /// Entries of old versions beyond those that the new one has: their values are gone.
    private func unfilledCount(of job: KeyJob) throws(GatewayError) -> Int {
        let counts = try parts.store.read { reader throws(GatewayError) in
            try reader.indexCounts()[job.name] ?? [:]
        }
        let old = counts.filter { $0.key < job.version }.values.max() ?? 0
        return max(0, old - (counts[job.version] ?? 0))
    }

    private func fill(
        _ field: FieldDefinition, _ job: inout KeyJob, _ progress: KeyProgressCall
    ) throws(GatewayError) {
        let registry = SealedRegistry(catalogue: parts.catalogue, tenant: parts.tenant)
        var filter = SealedFilter(column: .fieldValue, fields: [field.id], limit: batchMax)
        if job.position > 0 { filter.after = SealedPlace(job.position - 1, .max, .max) }
        while true {
            let batch = try parts.store.read { reader throws(GatewayError) in
                try registry.read(filter, from: reader)
            }
            guard let last = batch.lastPlace else { return }
            let entries = try entries(of: batch, field: field)
            let kept = job
            job = try parts.store.write { writer throws(GatewayError) in
                var next = kept
                for (cell, versions) in zip(batch.cells.cells, entries) {
                    guard let resident = cell.resident,
                        let new = versions.first(where: {
                            $0.version == next.version
                        })
                    else { continue }
                    // A number is claimed by one resident; other values are whoever's has them.
                    var isClaimed = field.id != .citizenNumber
                    for old in versions where old.version < next.version && !isClaimed {
                        isClaimed = try writer.hasIndex(
                            field.id.text, entry: old, resident: resident)
                    }
                    guard isClaimed else { continue }
                    try writer.insertIndex(field.id.text, entry: new, resident: resident)
                    next.done += 1
                }
                next.position = last.first
                try writer.keep(next)
                return next
            }
            filter.after = last
            try progress(job)
        }
    }

    /// The entries of each value under every version of the key; none where the resident's key is destroyed.
    private func entries(
        of batch: AddressedCells, field: FieldDefinition
    ) throws(GatewayError) -> [[BlindIndexEntry]] {
        let opened = try inCrypto { () throws(FieldCryptoError) in
            try parts.keyring.openEach(batch.values)
        }
        let isDeclared = field.id != .citizenNumber && field.id != .householdNumber
        var entries: [[BlindIndexEntry]] = []
        for (index, cell) in batch.cells.cells.enumerated() {
            let text: String
            do throws(FieldCryptoError) { text = try opened.text(index) } catch {
                guard case .residentKeyDestroyed = error else { throw .crypto(error) }
                entries.append([])
                continue
            }
            if isDeclared, let resident = cell.resident.flatMap({ batch.residents[$0] }) {
                entries.append(
                    try indexEntries(
                        of: text, field: field, resident: resident, keyring: parts.keyring))
            } else {
                entries.append(
                    try blindIndexEntries(of: text, index: field.id.text, keyring: parts.keyring))
            }
        }
        return entries
    }
}
