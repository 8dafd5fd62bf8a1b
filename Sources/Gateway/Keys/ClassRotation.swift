import FieldCrypto
import ResidentModel

extension KeyRotation {
    /// Seals everything of one field class under a new key, then destroys the old one.
    ///
    /// - Parameters:
    ///   - name: A class of the catalogue, or one of the gateway's own.
    ///   - progress: Called after each batch; a true answer stops between two batches, and the next run goes on.
    /// - Returns: What was done.
    /// - Throws: ``GatewayError``; what was sealed anew stays so, and everything still opens.
    package func rotateClass(
        _ name: String, progress: @escaping (KeyProgress) -> Bool = { _ in false }
    ) throws(GatewayError) -> KeyRotationReport {
        guard newest(.fieldClass, name) > 0 else {
            throw .request(.unknownName(name, of: "field class"))
        }
        let counts = try countsOfKnownFields()
        var (job, isResumed) = try begin(
            .fieldClass, name: name, version: newest(.fieldClass, name) + 1)
        let before = job.done
        try makeVersion(.fieldClass, of: job)
        var gone = 0
        if job.state == .running {
            let total = Int(job.done) + (try leftCount(under: name, counts))
            try commitKeys(of: name)
            gone = try reseal(&job, KeyProgressCall(total: total, show: progress))
            job.done += Int64(
                try inCrypto { () throws(FieldCryptoError) in
                    try parts.keyring.resealSigningKeys(fieldClass: name)
                })
            job.state = .dropping
            let dropping = job
            try parts.write { writer throws(GatewayError) in try writer.keep(dropping) }
        }
        // A run that was cut off here has destroyed keys, and maybe left their commitments.
        let kept = parts.keyring.keyNames.filter { $0.kind == .fieldClass && $0.name == name }
        let oldest = isResumed ? 1 : kept.map(\.version).min() ?? job.version
        try removeOldVersions(.fieldClass, of: job)
        for version in oldest..<job.version {
            _ = try inCrypto { () throws(FieldCryptoError) in
                try parts.keyring.removeCommitments(
                    fieldClass: name, version: UInt16(clamping: version))
            }
        }
        try finish(&job)
        return KeyRotationReport(
            job: job, isResumed: isResumed, doneNow: Int(job.done - before), goneCount: gone)
    }

    private var registry: SealedRegistry {
        SealedRegistry(catalogue: parts.catalogue, tenant: parts.tenant)
    }

    /// How many values of fields stand under which version, all of known fields: no class can be said to be empty of
    /// old values while there are values whose class nobody knows.
    private func countsOfKnownFields() throws(GatewayError) -> [SealedCount] {
        try parts.store.read { reader throws(GatewayError) in
            let counts = try reader.sealedCounts(.fieldValue)
            for count in counts { _ = try registry.fieldClass(ofField: count.field) }
            return counts
        }
    }

    /// Commits to the new key of everybody who has something in the class, in the order of the key store, where one
    /// page holds many; the walk, in the order of the vault, would write a page for each.
    private func commitKeys(of name: String) throws(GatewayError) {
        try inCrypto { () throws(FieldCryptoError) in
            var last: ResidentKeyID?
            repeat {
                last = try parts.keyring.commitNewestKeys(
                    fieldClass: name, after: last, limit: batchMax)
            } while last != nil
        }
    }

    /// Suite and version as the envelopes of a class have them from now on.
    private func newestPrefix(of name: String) throws(GatewayError) -> [UInt8] {
        let (version, suite) = try inCrypto { () throws(FieldCryptoError) in
            try parts.keyring.newestVersion(fieldClass: name)
        }
        return [suite.rawValue, UInt8(version >> 8), UInt8(truncatingIfNeeded: version)]
    }

    /// How many values of a class are not under its newest version.
    private func leftCount(
        under name: String, _ fieldCounts: [SealedCount]
    ) throws(GatewayError) -> Int {
        let prefix = try newestPrefix(of: name)
        return try parts.store.read { reader throws(GatewayError) in
            var left = 0
            for part in registry.parts(of: name) {
                let counts =
                    part.column == .fieldValue
                    ? fieldCounts : try reader.sealedCounts(part.column)
                for count in counts {
                    if let fields = part.fields, !fields.contains(FieldID(count.field)) {
                        continue
                    }
                    let version = [UInt8(count.version >> 8), UInt8(count.version & 0xFF)]
                    if [count.suite] + version != prefix { left += count.count }
                }
            }
            return left
        }
    }

    /// Walks every column of the class until nothing that can be opened is left under an old version.
    ///
    /// - Returns: How many values belong to forgotten residents.
    private func reseal(
        _ job: inout KeyJob, _ progress: KeyProgressCall
    ) throws(GatewayError) -> Int {
        let prefix = try newestPrefix(of: job.name)
        var gone = 0
        for part in registry.parts(of: job.name) {
            // A value that was replaced while its batch was under way is under the new key already.
            gone += try walk(part.column, fields: part.fields, prefix: prefix, &job, progress)
        }
        return gone
    }

    private func walk(
        _ column: SealedColumn, fields: [FieldID]?, prefix: [UInt8], _ job: inout KeyJob,
        _ progress: KeyProgressCall
    ) throws(GatewayError) -> Int {
        var filter = SealedFilter(
            column: column, fields: fields, notUnder: prefix, limit: batchMax)
        var gone = 0
        while true {
            let batch = try parts.store.read { reader throws(GatewayError) in
                try registry.read(filter, from: reader)
            }
            guard let last = batch.lastPlace else { return gone }
            let envelopes = try inCrypto { () throws(FieldCryptoError) in
                try parts.keyring.reseal(batch.values)
            }
            gone += envelopes.emptyCount
            let before = job
            job = try parts.store.write { writer throws(GatewayError) in
                var kept = before
                kept.done += Int64(try writer.replaceSealed(column, batch.cells, by: envelopes))
                try writer.keep(kept)
                return kept
            }
            filter.after = last
            try progress(job)
        }
    }
}
