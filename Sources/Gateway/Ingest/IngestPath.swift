import FieldCrypto
package import ResidentModel

/// The first data path: connector, mapper, linker, sealer, vault.
///
/// Everything of one batch is stored in one transaction with its cursor and its audit entry. A pull that is killed
/// and run again therefore ends in the same state as one that was not.
package struct IngestPath: Sendable {
    private let parts: GatewayParts

    package init(_ parts: GatewayParts) { self.parts = parts }

    /// Pulls one stream to its end.
    ///
    /// - Parameters:
    ///   - stream: The stream's mapping.
    ///   - location: Where the stream stands in this delivery.
    ///   - source: The connector.
    ///   - limits: How much one batch may hold.
    ///   - progress: Called after each batch with the report so far; a true answer stops the pull, and what
    ///     was stored stays stored.
    /// - Returns: The stream's counts.
    /// - Throws: ``GatewayError``; batches before the fault are stored.
    package func pull(
        _ stream: StreamMapping, at location: String, from source: any RecordSource,
        limits: ReadLimits = ReadLimits(), progress: (StreamReport) -> Bool
    ) throws(GatewayError) -> StreamReport {
        let name = StreamName(source: source.name, stream: stream.name)
        let mapper = RecordMapper(
            stream: stream, location: location, catalogue: parts.catalogue, today: parts.clock.today
        )
        let before = try parts.store.read { reader throws(GatewayError) in
            try reader.cursor(of: name)
        }
        let reader: any RecordReader
        do { reader = try source.open(mapper.request, after: before, limits: limits) } catch {
            throw .source(error)
        }
        var report = StreamReport(stream: name, columnsNotTaken: reader.columnsNotTaken)
        var cursor = before
        while let raw = try Self.next(of: reader) {
            cursor = try take(mapper.map(raw), of: name, report: &report)
            if progress(report) { throw .stopped }
        }
        report.columnsNotTaken = reader.columnsNotTaken
        if let cursor, cursor != before {
            try parts.store.write { writer throws(GatewayError) in
                try writer.setCursor(cursor, of: name)
            }
        }
        return report
    }

    private static func next(of reader: any RecordReader) throws(GatewayError) -> RawBatch? {
        do { return try reader.next() } catch { throw .source(error) }
    }

    /// Links, seals and stores one batch; anew where keys or residents changed while it was under way, since it was
    /// then sealed under a key, or linked to a resident, that is about to be destroyed.
    private func take(
        _ mapped: MappedBatch, of name: StreamName, report: inout StreamReport
    ) throws(GatewayError) -> SourceCursor {
        while true {
            let generation = try parts.store.read { reader throws(GatewayError) in
                try reader.ringGeneration()
            }
            try parts.ringWatch.follow(generation, parts.keyring)
            let batch = try link(mapped, of: name)
            guard let counts = try keep(batch, of: name, generation: generation) else { continue }
            report.add(read: batch)
            report.add(stored: counts)
            return batch.cursor
        }
    }

    private func link(
        _ batch: MappedBatch, of name: StreamName
    ) throws(GatewayError) -> LinkedBatch {
        let linker = Linker(
            keyring: parts.keyring, catalogue: parts.catalogue, tenant: parts.tenant,
            newID: { () throws(GatewayError) in try newResidentID(parts.random) })
        return try parts.store.read { reader throws(GatewayError) in
            try linker.link(batch, of: name, store: reader)
        }
    }

    /// Stores one batch, or nothing where it brings nothing new.
    ///
    /// - Returns: What it changed; nil where the ring is no longer of that generation, and nothing was stored.
    private func keep(
        _ batch: LinkedBatch, of name: StreamName, generation: Int64
    ) throws(GatewayError) -> BatchCounts? {
        guard !batch.records.isEmpty || !batch.refused.isEmpty else { return BatchCounts() }
        let number = try parts.store.read { reader throws(GatewayError) in
            try reader.nextBatchNumber()
        }
        let sealed = try Sealer(
            keyring: parts.keyring, catalogue: parts.catalogue, tenant: parts.tenant
        ).seal(batch, of: name, number: number)
        let minute = parts.clock.minute
        return try parts.store.write { writer throws(GatewayError) -> BatchCounts? in
            guard try writer.ringGeneration() == generation else { return nil }
            let counts = try VaultBatch(sealed, stream: name, minute: minute).store(in: writer)
            guard counts.hasChanges else { return counts }
            try writer.setCursor(sealed.cursor, of: name)
            try writer.finishBatch(number)
            _ = try parts.log.append(
                [.ingest(name, batch: number, counts: counts)], in: writer)
            return counts
        }
    }
}

/// A new random identifier.
func newResidentID(_ random: any RandomSource) throws(GatewayError) -> ResidentID {
    let bytes = try randomBytes(16, from: random)
    guard let id = ResidentID(bytes: bytes) else { preconditionFailure("16 bytes make an id") }
    return id
}

/// Random bytes of the gateway's source.
func randomBytes(_ count: Int, from random: any RandomSource) throws(GatewayError) -> [UInt8] {
    do { return try random.bytes(count) } catch { throw .crypto(error) }
}
