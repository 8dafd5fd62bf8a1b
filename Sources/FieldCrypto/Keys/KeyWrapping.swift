/// Wraps 32-byte keys with the suite of either family: nonce, wrapped key, tag.
///
/// AES-256-GCM takes the wrapping key as it is: 60 bytes (12, 32, 16). SM4-CTR with HMAC-SM3 takes HKDF-SM3 of it,
/// with no salt and the info "gw/wrap/v1", suite (1 byte): 80 bytes (16, 32, 32).
enum KeyWrapping {
    static let keyByteCount = 32
    /// How long a key is that AES-256-GCM wrapped.
    static let wrappedByteCount = byteCount(of: .aes256GCM)

    /// How long a wrapped key is.
    static func byteCount(of suite: CipherSuite) -> Int {
        suite.nonceByteCount + keyByteCount + suite.tagByteCount
    }

    /// What a suite's cipher takes for a wrapping key of 32 bytes; worth keeping where much is wrapped.
    ///
    /// - Throws: ``FieldCryptoError/length(of:byteCount:expected:)`` if it is not 32 bytes.
    static func key(
        from secret: SecretBytes, suite: CipherSuite
    ) throws(FieldCryptoError) -> SecretBytes {
        try checkLength(secret.count, expected: keyByteCount)
        guard suite != .aes256GCM else { return secret }
        var info = CanonicalBytes(capacity: 32)
        info.append("gw/wrap/v1")
        info.append(suite.rawValue)
        return try hkdf(
            salt: [], inputKey: secret, info: info.bytes, byteCount: suite.keyByteCount,
            hash: suite.family.hash)
    }

    /// Wraps a key for one purpose.
    ///
    /// - Parameters:
    ///   - key: The 32 bytes to wrap.
    ///   - wrappingKey: What ``key(from:suite:)`` gave for the cipher's suite.
    ///   - associatedData: What the wrapped key is for.
    ///   - cipher: The contexts to use.
    ///   - random: Where the nonce comes from.
    /// - Returns: As many bytes as ``byteCount(of:)`` says.
    /// - Throws: ``FieldCryptoError/length(of:byteCount:expected:)`` if a key is of another length.
    static func wrap(
        _ key: UnsafeRawBufferPointer, under wrappingKey: SecretBytes, associatedData: [UInt8],
        cipher: any AuthenticatedCipher, random: any RandomSource
    ) throws(FieldCryptoError) -> [UInt8] {
        let suite = cipher.suite
        try checkLength(key.count, expected: keyByteCount)
        try checkLength(wrappingKey.count, expected: suite.keyByteCount)
        let textStart = suite.nonceByteCount
        let textEnd = textStart + keyByteCount
        var output = [UInt8](repeating: 0, count: byteCount(of: suite))
        try output.withUnsafeMutableBufferPointer { elements throws(FieldCryptoError) in
            let output = UnsafeMutableRawBufferPointer(elements)
            guard let start = output.baseAddress else { return }
            let text = UnsafeMutableRawBufferPointer(rebasing: output[textStart..<textEnd])
            try random.fill(UnsafeMutableRawBufferPointer(rebasing: output[0..<textStart]))
            text.copyMemory(from: key)
            try wrappingKey.withUnsafeBytes { key throws(FieldCryptoError) in
                try withBytes(of: associatedData) { data throws(FieldCryptoError) in
                    try cipher.encrypt(
                        inPlace: text, key: key.baseAddress, nonce: start, associatedData: data,
                        tag: start + textEnd)
                }
            }
        }
        return output
    }

