internal import Synchronization

/// A value on its way in.
package struct ValueToSeal: Sendable {
    package var address: FieldAddress
    package var value: [UInt8]
    package var padding: ValuePadding

    package init(address: FieldAddress, value: [UInt8], padding: ValuePadding) {
        self.address = address
        self.value = value
        self.padding = padding
    }
}

/// A value on its way out.
package struct SealedValue: Sendable {
    package var address: FieldAddress
    package var envelope: [UInt8]

    package init(address: FieldAddress, envelope: [UInt8]) {
        self.address = address
        self.envelope = envelope
    }
}

extension Keyring {
    /// Seals values, in their order.
    ///
    /// Fastest when a resident's values of one class stand together.
    ///
    /// A value whose address names no resident is sealed under the system key of its class. All or none: where one
    /// fails, none is given. Commitments of keys used for the first time are stored before it returns.
    ///
    /// - Parameters:
    ///   - values: What to seal.
    ///   - later: Keys that nothing is sealed with now, whose commitments are stored with the others: so the first
    ///     value under them waits for no second sync to disk.
    /// - Returns: One envelope for each value.
    /// - Throws: ``FieldCryptoError/residentKeyMissing`` before ``ensureResidentKeys(_:)``,
    ///   ``FieldCryptoError/unknownClass(_:)``, and what the store throws.
    package func seal(
        _ values: [ValueToSeal],
        alsoCommitting later: [(resident: ResidentKeyID, fieldClass: String)] = []
    ) throws(FieldCryptoError) -> [[UInt8]] {
        let keySet = state.withLock { $0.keys }
        var requests: [KeyRequest?] = []
        requests.reserveCapacity(values.count)
        var last: (name: String, key: ClassKey)?
        var systemUses: [KeyName: Int64] = [:]
        for value in values {
            let name = value.address.fieldClass
            let classKey: ClassKey
            if let last, last.name == name {
                classKey = last.key
            } else {
                classKey = try keySet.newest(fieldClass: name)
                last = (name, classKey)
            }
            if classKey.key.suite.isDeterministic, value.address.resident != nil {
                throw .deterministicClass(name)
            }
            if value.address.resident == nil { systemUses[classKey.key.name, default: 0] += 1 }
            requests.append(
                KeyRequest(resident: value.address.resident, classKey: classKey, generation: nil))
        }
        for (resident, name) in later {
            requests.append(
                KeyRequest(
                    resident: resident, classKey: try keySet.newest(fieldClass: name),
                    generation: nil))
        }
        for (name, count) in systemUses { try reserveUses(count, of: name) }
        let resolved = try resolve(requests, isSealing: true)
        let random = self.random
        return try workers.withWorker { worker throws(FieldCryptoError) in
            var sealed: [[UInt8]] = []
            sealed.reserveCapacity(values.count)
            // Through a buffer, which lends a value in place: an array retains each of its parts first.
            try values.withUnsafeBufferPointer { values throws(FieldCryptoError) in
                for index in values.indices {
                    guard let key = resolved.keys[index] else {
                        throw resolved.failures[index] ?? .residentKeyMissing
                    }
                    sealed.append(
                        try worker.seal(
                            values[index].value, at: values[index].address,
                            padding: values[index].padding, key: key, random: random))
                }
            }
            return sealed
        }
    }

    /// Seals one value; see ``seal(_:)``.
    package func seal(
        _ value: [UInt8], at address: FieldAddress, padding: ValuePadding
    ) throws(FieldCryptoError) -> [UInt8] {
        let sealed = try seal([ValueToSeal(address: address, value: value, padding: padding)])
        return sealed[0]
    }

    /// Opens values one by one, in their order: a destroyed resident's value does not hide the others.
    ///
    /// - Throws: Only what the store throws.
    package func openEach(
        _ values: [SealedValue]
    ) throws(FieldCryptoError) -> [Result<[UInt8], FieldCryptoError>] {
        var results = try openOnce(values)
        let needsNewerRing = results.contains {
            if case .failure(.unknownKey(let key)) = $0 {
                isNewer(key)
            } else {
                false
            }
        }
        if needsNewerRing {
            // Another process has added a version and sealed under it since this ring was read.
            try reload()
            results = try openOnce(values)
        }
        for index in results.indices {
            if case .failure(let error) = results[index] {
                results[index] = .failure(Self.refusal(error, values[index].address))
            }
        }
        return results
    }

