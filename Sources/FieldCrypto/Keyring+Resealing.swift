internal import Synchronization

/// A sealed value that is to be sealed again under the newest key of its class.
package struct ValueToReseal: Sendable {
    package var address: FieldAddress
    package var envelope: [UInt8]

    package init(address: FieldAddress, envelope: [UInt8]) {
        self.address = address
        self.envelope = envelope
    }
}

extension Keyring {
    /// Seals values again under the newest version of their class, in their order.
    ///
    /// Address, generation and padded length stay as they are; the value never leaves the ring. What is under the
    /// newest version already is sealed anew all the same.
    ///
    /// - Returns: The new envelopes; nil where the resident's key was destroyed.
    /// - Throws: The failure of the first value that does not open for another reason, and what the store throws.
    package func reseal(_ values: [ValueToReseal]) throws(FieldCryptoError) -> [[UInt8]?] {
        let keySet = state.withLock { $0.keys }
        var envelopes: [Envelope] = []
        var old: [KeyRequest?] = []
        var new: [KeyRequest?] = []
        var systemUses: [KeyName: Int64] = [:]
        envelopes.reserveCapacity(values.count)
        old.reserveCapacity(values.count)
        new.reserveCapacity(values.count)
        var last: (name: String, key: ClassKey)?
        for value in values {
            let (envelope, request) = try Self.read(
                envelope: value.envelope, at: value.address, keySet)
            let newest: ClassKey
            if let last, last.name == value.address.fieldClass {
                newest = last.key
            } else {
                newest = try keySet.newest(fieldClass: value.address.fieldClass)
                last = (value.address.fieldClass, newest)
            }
            if value.address.resident == nil { systemUses[newest.key.name, default: 0] += 1 }
            envelopes.append(envelope)
            old.append(request)
            new.append(
                KeyRequest(
                    resident: value.address.resident, classKey: newest,
                    generation: value.address.resident == nil ? nil : envelope.generation))
        }
        for (name, count) in systemUses { try reserveUses(count, of: name) }
        let opening = try resolve(old, isSealing: false)
        let sealing = try resolve(new, isSealing: true)
        let random = self.random
        return try workers.withWorker { worker throws(FieldCryptoError) in
            var resealed: [[UInt8]?] = []
            resealed.reserveCapacity(values.count)
            for index in values.indices {
                guard let oldKey = opening.keys[index], let newKey = sealing.keys[index] else {
                    let failure =
                        opening.failures[index] ?? sealing.failures[index] ?? .residentKeyMissing
                    guard case .residentKeyDestroyed = failure else { throw failure }
                    resealed.append(nil)
                    continue
                }
                let sealed = values[index].envelope
                var text = try worker.open(
                    sealed, envelope: envelopes[index], at: values[index].address, key: oldKey)
                defer { wipe(&text) }
                let padded = sealed.count - envelopes[index].suite.overheadByteCount
                resealed.append(
                    try worker.seal(
                        text, at: values[index].address,
                        padding: .of(valueByteCount: text.count, paddedByteCount: padded),
                        key: newKey, random: random))
            }
            return resealed
        }
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
            let resealed = try reseal([ValueToReseal(address: address, envelope: key.sealedSeed)])
            guard let sealed = resealed[0] else { continue }
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

extension ValuePadding {
    /// The padding under which a value of that length has that padded length; each gives the value back.
    static func of(valueByteCount: Int, paddedByteCount: Int) -> ValuePadding {
        for padding in [ValuePadding.bucket32, .bucket16]
        where padding.paddedByteCount(valueByteCount) == paddedByteCount {
            return padding
        }
        return .none
    }
}

extension Keyring {
    /// Whether a value of a shredded resident opens with any key that is left: the system key of any version of any
    /// class, at its own address or as if it belonged to nobody.
    ///
    /// A resident's own field key cannot be tried: it follows from a key that is nowhere any more.
    package func opensWithAnyKeyLeft(_ value: SealedValue) throws(FieldCryptoError) -> Bool {
        let keys = state.withLock { $0.keys }.classes.values.joined().map(\.systemKey)
        let envelope = try Envelope(header: value.envelope)
        var ofNobody = value.address
        ofNobody.resident = nil
        let addresses = [value.address, ofNobody]
        return try workers.withWorker { worker throws(FieldCryptoError) in
            for key in keys where key.suite == envelope.suite {
                for address in addresses {
                    do throws(FieldCryptoError) {
                        var opened = try worker.open(
                            value.envelope, envelope: envelope, at: address, key: key)
                        wipe(&opened)
                        return true
                    } catch {
                        guard case .notAuthentic = error else { throw error }
                    }
                }
            }
            return false
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
