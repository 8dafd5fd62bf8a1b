/// The layout of one sealed value.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 1 | 0xE1, the format |
/// | 1 | 1 | suite |
/// | 2 | 2 | class version, big-endian |
/// | 4 | 2 | generation of the resident's key, big-endian; 0 for the system key |
/// | 6 | 4 | key check: the first bytes of the key's commitment |
/// | 10 | 12 | nonce |
/// | 22 | n | ciphertext of the padded value |
/// | 22 + n | 16 | tag |
package struct Envelope: Hashable, Sendable {
    package static let format: UInt8 = 0xE1
    package static let headerByteCount = 22
    package static let overheadByteCount = headerByteCount + AES256GCM.tagByteCount
    static let nonceOffset = 10

    package let suite: CipherSuite
    package let classVersion: UInt16
    package let generation: UInt16
    /// The first four bytes of the commitment, as they lie in memory.
    let keyCheck: UInt32

    /// Reads the header; opens nothing.
    ///
    /// - Throws: ``FieldCryptoError/unknownFormat(_:)``, ``FieldCryptoError/unknownSuite(_:)`` or
    ///   ``FieldCryptoError/malformedEnvelope(_:)``.
    package init(header bytes: [UInt8]) throws(FieldCryptoError) {
        guard let first = bytes.first else { throw .malformedEnvelope("it is empty") }
        guard first == Self.format else { throw .unknownFormat(first) }
        // Every value is padded by at least one byte.
        guard bytes.count > Self.overheadByteCount else {
            throw .malformedEnvelope(
                "\(bytes.count) bytes, expected at least \(Self.overheadByteCount + 1)")
        }
        suite = try CipherSuite(byte: bytes[1])
        classVersion = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        generation = UInt16(bytes[4]) << 8 | UInt16(bytes[5])
        keyCheck = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 6, as: UInt32.self) }
    }

    init(key: FieldKey) {
        suite = key.suite
        classVersion = key.classVersion
        generation = key.generation
        keyCheck = key.keyCheck
    }

    /// Writes the first 10 bytes; the nonce follows them.
    func writeHeader(to output: UnsafeMutableRawBufferPointer) {
        output[0] = Self.format
        output[1] = suite.rawValue
        output.storeBytes(of: classVersion.bigEndian, toByteOffset: 2, as: UInt16.self)
        output.storeBytes(of: generation.bigEndian, toByteOffset: 4, as: UInt16.self)
        output.storeBytes(of: keyCheck, toByteOffset: 6, as: UInt32.self)
    }
}
