import FieldCrypto
package import JSONText
package import TransparencyLog

/// What shows anybody that a resident was forgotten: the entry, its detail, and the proof that the log has it.
///
/// It names nobody. Its lines up to the empty one are the entry's content, what follows is a C2SP tlog-proof, so it is
/// checked offline with the log's public key alone.
package struct ShredCertificate: Sendable {
    package static let header = "hangu/shred-certificate/1"
    package let detail: JSONValue
    package let leaf: AuditLeaf
    /// Shows, with a citizen number, that it is the one meant; nil where nobody kept it.
    package let subjectSalt: [UInt8]?
    private let salt: [UInt8]
    private let proof: ProofFile

    init(
        detail: JSONValue, salt: [UInt8], leaf: AuditLeaf, proof: ProofFile,
        subjectSalt: [UInt8]?
    ) {
        self.detail = detail
        self.salt = salt
        self.leaf = leaf
        self.proof = proof
        self.subjectSalt = subjectSalt
    }

    /// The entry's number in the log.
    package var entry: UInt64 { proof.index }

    package var text: String {
        var lines = [
            Self.header, "detail \(detail.canonicalText)", "salt \(hexadecimal(salt))",
            "leaf \(hexadecimal(leaf.bytes))",
        ]
        if let subjectSalt { lines.append("subject-salt \(hexadecimal(subjectSalt))") }
        return lines.joined(separator: "\n") + "\n\n" + String(decoding: proof.bytes, as: UTF8.self)
    }

    /// Reads a certificate; nothing in it is to be believed before ``verify(log:)``.
    ///
    /// - Throws: ``GatewayError/request(_:)`` for any other form.
    package init(parsing text: String) throws(GatewayError) {
        guard let end = text.firstRange(of: "\n\n") else { throw Self.malformed }
        var values: [String: String] = [:]
        let lines = text[..<end.lowerBound].split(separator: "\n")
        guard lines.first.map(String.init) == Self.header else { throw Self.malformed }
        for line in lines.dropFirst() {
            let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
            guard parts.count == 2, values.updateValue(parts[1], forKey: parts[0]) == nil else {
                throw Self.malformed
            }
        }
        do {
            detail = try JSONValue(parsing: Array((values["detail"] ?? "").utf8))
            leaf = try AuditLeaf(bytes: bytes(hexadecimal: values["leaf"] ?? ""))
            proof = try ProofFile(parsing: Array(text[end.upperBound...].utf8))
        } catch { throw Self.malformed }
        salt = bytes(hexadecimal: values["salt"] ?? "")
        subjectSalt = values["subject-salt"].map { bytes(hexadecimal: $0) }
    }

    private static let malformed = GatewayError.request(
        .unreadable("the certificate is not of the form '\(header)'"))

    /// Checks that the log of a key has the entry, and that the entry is about a forgetting with this detail.
    ///
    /// - Throws: ``GatewayError/log(_:)`` where anything does not agree.
    package func verify(log: NoteKey) throws(GatewayError) {
        try inLog { () throws(TransparencyLogError) in
            _ = try proof.verify(entry: leaf.bytes, log: log)
            let commitment = try AuditCommitment.commitment(
                to: detail.canonicalBytes, salt: salt)
            guard commitment == leaf.operationCommitment, leaf.type == .shred else {
                throw .proof(reason: "the entry is not about this forgetting")
            }
        }
    }

    /// Whether it speaks of the resident with a citizen number; nil where nobody kept what would tell.
    package func isAbout(_ citizenNumber: String) throws(GatewayError) -> Bool? {
        guard let subjectSalt, let subject = detail["order"]?["subject"]?.string,
            !subject.isEmpty
        else { return nil }
        let commitment = try inLog { () throws(TransparencyLogError) in
            try AuditCommitment.commitment(to: Array(citizenNumber.utf8), salt: subjectSalt)
        }
        return hexadecimal(commitment.bytes) == subject
    }
}

extension Forgetting {
    /// The certificate of an entry that says that a resident was forgotten.
    ///
    /// - Parameters:
    ///   - index: The entry.
    ///   - subjectSalt: What the receipt gave, where it is still known.
    /// - Returns: The certificate, with its proof.
    /// - Throws: ``GatewayError/request(_:)`` for an entry about something else.
    package func certificate(
        of index: UInt64, subjectSalt: [UInt8]? = nil
    ) throws(GatewayError) -> ShredCertificate {
        let proof = try AuditDesk(parts).inclusionProof(of: index)
        return try parts.store.read { reader throws(GatewayError) in
            guard let entry = try reader.entries(from: index, limit: 1).first,
                entry.index == index
            else { throw .request(.noSuchEntry(index)) }
            let leaf: AuditLeaf
            let file: ProofFile
            do throws(TransparencyLogError) {
                leaf = try AuditLeaf(bytes: entry.leaf)
                file = try ProofFile(parsing: proof)
            } catch { throw .log(error) }
            guard leaf.type == .shred else {
                throw .request(.unreadable("entry \(index) is not about a forgetting"))
            }
            let opened = try parts.log.details.operational(of: entry, leaf: leaf)
            return ShredCertificate(
                detail: opened.value, salt: opened.salt, leaf: leaf, proof: file,
                subjectSalt: subjectSalt)
        }
    }
}
