internal import Synchronization

extension Keyring {
    /// Seals values again under the newest version of their class, in their order.
    ///
    /// Address, generation and padded length stay as they are; the value never leaves the ring. What is under the
    /// newest version already is sealed anew all the same.
    ///
    /// - Returns: The new envelopes; empty where the resident's key was destroyed.
    /// - Throws: The failure of the first value that does not open for another reason, and what the store throws.
    package func reseal(_ batch: SealedValues) throws(FieldCryptoError) -> PackedBytes {
        let keySet = state.withLock { $0.keys }
        let stretches = Self.stretches(of: batch, keySet)
        /// Of each stretch the old key and the new one, so that a resident's key is unwrapped once for both.
        var requests: [KeyRequest?] = []
        requests.reserveCapacity(2 * stretches.count)
        for stretch in stretches {
            guard let old = stretch.request else {
                throw stretch.failure ?? .residentKeyMissing
            }
            let newest = try keySet.newest(fieldClass: stretch.first.column.fieldClass)
            requests.append(old)
            requests.append(
                KeyRequest(
                    resident: old.resident, classKey: newest,
                    generation: old.resident == nil ? nil : old.generation, mayCommit: true))
        }
        let uses = zip(stretches.indices, stretches).map { (requests[2 * $0 + 1], $1.end) }
        for (name, count) in Self.systemUses(uses) { try reserveUses(count, of: name) }
        let resolved = try resolve(requests, isKept: false)
        var runs: [ResealingRun] = []
        runs.reserveCapacity(stretches.count)
        for (position, stretch) in stretches.enumerated() {
            let (old, new) = (2 * position, 2 * position + 1)
            if let oldKey = resolved.keys[old], let newKey = resolved.keys[new] {
                runs.append(ResealingRun(end: stretch.end, keys: (oldKey, newKey)))
                continue
            }
            let failure = resolved.failures[old] ?? resolved.failures[new] ?? .residentKeyMissing
            guard case .residentKeyDestroyed = failure else { throw failure }
            runs.append(ResealingRun(end: stretch.end, keys: nil))
        }
        let (random, ready) = (self.random, runs)
        return try workers.withWorker { worker throws(FieldCryptoError) in
            try worker.reseal(batch, runs: ready, random: random)
        }
    }

    /// Stores commitments to the newest key of a class for some of those who have one to an older key.
    ///
    /// - Parameters:
    ///   - fieldClass: The class.
    ///   - resident: Behind whom to begin; nil for the first.
    ///   - limit: For how many.
    /// - Returns: The last resident looked at, or nil where none was left.
    /// - Throws: What the store throws; a resident whose key is not there or does not derive is passed over.
    package func commitNewestKeys(
        fieldClass: String, after resident: ResidentKeyID?, limit: Int
    ) throws(FieldCryptoError) -> ResidentKeyID? {
        let newest = try state.withLock { $0.keys }.newest(fieldClass: fieldClass)
        let store = self.store
        let residents = try storeCall { () throws(KeyStoreError) in
            try store.residents(committedTo: fieldClass, after: resident, limit: limit)
        }
        let requests = residents.map {
            KeyRequest(resident: $0, classKey: newest, generation: nil, mayCommit: true)
        }
        _ = try resolve(requests, isKept: false)
        return residents.last
    }

    /// Seals the seeds of signing keys again under the newest version of their class.
    ///
    /// - Parameter fieldClass: The class whose seeds are meant.
    /// - Returns: How many were sealed again.
    /// - Throws: ``FieldCryptoError`` where a seed does not open or the store fails.
    package func resealSigningKeys(fieldClass: String) throws(FieldCryptoError) -> Int {
        let store = self.store
        let all = try storeCall { () throws(KeyStoreError) in try store.signingKeys() }
        let newest = try state.withLock { $0.keys }.newest(fieldClass: fieldClass)
        var changed: [SealedSigningKey] = []
        for key in all where key.fieldClass == fieldClass && !key.sealedSeed.isEmpty {
            if try Envelope(header: key.sealedSeed).classVersion == newest.version { continue }
            let address = Self.seedAddress(name: key.name, fieldClass: fieldClass)
            var batch = SealedValues()
            batch.append(key.sealedSeed, at: address)
            let sealed = try reseal(batch).bytes
            if sealed.isEmpty { continue }
            changed.append(
                SealedSigningKey(
                    name: key.name, fieldClass: fieldClass, publicKey: key.publicKey,
                    sealedSeed: sealed))
        }
        if changed.isEmpty { return 0 }
        let stored = changed
        try storeCall { () throws(KeyStoreError) in try store.replace(stored) }
        return stored.count
    }

