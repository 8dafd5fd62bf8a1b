import FieldCrypto
import Linkage
package import ResidentModel

/// One batch in which every value is sealed on its own; only ``Sealer`` makes one.
package struct SealedBatch: Sendable {
    package let number: Int64
    package let records: [SealedLinkedRecord]
    package let quarantined: [QuarantinedRecord]
    package let cursor: SourceCursor
    package let unchangedCount: Int
    package let neverIngestCount: Int

    fileprivate init(
        number: Int64, records: [SealedLinkedRecord], quarantined: [QuarantinedRecord],
        linked: LinkedBatch
    ) {
        self.number = number
        self.records = records
        self.quarantined = quarantined
        cursor = linked.cursor
        unchangedCount = linked.unchangedCount
        neverIngestCount = linked.neverIngestCount
    }
}

/// A linked record with its values sealed, and without any of them in clear.
package struct SealedLinkedRecord: Sendable {
    package let sealed: SealedRecord
    package let target: LinkTarget
    package let isReplacement: Bool
    package let claims: [(index: String, entry: BlindIndexEntry)]
    package let doubts: [String]
    package let candidate: LinkTarget?
    /// The values that a person must confirm before a predicate over them says yes, by field and digest.
    package let confirmations: [(field: FieldID, digest: [UInt8])]
}

/// Seals every value under its resident's and its class's key.
///
/// Keys of new residents are durable before the batch that uses them is stored. A crash in between leaves keys
/// that nothing was sealed with; the next pull removes them.
struct Sealer {
    let keyring: Keyring
    let catalogue: Catalogue
    let tenant: String
    /// By the field's position in the catalogue.
    private let valueColumns: [FieldColumn]
    private let recordColumn: FieldColumn
    private let confirmable: [PredicateDefinition]

    init(keyring: Keyring, catalogue: Catalogue, tenant: String) {
        self.keyring = keyring
        self.catalogue = catalogue
        self.tenant = tenant
        valueColumns = catalogue.fields.map { valueColumn(tenant: tenant, field: $0) }
        recordColumn = FieldColumn(
            tenant: tenant, table: "record", field: "record.key",
            fieldClass: Self.provenanceClass)
        confirmable = catalogue.predicates.values.filter(\.needsConfirmation)
    }

    /// The class of what names a record at its source.
    static let provenanceClass = "provenance"
    /// The class of refused records.
    static let quarantineClass = "quarantine"
    /// How many records a batch may hold at most, so that record versions stay unique.
    static let recordsMax: Int64 = 1 << 20

    func seal(
        _ batch: LinkedBatch, of stream: StreamName, number: Int64
    ) throws(GatewayError) -> SealedBatch {
        let digests = RecordDigests(keyring: keyring)
        var refusedDigests: [[UInt8]?] = []
        for record in batch.refused {
            refusedDigests.append(
                try record.key.map { key throws(GatewayError) in
                    try digests.key(key, of: stream)
                })
        }
        let confirmations = try batch.records.map { record throws(GatewayError) in
            try self.confirmations(of: record)
        }
        do {
            var newResidents: [ResidentKeyID] = []
            for record in batch.records {
                if case .new(let id) = record.target { newResidents.append(id.keyID) }
            }
            try keyring.ensureResidentKeys(newResidents)
            let sealed = try keyring.seal(
                plaintexts(of: batch, number: number),
                alsoCommitting: newResidents.map { ($0, AuditLog.subjectClass) })
            return SealedBatch(
                number: number,
                records: assemble(
                    batch, number: number, sealed: sealed, confirmations: confirmations),
                quarantined: try zip(batch.refused, refusedDigests).enumerated().map {
                    index, refusal throws(FieldCryptoError) in
                    try quarantine(
                        refusal.0, keyDigest: refusal.1,
                        version: version(batch.records.count + index, number: number))
                }, linked: batch)
        } catch { throw .crypto(error) }
    }

    private func version(_ index: Int, number: Int64) -> Int64 {
        number * Self.recordsMax + Int64(index)
    }