    /// Unwraps what `wrap` gave for the same purpose; `what` names the key in the error.
    ///
    /// - Throws: ``FieldCryptoError/unwrap(_:)`` if the key, its wrapping key or its purpose is another.
    static func unwrap(
        _ wrapped: [UInt8], under wrappingKey: SecretBytes, associatedData: [UInt8],
        cipher: any AuthenticatedCipher, what: @autoclosure () -> String
    ) throws(FieldCryptoError) -> SecretBytes {
        var isAuthentic = false
        let key = try SecretBytes(count: keyByteCount) { text throws(FieldCryptoError) in
            try checkLength(wrappingKey.count, expected: cipher.suite.keyByteCount)
            isAuthentic = try wrappingKey.withUnsafeBytes { key throws(FieldCryptoError) in
                try unwrap(
                    wrapped, key: key.baseAddress, associatedData: associatedData,
                    cipher: cipher, into: text)
            }
        }
        guard isAuthentic else { throw .unwrap(what()) }
        return key
    }

    /// Unwraps into `text`, which has 32 bytes, and answers whether it did; where not, nothing of use stands there.
    ///
    /// A nil key means that of the decryption before.
    static func unwrap(
        _ wrapped: [UInt8], key: UnsafeRawPointer?, associatedData: [UInt8],
        cipher: any AuthenticatedCipher, into text: UnsafeMutableRawBufferPointer
    ) throws(FieldCryptoError) -> Bool {
        let suite = cipher.suite
        guard wrapped.count == byteCount(of: suite) else { return false }
        let textStart = suite.nonceByteCount
        let textEnd = textStart + keyByteCount
        return try withBytes(of: wrapped) { wrapped throws(FieldCryptoError) in
            text.copyMemory(from: UnsafeRawBufferPointer(rebasing: wrapped[textStart..<textEnd]))
            guard let start = wrapped.baseAddress else { return false }
            return try withBytes(of: associatedData) { data throws(FieldCryptoError) in
                try cipher.decrypt(
                    inPlace: text, key: key, nonce: start, associatedData: data,
                    tag: start + textEnd)
            }
        }
    }

    private static func checkLength(
        _ byteCount: Int, expected: Int
    ) throws(FieldCryptoError) {
        guard byteCount == expected else {
            throw .length(of: "key", byteCount: byteCount, expected: expected)
        }
    }
}

extension KeyWrapping {
    /// Wraps one key with contexts of its own: for the few keys that the root key wraps.
    ///
    /// - Parameters:
    ///   - key: The 32 bytes to wrap.
    ///   - secret: The 32 bytes of the wrapping key.
    ///   - associatedData: What the wrapped key is for.
    ///   - family: Whose suite wraps it.
    ///   - random: Where the nonce comes from.
    /// - Returns: As many bytes as ``byteCount(of:)`` says.
    /// - Throws: ``FieldCryptoError/length(of:byteCount:expected:)`` if a key is not 32 bytes.
    static func wrap(
        _ key: SecretBytes, underRoot secret: SecretBytes, associatedData: [UInt8],
        family: CryptoFamily, random: any RandomSource
    ) throws(FieldCryptoError) -> [UInt8] {
        try key.withUnsafeBytes { key throws(FieldCryptoError) in
            try wrap(
                key, under: self.key(from: secret, suite: family.suite),
                associatedData: associatedData, cipher: family.suite.cipher(), random: random)
        }
    }

    /// Unwraps what ``wrap(_:underRoot:associatedData:family:random:)`` gave.
    static func unwrap(
        _ wrapped: [UInt8], underRoot secret: SecretBytes, associatedData: [UInt8],
        family: CryptoFamily, what: @autoclosure () -> String
    ) throws(FieldCryptoError) -> SecretBytes {
        try unwrap(
            wrapped, under: key(from: secret, suite: family.suite),
            associatedData: associatedData, cipher: family.suite.cipher(), what: what())
    }
}

/// Lends the bytes of an array, with a typed error.
@inline(__always)
func withBytes<Result>(
    of bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(FieldCryptoError) -> Result
) throws(FieldCryptoError) -> Result {
    try bytes.withUnsafeBufferPointer { elements throws(FieldCryptoError) in
        try body(UnsafeRawBufferPointer(elements))
    }
}
