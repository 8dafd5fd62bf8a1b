internal import Synchronization

extension Keyring {
    /// Adds the first or the next version of a key; from now on it seals, wraps or comes first.
    ///
    /// What older versions sealed still opens. A new blind index version makes lookups answer one value more until
    /// ``remove(_:)`` drops the old one.
    ///
    /// - Parameters:
    ///   - kind: What the key is for.
    ///   - name: The class, index or department; empty for an epoch.
    ///   - suite: Nil for the ring's family, and for a class of identifiers the suite it has. With an epoch of the
    ///     other family the ring changes over: keys added from then on are of that family.
    /// - Returns: The new key's name.
    /// - Throws: ``FieldCryptoError/store(_:)`` with ``KeyStoreError/alreadyThere(_:)`` if another process was
    ///   faster: reload and look again; ``FieldCryptoError/ring(_:)`` for a suite that the kind has no use for.
    package func addVersion(
        of kind: KeyKind, name: String, suite: CipherSuite? = nil
    ) throws(FieldCryptoError) -> KeyName {
        if kind == .epoch {
            guard name.isEmpty else {
                throw .name(of: "epoch", byteCount: name.utf8.count, maximum: 0)
            }
        } else {
            try checkName(name, of: kind.rawValue)
        }
        let (rootKey, version, usual) = state.withLock {
            ($0.rootKey, $0.keys.nextVersion(kind, name), $0.keys.nextSuite(kind, name))
        }
        let suite = suite ?? usual
        if suite.isDeterministic, kind != .fieldClass {
            throw .ring("only a field class is sealed with AES-256-SIV")
        }
        let key = KeyName(kind: kind, name: name, version: version)
        if kind == .fieldClass, version > UInt16.max { throw .exhausted(key) }
        let wrapped = try rootKey.wrap(
            random.secret(32), name: key, suite: suite, random: random)
        let store = self.store
        try storeCall { () throws(KeyStoreError) in try store.insert([wrapped]) }
        try reload()
        return key
    }

    /// Destroys an old version for good.
    ///
    /// What it sealed, indexed or wrapped is lost with it.
    ///
    /// - Throws: ``FieldCryptoError/ring(_:)`` for the newest version of a class, the two newest epochs, and an
    ///   epoch that residents' keys still need.
    package func remove(_ key: KeyName) throws(FieldCryptoError) {
        let keySet = state.withLock { $0.keys }
        let store = self.store
        if key.kind == .fieldClass || key.kind == .epoch {
            // A batch may still be making residents' keys in the epoch before the newest.
            let kept: UInt32 = key.kind == .epoch ? 2 : 1
            if keySet.nextVersion(key.kind, key.name) <= key.version + kept {
                throw .ring("\(key) is too new to be removed")
            }
        }
        if key.kind == .epoch {
            let needed = try storeCall { () throws(KeyStoreError) in
                try store.residentKeys(wrappedBefore: key.version + 1, limit: 1)
            }
            guard needed.isEmpty else { throw .ring("\(key) still wraps residents' keys") }
        }
        try storeCall { () throws(KeyStoreError) in try store.remove([key]) }
        try reload()
    }

    /// Wraps residents' keys of earlier epochs under the newest epoch's key, a batch at a time.
    ///
    /// Interrupted at any point, it goes on where it stopped.
    ///
    /// - Parameter limit: How many at most.
    /// - Returns: How many were wrapped anew; none is left when it is 0.
    /// - Throws: ``FieldCryptoError/unwrap(_:)`` for a damaged key, and then none of the batch is replaced.
    package func rewrapResidentKeys(limit: Int) throws(FieldCryptoError) -> Int {
        let keySet = state.withLock { $0.keys }
        let epoch = keySet.currentEpoch
        let store = self.store
        let old = try storeCall { () throws(KeyStoreError) in
            try store.residentKeys(wrappedBefore: epoch.name.version, limit: limit)
        }
        if old.isEmpty { return 0 }
        try reserveUses(Int64(old.count), of: epoch.name)
        let random = self.random
        let wrapped = try workers.withWorker { worker throws(FieldCryptoError) in
            var wrapped: [WrappedResidentKey] = []
            wrapped.reserveCapacity(old.count)
            for key in old {
                try worker.withResidentKey(key, epoch: keySet.epoch(key.epoch)) {
                    secret throws(FieldCryptoError) in
                    wrapped.append(
                        try worker.wrap(
                            secret, resident: key.resident, generation: key.generation,
                            epoch: epoch, random: random))
                }
            }
            return wrapped
        }
        try storeCall { () throws(KeyStoreError) in try store.replace(wrapped) }
        return wrapped.count
    }
}
