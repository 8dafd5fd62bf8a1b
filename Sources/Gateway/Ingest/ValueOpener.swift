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
        var items: [SealedValue] = []
        items.reserveCapacity(values.count)
        for value in values {
            guard let definition = catalogue.field(value.field) else {
                throw .store(.corrupt(what: "the field '\(value.field)' is not in the catalogue"))
            }
            guard let id = resident(value.resident) else {
                throw .store(.corrupt(what: "a value of '\(value.field)' belongs to no resident"))
            }
            items.append(
                SealedValue(
                    address: valueAddress(
                        tenant: tenant, resident: id.keyID, field: definition,
                        recordVersion: value.recordVersion),
                    envelope: value.sealed))
        }
        do {
            let texts = try keyring.open(items)
            return zip(values, texts).map {
                OpenedValue(stored: $0, text: String(decoding: $1, as: UTF8.self))
            }
        } catch { throw .crypto(error) }
    }
}

/// Where a field's value is sealed.
///
/// The record version is unique over all records of the store.
func valueAddress(
    tenant: String, resident: ResidentKeyID, field: FieldDefinition, recordVersion: Int64
) -> FieldAddress {
    FieldAddress(
        tenant: tenant, table: "field_value", resident: resident, field: field.id.text,
        fieldClass: field.fieldClass, recordVersion: recordVersion)
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
