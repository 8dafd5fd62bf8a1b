/// The layout of one sealed value.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 1 | 0xE1, the format |
/// | 1 | 1 | suite |
/// | 2 | 2 | class version, big-endian |
/// | 4 | 2 | generation of the resident's key, big-endian; 0 for the system key |
/// | 6 | 4 | key check: the first bytes of the key's commitment |
/// | 10 | s | nonce: 12 bytes of AES-256-GCM, 16 of SM4, none of AES-256-SIV |
/// | 10 + s | n | ciphertext of the padded value |
/// | 10 + s + n | t | tag: 16 bytes, of SM4 with HMAC-SM3 32, of AES-256-SIV the synthetic IV |
package struct Envelope: Hashable, Sendable {
    package static let format: UInt8 = 0xE1
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
    package init(header bytes: some Collection<UInt8>) throws(FieldCryptoError) {
        let header = Array(bytes.prefix(Self.nonceOffset + 1))
        self = try withBytes(of: header) { header throws(FieldCryptoError) in
            try Envelope(header: header, byteCount: bytes.count)
        }
    }

    /// Reads the header of an envelope of which `bytes` are the first.
    init(header bytes: UnsafeRawBufferPointer, byteCount: Int) throws(FieldCryptoError) {
        guard let first = bytes.first else { throw .malformedEnvelope("it is empty") }
        guard first == Self.format else { throw .unknownFormat(first) }
        guard bytes.count > Self.nonceOffset else {
            throw .malformedEnvelope("\(byteCount) bytes, expected more than a header")
        }
        suite = try CipherSuite(byte: bytes[1])
        // Every value is padded by at least one byte.
        guard byteCount > suite.overheadByteCount else {
            throw .malformedEnvelope(
                "\(byteCount) bytes, expected at least \(suite.overheadByteCount + 1)")
        }
        classVersion = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        generation = UInt16(bytes[4]) << 8 | UInt16(bytes[5])
        keyCheck = Self.keyCheck(in: bytes)
    }

    /// The key check of an envelope that has a whole header.
    static func keyCheck(in bytes: UnsafeRawBufferPointer) -> UInt32 {
        bytes.loadUnaligned(fromByteOffset: 6, as: UInt32.self)
    }

    /// Whether two envelopes agree in format, suite and versions, and so are of one key where their place is.
    static func hasSameKey(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
    ) -> Bool {
        guard left.count > nonceOffset, right.count > nonceOffset else { return false }
        // Format, suite, class version; then the generation.
        return left.loadUnaligned(as: UInt32.self) == right.loadUnaligned(as: UInt32.self)
            && left.loadUnaligned(fromByteOffset: 4, as: UInt16.self)
                == right.loadUnaligned(fromByteOffset: 4, as: UInt16.self)
    }

    init(key: FieldKey) {
        suite = key.suite
        classVersion = key.classVersion
        generation = key.generation
        keyCheck = key.keyCheck
    }

    /// Writes the first 10 bytes; the nonce follows them.
    @inline(__always)
    func writeHeader(to output: UnsafeMutableRawPointer) {
        output.storeBytes(of: Self.format, toByteOffset: 0, as: UInt8.self)
        output.storeBytes(of: suite.rawValue, toByteOffset: 1, as: UInt8.self)
        output.storeBytes(of: classVersion.bigEndian, toByteOffset: 2, as: UInt16.self)
        output.storeBytes(of: generation.bigEndian, toByteOffset: 4, as: UInt16.self)
        output.storeBytes(of: keyCheck, toByteOffset: 6, as: UInt32.self)
    }
}

extension CipherSuite {
    /// Where the ciphertext begins in an envelope.
    package var headerByteCount: Int { Envelope.nonceOffset + nonceByteCount }

    /// How many bytes an envelope has beside its padded value: 38, 26 or 58.
    package var overheadByteCount: Int { headerByteCount + tagByteCount }
}
