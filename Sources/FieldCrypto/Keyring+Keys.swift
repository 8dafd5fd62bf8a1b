internal import Synchronization

/// One key that a batch needs.
struct KeyRequest {
    /// Nil for the system key.
    let resident: ResidentKeyID?
    let classKey: ClassKey
    /// Nil for the generation that seals.
    let generation: UInt16?
    /// Whether the key may be used for the first time, and gets its commitment with that.
    let mayCommit: Bool
}

/// The keys of a batch, in its order; where there is no key, why.
struct ResolvedKeys {
    var keys: [FieldKey?]
    var failures: [Int: FieldCryptoError] = [:]
}

extension Keyring {
    /// Finds the keys of a batch: in the cache, else in the store, with one call for all residents.
    ///
    /// - Parameters:
    ///   - requests: Nil where a request failed before.
    ///   - isKept: Whether what is loaded stays in memory; not for work that walks through all residents once.
    /// - Returns: A key or a failure for each request that is not nil.
    /// - Throws: Only what concerns the whole batch; a failure of one request is in the answer.
    func resolve(
        _ requests: [KeyRequest?], isKept: Bool = true
    ) throws(FieldCryptoError) -> ResolvedKeys {
        var resolved = ResolvedKeys(keys: [FieldKey?](repeating: nil, count: requests.count))
        let time = now()
        var missing: [Int] = []
        let (forgetCount, keySet) = state.withLock { state in
            state.cache.removeExpired(now: time)
            var last: (request: KeyRequest, key: FieldKey)?
            for (index, request) in requests.enumerated() {
                guard let request else { continue }
                guard let resident = request.resident else {
                    resolved.keys[index] = request.classKey.systemKey
                    continue
                }
                if let last, last.request.resident == resident,
                    last.request.classKey === request.classKey,
                    last.request.generation == request.generation
                {
                    resolved.keys[index] = last.key
                    continue
                }
                let key = state.cache.key(
                    resident: resident, classSerial: request.classKey.key.serial,
                    generation: request.generation, now: time)
                if let key {
                    resolved.keys[index] = key
                    last = (request, key)
                } else {
                    missing.append(index)
                }
            }
            return (state.forgetCount, state.keys)
        }
        if missing.isEmpty { return resolved }
        var loading = KeyLoading(requests: requests, missing: missing, keySet: keySet)
        try loading.run(store: store, workers: workers, into: &resolved)
        if loading.needsNewerEpoch {
            // Another task or process began an epoch and wrapped keys in it since this ring was read.
            try reload()
            loading = KeyLoading(
                requests: requests, missing: missing, keySet: state.withLock { $0.keys })
            try loading.run(store: store, workers: workers, into: &resolved)
        }
        guard isKept else { return resolved }
        let loaded = loading.loaded
        state.withLock { state in
            guard state.forgetCount == forgetCount else { return }
            for item in loaded {
                state.cache.insert(
                    item.key, resident: item.resident, classSerial: item.classSerial,
                    newestGeneration: item.newestGeneration, now: time)
            }
        }
        return resolved
    }

    /// Makes a key for every resident that has none, with one transaction for all.
    ///
    /// - Throws: ``FieldCryptoError/residentKeyDestroyed`` if one of them was shredded; no key is then made.
    package func ensureResidentKeys(_ residents: [ResidentKeyID]) throws(FieldCryptoError) {
        let unique = Array(Set(residents))
        let store = self.store
        let material = try storeCall { () throws(KeyStoreError) in
            try store.material(of: unique, fieldClasses: [])
        }
        if material.values.contains(where: \.isShredded) { throw .residentKeyDestroyed }
        let without = unique.filter { material[$0]?.keys.isEmpty ?? true }
        if without.isEmpty { return }
        let epoch = state.withLock { $0.keys.currentEpoch }
        try reserveUses(Int64(without.count), of: epoch.name)
        let random = self.random
        let wrapped = try workers.withWorker { worker throws(FieldCryptoError) in
            var wrapped: [WrappedResidentKey] = []
            wrapped.reserveCapacity(without.count)
            for resident in without {
                let secret = try random.secret(KeyWrapping.keyByteCount)
                try secret.withUnsafeBytes { secret throws(FieldCryptoError) in
                    wrapped.append(
                        try worker.wrap(
                            secret, resident: resident, generation: 1, epoch: epoch,
                            random: random))
                }
            }
            return wrapped
        }
        try storeCall { () throws(KeyStoreError) in try store.insert(wrapped) }
    }

    /// Drops a resident's keys from memory at once: after consent is withdrawn, or a key destroyed elsewhere.
    package func forget(_ residents: [ResidentKeyID]) throws(FieldCryptoError) {
        state.withLock { state in
            state.forgetCount += 1
            for resident in residents { state.cache.remove(resident) }
        }
        try workers.dropKeys()
    }

    /// Destroys residents' keys for good: nothing sealed for them opens ever again.
    ///
    /// Backups of the store that hold the wrapped keys end with the epoch they were wrapped in.
    package func shred(_ residents: [ResidentKeyID]) throws(FieldCryptoError) {
        let store = self.store
        try storeCall { () throws(KeyStoreError) in try store.shred(residents) }
        try forget(residents)
    }

    /// Wipes field keys that are older than the limit, and those that a cipher's context was given last.
    ///
    /// Keys are never used beyond the limit; call this now and then, so that they do not stay in memory either when
    /// there is no traffic.
    package func dropExpiredKeys() throws(FieldCryptoError) {
        let time = now()
        state.withLock { $0.cache.removeExpired(now: time, always: true) }
        try workers.dropKeys()
    }

    /// How many field keys of residents are in memory.
    package var cachedFieldKeyCount: Int { state.withLock { $0.cache.keyCount } }

    /// Counts uses of a key that many values share, before they are made.
    ///
    /// - Throws: ``FieldCryptoError/exhausted(_:)`` beyond ``KeyringLimits/usesMax``.
    func reserveUses(_ count: Int64, of key: KeyName) throws(FieldCryptoError) {
        let isCovered = state.withLock { state in
            guard let left = state.usesLeft[key], left >= count else { return false }
            state.usesLeft[key] = left - count
            return true
        }
        if isCovered { return }
        let block = max(count, limits.usesReservedAtOnce)
        let store = self.store
        let total = try storeCall { () throws(KeyStoreError) in
            try store.addUses(block, of: key)
        }
        guard total <= KeyringLimits.usesMax else { throw .exhausted(key) }
        state.withLock { $0.usesLeft[key, default: 0] += block - count }
    }
}
