internal import COpenSSL

/// The libcrypto contexts of one thread at a time, and everything that is done with them.
///
/// Not `Sendable`; a ``WorkerPool`` lends it out. Between two uses a context still holds the key it was given last;
/// `dropKeys` wipes it when a resident is forgotten, the ring is read anew or expired keys are dropped.
final class SealingWorker {
    /// Made when a suite is first met: a ring seldom has keys of both families.
    private var fieldCiphers: [KeptCipher?] = [nil, nil, nil]
    private var wrappingCiphers: [CipherSuite: any AuthenticatedCipher] = [:]
    private var derivations: [HashAlgorithm: HKDF] = [:]
    /// One keyed context for each class, index and pseudonym key, by serial.
    private var authenticators: [UInt64: HMACContext] = [:]
    let addressBytes = AddressBytes()
    let nonces = NonceBuffer()
    /// What is derived from or authenticated at the moment.
    private var canonical = CanonicalBytes(capacity: 512)
    private let residentKey = ScratchSecret(byteCount: KeyWrapping.keyByteCount)
    /// Opens nothing; see ``decoy(_:_:)``.
    private var keptDecoyKey: SecretBytes?

    /// Wipes every key schedule and keyed context.
    func dropKeys() throws(FieldCryptoError) {
        authenticators.removeAll()
        for kept in fieldCiphers { try kept?.dropKeys() }
        for cipher in wrappingCiphers.values { try cipher.dropKeys() }
        for derivation in derivations.values { try derivation.dropKey() }
    }

    func fieldCipher(_ suite: CipherSuite) throws(FieldCryptoError) -> KeptCipher {
        let position =
            switch suite {
            case .aes256GCM: 0
            case .aes256SIV: 1
            case .sm4HMACSM3: 2
            }
        if let kept = fieldCiphers[position] { return kept }
        let made = try KeptCipher(suite)
        fieldCiphers[position] = made
        return made
    }

    private func wrappingCipher(
        _ suite: CipherSuite
    ) throws(FieldCryptoError) -> any AuthenticatedCipher {
        if let kept = wrappingCiphers[suite] { return kept }
        let made = try suite.cipher()
        wrappingCiphers[suite] = made
        return made
    }

    private func derivation(_ hash: HashAlgorithm) throws(FieldCryptoError) -> HKDF {
        if let kept = derivations[hash] { return kept }
        let made = try HKDF(hash: hash)
        derivations[hash] = made
        return made
    }

    /// The HMAC of the key's family under a key of the ring.
    func authenticate(_ message: [UInt8], key: RingKey) throws(FieldCryptoError) -> Digest256 {
        try authenticator(of: key).authenticate(message)
    }

    private func authenticator(of key: RingKey) throws(FieldCryptoError) -> HMACContext {
        if let kept = authenticators[key.serial] { return kept }
        let made = try HMACContext(key: key.secret, hash: key.suite.family.hash)
        authenticators[key.serial] = made
        return made
    }

    func wrap(
        _ residentKey: UnsafeRawBufferPointer, resident: ResidentKeyID, generation: UInt16,
        epoch: RingKey, random: any RandomSource
    ) throws(FieldCryptoError) -> WrappedResidentKey {
        KeyDerivation.writeResidentAssociatedData(
            resident: resident, generation: generation, epoch: epoch.name.version, to: &canonical)
        let wrapped = try KeyWrapping.wrap(
            residentKey, under: epoch.wrappingKey, associatedData: canonical.bytes,
            cipher: wrappingCipher(epoch.suite), random: random)
        return WrappedResidentKey(
            resident: resident, generation: generation, epoch: epoch.name.version, wrapped: wrapped)
    }

    /// Unwraps a resident's key into the worker's own memory and lends it, wiped when `body` is done.
    func withResidentKey<Result>(
        _ key: WrappedResidentKey, epoch: RingKey,
        _ body: (UnsafeRawBufferPointer) throws(FieldCryptoError) -> Result
    ) throws(FieldCryptoError) -> Result {
        KeyDerivation.writeResidentAssociatedData(
            resident: key.resident, generation: key.generation, epoch: key.epoch, to: &canonical)
        let cipher = try wrappingCipher(epoch.suite)
        return try residentKey.withUnsafeMutableBytes { text throws(FieldCryptoError) in
            let isAuthentic = try KeyWrapping.unwrap(
                key.wrapped, under: epoch.wrappingKey, associatedData: canonical.bytes,
                cipher: cipher, into: text)
            guard isAuthentic else { throw .unwrap("resident's key of epoch \(key.epoch)") }
            return try body(UnsafeRawBufferPointer(text))
        }
    }

    func fieldKey(
        classKey: ClassKey, residentKey: UnsafeRawBufferPointer, generation: UInt16
    ) throws(FieldCryptoError) -> FieldKey {
        KeyDerivation.writeFieldInfo(of: classKey, generation: generation, to: &canonical)
        let extractor = try authenticator(of: classKey.key)
        let derivation = try derivation(classKey.key.suite.family.hash)
        let byteCount = FieldKey.byteCount(of: classKey.key.suite)
        let secret = try SecretBytes(count: byteCount) { output throws(FieldCryptoError) in
            try derivation.derive(
                extractor: extractor, inputKey: residentKey, info: canonical.bytes, into: output)
        }
        return FieldKey(
            secret: secret, suite: classKey.key.suite, classVersion: classKey.version,
            generation: generation)
    }

    func decoyKey() throws(FieldCryptoError) -> SecretBytes {
        if let kept = keptDecoyKey { return kept }
        let made = try SecureRandom().secret(CipherSuite.aes256GCM.keyByteCount)
        keptDecoyKey = made
        return made
    }
}
