internal import COpenSSL

/// AES-256-GCM with 96-bit nonces and 128-bit tags over kept contexts.
///
/// Not `Sendable`: a libcrypto context belongs to one user at a time. Every result of libcrypto is checked, so a
/// tag is never stored that was not computed, and plaintext never leaves before its tag was found right.
package final class AES256GCM {
    package static let keyByteCount = 32
    package static let nonceByteCount = 12
    package static let tagByteCount = 16

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

    /// Wipes the key schedules; the next use must bring a key.
    func dropKeys() throws(FieldCryptoError) {
        try check(EVP_CIPHER_CTX_reset(encryption), "EVP_CIPHER_CTX_reset")
        try check(EVP_CIPHER_CTX_reset(decryption), "EVP_CIPHER_CTX_reset")
        let cipher = Algorithms.aes256GCM
        try check(EVP_EncryptInit_ex2(encryption, cipher, nil, nil, nil), "EVP_EncryptInit_ex2")
        try check(EVP_DecryptInit_ex2(decryption, cipher, nil, nil, nil), "EVP_DecryptInit_ex2")
    }

    /// Encrypts in place and writes the tag behind.
    ///
    /// - Parameters:
    ///   - text: The plaintext; afterwards the ciphertext. At most 2^31 - 1 bytes.
    ///   - key: 32 bytes, or nil for the key of the call before.
    ///   - nonce: 12 bytes, never used before with this key.
    ///   - associatedData: What is authenticated beside the text.
    ///   - tag: Room for 16 bytes.
    /// - Throws: ``FieldCryptoError/library(call:code:)``; the text is then neither plain nor to be used.
    func encrypt(
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

    /// Decrypts in place; where the tag is not right the text is wiped.
    ///
    /// The arguments are those of `encrypt`; `tag` is the 16 bytes to compare with. Answers whether text, nonce,
    /// associated data and tag belong together.
    func decrypt(
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

extension AES256GCM {
    /// Encrypts a message of its own, not an envelope; who calls it answers for the nonce.
    ///
    /// - Parameters:
    ///   - plaintext: At most 2^31 - 1 bytes.
    ///   - key: 32 bytes.
    ///   - nonce: 12 bytes, never used before with this key.
    ///   - associatedData: What is authenticated beside it.
    /// - Returns: The ciphertext and, behind it, the 16-byte tag.
    /// - Throws: ``FieldCryptoError/length(of:byteCount:expected:)`` for a key or nonce of another length.
    package func encrypt(
        _ plaintext: [UInt8], key: SecretBytes, nonce: [UInt8], associatedData: [UInt8]
    ) throws(FieldCryptoError) -> [UInt8] {
        try checkLengths(key: key, nonce: nonce)
        var output = plaintext + [UInt8](repeating: 0, count: Self.tagByteCount)
        try output.withUnsafeMutableBufferPointer { elements throws(FieldCryptoError) in
            let output = UnsafeMutableRawBufferPointer(elements)
            guard let start = output.baseAddress else { return }
            let text = UnsafeMutableRawBufferPointer(start: start, count: plaintext.count)
            try withAddresses(of: nonce, key) { nonce, key throws(FieldCryptoError) in
                try withBytes(of: associatedData) { data throws(FieldCryptoError) in
                    try encrypt(
                        inPlace: text, key: key, nonce: nonce, associatedData: data,
                        tag: start + plaintext.count)
                }
            }
        }
        return output
    }

    /// Opens what ``encrypt(_:key:nonce:associatedData:)`` gave.
    ///
    /// - Returns: The plaintext, or nil where anything was changed.
    /// - Throws: ``FieldCryptoError/length(of:byteCount:expected:)`` for a key or nonce of another length.
    package func decrypt(
        _ sealed: [UInt8], key: SecretBytes, nonce: [UInt8], associatedData: [UInt8]
    ) throws(FieldCryptoError) -> [UInt8]? {
        try checkLengths(key: key, nonce: nonce)
        guard sealed.count >= Self.tagByteCount else { return nil }
        var text = Array(sealed.dropLast(Self.tagByteCount))
        let isAuthentic = try text.withUnsafeMutableBufferPointer {
            elements throws(FieldCryptoError) in
            let text = UnsafeMutableRawBufferPointer(elements)
            return try withBytes(of: sealed) { sealed throws(FieldCryptoError) in
                guard let start = sealed.baseAddress else { return false }
                return try withAddresses(of: nonce, key) { nonce, key throws(FieldCryptoError) in
                    try withBytes(of: associatedData) { data throws(FieldCryptoError) in
                        try decrypt(
                            inPlace: text, key: key, nonce: nonce, associatedData: data,
                            tag: start + text.count)
                    }
                }
            }
        }
        return isAuthentic ? text : nil
    }

    private func checkLengths(key: SecretBytes, nonce: [UInt8]) throws(FieldCryptoError) {
        guard key.count == Self.keyByteCount else {
            throw .length(of: "key", byteCount: key.count, expected: Self.keyByteCount)
        }
        guard nonce.count == Self.nonceByteCount else {
            throw .length(of: "nonce", byteCount: nonce.count, expected: Self.nonceByteCount)
        }
    }

    private func withAddresses<Result>(
        of nonce: [UInt8], _ key: SecretBytes,
        _ body: (UnsafeRawPointer, UnsafeRawPointer) throws(FieldCryptoError) -> Result
    ) throws(FieldCryptoError) -> Result {
        try withBytes(of: nonce) { nonce throws(FieldCryptoError) in
            try key.withUnsafeBytes { key throws(FieldCryptoError) in
                guard let nonce = nonce.baseAddress, let key = key.baseAddress else {
                    preconditionFailure("neither is empty")
                }
                return try body(nonce, key)
            }
        }
    }
}
