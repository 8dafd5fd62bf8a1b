extension Keyring {
    /// Makes a signing key and keeps its seed sealed under the system key of a class.
    ///
    /// - Parameters:
    ///   - name: By which ``signingKey(_:)`` finds it.
    ///   - fieldClass: A class of the ring.
    ///   - algorithm: How it signs.
    /// - Returns: The key, already stored.
    /// - Throws: ``FieldCryptoError/store(_:)`` with ``KeyStoreError/alreadyThere(_:)`` if there is one of that name.
    package func createSigningKey(
        _ name: String, fieldClass: String, algorithm: SignatureAlgorithm = .ed25519
    ) throws(FieldCryptoError) -> SigningKey {
        try checkName(name, of: "signing key")
        let seed = try SigningKey.randomSeed(for: algorithm, from: random)
        let key = try SigningKey(seed: seed, algorithm: algorithm)
        var bytes = seed.withUnsafeBytes { [UInt8]($0) }
        defer { wipe(&bytes) }
        let sealed = try seal(
            bytes, at: Self.seedAddress(name: name, fieldClass: fieldClass), padding: .none)
        let record = SealedSigningKey(
            name: name, fieldClass: fieldClass, publicKey: key.publicKey.bytes, sealedSeed: sealed)
        let store = self.store
        try storeCall { () throws(KeyStoreError) in try store.insert(record) }
        return key
    }

    /// The signing key of a name, or nil where there is none.
    ///
    /// - Throws: ``FieldCryptoError/ring(_:)`` if the seed is not that of the public key beside it.
    package func signingKey(_ name: String) throws(FieldCryptoError) -> SigningKey? {
        let store = self.store
        let all = try storeCall { () throws(KeyStoreError) in try store.signingKeys() }
        guard let record = all.first(where: { $0.name == name }), !record.sealedSeed.isEmpty
        else { return nil }
        var bytes = try open(
            record.sealedSeed,
            at: Self.seedAddress(name: name, fieldClass: record.fieldClass))
        let kept = try VerifyingKey(bytes: record.publicKey)
        let key = try SigningKey(
            seed: SecretBytes(wiping: &bytes), algorithm: kept.algorithm)
        guard key.publicKey == kept else {
            throw .ring("signing key '\(name)' is not that of its public key")
        }
        return key
    }

    /// The public keys of all signing keys, also of those whose seed was destroyed, by name.
    package func signingPublicKeys() throws(FieldCryptoError) -> [String: VerifyingKey] {
        let store = self.store
        let all = try storeCall { () throws(KeyStoreError) in try store.signingKeys() }
        var keys: [String: VerifyingKey] = [:]
        for key in all { keys[key.name] = try VerifyingKey(bytes: key.publicKey) }
        return keys
    }

    /// Destroys the seed of a signing key for good; its public key stays, so that what it signed can be checked.
    package func destroySigningSeed(_ name: String) throws(FieldCryptoError) {
        let store = self.store
        try storeCall { () throws(KeyStoreError) in
            guard let key = try store.signingKeys().first(where: { $0.name == name }) else {
                return
            }
            try store.replace([
                SealedSigningKey(
                    name: key.name, fieldClass: key.fieldClass, publicKey: key.publicKey,
                    sealedSeed: [])
            ])
        }
    }

    static func seedAddress(name: String, fieldClass: String) -> FieldAddress {
        FieldAddress(
            tenant: "", table: "signing_key", resident: nil, field: name, fieldClass: fieldClass,
            recordVersion: 1)
    }
}
