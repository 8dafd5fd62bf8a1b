/// The 16 random bytes by which the key store knows a resident.
///
/// Prints as `<redacted>`.
package struct ResidentKeyID: Hashable, Sendable {
    package static let byteCount = 16
    /// The first and the last eight bytes, big-endian.
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads 16 bytes, or nil where there are more or fewer.
    package init?(bytes: [UInt8]) {
        let read = bytes.withUnsafeBytes { Self(reading: $0) }
        guard let read else { return nil }
        self = read
    }

    /// Reads 16 bytes, or nil where there are more or fewer.
    package init?(reading bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount else { return nil }
        high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
        low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    package var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }

    /// Lends the 16 bytes.
    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        Swift.withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
    }
}

extension ResidentKeyID: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Where a value belongs.
///
/// A ciphertext opens at the address it was sealed at and at no other.
///
/// The address is authenticated with the ciphertext and never stored with it. As associated data it is, each
/// component with its length before it (UInt32, big-endian):
///
/// | component | bytes |
/// |---|---|
/// | `gw/v1` | 5 |
/// | tenant, table | UTF-8 |
/// | resident id | 16, or 0 for a value of no resident |
/// | field, field class | UTF-8 |
/// | suite | 1 |
/// | class version, generation | 2 each; the generation of a value of no resident is 0 |
/// | record version | 8, two's complement |
///
/// A cell put back to its own older ciphertext fails as long as the record version only grows.
///
/// Table, field and class may be any text of 1 to 255 bytes; the tenant may also be empty.
package struct FieldAddress: Hashable, Sendable {
    /// Everything in which the addresses of one field do not differ.
    package var column: FieldColumn
    /// Nil for what belongs to no resident: it is sealed under the system key of its class.
    package var resident: ResidentKeyID?
    package var recordVersion: Int64

    /// An address in a column that is made once for many addresses.
    package init(_ column: FieldColumn, resident: ResidentKeyID?, recordVersion: Int64) {
        self.column = column
        self.resident = resident
        self.recordVersion = recordVersion
    }

    package init(
        tenant: String, table: String, resident: ResidentKeyID?, field: String, fieldClass: String,
        recordVersion: Int64
    ) {
        self.init(
            FieldColumn(tenant: tenant, table: table, field: field, fieldClass: fieldClass),
            resident: resident, recordVersion: recordVersion)
    }

    /// The associated data of a ciphertext at this address, for those who check the format.
    package func associatedData(
        suite: CipherSuite, classVersion: UInt16, generation: UInt16
    ) -> [UInt8] {
        var canonical = CanonicalBytes()
        canonical.append("gw/v1")
        canonical.append(column.tenant)
        canonical.append(column.table)
        canonical.append(resident)
        canonical.append(column.field)
        canonical.append(column.fieldClass)
        canonical.append(suite.rawValue)
        canonical.append(classVersion)
        canonical.append(generation)
        canonical.append(recordVersion)
        return canonical.bytes
    }
}
