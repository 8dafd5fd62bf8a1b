import JSONText
import TransparencyLog

extension AuditDraft {
    /// Somebody had details of the log opened.
    ///
    /// - Parameters:
    ///   - reading: Who and why.
    ///   - filter: What was asked for, without anything that names a person or a case.
    ///   - count: How many entries were shown.
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
}
