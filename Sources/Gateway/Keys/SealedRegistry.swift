import FieldCrypto
import ResidentModel

/// Under which class and at which address each sealed value of the store stands.
struct SealedRegistry {
    let catalogue: Catalogue
    let tenant: String

    /// The class of a column's values; nil where each field has its own.
    static func fieldClass(of column: SealedColumn) -> String? {
        switch column {
        case .fieldValue: nil
        case .recordKey: Sealer.provenanceClass
        case .consent: ConsentBook.consentClass
        case .matter: MatterBook.matterClass
        case .quarantine: Sealer.quarantineClass
        case .operationalDetail: AuditLog.operationalClass
        case .subjectDetail: AuditLog.subjectClass
        }
    }

    /// What of the store is sealed under a class: columns, each with the fields that are meant.
    func parts(of fieldClass: String) -> [(column: SealedColumn, fields: [FieldID]?)] {
        var parts: [(column: SealedColumn, fields: [FieldID]?)] = []
        for column in SealedColumn.allCases {
            if let name = Self.fieldClass(of: column) {
                if name == fieldClass { parts.append((column, nil)) }
            } else {
                let fields = catalogue.fields.filter { $0.fieldClass == fieldClass }.map(\.id)
                if !fields.isEmpty { parts.append((column, fields)) }
            }
        }
        return parts
    }

    /// The class of a value of a field that is stored.
    ///
    /// - Throws: ``GatewayError/request(_:)`` for a field that the catalogue no longer has: no key can then be said to
    ///   be free of values.
    func fieldClass(ofField field: String) throws(GatewayError) -> String {
        guard let definition = catalogue.field(FieldID(field)) else {
            throw .request(
                .unreadable(
                    "values of the field '\(field)' are stored, which the catalogue no longer has"))
        }
        return definition.fieldClass
    }

    /// Reads sealed values with their addresses.
    func read(
        _ filter: SealedFilter, from reader: any StoreReader
    ) throws(GatewayError) -> AddressedCells {
        let cells = try reader.sealedCells(filter)
        let residents = try reader.residentIDs(of: Array(Set(cells.cells.compactMap(\.resident))))
        let columns = try cells.fields.map { name throws(GatewayError) in
            try column(of: name, in: filter.column)
        }
        var addresses: [FieldAddress] = []
        addresses.reserveCapacity(cells.cells.count)
        var last: (number: ResidentNumber, id: ResidentKeyID)?
        for cell in cells.cells {
            if let number = cell.resident, last?.number != number {
                guard let known = residents[number] else {
                    throw .store(
                        .corrupt(what: "'\(filter.column.rawValue)' belongs to no resident"))
                }
                last = (number, known.keyID)
            }
            addresses.append(
                FieldAddress(
                    columns[cell.fieldIndex], resident: cell.resident == nil ? nil : last?.id,
                    recordVersion: cell.recordVersion))
        }
        return AddressedCells(
            cells: cells, residents: residents,
            values: SealedValues(addresses: addresses, envelopes: cells.sealed))
    }

    /// What the addresses of a field's values have in common.
    private func column(
        of field: String, in column: SealedColumn
    ) throws(GatewayError) -> FieldColumn {
        let fieldClass: String
        if let name = Self.fieldClass(of: column) {
            fieldClass = name
        } else {
            fieldClass = try self.fieldClass(ofField: field)
        }
        return FieldColumn(
            tenant: tenant, table: Self.table(of: column), field: field, fieldClass: fieldClass)
    }

    private static func table(of column: SealedColumn) -> String {
        String(column.rawValue.prefix { $0 != "." })
    }
}

/// Sealed values as they are stored, and where each was sealed.
struct AddressedCells {
    let cells: SealedCells
    let residents: [ResidentNumber: ResidentID]
    let values: SealedValues

    /// Where the last one stands; nil where there is none.
    var lastPlace: SealedPlace? { cells.cells.last?.place }
}
