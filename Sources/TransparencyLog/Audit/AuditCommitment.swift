package import FieldCrypto

/// How a leaf is bound to details that are kept elsewhere, encrypted.
package enum AuditCommitment {
    package static let saltByteCount = 32

    /// HMAC-SHA-256(salt, detail).
    ///
    /// Without the salt it cannot be guessed back to the detail.
    ///
    /// - Parameters:
    ///   - detail: The canonical bytes of the operational or the subject's detail.
    ///   - salt: 32 random bytes of this entry alone, kept with the detail.
    /// - Returns: What stands in the leaf.
    /// - Throws: ``TransparencyLogError/crypto(_:)`` for a salt of another length.
    package static func commitment(
        to detail: [UInt8], salt: [UInt8]
    ) throws(TransparencyLogError) -> SHA256Digest {
        guard salt.count == saltByteCount else {
            throw .crypto(.length(of: "salt", byteCount: salt.count, expected: saltByteCount))
        }
        return try AuditCommitter().commitment(toSalted: salt + detail)
    }

    /// SHA-256(previous || commitment): a person's next chain value.
    ///
    /// The first previous one is random.
    ///
    /// An entry left out of a person's slice breaks the chain of the entries after it.
    package static func chain(
        after previous: SHA256Digest, commitment: SHA256Digest
    ) -> SHA256Digest {
        var hasher = SHA256Hasher()
        hasher.update(previous)
        hasher.update(commitment)
        return hasher.finish()
    }
}

/// Commits to many details, one after another, over one kept context.
///
/// Not `Sendable`: a libcrypto context belongs to one user at a time.
package final class AuditCommitter {
    private let context: HMACContext

    /// - Throws: ``TransparencyLogError/crypto(_:)`` if libcrypto fails.
    package init() throws(TransparencyLogError) {
        do { context = try HMACContext(hash: .sha256) } catch { throw .crypto(error) }
    }

    /// What stands in the leaf; see ``AuditCommitment/commitment(to:salt:)``.
    ///
    /// - Parameter salted: The salt and behind it the detail, as they are sealed.
    /// - Returns: HMAC-SHA-256(salt, detail).
    /// - Throws: ``TransparencyLogError/crypto(_:)`` for less than a salt.
    package func commitment(
        toSalted salted: [UInt8]
    ) throws(TransparencyLogError) -> SHA256Digest {
        let saltByteCount = AuditCommitment.saltByteCount
        guard salted.count >= saltByteCount else {
            throw .crypto(
                .length(of: "salt", byteCount: salted.count, expected: saltByteCount))
        }
        do throws(FieldCryptoError) {
            return try salted.withUnsafeBufferPointer { bytes throws(FieldCryptoError) in
                let whole = UnsafeRawBufferPointer(bytes)
                return try context.authenticate(
                    UnsafeRawBufferPointer(rebasing: whole[saltByteCount...]),
                    key: UnsafeRawBufferPointer(rebasing: whole[..<saltByteCount]))
            }
        } catch { throw .crypto(error) }
    }
}
