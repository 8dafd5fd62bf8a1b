import Consent
import FieldCrypto
package import JSONText
import ResidentModel
package import TransparencyLog

/// What a resident holds of one consent: what was agreed, signed by the home, and the proof that the log has it.
///
/// Its content follows ISO/IEC TS 27560 (consent record information structure). It is checked offline, with the log's
/// public keys alone: a note signs the digest of everything else in the file, the entry's leaf is in the signed log, and
/// the leaf commits to the record that the content tells of. The form stands in `Docs/Formats.md`.
package struct ConsentReceipt: Sendable {
    package static let format = "hangu/consent-receipt/1"
    /// How much of the digest stands in the code that is printed; 160 bits leave nothing to choose another file by.
    private static let codeByteCount = 20

    /// Everything but the note.
    private let body: JSONValue
    /// A signed note over ``digest``.
    private let note: String

    init(
        content: JSONValue, record: JSONValue, entry: AccessPackage.Evidence,
        sign: (String) throws(GatewayError) -> SignedNote
    ) throws(GatewayError) {
        body = .object([
            "format": .string(Self.format), "receipt": content, "record": record,
            "entry": entry.json,
        ])
        note = String(
            decoding: try sign(Self.statement(of: Self.digest(of: body))).bytes, as: UTF8.self)
    }

    /// Reads a receipt; nothing in it is to be believed before ``verify(by:)``.
    ///
    /// - Throws: ``GatewayError/request(_:)`` for any other form.
    package init(parsing bytes: [UInt8]) throws(GatewayError) {
        let whole: JSONValue
        do { whole = try JSONValue(parsing: bytes) } catch { throw Self.malformed }
        guard let members = whole.object?.members, whole["format"]?.string == Self.format,
            let note = whole["note"]?.string
        else { throw Self.malformed }
        let others = members.filter { $0.name != "note" }.map { ($0.name, $0.value) }
        body = .object(JSONObject(distinctMembers: others))
        self.note = note
    }

    /// The file: one line of canonical JSON.
    package var bytes: [UInt8] {
        let members = (body.object?.members ?? []).map { ($0.name, $0.value) }
        return JSONValue.object(
            JSONObject(distinctMembers: members + [("note", .string(note))])
        ).canonicalBytes + [0x0A]
    }

    /// What the resident reads: the content after ISO/IEC TS 27560.
    package var content: JSONValue { body["receipt"] ?? .object([:]) }

    /// The consent's id.
    package var id: String { content["record_id"]?.string ?? "" }

    /// What is printed as a code: a name for exactly this file, which tells nothing of anybody.
    package var code: String {
        let short = Array(Self.digest(of: body).bytes.prefix(Self.codeByteCount))
        return "HANGU:1:" + Base32.encode(short).uppercased()
    }

    private static func digest(of body: JSONValue) -> SHA256Digest { sha256(body.canonicalBytes) }

    private static func statement(of digest: SHA256Digest) -> String {
        "\(format)\n\(digest)\n"
    }

    private static let malformed = GatewayError.request(
        .unreadable("the receipt is not of the form '\(format)'"))
}

extension ConsentReceipt {
    /// Checks that every key signed the file, that the log of the first has its entry, and that the entry is about the
    /// consent that the content tells of.
    ///
    /// - Parameter keys: The log's Ed25519 key first; then, for a home of the SM family, its SM2 key.
    /// - Returns: The entry's number in the log.
    /// - Throws: ``GatewayError/log(_:)`` where anything does not agree.
    package func verify(by keys: [NoteKey]) throws(GatewayError) -> UInt64 {
        guard let log = keys.first else { throw .request(.empty("the list of keys")) }
        let evidence = body["entry"]
        return try inLog { () throws(TransparencyLogError) in
            let signed = try SignedNote(parsing: Array(note.utf8)).verified(by: keys)
            guard signed.text == Self.statement(of: Self.digest(of: body)) else {
                throw .proof(reason: "the receipt was changed after it was signed")
            }
            guard keys.allSatisfy(signed.signers.contains) else { throw .unsigned }
            let leafBytes = Gateway.bytes(hexadecimal: evidence?["leaf"]?.string ?? "")
            let leaf = try AuditLeaf(bytes: leafBytes)
            let proof = try ProofFile(parsing: Array((evidence?["proof"]?.string ?? "").utf8))
            _ = try proof.verify(entry: leafBytes, log: log)
            let operational = try Self.committed(evidence?["operational"])
            let subject = try Self.committed(evidence?["subject"])
            guard leaf.type == .consentChange, operational.commitment == leaf.operationCommitment,
                subject.commitment == leaf.subject?.commitment
            else { throw .proof(reason: "the entry is not about this consent") }
            try checkRecord(subject.detail)
            return proof.index
        }
    }

    /// The detail of a part, with what commits to it.
    private static func committed(
        _ part: JSONValue?
    ) throws(TransparencyLogError) -> (commitment: SHA256Digest, detail: JSONValue) {
        let detail = Array((part?["detail"]?.string ?? "").utf8)
        let salt = Gateway.bytes(hexadecimal: part?["salt"]?.string ?? "")
        let commitment = try AuditCommitment.commitment(to: detail, salt: salt)
        do { return (commitment, try JSONValue(parsing: detail)) } catch {
            throw .malformed(what: "consent receipt", reason: "a detail is no JSON")
        }
    }

    /// Checks that the record is the one that the log commits to, and the content what follows from it.
    private func checkRecord(_ subject: JSONValue) throws(TransparencyLogError) {
        guard let json = body["record"], let record = ConsentJSON.decoded(json.canonicalBytes),
            sha256(json.canonicalBytes).description == subject["record"]?.string
        else { throw .proof(reason: "the record is not the one that the log has") }
        for (name, value) in ReceiptContent.derived(from: record) where content[name] != value {
            throw .proof(reason: "the content's '\(name)' is not what the record says")
        }
    }
}
