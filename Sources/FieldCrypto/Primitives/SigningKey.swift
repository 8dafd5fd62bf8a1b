internal import COpenSSL

/// How a key signs; signatures of both are 64 bytes.
package enum SignatureAlgorithm: Hashable, Sendable, CaseIterable {
    /// RFC 8032; the same signature each time.
    case ed25519
    /// SM2 with SM3 (GB/T 32918.2), id always 1234567812345678; r and s, 32 bytes each, big-endian.
    case sm2

    /// Of SM2: 0x04, x, y.
    package var publicKeyByteCount: Int {
        switch self {
        case .ed25519: 32
        case .sm2: 65
        }
    }
}

/// A private key for signatures, kept inside libcrypto.
package final class SigningKey: Sendable {
    package static let seedByteCount = 32
    package let publicKey: VerifyingKey
    /// Safe to share: libcrypto only reads a key once made.
    private nonisolated(unsafe) let key: OpaquePointer

    package var algorithm: SignatureAlgorithm { publicKey.algorithm }

    /// The key of a seed.
    ///
    /// - Parameters:
    ///   - seed: 32 random bytes; for SM2 the private number, big-endian: see ``randomSeed(for:from:)``.
    ///   - algorithm: How it signs.
    /// - Throws: ``FieldCryptoError/length(of:byteCount:expected:)`` if it is not 32 bytes,
    ///   ``FieldCryptoError/library(call:code:)`` for a number that is no private key of SM2.
    package init(
        seed: SecretBytes, algorithm: SignatureAlgorithm = .ed25519
    ) throws(FieldCryptoError) {
        guard seed.count == Self.seedByteCount else {
            throw .length(of: "signing seed", byteCount: seed.count, expected: Self.seedByteCount)
        }
        switch algorithm {
        case .ed25519: (key, publicKey) = try Self.ed25519(seed)
        case .sm2: (key, publicKey) = try SM2.pair(of: seed)
        }
    }

    deinit { EVP_PKEY_free(key) }

    /// A new seed.
    ///
    /// - Throws: ``FieldCryptoError/library(call:code:)`` if there is no randomness.
    package static func randomSeed(
        for algorithm: SignatureAlgorithm, from random: any RandomSource
    ) throws(FieldCryptoError) -> SecretBytes {
        // One number in four billion is no private key of SM2.
        var seed = try random.secret(seedByteCount)
        while algorithm == .sm2, !SM2.isPrivateKey(seed) {
            seed = try random.secret(seedByteCount)
        }
        return seed
    }

    private static func ed25519(
        _ seed: SecretBytes
    ) throws(FieldCryptoError) -> (OpaquePointer, VerifyingKey) {
        let made = seed.withUnsafeBytes {
            EVP_PKEY_new_raw_private_key_ex(
                nil, "ED25519", nil, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count)
        }
        guard let made else { throw libraryFailure("EVP_PKEY_new_raw_private_key_ex") }
        var bytes = [UInt8](repeating: 0, count: SignatureAlgorithm.ed25519.publicKeyByteCount)
        var count = bytes.count
        guard EVP_PKEY_get_raw_public_key(made, &bytes, &count) == 1, count == bytes.count else {
            EVP_PKEY_free(made)
            throw libraryFailure("EVP_PKEY_get_raw_public_key")
        }
        do { return (made, try VerifyingKey(bytes: bytes)) } catch {
            EVP_PKEY_free(made)
            throw error
        }
    }

    /// The 64-byte signature of `message`.
    package func sign(_ message: [UInt8]) throws(FieldCryptoError) -> [UInt8] {
        switch algorithm {
        case .ed25519: try signWithEd25519(message)
        case .sm2: try SM2.sign(message, key: key)
        }
    }

    private func signWithEd25519(_ message: [UInt8]) throws(FieldCryptoError) -> [UInt8] {
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

/// A public key for signatures; its length tells its algorithm.
package final class VerifyingKey: Sendable, Hashable {
    /// Of either algorithm.
    package static let signatureByteCount = 64
    package let algorithm: SignatureAlgorithm
    package let bytes: [UInt8]
    /// Safe to share: libcrypto only reads a key once made.
    private nonisolated(unsafe) let key: OpaquePointer

    /// The key of 32 bytes as RFC 8032 writes it, or of 65 bytes of SM2: 0x04, x, y.
    ///
    /// - Throws: ``FieldCryptoError/length(of:byteCount:expected:)`` for any other length,
    ///   ``FieldCryptoError/library(call:code:)`` for 65 bytes that are no point of the curve.
    package init(bytes: [UInt8]) throws(FieldCryptoError) {
        let found = SignatureAlgorithm.allCases.first { $0.publicKeyByteCount == bytes.count }
        guard let algorithm = found else {
            throw .length(of: "public key", byteCount: bytes.count, expected: 32)
        }
        self.algorithm = algorithm
        self.bytes = bytes
        switch algorithm {
        case .ed25519:
            let made = EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, bytes, bytes.count)
            guard let made else { throw libraryFailure("EVP_PKEY_new_raw_public_key_ex") }
            key = made
        case .sm2:
            key = try SM2.publicKey(of: bytes)
        }
    }

    deinit { EVP_PKEY_free(key) }

    /// Whether `signature` is one of `message`; a wrong length or a failing library answers false.
    package func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        guard signature.count == Self.signatureByteCount else { return false }
        defer { ERR_clear_error() }
        switch algorithm {
        case .ed25519: return isValidEd25519(signature, for: message)
        case .sm2: return SM2.isValid(signature, for: message, key: key)
        }
    }

    private func isValidEd25519(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestVerifyInit_ex(context, nil, nil, nil, nil, key, nil) == 1 else {
            return false
        }
        return EVP_DigestVerify(
            context, signature, signature.count, message, message.count) == 1
    }

    package static func == (left: VerifyingKey, right: VerifyingKey) -> Bool {
        left.bytes == right.bytes
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
