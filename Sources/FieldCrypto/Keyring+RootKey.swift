internal import Synchronization

extension Keyring {
    /// Wraps the whole ring under another root key, in one transaction; the old root key then opens nothing of it.
    ///
    /// Where anything fails, and after a crash at any point, the ring is under the old key or under the new one as a
    /// whole; the names beside the wrapped keys tell which.
    ///
    /// - Throws: ``FieldCryptoError/rootKey(_:)`` if a device does not answer, and then nothing is changed.
    package func changeRootKey(to rootKey: RootKey) throws(FieldCryptoError) {
        let old = state.withLock { $0.rootKey }
        try Self.rewrap(store, from: old, to: rootKey, random: random)
        state.withLock { $0.rootKey = rootKey }
    }

    /// Wraps the ring of a copy of this ring's store, made since, under another root key: for a backup.
    package func rewrap(
        copy: any KeyStore, under rootKey: RootKey
    ) throws(FieldCryptoError) {
        let own = state.withLock { $0.rootKey }
        try Self.rewrap(copy, from: own, to: rootKey, random: random)
    }

    /// Wraps the ring of a store under another root key, in one transaction.
    package static func rewrap(
        _ store: any KeyStore, from old: RootKey, to new: RootKey, random: any RandomSource
    ) throws(FieldCryptoError) {
        let stored = try storeCall { () throws(KeyStoreError) in try store.wrappedKeys() }
        guard !stored.isEmpty else { throw .ring("the store has none; create one first") }
        var wrapped: [WrappedKey] = []
        for key in stored {
            wrapped.append(
                try new.wrap(
                    old.unwrap(key), name: key.name, suite: CipherSuite(byte: key.suite),
                    random: random))
        }
        try storeCall { () throws(KeyStoreError) in try store.replace(wrapped) }
    }

    /// The root key that a store's ring is wrapped under, read without opening anything; nil for an empty store.
    ///
    /// - Throws: ``FieldCryptoError/ring(_:)`` if there is more than one.
    package static func rootKeyName(
        of store: any KeyStore
    ) throws(FieldCryptoError) -> RootKeyName? {
        let names = Set(
            try storeCall { () throws(KeyStoreError) in try store.wrappedKeys() }.map(\.rootKey))
        guard names.count <= 1 else { throw .ring("its keys are under several root keys") }
        return names.first
    }
}
