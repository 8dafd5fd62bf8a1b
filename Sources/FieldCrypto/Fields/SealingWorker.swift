internal import COpenSSL

/// The libcrypto contexts of one thread at a time, and everything that is done with them.
///
/// Not `Sendable`; a ``WorkerPool`` lends it out. Between two uses a context still holds the key it was given last;
/// `dropKeys` wipes it when a resident is forgotten, the ring is read anew or expired keys are dropped.
final class SealingWorker {
    private let fieldCipher: AES256GCM
    private let wrappingCipher: AES256GCM
    private let derivation: HKDFSHA256
    /// One keyed context for each class, index and pseudonym key, by serial.
    private var authenticators: [UInt64: HMACSHA256] = [:]
    /// Whose key the contexts hold; 0 for none.
    private var sealingSerial: UInt64 = 0
    private var openingSerial: UInt64 = 0
    private var canonical = CanonicalBytes()

    init() throws(FieldCryptoError) {
        fieldCipher = try AES256GCM()
        wrappingCipher = try AES256GCM()
        derivation = try HKDFSHA256()
    }

    /// Wipes every key schedule and keyed context.
    func dropKeys() throws(FieldCryptoError) {
        (sealingSerial, openingSerial) = (0, 0)
        authenticators.removeAll()
        try fieldCipher.dropKeys()
        try wrappingCipher.dropKeys()
        try derivation.dropKey()
    }

    /// HMAC-SHA-256 under a key of the ring.
    func authenticate(_ message: [UInt8], key: RingKey) throws(FieldCryptoError) -> SHA256Digest {
        try authenticator(of: key).authenticate(message)
    }

    private func authenticator(of key: RingKey) throws(FieldCryptoError) -> HMACSHA256 {
        if let kept = authenticators[key.serial] { return kept }
        let made = try HMACSHA256(key: key.secret)
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
            residentKey, under: epoch.secret, associatedData: data, cipher: wrappingCipher,
            random: random)
        return WrappedResidentKey(
            resident: resident, generation: generation, epoch: epoch.name.version, wrapped: wrapped)
    }

    func unwrap(
        _ key: WrappedResidentKey, epoch: RingKey
    ) throws(FieldCryptoError) -> SecretBytes {
        let data = KeyDerivation.residentAssociatedData(
            resident: key.resident, generation: key.generation, epoch: key.epoch)
        return try KeyWrapping.unwrap(
            key.wrapped, under: epoch.secret, associatedData: data, cipher: wrappingCipher,
            what: "resident's key of epoch \(key.epoch)")
    }

    func fieldKey(
        classKey: ClassKey, residentKey: SecretBytes, generation: UInt16
    ) throws(FieldCryptoError) -> FieldKey {
        let info = KeyDerivation.fieldInfo(
            suite: classKey.key.suite, fieldClass: classKey.key.name.name,
            classVersion: classKey.version, generation: generation)
        let extractor = try authenticator(of: classKey.key)
        let secret = try SecretBytes(count: FieldKey.byteCount) { output throws(FieldCryptoError) in
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
        let header = Envelope.headerByteCount
        let textEnd = header + padding.paddedByteCount(value.count)
        var output = [UInt8](repeating: 0, count: textEnd + AES256GCM.tagByteCount)
        let isSameKey = sealingSerial == key.serial
        sealingSerial = 0
        try output.withUnsafeMutableBufferPointer { elements throws(FieldCryptoError) in
            let output = UnsafeMutableRawBufferPointer(elements)
            guard let start = output.baseAddress else { return }
            Envelope(key: key).writeHeader(to: output)
            try random.fill(
                UnsafeMutableRawBufferPointer(
                    rebasing: output[Envelope.nonceOffset..<header]))
            let text = UnsafeMutableRawBufferPointer(rebasing: output[header..<textEnd])
            text.copyBytes(from: value)
            text[value.count] = 0x80
            try withBytes(of: canonical.bytes) { data throws(FieldCryptoError) in
                try key.withCipherKey { cipherKey throws(FieldCryptoError) in
                    try fieldCipher.encrypt(
                        inPlace: text, key: isSameKey ? nil : cipherKey,
                        nonce: start + Envelope.nonceOffset, associatedData: data,
                        tag: start + textEnd)
                }
            }
        }
        sealingSerial = key.serial
        return output
    }

    /// Opens an envelope whose header was read and whose key was found.
    func open(
        _ sealed: [UInt8], envelope: Envelope, at address: FieldAddress, key: FieldKey
    ) throws(FieldCryptoError) -> [UInt8] {
        guard envelope.keyCheck == key.keyCheck else {
            throw .keyCheck(table: address.table, field: address.field)
        }
        let header = Envelope.headerByteCount
        let textEnd = sealed.count - AES256GCM.tagByteCount
        let maximum = KeyringLimits.valueBytesMax + ValuePadding.bucket32.rawValue
        guard textEnd - header <= maximum else {
            throw .tooLong(of: "ciphertext", byteCount: textEnd - header, maximum: maximum)
        }
        address.write(
            to: &canonical, suite: key.suite, classVersion: key.classVersion,
            generation: key.generation)
        var value = [UInt8](sealed[header..<textEnd])
        let isSameKey = openingSerial == key.serial
        openingSerial = 0
        let length = try value.withUnsafeMutableBufferPointer {
            elements throws(FieldCryptoError) -> Int? in
            let text = UnsafeMutableRawBufferPointer(elements)
            let isAuthentic = try withBytes(of: sealed) { sealed throws(FieldCryptoError) in
                guard let start = sealed.baseAddress else { return false }
                return try withBytes(of: canonical.bytes) { data throws(FieldCryptoError) in
                    try key.withCipherKey { cipherKey throws(FieldCryptoError) in
                        try fieldCipher.decrypt(
                            inPlace: text, key: isSameKey ? nil : cipherKey,
                            nonce: start + Envelope.nonceOffset, associatedData: data,
                            tag: start + textEnd)
                    }
                }
            }
            return isAuthentic
                ? ValuePadding.valueByteCount(in: UnsafeRawBufferPointer(text)) : nil
        }
        openingSerial = key.serial
        guard let length else {
            throw .notAuthentic(table: address.table, field: address.field)
        }
        value.removeLast(value.count - length)
        return value
    }
}
