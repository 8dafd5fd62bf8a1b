/// What the addresses of one field have in common, with the bytes that follow from it.
///
/// Made once for many values: sealing then writes only the resident, the versions and nothing that needs a string.
package final class FieldColumn: Sendable {
    /// The organisation whose gateway this is.
    package let tenant: String
    package let table: String
    package let field: String
    /// Which class key, besides the resident's key, is needed to open it.
    package let fieldClass: String
    /// The associated data up to the resident.
    let head: [UInt8]
    /// The associated data after the resident, its four numbers zero: see ``AddressBytes``.
    let tail: [UInt8]
    /// Why nothing can be sealed or opened here: a name is empty or too long.
    let refusal: FieldCryptoError?

    package init(tenant: String, table: String, field: String, fieldClass: String) {
        self.tenant = tenant
        self.table = table
        self.field = field
        self.fieldClass = fieldClass
        var head = CanonicalBytes()
        head.append("gw/v1")
        head.append(tenant)
        head.append(table)
        self.head = head.bytes
        var tail = CanonicalBytes()
        tail.append(field)
        tail.append(fieldClass)
        tail.append(UInt8(0))
        tail.append(UInt16(0))
        tail.append(UInt16(0))
        tail.append(Int64(0))
        self.tail = tail.bytes
        refusal =
            Self.refusal(tenant, of: "tenant", mayBeEmpty: true)
            ?? Self.refusal(table, of: "table")
            ?? Self.refusal(field, of: "field") ?? Self.refusal(fieldClass, of: "field class")
    }

    private static func refusal(
        _ name: String, of what: String, mayBeEmpty: Bool = false
    ) -> FieldCryptoError? {
        let byteCount = name.utf8.count
        let maximum = KeyringLimits.nameBytesMax
        if byteCount <= maximum, byteCount > 0 || mayBeEmpty { return nil }
        return .name(of: what, byteCount: byteCount, maximum: maximum)
    }
}

extension FieldColumn: Hashable {
    package static func == (left: FieldColumn, right: FieldColumn) -> Bool {
        left === right
            || (left.tenant == right.tenant && left.table == right.table
                && left.field == right.field && left.fieldClass == right.fieldClass)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(tenant)
        hasher.combine(table)
        hasher.combine(field)
        hasher.combine(fieldClass)
    }
}
