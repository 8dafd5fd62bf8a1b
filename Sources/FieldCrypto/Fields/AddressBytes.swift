/// Where a worker writes the associated data of one value after another, without an allocation for each.
///
/// What a column's addresses have in common is copied only where the column changes. The bytes are those that
/// ``CanonicalBytes`` gives for the same components; the tests of the format hold both to it.
final class AddressBytes {
    /// Four names, and what has a fixed length.
    private static let capacity = 4 * (4 + KeyringLimits.nameBytesMax) + 128
    /// How far before the end each number stands; a length of four bytes is before each.
    private static let recordVersion = 8
    private static let generation = recordVersion + 4 + 2
    private static let classVersion = generation + 4 + 2
    private static let suite = classVersion + 4 + 1

    private let storage = UnsafeMutableRawPointer.allocate(
        byteCount: AddressBytes.capacity, alignment: 16)
    private var count = 0
    /// Whose common part stands in `storage`, and whether room for a resident is in it.
    private var column: FieldColumn?
    private var hasResident = false
    /// Where the resident's 16 bytes stand.
    private var residentStart = 0

    deinit { storage.deallocate() }

    /// What was written last; good until the next `write`.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: storage, count: count) }

    /// Writes the associated data of an address under one key.
    ///
    /// - Throws: ``FieldCryptoError/name(of:byteCount:maximum:)`` for a name that is empty or too long.
    @inline(__always)
    func write(
        _ column: FieldColumn, resident: ResidentKeyID?, recordVersion: Int64, key: FieldKey
    ) throws(FieldCryptoError) {
        if self.column !== column || hasResident != (resident != nil) {
            try begin(column, hasResident: resident != nil)
        }
        if let resident {
            store(resident.high, at: residentStart)
            store(resident.low, at: residentStart + 8)
        }
        store(key.suite.rawValue, at: count - Self.suite)
        store(key.classVersion, at: count - Self.classVersion)
        store(key.generation, at: count - Self.generation)
        store(recordVersion, at: count - Self.recordVersion)
    }

    @inline(never)
    private func begin(_ column: FieldColumn, hasResident: Bool) throws(FieldCryptoError) {
        self.column = nil
        if let refusal = column.refusal { throw refusal }
        count = 0
        append(column.head)
        let length = hasResident ? ResidentKeyID.byteCount : 0
        store(UInt32(length), at: count)
        residentStart = count + 4
        count = residentStart + length
        append(column.tail)
        self.column = column
        self.hasResident = hasResident
    }

    private func append(_ part: [UInt8]) {
        part.withUnsafeBytes { bytes in
            UnsafeMutableRawBufferPointer(start: storage + count, count: bytes.count)
                .copyMemory(from: bytes)
        }
        count += part.count
    }

    @inline(__always)
    private func store<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
        storage.storeBytes(of: number.bigEndian, toByteOffset: offset, as: Number.self)
    }
}
