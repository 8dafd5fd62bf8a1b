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
    /// - Throws: ``GatewayError/store(_:)`` for a field that the catalogue no longer has: no key can then be said to
    ///   be free of values.
    func fieldClass(ofField field: String) throws(GatewayError) -> String {
        guard let definition = catalogue.field(FieldID(field)) else {
            throw .request(
                .unreadable(
                    "values of the field '\(field)' are stored, which the catalogue no longer has"))
        }
        return definition.fieldClass
    }

    /// Where a value is sealed.
    func address(
        of cell: SealedCell, in column: SealedColumn,
        resident: (ResidentNumber) -> ResidentID?
    ) throws(GatewayError) -> FieldAddress {
        let fieldClass: String
        if let name = Self.fieldClass(of: column) {
            fieldClass = name
        } else {
            fieldClass = try self.fieldClass(ofField: cell.field)
        }
        var id: ResidentKeyID?
        if let number = cell.resident {
            guard let known = resident(number) else {
                throw .store(.corrupt(what: "'\(column.rawValue)' belongs to no resident"))
            }
            id = known.keyID
        }
        return FieldAddress(
            tenant: tenant, table: Self.table(of: column), resident: id, field: cell.field,
            fieldClass: fieldClass, recordVersion: cell.recordVersion)
    }

    private static func table(of column: SealedColumn) -> String {
        String(column.rawValue.prefix { $0 != "." })
    }
}
