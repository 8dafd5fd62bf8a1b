/// The libcrypto contexts of one thread at a time, and everything that is done with them.
///
/// Not `Sendable`; a ``WorkerPool`` lends it out. Between two uses a context still holds the key it was given last;
/// `dropKeys` wipes it when a resident is forgotten, the ring is read anew or expired keys are dropped.
final class SealingWorker {
    private var fieldCiphers = SuiteCiphers()
    /// Apart, so that they keep an epoch's key while fields' keys come and go.
    private var wrappingCiphers = SuiteCiphers()
    private var derivations: [HashAlgorithm: HKDF] = [:]
    /// One keyed context for each class, index and pseudonym key, by serial.
    private var authenticators: [UInt64: HMACContext] = [:]
    let addressBytes = AddressBytes()
    let nonces = NonceBuffer()
    /// What is derived from or authenticated at the moment.
    private var canonical = CanonicalBytes(capacity: 512)
    /// What the last field key was derived for: the same for all residents, but for the generation.
    private var fieldInfo = CanonicalBytes()
    private var fieldInfoOwner: (classSerial: UInt64, generation: UInt16)?
    private let residentKey = ScratchSecret(byteCount: KeyWrapping.keyByteCount)
    /// Opens nothing; see ``decoy(_:)``.
    private var keptDecoyKey: SecretBytes?

    /// Wipes every key schedule and keyed context.
    func dropKeys() throws(FieldCryptoError) {
        authenticators.removeAll()
        try fieldCiphers.dropKeys()
        try wrappingCiphers.dropKeys()
        for derivation in derivations.values { try derivation.dropKey() }
    }

    func fieldCipher(_ suite: CipherSuite) throws(FieldCryptoError) -> KeptCipher {
        try fieldCiphers.cipher(suite)
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
            cipher: wrappingCiphers.cipher(epoch.suite).cipher, random: random)
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
        let kept = try wrappingCiphers.cipher(epoch.suite)
        return try residentKey.withUnsafeMutableBytes { text throws(FieldCryptoError) in
            try epoch.wrappingKey.withUnsafeBytes { epochKey throws(FieldCryptoError) in
                try kept.use(epochKey.baseAddress, serial: epoch.serial, to: .open) {
                    cipher, cipherKey throws(FieldCryptoError) in
                    let isAuthentic = try KeyWrapping.unwrap(
                        key.wrapped, key: cipherKey, associatedData: canonical.bytes,
                        cipher: cipher, into: text)
                    guard isAuthentic else {
                        throw .unwrap("resident's key of epoch \(key.epoch)")
                    }
                    cipherKey = nil
                }
            }
            return try body(UnsafeRawBufferPointer(text))
        }
    }

    func fieldKey(
        classKey: ClassKey, residentKey: UnsafeRawBufferPointer, generation: UInt16
    ) throws(FieldCryptoError) -> FieldKey {
        let owner = (classSerial: classKey.key.serial, generation: generation)
        if fieldInfoOwner.map({ $0 != owner }) ?? true {
            KeyDerivation.writeFieldInfo(of: classKey, generation: generation, to: &fieldInfo)
            fieldInfoOwner = owner
        }
        let extractor = try authenticator(of: classKey.key)
        let derivation = try derivation(classKey.key.suite.family.hash)
        let byteCount = FieldKey.byteCount(of: classKey.key.suite)
        let secret = try SecretBytes(count: byteCount) { output throws(FieldCryptoError) in
            try derivation.derive(
                extractor: extractor, inputKey: residentKey, info: fieldInfo.bytes, into: output)
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
