import FieldCrypto
import ResidentModel
package import TransparencyLog

/// What a check of the whole log found.
package struct AuditVerification: Sendable {
    /// What anybody can check with the public key alone.
    package let log: LogReport
    /// Details that were opened and found to be what their leaves commit to.
    package let detailsChecked: Int
    /// Details of residents whose key is destroyed: their commitments stay, their content is gone.
    package let detailsGone: Int
    /// Faults of details and of residents' chains, by entry.
    package let faults: [String]
    /// What was found of cosigned checkpoints; nil of a published log.
    package let cosigned: CosignedCheckpoints.Summary?

    package var isSound: Bool { log.isSound && faults.isEmpty }

    init(
        log: LogReport, detailsChecked: Int, detailsGone: Int, faults: [String],
        cosigned: CosignedCheckpoints.Summary? = nil
    ) {
        self.cosigned = cosigned
        self.log = log
        self.detailsChecked = detailsChecked
        self.detailsGone = detailsGone
        self.faults = faults
    }

    /// What can be said of a published log, which has no details.
    package init(published log: LogReport) {
        self.init(log: log, detailsChecked: 0, detailsGone: 0, faults: [])
    }
}

/// Checks, proves and exports the log of a home.
package struct AuditDesk: Sendable {
    let log: AuditLog
    let store: any GatewayStore

    package init(_ parts: GatewayParts) { self.init(log: parts.log, store: parts.store) }

    package init(log: AuditLog, store: any GatewayStore) {
        self.log = log
        self.store = store
    }

    /// Replays every entry, tile and checkpoint, and opens every detail that can be opened.
    ///
    /// - Parameter policy: Whose cosignatures are checked, beside the log's own signature under each.
    /// - Returns: What was checked, and every fault found.
    /// - Throws: ``GatewayError`` where the store cannot be read.
    package func verify(policy: WitnessPolicy? = nil) throws(GatewayError) -> AuditVerification {
        try store.read { reader throws(GatewayError) in
            let key = try log.noteKey(in: reader)
            var failure: GatewayError?
            let files = LogFiles(log: log, reader: reader)
            let history = try log.history(in: reader)
            let earlier = try KeptCheckpoints(keys: history, reader: reader)
            let cosigned = try CosignedCheckpoints(keys: history, policy: policy, reader: reader)
            let report = LogReplay.run(
                log: key, earlier: earlier.checkpoints + cosigned.checkpoints,
                minimum: try files.minimum(),
                read: { path in
                    do throws(GatewayError) { return try files.content(of: path) } catch {
                        failure = error
                        return nil
                    }
                }, checkEntry: LogReplay.auditLeafFault)
            if let failure { throw failure }
            var details = DetailVerification(details: log.details, reader: reader)
            try details.run()
            var faults = earlier.faults + cosigned.faults + details.faults
            faults += try ResidentMap.faults(in: reader, details: log.details)
            let size = try reader.treeSize()
            if let checkpoint = report.checkpoint, checkpoint.size != size {
                faults.append(
                    "the log has \(size) entries, its newest checkpoint \(checkpoint.size)")
            }
            faults += try nationalFaults(reader)
            do { _ = try log.head(of: reader) } catch { faults.append("at the start: \(error)") }
            return AuditVerification(
                log: report, detailsChecked: details.checkedCount,
                detailsGone: details.goneCount, faults: faults, cosigned: cosigned.summary)
        }
    }

    /// What is wrong with the SM2 signature of the newest checkpoint, in a home that has the key.
    private func nationalFaults(_ reader: any AuditReader) throws(GatewayError) -> [String] {
        guard let key = try log.nationalNoteKey(),
            let newest = try reader.newestCheckpoint()
        else { return [] }
        do {
            _ = try Checkpoint.verified(Array(newest.note.utf8), log: key)
            return []
        } catch { return ["the newest checkpoint's SM2 signature: \(error)"] }
    }

    /// One entry with what can be opened of it.
    package func entry(_ index: UInt64) throws(GatewayError) -> OpenedEntry {
        try store.read { reader throws(GatewayError) in
            guard let entry = try reader.entries(from: index, limit: 1).first, entry.index == index
            else { throw .request(.noSuchEntry(index)) }
            return try OpenedEntry(entry, details: log.details, reader: reader)
        }
    }

    /// Entries with what can be opened of them, from an index on.
    package func entries(
        from index: UInt64, limit: Int
    ) throws(GatewayError) -> [OpenedEntry] {
        try store.read { reader throws(GatewayError) in
            var opened: [OpenedEntry] = []
            for entry in try reader.entries(from: index, limit: limit) {
                opened.append(try OpenedEntry(entry, details: log.details, reader: reader))
            }
            return opened
        }
    }

    /// How many entries the log has.
    package func size() throws(GatewayError) -> UInt64 {
        try store.read { reader throws(GatewayError) in try reader.treeSize() }
    }

    /// A receipt that an entry is in the log (C2SP tlog-proof), under the newest cosigned checkpoint that covers it, or
    /// else the newest one.
    package func inclusionProof(of index: UInt64) throws(GatewayError) -> [UInt8] {
        try store.read { reader throws(GatewayError) in
            let files = LogFiles(log: log, reader: reader)
            guard let checkpoint = try files.checkpoint(covering: index) else {
                throw .request(.noSuchEntry(index))
            }
            return try files.receipt(of: index, under: checkpoint)
        }
    }

    /// A proof that an earlier size is the beginning of the log, as text.
    package func consistencyProof(from oldSize: UInt64) throws(GatewayError) -> String {
        try store.read { reader throws(GatewayError) in
            let size = try reader.treeSize()
            guard oldSize <= size else { throw .request(.noSuchEntry(oldSize)) }
            return try inLog { () throws(TransparencyLogError) in
                try TiledTree(size: size, reader: StoredTiles(reader))
                    .consistencyProof(from: oldSize).text
            }
        }
    }

    /// Hands out every file of the published log, in an order in which a reader never sees a checkpoint without its
    /// tiles: bundles, tiles, `minimum-index` where entries were pruned, `vkey`, in a home of the SM family `vkey-sm2`,
    /// `checkpoint`.
    ///
    /// - Parameter write: Keeps one file; its first argument is the path below the log's folder.
    /// - Throws: ``GatewayError``, also what `write` throws; nothing is handed out of a log that is not the one that was
    ///   signed, or is older than it once was.
    package func export(
        _ write: (String, [UInt8]) throws(GatewayError) -> Void
    ) throws(GatewayError) {
        let national = try log.nationalNoteKey()
        try store.read { reader throws(GatewayError) in
            _ = try log.head(of: reader)
            let key = try log.noteKey(in: reader).encoded
            let files = LogFiles(log: log, reader: reader)
            for path in try files.paths() {
                guard let content = try files.content(of: path) else {
                    throw .store(.corrupt(what: "the log's '\(path)' is missing"))
                }
                try write(path, content)
            }
            for (number, change) in try reader.logKeys().enumerated() {
                try write("key-change/\(number + 1)", Array(change.note.utf8))
            }
            let minimum = try files.minimum()
            if minimum > 0 { try write("minimum-index", Array("\(minimum)\n".utf8)) }
            try write("vkey", Array((key + "\n").utf8))
            if let national { try write("vkey-sm2", Array((national.encoded + "\n").utf8)) }
            if let checkpoint = try files.content(of: "checkpoint") {
                try write("checkpoint", checkpoint)
            }
        }
    }
}

/// The bytes of hexadecimal text; empty where it is none.
func bytes(hexadecimal text: String) -> [UInt8] {
    let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    guard digits.count == text.utf8.count, digits.count % 2 == 0 else { return [] }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
