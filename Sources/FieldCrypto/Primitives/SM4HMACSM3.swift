internal import COpenSSL

/// SM4-CTR, then HMAC-SM3 over the ciphertext: encrypt-then-MAC with a key for each (48 bytes: 16 and 32).
///
/// The code is over the length of the associated data (8 bytes, big-endian), the associated data, the 16-byte initial
/// counter, the ciphertext and the byte of the suite; all 32 bytes are kept. It commits to the key: no second key
/// opens the same bytes.
package final class SM4HMACSM3: AuthenticatedCipher {
    package static let keyByteCount = 48
    package static let nonceByteCount = 16
    package static let tagByteCount = 32
    private static let cipherKeyByteCount = 16

    /// The contexts of one direction: sealing and opening seldom use one key after another.
    private final class Contexts {
        let cipher: OpaquePointer
        let code: HMACContext

        init() throws(FieldCryptoError) {
            code = try HMACContext(hash: .sm3)
            guard let made = EVP_CIPHER_CTX_new() else {
                throw libraryFailure("EVP_CIPHER_CTX_new")
            }
            cipher = made
        }

        deinit { EVP_CIPHER_CTX_free(cipher) }
    }

    package let suite = CipherSuite.sm4HMACSM3
    private let sealing: Contexts
    private let opening: Contexts

    package init() throws(FieldCryptoError) {
        sealing = try Contexts()
        opening = try Contexts()
        try dropKeys()
    }

    package func dropKeys() throws(FieldCryptoError) {
        for contexts in [sealing, opening] {
            try check(EVP_CIPHER_CTX_reset(contexts.cipher), "EVP_CIPHER_CTX_reset")
            try check(
                EVP_EncryptInit_ex2(contexts.cipher, Algorithms.sm4CTR, nil, nil, nil),
                "EVP_EncryptInit_ex2")
            try contexts.code.setKey(UnsafeRawBufferPointer(start: nil, count: 0))
        }
    }

    package func encrypt(
        inPlace text: UnsafeMutableRawBufferPointer, key: UnsafeRawPointer?,
        nonce: UnsafeRawPointer, associatedData: UnsafeRawBufferPointer,
        tag: UnsafeMutableRawPointer
    ) throws(FieldCryptoError) {
        try setKey(key, of: sealing)
        try applyCounterMode(sealing, key: key, nonce: nonce, text: text)
        try authenticate(
            UnsafeRawBufferPointer(text), sealing, nonce: nonce, associatedData: associatedData,
            into: tag)
    }

    package func decrypt(
        inPlace text: UnsafeMutableRawBufferPointer, key: UnsafeRawPointer?,
        nonce: UnsafeRawPointer, associatedData: UnsafeRawBufferPointer, tag: UnsafeRawPointer
    ) throws(FieldCryptoError) -> Bool {
        try setKey(key, of: opening)
        let isAuthentic = try withUnsafeTemporaryAllocation(
            byteCount: Self.tagByteCount, alignment: 16
        ) { expected throws(FieldCryptoError) in
            guard let start = expected.baseAddress else { return false }
            try authenticate(
                UnsafeRawBufferPointer(text), opening, nonce: nonce,
                associatedData: associatedData, into: start)
            return CRYPTO_memcmp(start, tag, Self.tagByteCount) == 0
        }
        // Also where the code is wrong, so that a refusal takes as long; the result is then wiped.
        try applyCounterMode(opening, key: key, nonce: nonce, text: text)
        if !isAuthentic, text.count > 0 { OPENSSL_cleanse(text.baseAddress, text.count) }
        return isAuthentic
    }

    private func setKey(
        _ key: UnsafeRawPointer?, of contexts: Contexts
    ) throws(FieldCryptoError) {
        guard let key else { return }
        let codeKey = UnsafeRawBufferPointer(
            start: key + Self.cipherKeyByteCount,
            count: Self.keyByteCount - Self.cipherKeyByteCount)
        try contexts.code.setKey(codeKey)
    }

    private func applyCounterMode(
        _ contexts: Contexts, key: UnsafeRawPointer?, nonce: UnsafeRawPointer,
        text: UnsafeMutableRawBufferPointer
    ) throws(FieldCryptoError) {
        try check(
            EVP_EncryptInit_ex2(
                contexts.cipher, nil, key?.assumingMemoryBound(to: UInt8.self),
                nonce.assumingMemoryBound(to: UInt8.self), nil),
            "EVP_EncryptInit_ex2")
        guard text.count > 0 else { return }
        let start = text.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var count: Int32 = 0
        try check(
            EVP_EncryptUpdate(contexts.cipher, start, &count, start, Int32(text.count)),
            "EVP_EncryptUpdate")
        if count != Int32(text.count) { throw libraryFailure("EVP_EncryptUpdate") }
    }

    private func authenticate(
        _ ciphertext: UnsafeRawBufferPointer, _ contexts: Contexts, nonce: UnsafeRawPointer,
        associatedData: UnsafeRawBufferPointer, into tag: UnsafeMutableRawPointer
    ) throws(FieldCryptoError) {
        let code = contexts.code
        try code.begin()
        try withUnsafeBytes(of: UInt64(associatedData.count).bigEndian) {
            bytes throws(FieldCryptoError) in try code.update(bytes)
        }
        try code.update(associatedData)
        try code.update(UnsafeRawBufferPointer(start: nonce, count: Self.nonceByteCount))
        try code.update(ciphertext)
        try withUnsafeBytes(of: suite.rawValue) { byte throws(FieldCryptoError) in
            try code.update(byte)
        }
        try code.finish(into: tag)
    }
}
