internal import COpenSSL

/// AES-256-SIV (RFC 5297): deterministic, so that equal plaintexts under equal associated data are equal ciphertexts.
///
/// Composed of libcrypto's AES-CMAC and AES-CTR: its own SIV mode refuses an empty plaintext and then hands out a tag
/// of zeros, and takes twice the time. The key is 64 bytes: 32 for S2V, 32 for the counter mode. The tag is the
/// synthetic IV; there is no nonce.
package final class AES256SIV: AuthenticatedCipher {
    package static let keyByteCount = 64
    package static let tagByteCount = 16

    package let suite = CipherSuite.aes256SIV
    /// Of each of the two keys.
    private let halfByteCount: Int
    private let code: CMACContext
    private let counterMode: OpaquePointer

    package convenience init() throws(FieldCryptoError) {
        try self.init(keyByteCount: Self.keyByteCount)
    }

    /// With the shorter keys of RFC 5297 too, 32 and 48 bytes, for those who check the construction.
    package init(keyByteCount: Int) throws(FieldCryptoError) {
        halfByteCount = keyByteCount / 2
        guard let name = Algorithms.aesName(keyByteCount: halfByteCount) else {
            throw .length(of: "key", byteCount: keyByteCount, expected: Self.keyByteCount)
        }
        code = try CMACContext(cipher: name + "-CBC")
        guard let made = EVP_CIPHER_CTX_new() else { throw libraryFailure("EVP_CIPHER_CTX_new") }
        counterMode = made
        try dropKeys()
    }

    deinit { EVP_CIPHER_CTX_free(counterMode) }

    package func dropKeys() throws(FieldCryptoError) {
        try check(EVP_CIPHER_CTX_reset(counterMode), "EVP_CIPHER_CTX_reset")
        try check(
            EVP_EncryptInit_ex2(
                counterMode, Algorithms.aesCTR(keyByteCount: halfByteCount), nil, nil, nil),
            "EVP_EncryptInit_ex2")
        try withUnsafeTemporaryAllocation(byteCount: halfByteCount, alignment: 16) {
            zeros throws(FieldCryptoError) in
            zeros.initializeMemory(as: UInt8.self, repeating: 0)
            try code.setKey(UnsafeRawBufferPointer(zeros))
        }
    }

    package func encrypt(
        inPlace text: UnsafeMutableRawBufferPointer, key: UnsafeRawPointer?,
        nonce: UnsafeRawPointer, associatedData: UnsafeRawBufferPointer,
        tag: UnsafeMutableRawPointer
    ) throws(FieldCryptoError) {
        try encrypt(inPlace: text, key: key, components: [associatedData], tag: tag)
    }

    package func decrypt(
        inPlace text: UnsafeMutableRawBufferPointer, key: UnsafeRawPointer?,
        nonce: UnsafeRawPointer, associatedData: UnsafeRawBufferPointer, tag: UnsafeRawPointer
    ) throws(FieldCryptoError) -> Bool {
        try decrypt(inPlace: text, key: key, components: [associatedData], tag: tag)
    }

    /// As in RFC 5297, with a list of associated data of which each counts, also an empty one.
    func encrypt(
        inPlace text: UnsafeMutableRawBufferPointer, key: UnsafeRawPointer?,
        components: [UnsafeRawBufferPointer], tag: UnsafeMutableRawPointer
    ) throws(FieldCryptoError) {
        try setKey(key)
        let vector = try syntheticVector(components, UnsafeRawBufferPointer(text))
        vector.store(to: tag)
        try applyCounterMode(key: key, vector: vector, text: text)
    }

    func decrypt(
        inPlace text: UnsafeMutableRawBufferPointer, key: UnsafeRawPointer?,
        components: [UnsafeRawBufferPointer], tag: UnsafeRawPointer
    ) throws(FieldCryptoError) -> Bool {
        try setKey(key)
        let claimed = Block(loading: tag)
        try applyCounterMode(key: key, vector: claimed, text: text)
        let vector = try syntheticVector(components, UnsafeRawBufferPointer(text))
        let isAuthentic = vector.isEqualInConstantTime(to: claimed)
        if !isAuthentic, text.count > 0 { OPENSSL_cleanse(text.baseAddress, text.count) }
        return isAuthentic
    }

    private func setKey(_ key: UnsafeRawPointer?) throws(FieldCryptoError) {
        guard let key else { return }
        try code.setKey(UnsafeRawBufferPointer(start: key, count: halfByteCount))
    }

    /// S2V: RFC 5297, section 2.4.
    private func syntheticVector(
        _ components: [UnsafeRawBufferPointer], _ text: UnsafeRawBufferPointer
    ) throws(FieldCryptoError) -> Block {
        var sum = try code.code(of: Block())
        for component in components {
            sum = sum.doubled ^ (try code.code(of: component, endingWith: nil))
        }
        if text.count >= Block.byteCount {
            return try code.code(of: text, endingWith: sum)
        }
        var padded = Block()
        padded.withUnsafeMutableBytes { bytes in
            bytes.copyMemory(from: text)
            bytes[text.count] = 0x80
        }
        return try code.code(of: sum.doubled ^ padded)
    }

    /// AES-CTR from the vector, of which two bits are cleared (RFC 5297, section 2.5).
    private func applyCounterMode(
        key: UnsafeRawPointer?, vector: Block, text: UnsafeMutableRawBufferPointer
    ) throws(FieldCryptoError) {
        let second = key.map { ($0 + halfByteCount).assumingMemoryBound(to: UInt8.self) }
        var counter = vector
        counter.clearCounterBits()
        try counter.withUnsafeMutableBytes { bytes throws(FieldCryptoError) in
            let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            try check(
                EVP_EncryptInit_ex2(counterMode, nil, second, start, nil), "EVP_EncryptInit_ex2")
        }
        guard text.count > 0 else { return }
        let start = text.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var count: Int32 = 0
        try check(
            EVP_EncryptUpdate(counterMode, start, &count, start, Int32(text.count)),
            "EVP_EncryptUpdate")
        if count != Int32(text.count) { throw libraryFailure("EVP_EncryptUpdate") }
    }
}

