import FieldCrypto
import JSONText
import TransparencyLog

extension AuditDraft {
    /// Somebody had details of the log opened.
    ///
    /// - Parameters:
    ///   - reading: Who and why.
    ///   - filter: What was asked for, without anything that names a person or a case.
    ///   - count: How many entries were shown.
    /// - Returns: An entry that concerns no resident.
    static func auditRead(_ reading: AuditReading, filter: String, count: Int) -> AuditDraft {
        AuditDraft(
            type: .auditRead, decision: .none,
            operational: .object([
                "format": .string("hangu/audit-read/1"), "officer": .string(reading.officer),
                "reason": .string(reading.reason.rawValue),
                "reference": .string(reading.reference), "filter": .string(filter),
                "count": .integer(count),
            ]), subject: nil)
    }

    /// Old entries were removed from the beginning of the log.
    ///
    /// - Parameters:
    ///   - reading: Who had it done, and why.
    ///   - first: The first entry that went.
    ///   - minimum: The first entry that is left.
    ///   - holds: What was held; by number and digest, without the cases' names.
    /// - Returns: An entry that concerns no resident.
    static func prune(
        _ reading: AuditReading, first: UInt64, minimum: UInt64, holds: LegalHolds
    ) -> AuditDraft {
        let digest = sha256(Array(holds.cases.joined(separator: "\n").utf8)).description
        return AuditDraft(
            type: .admin, decision: .none,
            operational: .object([
                "format": .string("hangu/prune/1"), "officer": .string(reading.officer),
                "reason": .string(reading.reason.rawValue),
                "reference": .string(reading.reference), "first": .integer(Int(clamping: first)),
                "minimum": .integer(Int(clamping: minimum)),
                "holds": .integer(holds.cases.count), "holdsDigest": .string(digest),
            ]), subject: nil)
    }

    /// Entries were taken away as evidence.
    static func evidence(
        _ request: EvidenceRequest, manifestDigest: String, count: Int
    ) -> AuditDraft {
        let reading = request.reading
        return AuditDraft(
            type: .auditRead, decision: .none,
            operational: .object([
                "format": .string("hangu/evidence/1"), "officer": .string(reading.officer),
                "reason": .string(reading.reason.rawValue),
                "reference": .string(reading.reference), "filter": .string(request.loggedText),
                "withheld": .array(
                    request.withheld.map(\.rawValue).sorted().map { .string($0) }),
                "count": .integer(count), "manifest": .string(manifestDigest),
            ]), subject: nil)
    }
}
