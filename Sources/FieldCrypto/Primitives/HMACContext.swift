internal import COpenSSL

/// HMAC over a context that is kept, with one hash and one key after another.
///
/// Not `Sendable`: a libcrypto context belongs to one user at a time. The key stays in libcrypto's context, which
/// wipes it when freed or given the next key.
package final class HMACContext {
    private let context: OpaquePointer

    /// A context with `key`.
    package convenience init(
        key: SecretBytes, hash: HashAlgorithm
    ) throws(FieldCryptoError) {
        try self.init(hash: hash)
        try key.withUnsafeBytes { bytes throws(FieldCryptoError) in try setKey(bytes) }
    }

    /// A context that has no key yet.
    package init(hash: HashAlgorithm) throws(FieldCryptoError) {
        guard let made = EVP_MAC_CTX_new(Algorithms.hmac) else {
            throw libraryFailure("EVP_MAC_CTX_new")
        }
        context = made
        var name = Array(hash.libraryName.utf8CString)
        let result = name.withUnsafeMutableBufferPointer { name in
            var parameters = [
                parameter_digest(name.baseAddress),
                OSSL_PARAM_construct_end(),
            ]
            return EVP_MAC_CTX_set_params(made, &parameters)
        }
        try check(result, "EVP_MAC_CTX_set_params")
    }

    deinit { EVP_MAC_CTX_free(context) }

    /// Replaces the key; an empty one is taken as HMAC defines it, as zeros.
    func setKey(_ key: UnsafeRawBufferPointer) throws(FieldCryptoError) {
        var zero: UInt8 = 0
        let result = withUnsafeMutablePointer(to: &zero) { zero in
            // A null key would mean "the key there is", so an empty one gets an address.
            let bytes = key.baseAddress?.assumingMemoryBound(to: UInt8.self)
            return EVP_MAC_init(context, bytes ?? UnsafePointer(zero), key.count, nil)
        }
        try check(result, "EVP_MAC_init")
    }

    func setKey(_ key: [UInt8]) throws(FieldCryptoError) {
        // An empty array passes an address that is not null, so it too replaces the key.
        try check(EVP_MAC_init(context, key, key.count, nil), "EVP_MAC_init")
    }

    /// Begins a new message under the key there is.
    func begin() throws(FieldCryptoError) {
        try check(EVP_MAC_init(context, nil, 0, nil), "EVP_MAC_init")
    }

    func update(_ bytes: UnsafeRawBufferPointer) throws(FieldCryptoError) {
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        try check(EVP_MAC_update(context, start, bytes.count), "EVP_MAC_update")
    }

    func update(_ bytes: [UInt8]) throws(FieldCryptoError) {
        try check(EVP_MAC_update(context, bytes, bytes.count), "EVP_MAC_update")
    }

    /// Writes the code to `output`, which has room for 32 bytes.
    func finish(into output: UnsafeMutableRawPointer) throws(FieldCryptoError) {
        var count = 0
        let start = output.assumingMemoryBound(to: UInt8.self)
        try check(
            EVP_MAC_final(context, start, &count, Digest256.byteCount), "EVP_MAC_final")
        if count != Digest256.byteCount { throw libraryFailure("EVP_MAC_final") }
    }

    /// The code of one message under another key, which stays.
    package func authenticate(
        _ message: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer
    ) throws(FieldCryptoError) -> Digest256 {
        try setKey(key)
        try update(message)
        return try Digest256 { output throws(FieldCryptoError) in
            guard let start = output.baseAddress else { throw libraryFailure("EVP_MAC_final") }
            try finish(into: start)
        }
    }

    /// The code of one message under the key there is.
    package func authenticate(_ message: [UInt8]) throws(FieldCryptoError) -> Digest256 {
        try begin()
        try update(message)
        return try Digest256 { output throws(FieldCryptoError) in
            guard let start = output.baseAddress else { throw libraryFailure("EVP_MAC_final") }
            try finish(into: start)
        }
    }
}

/// The HMAC of one message.
///
/// For many messages a kept ``HMACContext`` is four times faster.
///
/// - Parameters:
///   - message: What is authenticated, of any length.
///   - key: Any length, also none.
///   - hash: The hash below it.
/// - Returns: The code, 32 bytes.
/// - Throws: ``FieldCryptoError/library(call:code:)`` if libcrypto fails.
package func hmac(
    _ message: [UInt8], key: [UInt8], hash: HashAlgorithm
) throws(FieldCryptoError) -> Digest256 {
    let context = try HMACContext(hash: hash)
    try context.setKey(key)
    return try context.authenticate(message)
}

/// The HMAC-SHA-256 of one message; see ``hmac(_:key:hash:)``.
package func hmacSHA256(
    _ message: [UInt8], key: [UInt8]
) throws(FieldCryptoError) -> Digest256 {
    try hmac(message, key: key, hash: .sha256)
}
