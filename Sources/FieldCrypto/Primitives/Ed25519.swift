internal import COpenSSL

/// An Ed25519 private key (RFC 8032), kept inside libcrypto.
package final class SigningKey: Sendable {
    package static let seedByteCount = 32
    package let publicKey: VerifyingKey
    /// Safe to share: libcrypto only reads a key once made.
    private nonisolated(unsafe) let key: OpaquePointer

    /// The key of a seed of 32 random bytes.
    ///
    /// - Throws: ``FieldCryptoError/length(of:byteCount:expected:)`` if it is not 32 bytes.
    package init(seed: SecretBytes) throws(FieldCryptoError) {
        guard seed.count == Self.seedByteCount else {
            throw .length(of: "signing seed", byteCount: seed.count, expected: Self.seedByteCount)
        }
        let made = seed.withUnsafeBytes {
            EVP_PKEY_new_raw_private_key_ex(
                nil, "ED25519", nil, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count)
        }
        guard let made else { throw libraryFailure("EVP_PKEY_new_raw_private_key_ex") }
        var bytes = [UInt8](repeating: 0, count: VerifyingKey.byteCount)
        var count = bytes.count
        guard EVP_PKEY_get_raw_public_key(made, &bytes, &count) == 1, count == bytes.count else {
            EVP_PKEY_free(made)
            throw libraryFailure("EVP_PKEY_get_raw_public_key")
        }
        do { publicKey = try VerifyingKey(bytes: bytes) } catch {
            EVP_PKEY_free(made)
            throw error
        }
        key = made
    }

    deinit { EVP_PKEY_free(key) }

    /// The 64-byte signature of `message`; the same each time.
    package func sign(_ message: [UInt8]) throws(FieldCryptoError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw libraryFailure("EVP_MD_CTX_new") }
        defer { EVP_MD_CTX_free(context) }
        try check(
            EVP_DigestSignInit_ex(context, nil, nil, nil, nil, key, nil), "EVP_DigestSignInit_ex")
        var signature = [UInt8](repeating: 0, count: VerifyingKey.signatureByteCount)
        var count = signature.count
        try check(
            EVP_DigestSign(context, &signature, &count, message, message.count), "EVP_DigestSign")
        if count != signature.count { throw libraryFailure("EVP_DigestSign") }
        return signature
    }
}

extension SigningKey: CustomStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// An Ed25519 public key.
package final class VerifyingKey: Sendable, Hashable {
    package static let byteCount = 32
    package static let signatureByteCount = 64
    package let bytes: [UInt8]
    /// Safe to share: libcrypto only reads a key once made.
    private nonisolated(unsafe) let key: OpaquePointer

    /// The key of 32 bytes as RFC 8032 writes it.
    ///
    /// - Throws: ``FieldCryptoError/length(of:byteCount:expected:)`` if it is not 32 bytes.
    package init(bytes: [UInt8]) throws(FieldCryptoError) {
        guard bytes.count == Self.byteCount else {
            throw .length(of: "public key", byteCount: bytes.count, expected: Self.byteCount)
        }
        let made = EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, bytes, bytes.count)
        guard let made else { throw libraryFailure("EVP_PKEY_new_raw_public_key_ex") }
        self.bytes = bytes
        key = made
    }

    deinit { EVP_PKEY_free(key) }

    /// Whether `signature` is one of `message`; a wrong length or a failing library answers false.
    package func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        guard signature.count == Self.signatureByteCount, let context = EVP_MD_CTX_new() else {
            return false
        }
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        guard EVP_DigestVerifyInit_ex(context, nil, nil, nil, nil, key, nil) == 1 else {
            return false
        }
        let result = EVP_DigestVerify(
            context, signature, signature.count, message, message.count)
        return result == 1
    }

    package static func == (left: VerifyingKey, right: VerifyingKey) -> Bool {
        left.bytes == right.bytes
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