    private func isNewer(_ key: KeyName) -> Bool {
        guard key.kind == .fieldClass else { return false }
        return state.withLock { $0.keys.nextVersion(.fieldClass, key.name) } <= key.version
    }

    /// One error for whatever is wrong with an envelope, so that nobody learns from it which part is.
    ///
    /// What is wrong with the resident, the class or the store is told as it is.
    private static func refusal(
        _ error: FieldCryptoError, _ address: FieldAddress
    ) -> FieldCryptoError {
        switch error {
        case .unknownFormat, .unknownSuite, .malformedEnvelope, .commitmentMissing:
            return .notAuthentic(table: address.table, field: address.field)
        case .unknownKey(let key) where key.kind == .fieldClass:
            return .notAuthentic(table: address.table, field: address.field)
        default: return error
        }
    }

    private func openOnce(
        _ values: [SealedValue]
    ) throws(FieldCryptoError) -> [Result<[UInt8], FieldCryptoError>] {
        let keySet = state.withLock { $0.keys }
        var envelopes: [Envelope?] = []
        var requests: [KeyRequest?] = []
        var failures: [Int: FieldCryptoError] = [:]
        envelopes.reserveCapacity(values.count)
        requests.reserveCapacity(values.count)
        for index in values.indices {
            do throws(FieldCryptoError) {
                let (envelope, request) = try Self.read(values[index], keySet)
                envelopes.append(envelope)
                requests.append(request)
            } catch {
                failures[index] = error
                envelopes.append(nil)
                requests.append(nil)
            }
        }
        let resolved = try resolve(requests, isSealing: false)
        failures.merge(resolved.failures) { first, _ in first }
        let known = failures
        return try workers.withWorker { worker throws(FieldCryptoError) in
            var opened: [Result<[UInt8], FieldCryptoError>] = []
            opened.reserveCapacity(values.count)
            try values.withUnsafeBufferPointer { values throws(FieldCryptoError) in
                for index in values.indices {
                    guard let key = resolved.keys[index], let envelope = envelopes[index] else {
                        try worker.decoy(values[index].envelope)
                        opened.append(.failure(known[index] ?? .residentKeyMissing))
                        continue
                    }
                    do throws(FieldCryptoError) {
                        opened.append(
                            .success(
                                try worker.open(
                                    values[index].envelope, envelope: envelope,
                                    at: values[index].address, key: key)))
                    } catch {
                        opened.append(.failure(error))
                    }
                }
            }
            return opened
        }
    }

    /// Opens values, in their order, all or none.
    ///
    /// - Throws: The failure of the first value that does not open, and what the store throws.
    package func open(_ values: [SealedValue]) throws(FieldCryptoError) -> [[UInt8]] {
        var opened: [[UInt8]] = []
        opened.reserveCapacity(values.count)
        for result in try openEach(values) { opened.append(try result.get()) }
        return opened
    }

    /// Opens one value; see ``openEach(_:)`` for how it can fail.
    package func open(
        _ envelope: [UInt8], at address: FieldAddress
    ) throws(FieldCryptoError) -> [UInt8] {
        let opened = try openEach([SealedValue(address: address, envelope: envelope)])
        return try opened[0].get()
    }

    private static func read(
        _ value: SealedValue, _ keySet: KeySet
    ) throws(FieldCryptoError) -> (Envelope, KeyRequest) {
        try read(envelope: value.envelope, at: value.address, keySet)
    }

    static func read(
        envelope bytes: [UInt8], at address: FieldAddress, _ keySet: KeySet
    ) throws(FieldCryptoError) -> (Envelope, KeyRequest) {
        let envelope = try Envelope(header: bytes)
        let classKey = try keySet.key(
            fieldClass: address.fieldClass, version: envelope.classVersion)
        guard classKey.key.suite == envelope.suite else {
            throw .malformedEnvelope("its suite is not that of its class version")
        }
        if envelope.suite.isDeterministic, address.resident != nil {
            throw .malformedEnvelope("its suite goes with no resident")
        }
        guard (address.resident == nil) == (envelope.generation == 0) else {
            throw .malformedEnvelope("generation 0 goes with no resident, and only with none")
        }
        let request = KeyRequest(
            resident: address.resident, classKey: classKey, generation: envelope.generation)
        return (envelope, request)
    }
}
