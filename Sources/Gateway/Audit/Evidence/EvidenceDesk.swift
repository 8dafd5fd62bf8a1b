import FieldCrypto
import JSONText
import TransparencyLog

/// Takes entries out of the log as a bundle that proves itself.
///
/// A bundle is a disclosure: the entry about it is durable before a byte of it is handed out, and holds the digest of the
/// bundle's manifest. The receipt for that entry lies in the bundle, so every file of it hangs on the log's signature.
package struct EvidenceDesk: Sendable {
    private let parts: GatewayParts
    private let trail: AuditTrail

    package init(_ parts: GatewayParts, index: any AuditIndexStore) {
        self.parts = parts
        trail = AuditTrail(parts, index: index)
    }

    /// Makes a bundle.
    ///
    /// - Throws: ``GatewayError``; where it throws, nothing was disclosed, though the log may say so.
    package func bundle(
        _ request: EvidenceRequest, texts: EvidenceTexts
    ) throws(GatewayError) -> EvidenceBundle {
        let lines = try wanted(request)
        let related = try EvidenceRelations(parts: parts, trail: trail).related(to: lines)
        guard lines.count + related.count <= EvidenceRequest.entriesMax else {
            throw .request(
                .tooMany(
                    "entries in one bundle, with those that belong to them",
                    max: EvidenceRequest.entriesMax))
        }
        let content = try parts.store.read { reader throws(GatewayError) in
            let newest = (lines.map(\.index) + related.map(\.line.index)).max() ?? 0
            let checkpoint = try checkpoint(request.size, covering: newest, in: reader)
            return try EvidenceContent(
                request, lines: lines, related: related, checkpoint: checkpoint, parts: parts,
                reader: reader)
        }
        var files = try content.files(texts: texts)
        let manifest = content.manifest(of: files).canonicalBytes
        let digest = sha256(manifest).description
        files["manifest.json"] = manifest
        let receipt = try parts.write { writer throws(GatewayError) in
            try parts.log.append(
                [.evidence(request, manifestDigest: digest, count: content.entryCount)], in: writer)
        }.first
        guard let receipt else { preconditionFailure("a draft gets a receipt") }
        for (name, bytes) in try self.receipt(receipt.index, from: content.size) {
            files[name] = bytes
        }
        return EvidenceBundle(
            archive: try StoredZip.archive(files), entry: receipt.index,
            entryCount: content.entryCount, manifestDigest: digest)
    }

    /// The entries asked for, in order.
    private func wanted(_ request: EvidenceRequest) throws(GatewayError) -> [AuditLine] {
        var lines: [UInt64: AuditLine] = [:]
        for number in request.entries {
            guard let line = try trail.opened(number) else {
                throw .request(try trail.missing(number))
            }
            lines[number] = line
        }
        if let filter = request.filter {
            let below = request.size ?? .max
            let found = try trail.search(
                filter, below: below, limit: EvidenceRequest.entriesMax + 1, isOpening: true)
            for line in found { lines[line.index] = line }
        }
        guard !lines.isEmpty else { throw .request(.empty("the list of entries")) }
        guard lines.count <= EvidenceRequest.entriesMax else {
            throw .request(.tooMany("entries in one bundle", max: EvidenceRequest.entriesMax))
        }
        if let size = request.size, let beyond = lines.keys.filter({ $0 >= size }).min() {
            throw .request(.noSuchEntry(beyond))
        }
        return lines.values.sorted { $0.index < $1.index }
    }

    /// The checkpoint to prove under, with its witnesses' lines where there are any.
    private func checkpoint(
        _ size: UInt64?, covering newest: UInt64, in reader: any StoreReader
    ) throws(GatewayError) -> StoredCheckpoint {
        guard let size else {
            let files = LogFiles(log: parts.log, reader: reader)
            guard let found = try files.checkpoint(covering: newest) else {
                throw .request(.noSuchEntry(newest))
            }
            return found
        }
        let cosigned = try reader.cosigned(of: size)
        let kept = try reader.checkpoints(from: size, limit: 1).first { $0.size == size }
        guard let found = cosigned ?? kept else {
            throw .request(
                .unreadable("no checkpoint was signed for \(size) entries; name one that was"))
        }
        return found
    }

    /// What shows that the log has the entry about the bundle.
    private func receipt(
        _ number: UInt64, from size: UInt64
    ) throws(GatewayError) -> [String: [UInt8]] {
        try parts.store.read { reader throws(GatewayError) in
            guard let entry = try reader.entries(from: number, limit: 1).first,
                let checkpoint = try reader.newestCheckpoint()
            else { throw .request(.noSuchEntry(number)) }
            let record = try EvidenceRecord(
                entry, role: "receipt", withheld: [], parts: parts, reader: reader)
            let proofs = EvidenceProofs(checkpoint: checkpoint, reader: reader)
            return [
                "receipt/record.json": record.json.canonicalBytes,
                "receipt/record.tlog-proof": try proofs.inclusion(of: number),
                "receipt/consistency.txt": try proofs.consistency(from: size),
            ]
        }
    }
}

/// Proofs under one checkpoint.
struct EvidenceProofs {
    let checkpoint: StoredCheckpoint
    let reader: any AuditReader

    private var tree: TiledTree<StoredTiles> {
        TiledTree(size: checkpoint.size, reader: StoredTiles(reader))
    }

    func inclusion(of number: UInt64) throws(GatewayError) -> [UInt8] {
        let proof = try inLog { () throws(TransparencyLogError) in
            try tree.inclusionProof(of: number)
        }
        return ProofFile(
            index: number, hashes: proof.hashes, checkpoint: Array(checkpoint.note.utf8)
        ).bytes
    }

    func consistency(from size: UInt64) throws(GatewayError) -> [UInt8] {
        Array(
            try inLog { () throws(TransparencyLogError) in
                try tree.consistencyProof(from: size)
            }.text.utf8)
    }
}
