import FieldCrypto
package import JSONText
package import ResidentModel

/// A matter with its detail opened.
package struct Matter: Sendable {
    package let id: String
    package let version: Int
    package let kind: MatterKind
    package let resident: ResidentNumber
    package let state: MatterState
    /// Minutes since 1970.
    package let openedAt: Int64
    package let due: CalendarDate?
    package let detail: JSONValue
}

/// The matters of a home, each sealed under its resident's key.
package struct MatterBook {
    /// The class whose key, with the resident's, seals matters.
    package static let matterClass = "matter"

    let parts: GatewayParts

    /// A random id with the letter of its kind; means nothing outside the home.
    func newID(_ kind: MatterKind) throws(GatewayError) -> String {
        let letter =
            switch kind {
            case .emergency: "E"
            case .standing: "S"
            case .correction: "R"
            case .delta: "D"
            }
        return letter + "-" + hexadecimal(try randomBytes(8, from: parts.random))
    }

    /// Keeps a new matter, or the next version of a known one.
    func keep(_ matter: Matter, in writer: any StoreWriter) throws(GatewayError) {
        let resident = try located(matter.resident, in: writer)
        let sealed = try inCrypto { () throws(FieldCryptoError) in
            try parts.keyring.seal(
                matter.detail.canonicalBytes, at: address(matter.id, matter.version, resident.id),
                padding: .bucket32)
        }
        try writer.keep(
            SealedMatter(
                id: matter.id, version: matter.version, kind: matter.kind,
                resident: matter.resident, state: matter.state, openedAt: matter.openedAt,
                due: matter.due, sealed: sealed))
    }

    /// One matter of a kind.
    ///
    /// - Throws: ``RequestError/unknownMatter(_:)`` where there is none of that id and kind.
    func matter(
        _ id: String, kind: MatterKind, in reader: any StoreReader
    ) throws(GatewayError) -> Matter {
        guard let sealed = try reader.matter(id), sealed.kind == kind else {
            throw .request(.unknownMatter(id))
        }
        return try open(sealed, in: reader)
    }

    /// The matters that a filter asks for, opened.
    func matters(
        _ filter: MatterFilter, in reader: any StoreReader
    ) throws(GatewayError) -> [Matter] {
        var matters: [Matter] = []
        for sealed in try reader.matters(filter) { matters.append(try open(sealed, in: reader)) }
        return matters
    }

    /// The resident whom a matter is about.
    func located(
        _ number: ResidentNumber, in reader: any StoreReader
    ) throws(GatewayError) -> LocatedResident {
        guard let id = try reader.residentIDs(of: [number])[number] else {
            throw .store(.corrupt(what: "a matter belongs to no resident"))
        }
        return LocatedResident(number: number, id: id)
    }

    private func open(
        _ sealed: SealedMatter, in reader: any StoreReader
    ) throws(GatewayError) -> Matter {
        let resident = try located(sealed.resident, in: reader)
        let bytes = try inCrypto { () throws(FieldCryptoError) in
            try parts.keyring.open(
                sealed.sealed, at: address(sealed.id, sealed.version, resident.id))
        }
        let detail: JSONValue
        do { detail = try JSONValue(parsing: bytes) } catch {
            throw .store(.corrupt(what: "a matter is not what was kept"))
        }
        return Matter(
            id: sealed.id, version: sealed.version, kind: sealed.kind, resident: sealed.resident,
            state: sealed.state, openedAt: sealed.openedAt, due: sealed.due, detail: detail)
    }

    private func address(_ id: String, _ version: Int, _ resident: ResidentID) -> FieldAddress {
        FieldAddress(
            tenant: parts.tenant, table: "matter", resident: resident.keyID, field: id,
            fieldClass: Self.matterClass, recordVersion: Int64(version))
    }
}

extension Matter {
    /// The version that follows.
    func next(state: MatterState, due: CalendarDate?, detail: JSONValue) -> Matter {
        Matter(
            id: id, version: version + 1, kind: kind, resident: resident, state: state,
            openedAt: openedAt, due: due, detail: detail)
    }
}