    private func plaintexts(of batch: LinkedBatch, number: Int64) -> ValuesToSeal {
        var values = ValuesToSeal()
        values.reserve(
            count: batch.records.count * 16, byteCount: batch.records.count * 16 * 16)
        for (index, linked) in batch.records.enumerated() {
            let version = version(index, number: number)
            let id = linked.target.id.keyID
            values.append(
                linked.record.key.utf8,
                at: FieldAddress(recordColumn, resident: id, recordVersion: version),
                padding: .bucket16)
            for value in linked.record.values {
                values.append(
                    value.text.utf8,
                    at: FieldAddress(
                        valueColumns[value.fieldIndex], resident: id, recordVersion: version),
                    padding: catalogue.fields[value.fieldIndex].kind.padding)
            }
        }
        return values
    }

    private func assemble(
        _ batch: LinkedBatch, number: Int64, sealed: PackedBytes,
        confirmations: [[(field: FieldID, digest: [UInt8])]]
    ) -> [SealedLinkedRecord] {
        var next = 0
        func envelope() -> ArraySlice<UInt8> {
            next += 1
            return sealed[next - 1]
        }
        return batch.records.enumerated().map { index, linked in
            let sealedKey = envelope()
            let values = linked.record.values.map { value in
                SealedField(field: catalogue.fields[value.fieldIndex].id, sealed: envelope())
            }
            return SealedLinkedRecord(
                sealed: SealedRecord(
                    keyDigest: linked.keyDigest, contentDigest: linked.contentDigest,
                    version: version(index, number: number),
                    observedAt: linked.record.observedAt, sealedKey: sealedKey, values: values),
                target: linked.target, isReplacement: linked.isReplacement, claims: linked.claims,
                doubts: linked.doubts.map(\.rawValue), candidate: linked.candidate,
                confirmations: confirmations[index])
        }
    }

    /// Values of the record on which a yes can rest that only a person may confirm.
    private func confirmations(
        of linked: LinkedRecord
    ) throws(GatewayError) -> [(field: FieldID, digest: [UInt8])] {
        var found: [FieldID: [UInt8]] = [:]
        for predicate in confirmable {
            var evidence: [FieldID: [PredicateEvidence]] = [:]
            for value in linked.record.values {
                let field = catalogue.fields[value.fieldIndex].id
                guard predicate.fields.contains(field) else { continue }
                evidence[field, default: []].append(
                    PredicateEvidence(
                        text: value.text, source: "", observedAt: linked.record.observedAt))
            }
            if evidence.isEmpty { continue }
            let result = predicate.expression.result(
                from: evidence, freshnessDays: { _ in nil }, on: linked.record.observedAt)
            if result.answer == .no { continue }
            for (field, values) in evidence {
                for value in values {
                    found[field] = try ValueDigest.of(
                        value.text, field: field, resident: linked.target.id, keyring: keyring)
                }
            }
        }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func quarantine(
        _ record: RefusedRecord, keyDigest: [UInt8]?, version: Int64
    ) throws(FieldCryptoError) -> QuarantinedRecord {
        var sealed: [UInt8]?
        if !record.cells.isEmpty {
            let cells = record.cells.map { $0 ?? "" }.joined(separator: "\u{1F}")
            sealed = try keyring.seal(
                Array(cells.utf8),
                at: FieldAddress(
                    tenant: tenant, table: "quarantine", resident: nil, field: "cells",
                    fieldClass: Self.quarantineClass, recordVersion: version), padding: .bucket32)
        }
        return QuarantinedRecord(
            position: record.position, keyDigest: keyDigest, findings: record.findings,
            sealed: sealed, version: version)
    }
}

extension FieldKind {
    /// The bucket that hides a value's length.
    var padding: ValuePadding {
        switch self {
        case .text: .bucket32
        case .citizenNumber, .code, .date, .flag, .integer, .decimal, .division, .telephone:
            .bucket16
        }
    }
}
