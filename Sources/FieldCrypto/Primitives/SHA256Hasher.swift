internal import COpenSSL

/// SHA-256 over a context that is kept: one hasher serves any number of messages, one after another.
///
/// Not copyable, since a libcrypto context belongs to one user at a time.
package struct SHA256Hasher: ~Copyable {
    private let context: OpaquePointer

    /// A hasher at the start of a message.
    package init() {
        guard let made = EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
        context = made
        succeed(EVP_DigestInit_ex2(context, Algorithms.sha256, nil))
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes to the message.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        succeed(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count))
    }

    /// Adds bytes to the message.
    package mutating func update(_ bytes: [UInt8]) {
        succeed(EVP_DigestUpdate(context, bytes, bytes.count))
    }

    /// Adds the 32 bytes of a digest to the message.
    package mutating func update(_ digest: Digest256) {
        digest.withUnsafeBytes { update($0) }
    }

    /// The digest of what was added; the hasher is then at the start of a new message.
    package mutating func finish() -> Digest256 {
        let digest = Digest256 { succeed(EVP_DigestFinal_ex(context, $0.baseAddress, nil)) }
        succeed(EVP_DigestInit_ex2(context, nil, nil))
        return digest
    }

    /// The digest of what was added so far; more may follow.
    package borrowing func digestSoFar() -> Digest256 {
        guard let copy = EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
        defer { EVP_MD_CTX_free(copy) }
        succeed(EVP_MD_CTX_copy_ex(copy, context))
        return Digest256 { succeed(EVP_DigestFinal_ex(copy, $0.baseAddress, nil)) }
    }

    /// SHA-256 in memory has no failure but a broken library, and a wrong digest must never get out.
    private borrowing func succeed(_ result: Int32) {
        precondition(result == 1, "libcrypto failed to compute a SHA-256")
    }
}

/// The digest of `bytes`.
///
/// For many messages of SHA-256 one after another a kept ``SHA256Hasher`` is faster.
package func digest(_ bytes: [UInt8], using hash: HashAlgorithm) -> Digest256 {
    Digest256 {
        let result = EVP_Digest(
            bytes, bytes.count, $0.baseAddress, nil, hash.fetched, nil)
        precondition(result == 1, "libcrypto failed to compute a digest")
    }
}

/// The SHA-256 of `bytes`; see ``digest(_:using:)``.
package func sha256(_ bytes: [UInt8]) -> Digest256 { digest(bytes, using: .sha256) }
