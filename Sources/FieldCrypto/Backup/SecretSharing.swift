/// Shamir's sharing of a secret, byte by byte over GF(2^8).
///
/// Each byte of the secret is the value at 0 of a random polynomial of degree `needed` - 1; share x holds the values
/// at x. Any `needed` shares give the polynomial back; fewer leave every secret equally likely. The field is that of
/// AES (FIPS 197, x^8 + x^4 + x^3 + x + 1), as in HashiCorp Vault and SLIP-39. No table is indexed and no branch is
/// taken by secret bytes.
package enum SecretSharing {
    /// One share: where the polynomials are taken, and their values there.
    struct Part {
        /// From 1.
        let number: UInt8
        let values: SecretBytes
    }

    /// Splits a secret.
    ///
    /// - Parameters:
    ///   - secret: Any length.
    ///   - count: How many parts, at most 255.
    ///   - needed: How many give it back, at least 2 and at most `count`.
    ///   - random: Where the polynomials come from.
    /// - Returns: Parts 1 to `count`.
    /// - Throws: ``FieldCryptoError/library(call:code:)`` without randomness.
    static func split(
        _ secret: SecretBytes, count: Int, needed: Int, random: any RandomSource
    ) throws(FieldCryptoError) -> [Part] {
        precondition((2...255).contains(count) && (2...count).contains(needed), "see KeyShareCount")
        let width = secret.count
        // Row d holds the factors of x^(d + 1) of all bytes.
        let factors = try random.secret(width * (needed - 1))
        return (1...count).map { number in
            let x = UInt8(number)
            return Part(
                number: x,
                values: SecretBytes(count: width) { output in
                    secret.withUnsafeBytes { secret in
                        factors.withUnsafeBytes { factors in
                            for index in 0..<width {
                                var value: UInt8 = 0
                                for degree in stride(from: needed - 2, through: 0, by: -1) {
                                    value = product(
                                        value ^ factors[degree * width + index], x)
                                }
                                output[index] = value ^ secret[index]
                            }
                        }
                    }
                })
        }
    }

    /// Joins parts of the same secret, no two of the same number; with too few the result is random.
    static func join(_ parts: [Part]) -> SecretBytes {
        precondition(
            !parts.isEmpty && Set(parts.map(\.number)).count == parts.count, "see BackupKey")
        let width = parts[0].values.count
        let weights = parts.map { part in
            // Lagrange's weight at 0: the product of x / (x - own x) over the others.
            parts.reduce(UInt8(1)) { weight, other in
                other.number == part.number
                    ? weight
                    : product(
                        weight,
                        product(other.number, inverse(other.number ^ part.number)))
            }
        }
        return SecretBytes(count: width) { output in
            for (part, weight) in zip(parts, weights) {
                part.values.withUnsafeBytes { values in
                    for index in 0..<width { output[index] ^= product(values[index], weight) }
                }
            }
        }
    }

    /// The product in GF(2^8), in the same time for all factors.
    package static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var (left, right, sum) = (left, right, UInt8(0))
        for _ in 0..<8 {
            sum ^= left & (0 &- (right & 1))
            let carry = 0 &- (left >> 7)
            left = left << 1 ^ (carry & 0x1B)
            right >>= 1
        }
        return sum
    }

    /// The inverse in GF(2^8): the 254th power; 0 of 0.
    package static func inverse(_ value: UInt8) -> UInt8 {
        var power = value
        // 254 = 2 + 4 + ... + 128.
        var result: UInt8 = 1
        for _ in 0..<7 {
            power = product(power, power)
            result = product(result, power)
        }
        return result
    }
}
