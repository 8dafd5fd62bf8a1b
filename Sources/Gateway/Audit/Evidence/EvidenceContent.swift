import FieldCrypto
import JSONText
import TransparencyLog

/// The files of a bundle but for its manifest and receipt, all from one state of the store.
struct EvidenceContent {
    let size: UInt64
    private let request: EvidenceRequest
    private let parts: GatewayParts
    private let checkpoint: StoredCheckpoint
    private let records: [EvidenceRecord]
    private let proofs: [String: [UInt8]]
    private let lines: [AuditLine]
    private let key: String

    var entryCount: Int { records.count }

    init(
        _ request: EvidenceRequest, lines: [AuditLine], related: [RelatedEntry],
        checkpoint: StoredCheckpoint, parts: GatewayParts, reader: any StoreReader
    ) throws(GatewayError) {
        self.request = request
        self.parts = parts
        self.checkpoint = checkpoint
        size = checkpoint.size
        let log = try parts.log.noteKey(in: reader)
        key = log.encoded
        guard Self.isSigned(checkpoint, by: log) else {
            throw .request(
                .unreadable(
                    "the checkpoint of \(checkpoint.size) entries was signed before the log's key changed"
                ))
        }
        let roles = Dictionary(
            lines.map { ($0.index, "asked") } + related.map { ($0.line.index, $0.role) },
            uniquingKeysWith: { first, _ in first })
        let all = (lines + related.map(\.line)).filter { $0.index < checkpoint.size }
            .sorted { $0.index < $1.index }
        self.lines = all
        let prover = EvidenceProofs(checkpoint: checkpoint, reader: reader)
        var records: [EvidenceRecord] = []
        var proofs: [String: [UInt8]] = [:]
        for line in all {
            guard let entry = try reader.entries(from: line.index, limit: 1).first,
                entry.index == line.index
            else { throw .request(.noSuchEntry(line.index)) }
            records.append(
                try EvidenceRecord(
                    entry, role: roles[line.index] ?? "", withheld: request.withheld, parts: parts,
                    reader: reader))
            proofs["proofs/\(line.index).tlog-proof"] = try prover.inclusion(of: line.index)
        }
        proofs["proofs/checkpoint"] = Array(checkpoint.note.utf8)
        if let first = all.first?.index,
            let earliest = try reader.checkpoints(from: first + 1, limit: 1).first,
            earliest.size <= checkpoint.size, Self.isSigned(earliest, by: log)
        {
            proofs["proofs/checkpoint.first"] = Array(earliest.note.utf8)
            proofs["proofs/consistency.txt"] = try prover.consistency(from: earliest.size)
        }
        self.records = records
        self.proofs = proofs
    }

    private static func isSigned(_ checkpoint: StoredCheckpoint, by log: NoteKey) -> Bool {
        do {
            return try Checkpoint.verified(Array(checkpoint.note.utf8), log: log).checkpoint.size
                > 0
        } catch {
            return false
        }
    }

    func files(texts: EvidenceTexts) throws(GatewayError) -> [String: [UInt8]] {
        var files = proofs
        files["README.txt"] = Array(texts.readme.utf8)
        files["verify.py"] = Array(texts.verifier.utf8)
        files["keys/log.vkey"] = Array((key + "\n").utf8)
        files["records.ndjson"] = Array(
            records.map { $0.json.canonicalText + "\n" }.joined().utf8)
        let explained = lines.map { texts.explain(shown($0)) }
        files["explanations.txt"] = Array(
            explained.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n").utf8)
        files["report.html"] = Array(EvidenceReport.html(explained, origin: parts.log.origin).utf8)
        files["report.csv"] = Array(EvidenceReport.csv(lines.map(shown)).utf8)
        for hash in Set(records.compactMap(\.bundleHash)) {
            files.merge(policies(hash)) { $1 }
        }
        return files
    }

    /// The bundle's list of contents; its digest stands in the log.
    func manifest(of files: [String: [UInt8]]) -> JSONValue {
        let digests = files.mapValues { JSONValue.string(sha256($0).description) }
        let missing = Set(records.compactMap(\.bundleHash)).subtracting([parts.policies.hash])
        return .object([
            "format": .string("hangu/evidence-manifest/1"), "log": .string(parts.log.origin),
            "size": .integer(Int(clamping: size)), "entries": .integer(records.count),
            "officer": .string(request.reading.officer),
            "reason": .string(request.reading.reason.rawValue),
            "reference": .string(request.reading.reference),
            "query": .string(request.loggedText),
            "withheld": .array(
                request.withheld.map(\.rawValue).sorted().map { .string($0) }),
            "policiesMissing": .array(missing.sorted().map { .string($0) }),
            "files": .object(
                JSONObject(
                    distinctMembers: digests.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })),
        ])
    }

    /// A line without the parts that are withheld, so that no text tells what no record shows.
    private func shown(_ line: AuditLine) -> AuditLine { line.without(request.withheld) }

    /// The rules and catalogue of one hash, where they are at hand.
    private func policies(_ hash: String) -> [String: [UInt8]] {
        guard hash == parts.policies.hash else { return [:] }
        return Dictionary(
            uniqueKeysWithValues: parts.policies.files.map {
                ("policies/\(hash)/\($0.path)", Array($0.text.utf8))
            })
    }
}

extension EvidenceRequest {
    /// What was asked for, without what names a person or case.
    var loggedText: String {
        var texts: [String] = []
        if !entries.isEmpty {
            texts.append("entries=\(Set(entries).sorted().map(String.init).joined(separator: ","))")
        }
        if let filter { texts.append(filter.loggedText) }
        return texts.joined(separator: " ")
    }
}
