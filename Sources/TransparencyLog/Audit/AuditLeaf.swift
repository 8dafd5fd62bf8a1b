package import FieldCrypto

/// What an entry of the audit log is about.
///
/// The raw value is the byte in the leaf.
package enum AuditEntryType: UInt8, Hashable, Sendable, CaseIterable {
    case decision = 1
    /// What became of a decision: released, or failed.
    case outcome = 2
    case consentChange = 3
    case keyEvent = 4
    case shred = 5
    case admin = 6
    /// The daily root over all residents' entries.
    case mapRoot = 7
    case ingest = 8
    /// Somebody had details of the log opened, or took them away as evidence.
    case auditRead = 9
}

/// What was decided, or became of it.
///
/// The raw value is the byte in the leaf.
package enum AuditDecision: UInt8, Hashable, Sendable, CaseIterable {
    /// The entry is about no decision.
    case none = 0
    case allowed = 1
    case refused = 2
    case partlyAllowed = 3
    case released = 4
    case failed = 5
}

/// One entry of the audit log: 112 bytes that tell nobody anything about a person.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 1 | version, 1 |
/// | 1 | 1 | type |
/// | 2 | 1 | decision |
/// | 3 | 1 | reserved, 0 |
/// | 4 | 8 | minutes since 1970, big-endian |
/// | 12 | 4 | epoch of the policy, big-endian |
/// | 16 | 32 | commitment to the operational detail |
/// | 48 | 32 | commitment to the subject's detail; zero where there is no subject |
/// | 80 | 32 | the subject's chain; zero where there is no subject |
package struct AuditLeaf: Hashable, Sendable {
    package static let byteCount = 112
    package static let version: UInt8 = 1

    /// What an entry holds of the person it is about.
    package struct Subject: Hashable, Sendable {
        package let commitment: SHA256Digest
        /// The person's own running hash, after this entry.
        package let chain: SHA256Digest

        package init(commitment: SHA256Digest, chain: SHA256Digest) {
            self.commitment = commitment
            self.chain = chain
        }
    }

    package let type: AuditEntryType
    package let decision: AuditDecision
    /// Minutes since 1970; never finer.
    package let minute: UInt64
    package let policyEpoch: UInt32
    package let operationCommitment: SHA256Digest
    package let subject: Subject?

    package init(
        type: AuditEntryType, decision: AuditDecision, minute: UInt64, policyEpoch: UInt32,
        operationCommitment: SHA256Digest, subject: Subject?
    ) {
        self.type = type
        self.decision = decision
        self.minute = minute
        self.policyEpoch = policyEpoch
        self.operationCommitment = operationCommitment
        self.subject = subject
    }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = [Self.version, type.rawValue, decision.rawValue, 0]
        bytes.reserveCapacity(Self.byteCount)
        withUnsafeBytes(of: minute.bigEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: policyEpoch.bigEndian) { bytes.append(contentsOf: $0) }
        for part in [operationCommitment, subject?.commitment ?? .zero, subject?.chain ?? .zero] {
            part.append(to: &bytes)
        }
        return bytes
    }

    /// Reads a leaf.
    ///
    /// - Throws: ``TransparencyLogError/malformed(what:reason:)`` for another length or version, an unknown type or
    ///   decision, a reserved byte that is not 0, or a commitment without a chain.
    package init(bytes: [UInt8]) throws(TransparencyLogError) {
        guard bytes.count == Self.byteCount else {
            throw .malformed(
                what: "audit leaf", reason: "\(bytes.count) bytes, expected \(Self.byteCount)")
        }
        guard bytes[0] == Self.version else {
            throw .malformed(
                what: "audit leaf", reason: "version \(bytes[0]), expected \(Self.version)")
        }
        guard let type = AuditEntryType(rawValue: bytes[1]) else {
            throw .malformed(what: "audit leaf", reason: "type \(bytes[1]) is unknown")
        }
        guard let decision = AuditDecision(rawValue: bytes[2]) else {
            throw .malformed(what: "audit leaf", reason: "decision \(bytes[2]) is unknown")
        }
        guard bytes[3] == 0 else {
            throw .malformed(what: "audit leaf", reason: "reserved byte \(bytes[3]), expected 0")
        }
        guard let operation = SHA256Digest(bytes[16..<48]),
            let commitment = SHA256Digest(bytes[48..<80]),
            let chain = SHA256Digest(bytes[80..<112]),
            (commitment == .zero) == (chain == .zero)
        else {
            throw .malformed(
                what: "audit leaf", reason: "it has one of commitment and chain without the other")
        }
        self.init(
            type: type, decision: decision,
            minute: bytes[4..<12].reduce(0) { $0 << 8 | UInt64($1) },
            policyEpoch: bytes[12..<16].reduce(0) { $0 << 8 | UInt32($1) },
            operationCommitment: operation,
            subject: commitment == .zero ? nil : Subject(commitment: commitment, chain: chain))
    }
}
