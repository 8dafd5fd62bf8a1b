import FieldCrypto
import ResidentModel

/// An opened value with its provenance.
///
/// It prints as `<redacted>`.
struct OpenedValue: CustomStringConvertible {
    let stored: StoredValue
    let text: String

    var description: String { "<redacted>" }
}

/// Opens stored values in batches; used by linking, and by the disclosure path for what was permitted.
struct ValueOpener {
    let keyring: Keyring
    let catalogue: Catalogue
    let tenant: String

    /// - Parameters:
    ///   - values: Sealed values of any residents.
    ///   - resident: The identifier behind a row.
    /// - Returns: The opened values, in the order of `values`.
    /// - Throws: ``GatewayError/crypto(_:)`` where a value is not what was sealed in its place.
    func open(
        _ values: [StoredValue], resident: (ResidentNumber) -> ResidentID?
    ) throws(GatewayError) -> [OpenedValue] {
        var batch = SealedValues()
        var last: (field: FieldID, column: FieldColumn)?
        for value in values {
            let column: FieldColumn
            if let last, last.field == value.field {
                column = last.column
            } else {
                guard let definition = catalogue.field(value.field) else {
                    throw .store(
                        .corrupt(what: "the field '\(value.field)' is not in the catalogue"))
                }
                column = valueColumn(tenant: tenant, field: definition)
                last = (value.field, column)
            }
            guard let id = resident(value.resident) else {
                throw .store(.corrupt(what: "a value of '\(value.field)' belongs to no resident"))
            }
            batch.append(
                value.sealed,
                at: FieldAddress(column, resident: id.keyID, recordVersion: value.recordVersion))
        }
        do {
            let texts = try keyring.open(batch).texts()
            return zip(values, texts).map { OpenedValue(stored: $0, text: $1) }
        } catch { throw .crypto(error) }
    }
}

/// Where a field's values are sealed.
///
/// The record version in an address is unique over all records of the store.
func valueColumn(tenant: String, field: FieldDefinition) -> FieldColumn {
    FieldColumn(
        tenant: tenant, table: "field_value", field: field.id.text, fieldClass: field.fieldClass)
}

extension ResidentID {
    /// The resident's name in the key ring.
    var keyID: ResidentKeyID {
        guard let id = ResidentKeyID(bytes: bytes) else {
            preconditionFailure("a resident's id has 16 bytes")
        }
        return id
    }
}
