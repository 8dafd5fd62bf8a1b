import FieldCrypto
package import JSONText
import ResidentModel
import TransparencyLog

/// Sealing and opening of the details behind the leaves: salt, then canonical JSON.
struct AuditDetails: Sendable {
    let keyring: Keyring
    private let operational: FieldColumn
    private let subject: FieldColumn

    init(keyring: Keyring, tenant: String) {
        self.keyring = keyring
        operational = FieldColumn(
            tenant: tenant, table: "audit_entry", field: "operational",
            fieldClass: AuditLog.operationalClass)
        subject = FieldColumn(
            tenant: tenant, table: "audit_entry", field: "subject",
            fieldClass: AuditLog.subjectClass)
    }

    func addOperational(_ detail: [UInt8], index: UInt64, to values: inout ValuesToSeal) {
        values.append(detail, at: operationalAddress(index), padding: .bucket32)
    }

    func addSubject(
        _ detail: [UInt8], of resident: ResidentID, index: UInt64, to values: inout ValuesToSeal
    ) {
        values.append(detail, at: subjectAddress(resident, index), padding: .bucket32)
    }

    /// The opened operational detail, found to be what the leaf commits to.
    func operational(
        of entry: AuditEntry, leaf: AuditLeaf
    ) throws(GatewayError) -> OpenedDetail {
        let bytes = try inCrypto { () throws(FieldCryptoError) in
            try keyring.open(entry.operational, at: operationalAddress(entry.index))
        }
        return try OpenedDetail(bytes, commitment: leaf.operationCommitment, entry: entry.index)
    }

    /// The opened subject detail; nil where the resident's key is destroyed.
    func subject(
        of entry: AuditEntry, leaf: AuditLeaf, resident: ResidentID
    ) throws(GatewayError) -> OpenedDetail? {
        guard let sealed = entry.subject, let subject = leaf.subject else { return nil }
        let bytes: [UInt8]
        do { bytes = try keyring.open(sealed, at: subjectAddress(resident, entry.index)) } catch {
            if case .residentKeyDestroyed = error { return nil }
            throw .crypto(error)
        }
        return try OpenedDetail(bytes, commitment: subject.commitment, entry: entry.index)
    }

    private func operationalAddress(_ index: UInt64) -> FieldAddress {
        FieldAddress(operational, resident: nil, recordVersion: Int64(clamping: index))
    }

    private func subjectAddress(_ resident: ResidentID, _ index: UInt64) -> FieldAddress {
        FieldAddress(subject, resident: resident.keyID, recordVersion: Int64(clamping: index))
    }
}

/// A detail that is what its leaf commits to.
package struct OpenedDetail: Sendable {
    package let value: JSONValue
    /// With the salt, what the commitment in the leaf can be computed from.
    package let detail: [UInt8]
    package let salt: [UInt8]

    init(
        _ bytes: [UInt8], commitment: SHA256Digest, entry: UInt64
    ) throws(GatewayError) {
        let salt = Array(bytes.prefix(AuditCommitment.saltByteCount))
        let detail = Array(bytes.dropFirst(AuditCommitment.saltByteCount))
        self.salt = salt
        self.detail = detail
        let found = try inLog { () throws(TransparencyLogError) in
            try AuditCommitment.commitment(to: detail, salt: salt)
        }
        guard found == commitment else {
            throw .store(
                .corrupt(what: "the detail of entry \(entry) is not what its leaf commits to"))
        }
        do { value = try JSONValue(parsing: detail) } catch {
            throw .store(.corrupt(what: "the detail of entry \(entry) is no JSON: \(error)"))
        }
    }
}
