internal import COpenSSL

/// AES-256-GCM with 96-bit nonces and 128-bit tags over kept contexts.
///
/// What it promises is said at ``AuthenticatedCipher``.
package final class AES256GCM: AuthenticatedCipher {
    package static let keyByteCount = 32
    package static let nonceByteCount = 12
    package static let tagByteCount = 16

    package let suite = CipherSuite.aes256GCM
    private let encryption: OpaquePointer
    private let decryption: OpaquePointer

    package init() throws(FieldCryptoError) {
        guard let encryption = EVP_CIPHER_CTX_new() else {
            throw libraryFailure("EVP_CIPHER_CTX_new")
        }
        guard let decryption = EVP_CIPHER_CTX_new() else {
            EVP_CIPHER_CTX_free(encryption)
            throw libraryFailure("EVP_CIPHER_CTX_new")
        }
        self.encryption = encryption
        self.decryption = decryption
        try dropKeys()
    }

    deinit {
        EVP_CIPHER_CTX_free(encryption)
        EVP_CIPHER_CTX_free(decryption)
    }

    package func dropKeys() throws(FieldCryptoError) {
        try check(EVP_CIPHER_CTX_reset(encryption), "EVP_CIPHER_CTX_reset")
        try check(EVP_CIPHER_CTX_reset(decryption), "EVP_CIPHER_CTX_reset")
        let cipher = Algorithms.aes256GCM
        try check(EVP_EncryptInit_ex2(encryption, cipher, nil, nil, nil), "EVP_EncryptInit_ex2")
        try check(EVP_DecryptInit_ex2(decryption, cipher, nil, nil, nil), "EVP_DecryptInit_ex2")
    }

    package func encrypt(
        inPlace text: UnsafeMutableRawBufferPointer, key: UnsafeRawPointer?,
        nonce: UnsafeRawPointer,
        associatedData: UnsafeRawBufferPointer, tag: UnsafeMutableRawPointer
    ) throws(FieldCryptoError) {
        let key = key?.assumingMemoryBound(to: UInt8.self)
        let nonce = nonce.assumingMemoryBound(to: UInt8.self)
        try check(EVP_EncryptInit_ex2(encryption, nil, key, nonce, nil), "EVP_EncryptInit_ex2")
        var count: Int32 = 0
        if associatedData.count > 0 {
            let start = associatedData.baseAddress?.assumingMemoryBound(to: UInt8.self)
            let length = Int32(associatedData.count)
            try check(
                EVP_EncryptUpdate(encryption, nil, &count, start, length), "EVP_EncryptUpdate")
        }
        let start = text.baseAddress?.assumingMemoryBound(to: UInt8.self)
        if text.count > 0 {
            try check(
                EVP_EncryptUpdate(encryption, start, &count, start, Int32(text.count)),
                "EVP_EncryptUpdate")
            if count != Int32(text.count) { throw libraryFailure("EVP_EncryptUpdate") }
        }
        // GCM writes nothing here; libcrypto still wants an address.
        let end = tag.assumingMemoryBound(to: UInt8.self)
        try check(EVP_EncryptFinal_ex(encryption, end, &count), "EVP_EncryptFinal_ex")
        try check(
            EVP_CIPHER_CTX_ctrl(encryption, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagByteCount), tag),
            "EVP_CTRL_AEAD_GET_TAG")
    }

    package func decrypt(
        inPlace text: UnsafeMutableRawBufferPointer, key: UnsafeRawPointer?,
        nonce: UnsafeRawPointer,
        associatedData: UnsafeRawBufferPointer, tag: UnsafeRawPointer
    ) throws(FieldCryptoError) -> Bool {
        let key = key?.assumingMemoryBound(to: UInt8.self)
        let nonce = nonce.assumingMemoryBound(to: UInt8.self)
        try check(EVP_DecryptInit_ex2(decryption, nil, key, nonce, nil), "EVP_DecryptInit_ex2")
        var count: Int32 = 0
        if associatedData.count > 0 {
            let start = associatedData.baseAddress?.assumingMemoryBound(to: UInt8.self)
            let length = Int32(associatedData.count)
            try check(
                EVP_DecryptUpdate(decryption, nil, &count, start, length), "EVP_DecryptUpdate")
        }
        let start = text.baseAddress?.assumingMemoryBound(to: UInt8.self)
        if text.count > 0 {
            let result = EVP_DecryptUpdate(decryption, start, &count, start, Int32(text.count))
            if result != 1 || count != Int32(text.count) {
                OPENSSL_cleanse(text.baseAddress, text.count)
                throw libraryFailure("EVP_DecryptUpdate")
            }
        }
        let expected = UnsafeMutableRawPointer(mutating: tag)
        try check(
            EVP_CIPHER_CTX_ctrl(
                decryption, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagByteCount), expected),
            "EVP_CTRL_AEAD_SET_TAG")
        var unused: UInt8 = 0
        if EVP_DecryptFinal_ex(decryption, &unused, &count) == 1 { return true }
        if text.count > 0 { OPENSSL_cleanse(text.baseAddress, text.count) }
        ERR_clear_error()
        return false
    }
}
