/// What a root key is derived from, beside the passphrase; none of it is secret.
///
/// scrypt gives 40 bytes: 32 of root key, 8 to tell a wrong passphrase from a damaged ring. The two parts come from
/// different blocks of PBKDF2, so the 8 bytes tell nothing of the 32, and who guesses passphrases could as well try
/// them on the ring.
package struct RootKeyPassphrase: Hashable, Sendable {
    package static let saltByteCount = 32
    package static let checkByteCount = 8
    /// The shortest passphrase a new root key may hang from, in bytes of UTF-8.
    package static let byteCountMin = 14

    package let cost: ScryptCost
    package let salt: [UInt8]
    package let check: [UInt8]

    /// - Throws: ``FieldCryptoError/rootKey(_:)`` for a cost that is too low or too high, or parts of a wrong length.
    package init(
        cost: ScryptCost, salt: [UInt8], check: [UInt8]
    ) throws(FieldCryptoError) {
        guard cost.isAcceptable else {
            throw .rootKey(.unusable("the cost of its scrypt is out of bounds"))
        }
        guard salt.count == Self.saltByteCount else {
            throw .length(of: "salt", byteCount: salt.count, expected: Self.saltByteCount)
        }
        guard check.count == Self.checkByteCount else {
            throw .length(of: "check", byteCount: check.count, expected: Self.checkByteCount)
        }
        self.cost = cost
        self.salt = salt
        self.check = check
    }

    /// Makes the parameters and the root key of a new passphrase.
    ///
    /// - Parameters:
    ///   - passphrase: At least ``byteCountMin`` bytes.
    ///   - name: The root key's.
    ///   - cost: How dear each guess is.
    ///   - random: Where the salt comes from.
    /// - Returns: What to keep, and the key.
    /// - Throws: ``FieldCryptoError/rootKey(_:)`` for a passphrase that is too short.
    package static func make(
        passphrase: SecretBytes, name: RootKeyName, cost: ScryptCost = .standard,
        random: any RandomSource
    ) throws(FieldCryptoError) -> (parameters: RootKeyPassphrase, key: RootKey) {
        guard passphrase.count >= byteCountMin else {
            throw .rootKey(
                .refused("the passphrase is too short: at least \(byteCountMin) bytes"))
        }
        let salt = try random.bytes(saltByteCount)
        let (secret, check) = try derive(passphrase, salt: salt, cost: cost)
        return (
            try RootKeyPassphrase(cost: cost, salt: salt, check: check),
            try RootKey(fileContent: secret, name: name)
        )
    }

    /// - Throws: ``FieldCryptoError/rootKey(_:)`` for another passphrase.
    package func rootKey(
        passphrase: SecretBytes, name: RootKeyName
    ) throws(FieldCryptoError) -> RootKey {
        let (secret, found) = try Self.derive(passphrase, salt: salt, cost: cost)
        guard isEqualInConstantTime(found, check) else {
            throw .rootKey(.refused("the passphrase is not the one of this home"))
        }
        return try RootKey(fileContent: secret, name: name)
    }

    private static func derive(
        _ passphrase: SecretBytes, salt: [UInt8], cost: ScryptCost
    ) throws(FieldCryptoError) -> (key: SecretBytes, check: [UInt8]) {
        let derived = try scrypt(
            passphrase, salt: salt, cost: cost, byteCount: RootKey.byteCount + checkByteCount)
        let check = derived.withUnsafeBytes { [UInt8]($0[RootKey.byteCount...]) }
        return (derived.prefix(RootKey.byteCount), check)
    }
}