    /// The seed envelopes of signing keys, by class version, for a count of what sits under each.
    package func signingKeyVersions(
        fieldClass: String
    ) throws(FieldCryptoError) -> [UInt16: Int] {
        let store = self.store
        let all = try storeCall { () throws(KeyStoreError) in try store.signingKeys() }
        var counts: [UInt16: Int] = [:]
        for key in all where key.fieldClass == fieldClass && !key.sealedSeed.isEmpty {
            counts[try Envelope(header: key.sealedSeed).classVersion, default: 0] += 1
        }
        return counts
    }

    /// The version of a class under which values are sealed now, and its suite.
    package func newestVersion(
        fieldClass: String
    ) throws(FieldCryptoError) -> (version: UInt16, suite: CipherSuite) {
        let key = try state.withLock { $0.keys }.newest(fieldClass: fieldClass)
        return (key.version, key.key.suite)
    }

    /// The suite of every key of the ring.
    package var suites: [KeyName: CipherSuite] {
        let keys = state.withLock { $0.keys }
        let all =
            keys.classes.values.joined().map(\.key) + Array(keys.epochs.values)
            + Array(keys.others.values.joined())
        return Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.suite) })
    }

    /// Those of some residents whose keys were destroyed on purpose.
    package func shredded(
        among residents: [ResidentKeyID]
    ) throws(FieldCryptoError) -> Set<ResidentKeyID> {
        let store = self.store
        return try storeCall { () throws(KeyStoreError) in try store.shredded(among: residents) }
    }

    /// Every resident whose keys were destroyed on purpose.
    package func shreddedResidents() throws(FieldCryptoError) -> [ResidentKeyID] {
        let store = self.store
        return try storeCall { () throws(KeyStoreError) in try store.shreddedResidents() }
    }

    /// How many residents' keys are wrapped in each epoch.
    package func residentKeyCounts() throws(FieldCryptoError) -> [UInt32: Int] {
        let store = self.store
        return try storeCall { () throws(KeyStoreError) in try store.residentKeyCounts() }
    }

    /// Removes residents' commitments to a class version that is gone, in 256 short steps.
    ///
    /// - Returns: How many were removed.
    package func removeCommitments(
        fieldClass: String, version: UInt16
    ) throws(FieldCryptoError) -> Int {
        let store = self.store
        var removed = 0
        for byte in UInt8.min...UInt8.max {
            removed += try storeCall { () throws(KeyStoreError) in
                try store.removeCommitments(
                    fieldClass: fieldClass, version: version, firstByte: byte)
            }
        }
        return removed
    }
}

extension Keyring {
    /// Whether a value of a shredded resident opens with any key that is left: the system key of any version of any
    /// class, at its own address or as if it belonged to nobody.
    ///
    /// A resident's own field key cannot be tried: it follows from a key that is nowhere any more.
    package func opensWithAnyKeyLeft(
        _ envelope: some Collection<UInt8>, at address: FieldAddress
    ) throws(FieldCryptoError) -> Bool {
        let keys = state.withLock { $0.keys }.classes.values.joined().map(\.systemKey)
        let suite = try Envelope(header: envelope).suite
        var ofNobody = address
        ofNobody.resident = nil
        let (bytes, addresses) = (Array(envelope), [address, ofNobody])
        return try workers.withWorker { worker throws(FieldCryptoError) in
            try withBytes(of: bytes) { bytes throws(FieldCryptoError) in
                for key in keys where key.suite == suite {
                    for address in addresses
                    where try worker.opens(bytes, at: address, key: key) { return true }
                }
                return false
            }
        }
    }

    /// How many keys and commitments the store keeps of some residents.
    package func keysKept(of residents: [ResidentKeyID]) throws(FieldCryptoError) -> Int {
        let store = self.store
        let material = try storeCall { () throws(KeyStoreError) in
            try store.material(of: residents)
        }
        return material.values.map { $0.keys.count + $0.commitments.count }.reduce(0, +)
    }
}
