internal import Synchronization

/// Numbers keys in memory, so that a context knows whose key it holds without holding the key.
private let lastSerial = Atomic<UInt64>(0)

private func nextSerial() -> UInt64 { lastSerial.add(1, ordering: .relaxed).newValue }

/// One unwrapped key of the ring.
final class RingKey: Sendable {
    let name: KeyName
    let suite: CipherSuite
    let secret: SecretBytes
    /// Unlike any other key's of this process.
    let serial = nextSerial()

    init(name: KeyName, suite: CipherSuite, secret: SecretBytes) {
        self.name = name
        self.suite = suite
        self.secret = secret
    }
}

/// One version of a field class: its key, and the key for values of no resident that follows from it.
final class ClassKey: Sendable {
    let key: RingKey
    let systemKey: FieldKey
    let version: UInt16

    init(key: RingKey, systemKey: FieldKey, version: UInt16) {
        self.key = key
        self.systemKey = systemKey
        self.version = version
    }
}

/// What encrypts the fields of one class of one resident: 32 bytes of key and 32 of commitment.
final class FieldKey: Sendable {
    static let byteCount = 64
    let suite: CipherSuite
    let classVersion: UInt16
    let generation: UInt16
    /// The first four bytes of the commitment, as they lie in memory.
    let keyCheck: UInt32
    let commitment: SHA256Digest
    let serial = nextSerial()
    private let secret: SecretBytes

    init(secret: SecretBytes, suite: CipherSuite, classVersion: UInt16, generation: UInt16) {
        precondition(secret.count == Self.byteCount, "a field key is derived as 64 bytes")
        self.secret = secret
        self.suite = suite
        self.classVersion = classVersion
        self.generation = generation
        commitment = secret.withUnsafeBytes { bytes in
            SHA256Digest { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[32..<64])) }
        }
        keyCheck = commitment.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
    }

    /// Lends the 32 bytes of the cipher's key.
    func withCipherKey<Result>(
        _ body: (UnsafeRawPointer?) throws(FieldCryptoError) -> Result
    ) throws(FieldCryptoError) -> Result {
        try secret.withUnsafeBytes { bytes throws(FieldCryptoError) in try body(bytes.baseAddress) }
    }
}
