/// Where a worker writes the associated data of one value after another, without an allocation for each.
///
/// The bytes are those that ``CanonicalBytes`` gives for the same components; the tests of the format hold both to it.
final class AddressBytes {
    /// Four names, and what has a fixed length.
    private static let capacity = 4 * (4 + KeyringLimits.nameBytesMax) + 128
    private static let label: StaticString = "gw/v1"

    private let storage = UnsafeMutableRawBufferPointer.allocate(
        byteCount: AddressBytes.capacity, alignment: 16)
    private var count = 0

    deinit { storage.deallocate() }

    /// What was written last; good until the next `write`.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: storage.baseAddress, count: count)
    }

    /// Writes the associated data of an address under one key.
    ///
    /// - Throws: ``FieldCryptoError/name(of:byteCount:maximum:)`` for a name that is empty or too long.
    func write(
        _ address: borrowing FieldAddress, suite: CipherSuite, classVersion: UInt16,
        generation: UInt16
    ) throws(FieldCryptoError) {
        count = 0
        append(length: Self.label.utf8CodeUnitCount)
        append(Self.label.utf8Start, Self.label.utf8CodeUnitCount)
        try append(address.tenant, of: "tenant", mayBeEmpty: true)
        try append(address.table, of: "table")
        if let resident = address.resident {
            append(length: ResidentKeyID.byteCount)
            append(resident.high)
            append(resident.low)
        } else {
            append(length: 0)
        }
        try append(address.field, of: "field")
        try append(address.fieldClass, of: "field class")
        append(length: 1)
        append(suite.rawValue)
        append(length: 2)
        append(classVersion)
        append(length: 2)
        append(generation)
        append(length: 8)
        append(address.recordVersion)
    }

    @inline(__always)
    private func append(
        _ text: borrowing String, of what: StaticString, mayBeEmpty: Bool = false
    ) throws(FieldCryptoError) {
        let byteCount = text.utf8.count
        guard byteCount <= KeyringLimits.nameBytesMax, byteCount > 0 || mayBeEmpty else {
            throw .name(
                of: "\(what)", byteCount: byteCount, maximum: KeyringLimits.nameBytesMax)
        }
        append(length: byteCount)
        let isCopied: Void? = text.utf8.withContiguousStorageIfAvailable { bytes in
            if let start = bytes.baseAddress { append(start, bytes.count) }
        }
        if isCopied == nil {
            for byte in text.utf8 { append(byte) }
        }
    }

    @inline(__always)
    private func append(_ start: UnsafePointer<UInt8>, _ byteCount: Int) {
        guard byteCount > 0 else { return }
        UnsafeMutableRawBufferPointer(rebasing: storage[count..<count + byteCount])
            .copyMemory(from: UnsafeRawBufferPointer(start: start, count: byteCount))
        count += byteCount
    }

    @inline(__always)
    private func append(length: Int) { append(UInt32(truncatingIfNeeded: length)) }

    @inline(__always)
    private func append(_ number: some FixedWidthInteger) {
        storage.storeBytes(
            of: number.bigEndian, toByteOffset: count, as: type(of: number.bigEndian))
        count += number.bitWidth / 8
    }
}
