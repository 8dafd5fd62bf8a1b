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
    private var canonical = CanonicalBytes()

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

    func seal(
        _ value: [UInt8], at address: FieldAddress, padding: ValuePadding, key: FieldKey,
        random: any RandomSource
    ) throws(FieldCryptoError) -> [UInt8] {
        let maximum = KeyringLimits.valueBytesMax
        guard value.count <= maximum else {
            throw .tooLong(of: "value", byteCount: value.count, maximum: maximum)
        }
        try address.checkNames()
        address.write(
            to: &canonical, suite: key.suite, classVersion: key.classVersion,
            generation: key.generation)
        let suite = key.suite
        let kept = try fieldCipher(suite)
        let header = suite.headerByteCount
        let textEnd = header + padding.paddedByteCount(value.count)
        var output = [UInt8](repeating: 0, count: textEnd + suite.tagByteCount)
        let isSameKey = kept.sealingSerial == key.serial
        kept.sealingSerial = 0
        try output.withUnsafeMutableBufferPointer { elements throws(FieldCryptoError) in
            let output = UnsafeMutableRawBufferPointer(elements)
            guard let start = output.baseAddress else { return }
            Envelope(key: key).writeHeader(to: output)
            if header > Envelope.nonceOffset {
                try random.fill(
                    UnsafeMutableRawBufferPointer(
                        rebasing: output[Envelope.nonceOffset..<header]))
            }
            let text = UnsafeMutableRawBufferPointer(rebasing: output[header..<textEnd])
            text.copyBytes(from: value)
            text[value.count] = 0x80
            try withBytes(of: canonical.bytes) { data throws(FieldCryptoError) in
                try key.withCipherKey { cipherKey throws(FieldCryptoError) in
                    try kept.cipher.encrypt(
                        inPlace: text, key: isSameKey ? nil : cipherKey,
                        nonce: start + Envelope.nonceOffset, associatedData: data,
                        tag: start + textEnd)
                }
            }
        }
        kept.sealingSerial = key.serial
        return output
    }

    /// Opens an envelope whose header was read and whose key was found.
    ///
    /// - Throws: ``FieldCryptoError/notAuthentic(table:field:)`` whatever does not belong together; also where only
    ///   the key check differs, the text is decrypted first, so that no refusal is quicker than another.
    func open(
        _ sealed: [UInt8], envelope: Envelope, at address: FieldAddress, key: FieldKey
    ) throws(FieldCryptoError) -> [UInt8] {
        let suite = key.suite
        let header = suite.headerByteCount
        let textEnd = sealed.count - suite.tagByteCount
        let maximum = KeyringLimits.valueBytesMax + ValuePadding.bucket32.rawValue
        guard textEnd > header, textEnd - header <= maximum else {
            throw .notAuthentic(table: address.table, field: address.field)
        }
        address.write(
            to: &canonical, suite: suite, classVersion: key.classVersion,
            generation: key.generation)
        let kept = try fieldCipher(suite)
        var value = [UInt8](sealed[header..<textEnd])
        let isSameKey = kept.openingSerial == key.serial
        kept.openingSerial = 0
        let length = try value.withUnsafeMutableBufferPointer {
            elements throws(FieldCryptoError) -> Int? in
            let text = UnsafeMutableRawBufferPointer(elements)
            let isAuthentic = try withBytes(of: sealed) { sealed throws(FieldCryptoError) in
                guard let start = sealed.baseAddress else { return false }
                return try withBytes(of: canonical.bytes) { data throws(FieldCryptoError) in
                    try key.withCipherKey { cipherKey throws(FieldCryptoError) in
                        try kept.cipher.decrypt(
                            inPlace: text, key: isSameKey ? nil : cipherKey,
                            nonce: start + Envelope.nonceOffset, associatedData: data,
                            tag: start + textEnd)
                    }
                }
            }
            let isOfKey = envelope.suite == suite && envelope.keyCheck == key.keyCheck
            return isAuthentic && isOfKey
                ? ValuePadding.valueByteCount(in: UnsafeRawBufferPointer(text)) : nil
        }
        kept.openingSerial = key.serial
        guard let length else {
            wipe(&value)
            throw .notAuthentic(table: address.table, field: address.field)
        }
        value.removeLast(value.count - length)
        return value
    }
}
