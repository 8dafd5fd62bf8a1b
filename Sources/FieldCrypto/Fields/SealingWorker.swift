internal import COpenSSL

/// The libcrypto contexts of one thread at a time, and everything that is done with them.
///
/// Not `Sendable`; a ``WorkerPool`` lends it out. Between two uses a context still holds the key it was given last;
/// `dropKeys` wipes it when a resident is forgotten, the ring is read anew or expired keys are dropped.
final class SealingWorker {
    /// A suite's contexts, and whose key they hold in each direction; 0 for none.
    private final class KeptCipher {
        let cipher: any AuthenticatedCipher
        var sealingSerial: UInt64 = 0
        var openingSerial: UInt64 = 0

        init(_ suite: CipherSuite) throws(FieldCryptoError) { cipher = try suite.cipher() }
    }

    /// Made when a suite is first met: a ring seldom has keys of both families.
    private var fieldCiphers: [KeptCipher?] = [nil, nil, nil]
    private var wrappingCiphers: [CipherSuite: any AuthenticatedCipher] = [:]
    private var derivations: [HashAlgorithm: HKDF] = [:]
    /// One keyed context for each class, index and pseudonym key, by serial.
    private var authenticators: [UInt64: HMACContext] = [:]
    private let addressBytes = AddressBytes()
    /// Opens nothing; see ``decoy(_:)``.
    private var keptDecoyKey: SecretBytes?

    /// Wipes every key schedule and keyed context.
    func dropKeys() throws(FieldCryptoError) {
        authenticators.removeAll()
        for kept in fieldCiphers {
            guard let kept else { continue }
            (kept.sealingSerial, kept.openingSerial) = (0, 0)
            try kept.cipher.dropKeys()
        }
        for cipher in wrappingCiphers.values { try cipher.dropKeys() }
        for derivation in derivations.values { try derivation.dropKey() }
    }

    private func fieldCipher(_ suite: CipherSuite) throws(FieldCryptoError) -> KeptCipher {
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
        _ residentKey: SecretBytes, resident: ResidentKeyID, generation: UInt16, epoch: RingKey,
        random: any RandomSource
    ) throws(FieldCryptoError) -> WrappedResidentKey {
        let data = KeyDerivation.residentAssociatedData(
            resident: resident, generation: generation, epoch: epoch.name.version)
        let wrapped = try KeyWrapping.wrap(
            residentKey, under: epoch.wrappingKey, associatedData: data,
            cipher: wrappingCipher(epoch.suite), random: random)
        return WrappedResidentKey(
            resident: resident, generation: generation, epoch: epoch.name.version, wrapped: wrapped)
    }

    func unwrap(
        _ key: WrappedResidentKey, epoch: RingKey
    ) throws(FieldCryptoError) -> SecretBytes {
        let data = KeyDerivation.residentAssociatedData(
            resident: key.resident, generation: key.generation, epoch: key.epoch)
        return try KeyWrapping.unwrap(
            key.wrapped, under: epoch.wrappingKey, associatedData: data,
            cipher: wrappingCipher(epoch.suite), what: "resident's key of epoch \(key.epoch)")
    }

    func fieldKey(
        classKey: ClassKey, residentKey: SecretBytes, generation: UInt16
    ) throws(FieldCryptoError) -> FieldKey {
        let info = KeyDerivation.fieldInfo(
            suite: classKey.key.suite, fieldClass: classKey.key.name.name,
            classVersion: classKey.version, generation: generation)
        let extractor = try authenticator(of: classKey.key)
        let derivation = try derivation(classKey.key.suite.family.hash)
        let byteCount = FieldKey.byteCount(of: classKey.key.suite)
        let secret = try SecretBytes(count: byteCount) { output throws(FieldCryptoError) in
            try residentKey.withUnsafeBytes { input throws(FieldCryptoError) in
                try derivation.derive(
                    extractor: extractor, inputKey: input, info: info, into: output)
            }
        }
        return FieldKey(
            secret: secret, suite: classKey.key.suite, classVersion: classKey.version,
            generation: generation)
    }

    /// Seals one value; the nonce comes from `random`.
    func seal(
        _ value: borrowing [UInt8], at address: borrowing FieldAddress, padding: ValuePadding,
        key: FieldKey, random: any RandomSource
    ) throws(FieldCryptoError) -> [UInt8] {
        let maximum = KeyringLimits.valueBytesMax
        guard value.count <= maximum else {
            throw .tooLong(of: "value", byteCount: value.count, maximum: maximum)
        }
        let suite = key.suite
        try addressBytes.write(
            address, suite: suite, classVersion: key.classVersion, generation: key.generation)
        let kept = try fieldCipher(suite)
        let textEnd = suite.headerByteCount + padding.paddedByteCount(value.count)
        let isSameKey = kept.sealingSerial == key.serial
        kept.sealingSerial = 0
        let sealed = try bytes(count: textEnd + suite.tagByteCount) {
            output throws(FieldCryptoError) in
            guard let start = output.baseAddress else { return 0 }
            let nonce = UnsafeMutableRawBufferPointer(
                rebasing: output[Envelope.nonceOffset..<suite.headerByteCount])
            let text = UnsafeMutableRawBufferPointer(
                rebasing: output[suite.headerByteCount..<textEnd])
            Envelope(key: key).writeHeader(to: output)
            if nonce.count > 0 { try random.fill(nonce) }
            padding.write(value, to: text)
            try key.withCipherKey { cipherKey throws(FieldCryptoError) in
                try kept.cipher.encrypt(
                    inPlace: text, key: isSameKey ? nil : cipherKey,
                    nonce: start + Envelope.nonceOffset, associatedData: addressBytes.bytes,
                    tag: start + textEnd)
            }
            return output.count
        }
        kept.sealingSerial = key.serial
        return sealed
    }

