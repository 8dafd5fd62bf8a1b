import FieldCrypto
import JSONText
import ResidentModel
import TransparencyLog

/// Hands a resident over from one department to another, without either learning the other's pseudonym.
///
/// The giver gets a token that says nothing to anybody but this gateway, and the receiver shows it and gets their own
/// pseudonym. Both steps are entries in the log. What the receiver may then ask is decided as for any request.
package struct HandOver: Sendable {
    private let parts: GatewayParts
    /// How long a token can be shown.
    package static let validDays: Int64 = 30

    package init(_ parts: GatewayParts) { self.parts = parts }

    /// Makes the token for one receiver.
    ///
    /// - Parameters:
    ///   - pseudonym: The giver's own.
    ///   - from: The giver.
    ///   - to: The receiver; nobody else can use the token.
    ///   - officer: Who hands over.
    /// - Returns: Lower-case letters and digits.
    /// - Throws: ``GatewayError/request(_:)`` for an unknown department, or a pseudonym that names nobody.
    package func give(
        _ pseudonym: String, from: String, to: String, officer: String
    ) throws(GatewayError) -> String {
        for department in [from, to] { try check(department) }
        if officer.isEmpty { throw .request(.empty("the officer")) }
        try checkName(officer, "officer")
        guard from != to else { throw .request(.unreadable("giver and receiver are the same")) }
        let name = hexadecimal(try randomBytes(12, from: parts.random))
        return try parts.write { writer throws(GatewayError) in
            guard
                let resident = try Locate.find(
                    pseudonym: pseudonym, of: from, parts: parts, store: writer)
            else { throw .request(.noSuchPseudonym) }
            let message: JSONValue = .object([
                "from": .string(from), "name": .string(name),
                "resident": .string(hexadecimal(resident.id.bytes)),
                "until": .integer(Int(parts.clock.minute + Self.validDays * 1_440)),
            ])
            let token = try inCrypto { () throws(FieldCryptoError) in
                try parts.keyring.sealHandOver(
                    message.canonicalBytes, to: to, tenant: parts.tenant)
            }
            try record("given", name, from: from, to: to, officer, of: resident, in: writer)
            return Base32.encode(token)
        }
    }

    /// Shows a token, and gives the receiver's own pseudonym.
    ///
    /// - Throws: ``GatewayError/request(_:)`` for a token that is not for this department, too old, or about somebody
    ///   who was forgotten: one answer for all of these.
    package func take(
        _ token: String, department: String, officer: String
    ) throws(GatewayError) -> String {
        try check(department)
        if officer.isEmpty { throw .request(.empty("the officer")) }
        try checkName(officer, "officer")
        guard token.utf8.count <= 1_024, let sealed = Base32.decode(token) else {
            throw .request(.tokenNotTaken)
        }
        return try parts.write { writer throws(GatewayError) in
            let opened = try inCrypto { () throws(FieldCryptoError) in
                try parts.keyring.openHandOver(sealed, of: department, tenant: parts.tenant)
            }
            guard let opened, let message = Self.message(opened),
                message.until >= parts.clock.minute,
                let row = try writer.resident(message.resident),
                let resident = try Locate.unlessForgotten(
                    LocatedResident(number: row, id: message.resident), parts: parts)
            else { throw .request(.tokenNotTaken) }
            guard
                let pseudonym = try parts.namePseudonym(
                    of: resident, department: department, in: writer)
            else { throw .request(.unknownName(department, of: "department")) }
            try record(
                "taken", message.name, from: message.from, to: department, officer, of: resident,
                in: writer)
            return pseudonym
        }
    }

    private func check(_ department: String) throws(GatewayError) {
        guard parts.catalogue.departments[department] != nil else {
            throw .request(.unknownName(department, of: "department"))
        }
    }

    private static func message(
        _ bytes: [UInt8]
    ) -> (resident: ResidentID, from: String, name: String, until: Int64)? {
        let value: JSONValue
        do { value = try JSONValue(parsing: bytes) } catch { return nil }
        guard let from = value["from"]?.string, let name = value["name"]?.string,
            let until = value["until"]?.integer,
            let text = value["resident"]?.string,
            let resident = ResidentID(bytes: Gateway.bytes(hexadecimal: text))
        else { return nil }
        return (resident, from, name, Int64(until))
    }

    private func record(
        _ step: String, _ name: String, from: String, to: String, _ officer: String,
        of resident: LocatedResident, in writer: any StoreWriter
    ) throws(GatewayError) {
        let draft = AuditDraft(
            type: .admin, decision: .none,
            operational: .object([
                "format": .string("hangu/hand-over/1"), "step": .string(step),
                "from": .string(from), "to": .string(to),
            ]),
            subject: (
                resident,
                .object([
                    "format": .string("hangu/hand-over-subject/1"), "name": .string(name),
                    "officer": .string(officer),
                ])
            ))
        _ = try parts.log.append([draft], in: writer)
    }
}

extension GatewayParts {
    /// A department's present pseudonym of a resident, kept so that the department can name them by it; nil where the
    /// department has no key.
    func namePseudonym(
        of resident: LocatedResident, department: String, in writer: any StoreWriter
    ) throws(GatewayError) -> String? {
        guard keyring.hasPseudonymKey(department) else { return nil }
        let (text, row) = try inCrypto { () throws(FieldCryptoError) in
            let newest = try keyring.pseudonyms(
                of: resident.id.keyID, sector: "", department: department)[0]
            let rows = try keyring.pseudonymRows(of: newest.text, department: department)
            return (newest.text, rows.first { $0.version == newest.version })
        }
        if let row {
            try writer.insertPseudonym(
                BlindIndexEntry(version: row.version, bits: row.bytes), department: department,
                resident: resident.number)
        }
        return text
    }
}
