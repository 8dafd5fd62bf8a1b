/// The key of one backup of the ring: made for it, split at once, and kept by nobody.
package struct BackupKey: Sendable {
    package let set: KeyShareSet
    private let secret: SecretBytes

    /// A new key.
    package init(random: any RandomSource) throws(FieldCryptoError) {
        guard let set = KeyShareSet(bytes: try random.bytes(KeyShareSet.byteCount)) else {
            preconditionFailure("as many bytes as were asked for")
        }
        self.set = set
        secret = try random.secret(RootKey.byteCount)
    }

    /// Puts the key together from shares.
    ///
    /// - Parameters:
    ///   - shares: In any order.
    ///   - set: The backup's.
    ///   - digests: Those of all shares that were made, in order, from the backup.
    /// - Throws: ``FieldCryptoError/share(_:)``, which says which share is wrong and why.
    package init(
        joining shares: [KeyShare], of set: KeyShareSet, digests: [[UInt8]]
    ) throws(FieldCryptoError) {
        var seen: Set<Int> = []
        for share in shares {
            try Self.check(share, of: set, digests: digests)
            guard seen.insert(share.number).inserted else {
                throw .share(.twice(number: share.number))
            }
        }
        guard let needed = shares.first?.count.needed, shares.count >= needed else {
            throw .share(
                .tooFew(given: shares.count, needed: shares.first?.count.needed ?? 2))
        }
        self.set = set
        secret = SecretSharing.join(
            shares.prefix(needed).map {
                SecretSharing.Part(number: UInt8($0.number), values: $0.values)
            })
    }

    /// Whether a share is one that was made for a backup.
    ///
    /// - Throws: ``FieldCryptoError/share(_:)`` for one of another backup and one that was made up.
    package static func check(
        _ share: KeyShare, of set: KeyShareSet, digests: [[UInt8]]
    ) throws(FieldCryptoError) {
        guard share.set == set else {
            throw .share(
                .otherBackup(found: share.set.description, expected: set.description))
        }
        guard digests.indices.contains(share.number - 1),
            digests[share.number - 1] == share.digest
        else { throw .share(.forged(number: share.number)) }
    }

    /// Splits the key.
    package func shares(
        _ count: KeyShareCount, random: any RandomSource
    ) throws(FieldCryptoError) -> [KeyShare] {
        try SecretSharing.split(
            secret, count: count.shares, needed: count.needed, random: random
        ).map { part in
            KeyShare(set: set, count: count, number: Int(part.number), values: part.values)
        }
    }

    /// What the ring of the backup is wrapped under.
    package func rootKey() throws(FieldCryptoError) -> RootKey {
        try RootKey(
            fileContent: derived("hangu/key-backup/wrap/v1"),
            name: RootKeyName(id: "backup-\(set)", version: 1))
    }

    /// Authenticates what stands beside the ring in the backup.
    package func authenticate(_ text: [UInt8]) throws(FieldCryptoError) -> [UInt8] {
        try HMACContext(key: derived("hangu/key-backup/mac/v1"), hash: .sha256)
            .authenticate(text).bytes
    }

    private func derived(_ purpose: String) throws(FieldCryptoError) -> SecretBytes {
        try hkdf(
            salt: set.bytes, inputKey: secret, info: Array(purpose.utf8),
            byteCount: RootKey.byteCount, hash: .sha256)
    }
}
