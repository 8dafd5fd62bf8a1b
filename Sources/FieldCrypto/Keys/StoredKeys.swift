/// A key of the ring as it is stored: wrapped by the root key.
package struct WrappedKey: Hashable, Sendable {
    package let name: KeyName
    /// The suite that a class key's fields are sealed with; of all other kinds it says the family.
    package let suite: UInt8
    /// Which root key wrapped it.
    package let rootKey: RootKeyName
    /// Nonce, 32 bytes of wrapped key, tag: 60 bytes, in the SM family 80.
    package let wrapped: [UInt8]

    package init(name: KeyName, suite: UInt8, rootKey: RootKeyName, wrapped: [UInt8]) {
        self.name = name
        self.suite = suite
        self.rootKey = rootKey
        self.wrapped = wrapped
    }
}

/// A resident's key as it is stored: wrapped by the key of an epoch.
package struct WrappedResidentKey: Hashable, Sendable {
    package let resident: ResidentKeyID
    /// From 1; the newest one seals.
    package let generation: UInt16
    package let epoch: UInt32
    /// Nonce, 32 bytes of wrapped key, tag: 60 bytes, in the SM family 80.
    package let wrapped: [UInt8]

    package init(resident: ResidentKeyID, generation: UInt16, epoch: UInt32, wrapped: [UInt8]) {
        self.resident = resident
        self.generation = generation
        self.epoch = epoch
        self.wrapped = wrapped
    }
}

/// Fixes which key a ciphertext can have been made with; it opens nothing.
package struct KeyCommitment: Hashable, Sendable {
    /// Nil for the system key of a class.
    package let resident: ResidentKeyID?
    package let fieldClass: String
    package let classVersion: UInt16
    /// 0 for the system key of a class.
    package let generation: UInt16
    /// The last 32 of the derived bytes.
    package let commitment: Digest256

    package init(
        resident: ResidentKeyID?, fieldClass: String, classVersion: UInt16, generation: UInt16,
        commitment: Digest256
    ) {
        self.resident = resident
        self.fieldClass = fieldClass
        self.classVersion = classVersion
        self.generation = generation
        self.commitment = commitment
    }
}

/// What a store has of one resident.
package struct ResidentKeyMaterial: Hashable, Sendable {
    package var keys: [WrappedResidentKey]
    package var commitments: [KeyCommitment]
    /// Whether the keys were destroyed on purpose; there are then none, and none may be made again.
    package var isShredded: Bool

    package init(
        keys: [WrappedResidentKey] = [], commitments: [KeyCommitment] = [], isShredded: Bool = false
    ) {
        self.keys = keys
        self.commitments = commitments
        self.isShredded = isShredded
    }
}

/// A signing key as it is stored: its seed sealed under the system key of a field class.
package struct SealedSigningKey: Hashable, Sendable {
    package let name: String
    package let fieldClass: String
    /// 32 bytes of Ed25519 or 65 of SM2.
    package let publicKey: [UInt8]
    /// An envelope of the 32-byte seed.
    package let sealedSeed: [UInt8]

    package init(name: String, fieldClass: String, publicKey: [UInt8], sealedSeed: [UInt8]) {
        self.name = name
        self.fieldClass = fieldClass
        self.publicKey = publicKey
        self.sealedSeed = sealedSeed
    }
}
