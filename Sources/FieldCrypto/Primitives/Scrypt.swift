internal import COpenSSL

/// The cost of one scrypt derivation (RFC 7914).
///
/// Memory is 128 · `blockSize` · 2^`costBits` bytes.
package struct ScryptCost: Hashable, Sendable {
    /// N = 2^17, r = 8, p = 1: 128 MiB and about half a second on a common server.
    package static let standard = ScryptCost(costBits: 17, blockSize: 8, parallelism: 1)

    /// N is 2 to this power.
    package let costBits: Int
    /// r.
    package let blockSize: Int
    /// p.
    package let parallelism: Int

    package init(costBits: Int, blockSize: Int, parallelism: Int) {
        self.costBits = costBits
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// Whether it is neither weaker than 16 MiB nor more than a machine can be asked for (2 GiB, p = 16).
    package var isAcceptable: Bool {
        (14...21).contains(costBits) && (8...32).contains(blockSize)
            && (1...16).contains(parallelism) && memoryByteCount <= 2 << 30
    }

    var memoryByteCount: Int { 128 * blockSize << costBits }
}

/// Derives a secret from a passphrase; blocks for as long as the cost says.
///
/// - Parameters:
///   - passphrase: As it was typed, without the end of its line.
///   - salt: Random bytes of its own.
///   - cost: Within ``ScryptCost/isAcceptable`` where it was read from a file; any where it is a published vector.
///   - byteCount: How many bytes to derive.
/// - Returns: The secret.
/// - Throws: ``FieldCryptoError/library(call:code:)``, also where memory does not suffice.
package func scrypt(
    _ passphrase: SecretBytes, salt: [UInt8], cost: ScryptCost, byteCount: Int
) throws(FieldCryptoError) -> SecretBytes {
    try SecretBytes(count: byteCount) { output throws(FieldCryptoError) in
        let result = passphrase.withUnsafeBytes { passphrase in
            EVP_PBE_scrypt(
                passphrase.baseAddress?.assumingMemoryBound(to: CChar.self), passphrase.count,
                salt, salt.count, 1 << UInt64(cost.costBits), UInt64(cost.blockSize),
                UInt64(cost.parallelism), UInt64(cost.memoryByteCount + (1 << 24)),
                output.baseAddress?.assumingMemoryBound(to: UInt8.self), output.count)
        }
        try check(result, "EVP_PBE_scrypt")
    }
}
