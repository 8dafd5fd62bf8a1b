internal import Synchronization

/// Numbers keys in memory, so that a context knows whose key it holds without holding the key.
private let lastSerial = Atomic<UInt64>(0)

private func nextSerial() -> UInt64 { lastSerial.add(1, ordering: .relaxed).newValue }

/// One unwrapped key of the ring.
final class RingKey: Sendable {
    let name: KeyName
    let suite: CipherSuite
    let secret: SecretBytes
    /// What an epoch's key wraps with; of other keys, the key itself.
    let wrappingKey: SecretBytes
    /// Unlike any other key's of this process.
    let serial = nextSerial()

    /// - Throws: ``FieldCryptoError/length(of:byteCount:expected:)`` for an epoch's key that is not 32 bytes.
    init(name: KeyName, suite: CipherSuite, secret: SecretBytes) throws(FieldCryptoError) {
        self.name = name
        self.suite = suite
        self.secret = secret
        wrappingKey =
            name.kind == .epoch ? try KeyWrapping.key(from: secret, suite: suite) : secret
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

/// What encrypts the fields of one class of one resident: the suite's key, then 32 bytes of commitment.
final class FieldKey: Sendable {
    let suite: CipherSuite
    let classVersion: UInt16
    let generation: UInt16
    /// The first four bytes of the commitment, as they lie in memory.
    let keyCheck: UInt32
    let commitment: Digest256
    let serial = nextSerial()
    private let secret: SecretBytes

    /// How many bytes are derived for a key of a suite.
    static func byteCount(of suite: CipherSuite) -> Int {
        suite.keyByteCount + Digest256.byteCount
    }

    init(secret: SecretBytes, suite: CipherSuite, classVersion: UInt16, generation: UInt16) {
        let keyEnd = suite.keyByteCount
        precondition(
            secret.count == Self.byteCount(of: suite), "a field key has its suite's length")
        self.secret = secret
        self.suite = suite
        self.classVersion = classVersion
        self.generation = generation
        commitment = secret.withUnsafeBytes { bytes in
            Digest256 {
                $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[keyEnd...]))
            }
        }
        keyCheck = commitment.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
    }

    /// Lends the bytes of the cipher's key.
    func withCipherKey<Result>(
        _ body: (UnsafeRawPointer?) throws(FieldCryptoError) -> Result
    ) throws(FieldCryptoError) -> Result {
        try secret.withUnsafeBytes { bytes throws(FieldCryptoError) in try body(bytes.baseAddress) }
    }
}
