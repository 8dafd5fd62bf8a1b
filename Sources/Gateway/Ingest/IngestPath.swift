import FieldCrypto
package import ResidentModel

/// The first data path: connector, mapper, linker, sealer, vault.
///
/// Everything of one batch is stored in one transaction with its cursor and its audit entry. A pull that is killed
/// and run again therefore ends in the same state as one that was not.
package struct IngestPath: Sendable {
    private let store: any GatewayStore
    private let keyring: Keyring
    private let catalogue: Catalogue
    private let tenant: String
    private let log: AuditLog
    private let clock: GatewayClock
    private let random: any RandomSource

    package init(_ parts: GatewayParts) {
        store = parts.store
        keyring = parts.keyring
        catalogue = parts.catalogue
        tenant = parts.tenant
        log = parts.log
        clock = parts.clock
        random = parts.random
    }

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
            stream: stream, location: location, catalogue: catalogue, today: clock.today)
        let before = try store.read { reader throws(GatewayError) in try reader.cursor(of: name) }
        let reader: any RecordReader
        do { reader = try source.open(mapper.request, after: before, limits: limits) } catch {
            throw .source(error)
        }
        var report = StreamReport(stream: name, columnsNotTaken: reader.columnsNotTaken)
        var cursor = before
        while let raw = try Self.next(of: reader) {
            let batch = try link(mapper.map(raw), of: name)
            cursor = batch.cursor
            try keep(batch, of: name, report: &report)
            if progress(report) { throw .stopped }
        }
        report.columnsNotTaken = reader.columnsNotTaken
        if let cursor, cursor != before {
            try store.write { writer throws(GatewayError) in
                try writer.setCursor(cursor, of: name)
            }
        }
        return report
    }

    private static func next(of reader: any RecordReader) throws(GatewayError) -> RawBatch? {
        do { return try reader.next() } catch { throw .source(error) }
    }

    private func link(
        _ batch: MappedBatch, of name: StreamName
    ) throws(GatewayError) -> LinkedBatch {
        let linker = Linker(
            keyring: keyring, catalogue: catalogue, tenant: tenant,
            newID: { () throws(GatewayError) in try newResidentID(random) })
        return try store.read { reader throws(GatewayError) in
            try linker.link(batch, of: name, store: reader)
        }
    }

    /// Stores one batch, or nothing where it brings nothing new.
    private func keep(
        _ batch: LinkedBatch, of name: StreamName, report: inout StreamReport
    ) throws(GatewayError) {
        report.add(read: batch)
        guard !batch.records.isEmpty || !batch.refused.isEmpty else { return }
        let number = try store.read { reader throws(GatewayError) in try reader.nextBatchNumber() }
        let sealed = try Sealer(keyring: keyring, catalogue: catalogue, tenant: tenant)
            .seal(batch, of: name, number: number)
        let minute = clock.minute
        let counts = try store.write { writer throws(GatewayError) in
            let counts = try VaultBatch(sealed, stream: name, minute: minute).store(in: writer)
            guard counts.hasChanges else { return counts }
            try writer.setCursor(sealed.cursor, of: name)
            try writer.finishBatch(number)
            _ = try log.append([.ingest(name, batch: number, counts: counts)], in: writer)
            return counts
        }
        report.add(stored: counts)
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