extension AES256SIV {
    /// Encrypts under a list of associated data, of which each counts, also an empty one.
    ///
    /// - Returns: The ciphertext and, behind it, the synthetic IV.
    /// - Throws: ``FieldCryptoError/length(of:byteCount:expected:)`` for a key that is not 64 bytes.
    package func encrypt(
        _ plaintext: [UInt8], key: SecretBytes, components: [[UInt8]]
    ) throws(FieldCryptoError) -> [UInt8] {
        try checkLength(of: key)
        var output = plaintext + [UInt8](repeating: 0, count: Self.tagByteCount)
        try output.withUnsafeMutableBufferPointer { elements throws(FieldCryptoError) in
            let output = UnsafeMutableRawBufferPointer(elements)
            guard let start = output.baseAddress else { return }
            let text = UnsafeMutableRawBufferPointer(start: start, count: plaintext.count)
            try withComponents(components[...], []) { components throws(FieldCryptoError) in
                try key.withUnsafeBytes { key throws(FieldCryptoError) in
                    try encrypt(
                        inPlace: text, key: key.baseAddress, components: components,
                        tag: start + plaintext.count)
                }
            }
        }
        return output
    }

    /// Opens what ``encrypt(_:key:components:)`` gave, or answers nil where anything was changed.
    package func decrypt(
        _ sealed: [UInt8], key: SecretBytes, components: [[UInt8]]
    ) throws(FieldCryptoError) -> [UInt8]? {
        try checkLength(of: key)
        guard sealed.count >= Self.tagByteCount else { return nil }
        let tag = Array(sealed.suffix(Self.tagByteCount))
        var text = Array(sealed.dropLast(Self.tagByteCount))
        let isAuthentic = try text.withUnsafeMutableBufferPointer {
            elements throws(FieldCryptoError) in
            let text = UnsafeMutableRawBufferPointer(elements)
            return try withComponents((components + [tag])[...], []) {
                all throws(FieldCryptoError) in
                guard let tag = all.last?.baseAddress else { return false }
                return try key.withUnsafeBytes { key throws(FieldCryptoError) in
                    try decrypt(
                        inPlace: text, key: key.baseAddress,
                        components: Array(all.dropLast()), tag: tag)
                }
            }
        }
        return isAuthentic ? text : nil
    }

    private func checkLength(of key: SecretBytes) throws(FieldCryptoError) {
        guard key.count == 2 * halfByteCount else {
            throw .length(of: "key", byteCount: key.count, expected: 2 * halfByteCount)
        }
    }

    /// Lends the bytes of every array at once.
    private func withComponents<Result>(
        _ left: ArraySlice<[UInt8]>, _ lent: [UnsafeRawBufferPointer],
        _ body: ([UnsafeRawBufferPointer]) throws(FieldCryptoError) -> Result
    ) throws(FieldCryptoError) -> Result {
        guard let next = left.first else { return try body(lent) }
        return try withBytes(of: next) { bytes throws(FieldCryptoError) in
            try withComponents(left.dropFirst(), lent + [bytes], body)
        }
    }
}