    /// Opens an envelope whose header was read and whose key was found.
    ///
    /// - Throws: ``FieldCryptoError/notAuthentic(table:field:)`` whatever does not belong together; also where only
    ///   the key check differs, the text is decrypted first, so that no refusal is quicker than another.
    func open(
        _ sealed: borrowing [UInt8], envelope: Envelope, at address: borrowing FieldAddress,
        key: FieldKey
    ) throws(FieldCryptoError) -> [UInt8] {
        let suite = key.suite
        let header = suite.headerByteCount
        let textEnd = sealed.count - suite.tagByteCount
        let maximum = KeyringLimits.valueBytesMax + ValuePadding.bucket32.rawValue
        guard textEnd > header, textEnd - header <= maximum else {
            throw .notAuthentic(table: address.table, field: address.field)
        }
        try addressBytes.write(
            address, suite: suite, classVersion: key.classVersion, generation: key.generation)
        let kept = try fieldCipher(suite)
        let isSameKey = kept.openingSerial == key.serial
        kept.openingSerial = 0
        var isOpened = false
        let value = try withBytes(of: sealed) { sealed throws(FieldCryptoError) in
            try bytes(count: textEnd - header) { text throws(FieldCryptoError) in
                guard let start = sealed.baseAddress else { return 0 }
                text.copyMemory(from: UnsafeRawBufferPointer(rebasing: sealed[header..<textEnd]))
                let isAuthentic = try key.withCipherKey { cipherKey throws(FieldCryptoError) in
                    try kept.cipher.decrypt(
                        inPlace: text, key: isSameKey ? nil : cipherKey,
                        nonce: start + Envelope.nonceOffset, associatedData: addressBytes.bytes,
                        tag: start + textEnd)
                }
                let isOfKey = envelope.suite == suite && envelope.keyCheck == key.keyCheck
                guard isAuthentic, isOfKey,
                    let length = ValuePadding.valueByteCount(in: UnsafeRawBufferPointer(text))
                else {
                    text.initializeMemory(as: UInt8.self, repeating: 0)
                    return 0
                }
                isOpened = true
                return length
            }
        }
        kept.openingSerial = key.serial
        guard isOpened else { throw .notAuthentic(table: address.table, field: address.field) }
        return value
    }

    /// Takes the time of a decryption for an envelope that no key was found for, so that the refusal does not tell that.
    func decoy(_ sealed: borrowing [UInt8]) throws(FieldCryptoError) {
        let kept = try fieldCipher(.aes256GCM)
        let key = try decoyKey()
        kept.openingSerial = 0
        try withBytes(of: sealed) { sealed throws(FieldCryptoError) in
            let overhead = CipherSuite.aes256GCM.overheadByteCount
            guard let start = sealed.baseAddress, sealed.count > overhead,
                sealed.count <= KeyringLimits.valueBytesMax
            else { return }
            _ = try bytes(count: sealed.count - overhead) { text throws(FieldCryptoError) in
                text.copyMemory(from: UnsafeRawBufferPointer(rebasing: sealed[..<text.count]))
                _ = try key.withUnsafeBytes { key throws(FieldCryptoError) in
                    try kept.cipher.decrypt(
                        inPlace: text, key: key.baseAddress, nonce: start, associatedData: sealed,
                        tag: start + sealed.count - CipherSuite.aes256GCM.tagByteCount)
                }
                return 0
            }
        }
    }

    private func decoyKey() throws(FieldCryptoError) -> SecretBytes {
        if let kept = keptDecoyKey { return kept }
        let made = try SecureRandom().secret(CipherSuite.aes256GCM.keyByteCount)
        keptDecoyKey = made
        return made
    }

    /// An array whose bytes `fill` writes in place; it answers how many of them count.
    @inline(__always)
    private func bytes(
        count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(FieldCryptoError) -> Int
    ) throws(FieldCryptoError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let filled = try bytes.withUnsafeMutableBufferPointer {
            buffer throws(FieldCryptoError) in try fill(UnsafeMutableRawBufferPointer(buffer))
        }
        // The general way to shorten an array costs as much as a small encryption.
        if filled == count - 1 {
            bytes.removeLast()
        } else if filled < count {
            bytes.removeLast(count - filled)
        }
        return bytes
    }
}
