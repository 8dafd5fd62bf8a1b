internal import Synchronization

extension Keyring {
    /// Seals values, in their order, into one buffer.
    ///
    /// Fastest where a resident's values of one class stand together: one key schedule serves them all.
    ///
    /// A value whose address names no resident is sealed under the system key of its class. All or none: where one
    /// fails, none is given. Commitments of keys used for the first time are stored before it returns.
    ///
    /// - Parameters:
    ///   - batch: What to seal, and where.
    ///   - later: Keys that nothing is sealed with now, whose commitments are stored with the others: so the first
    ///     value under them waits for no second sync to disk.
    /// - Returns: One envelope for each value.
    /// - Throws: ``FieldCryptoError/residentKeyMissing`` before ``ensureResidentKeys(_:)``,
    ///   ``FieldCryptoError/unknownClass(_:)``, and what the store throws.
    package func seal(
        _ batch: ValuesToSeal,
        alsoCommitting later: [(resident: ResidentKeyID, fieldClass: String)] = []
    ) throws(FieldCryptoError) -> PackedBytes {
        let keySet = state.withLock { $0.keys }
        var stretches: [KeyStretch] = []
        for (index, address) in batch.addresses.enumerated() {
            if stretches.last?.isExtended(to: address) == true {
                stretches[stretches.count - 1].end = index + 1
            } else {
                let name = address.column.fieldClass
                let classKey = try keySet.newest(fieldClass: name)
                if classKey.key.suite.isDeterministic, address.resident != nil {
                    throw .deterministicClass(name)
                }
                let request = KeyRequest(
                    resident: address.resident, classKey: classKey, generation: nil,
                    mayCommit: true)
                stretches.append(KeyStretch(first: address, end: index + 1, request: request))
            }
        }
        let uses = stretches.map { ($0.request, $0.end) }
        for (name, count) in Self.systemUses(uses) { try reserveUses(count, of: name) }
        var requests = stretches.map(\.request)
        for (resident, name) in later {
            requests.append(
                KeyRequest(
                    resident: resident, classKey: try keySet.newest(fieldClass: name),
                    generation: nil, mayCommit: true))
        }
        let resolved = try resolve(requests)
        var runs: [SealingRun] = []
        runs.reserveCapacity(stretches.count)
        for (position, stretch) in stretches.enumerated() {
            guard let key = resolved.keys[position] else {
                throw resolved.failures[position] ?? .residentKeyMissing
            }
            runs.append(SealingRun(end: stretch.end, key: key))
        }
        let (random, ready) = (self.random, runs)
        return try workers.withWorker { worker throws(FieldCryptoError) in
            try worker.seal(batch, runs: ready, random: random)
        }
    }

    /// How many values each system key is to seal.
    static func systemUses(_ stretches: [(request: KeyRequest?, end: Int)]) -> [KeyName: Int64] {
        var uses: [KeyName: Int64] = [:]
        var start = 0
        for (request, end) in stretches {
            if let request, request.resident == nil {
                uses[request.classKey.key.name, default: 0] += Int64(end - start)
            }
            start = end
        }
        return uses
    }

    /// Seals one value; see ``seal(_:)``.
    package func seal(
        _ value: [UInt8], at address: FieldAddress, padding: ValuePadding
    ) throws(FieldCryptoError) -> [UInt8] {
        var batch = ValuesToSeal()
        batch.append(value, at: address, padding: padding)
        return try seal(batch).bytes
    }

    /// Opens values one by one, in their order: a destroyed resident's value does not hide the others.
    ///
    /// - Throws: Only what the store throws.
    package func openEach(_ batch: SealedValues) throws(FieldCryptoError) -> OpenedValues {
        var opened = try openOnce(batch)
        let needsNewerRing = opened.failures.values.contains {
            if case .unknownKey(let key) = $0 { isNewer(key) } else { false }
        }
        if needsNewerRing {
            // Another process has added a version and sealed under it since this ring was read.
            try reload()
            opened = try openOnce(batch)
        }
        let destroyed = try destroyedResidents(opened.failures, batch)
        for (index, error) in opened.failures {
            let address = batch.addresses[index]
            let isDestroyed = address.resident.map(destroyed.contains) ?? false
            opened.fail(
                index, isDestroyed ? .residentKeyDestroyed : Self.refusal(error, address.column))
        }
        return opened
    }

    /// Those whose keys are destroyed, among whom values stayed under a class key that is gone: a rotation passes over
    /// what nobody can open any more.
    private func destroyedResidents(
        _ failures: [Int: FieldCryptoError], _ batch: SealedValues
    ) throws(FieldCryptoError) -> Set<ResidentKeyID> {
        var residents: Set<ResidentKeyID> = []
        for (index, error) in failures {
            if case .unknownKey = error, let resident = batch.addresses[index].resident {
                residents.insert(resident)
            }
        }
        if residents.isEmpty { return [] }
        let (store, asked) = (self.store, Array(residents))
        let material = try storeCall { () throws(KeyStoreError) in
            try store.material(of: asked, fieldClasses: [])
        }
        return residents.filter { material[$0]?.isShredded == true }
    }

    private func isNewer(_ key: KeyName) -> Bool {
        guard key.kind == .fieldClass else { return false }
        return state.withLock { $0.keys.nextVersion(.fieldClass, key.name) } <= key.version
    }

    /// One error for whatever is wrong with an envelope, so that nobody learns from it which part is.
    ///
    /// What is wrong with the resident, the class or the store is told as it is.
    private static func refusal(
        _ error: FieldCryptoError, _ column: FieldColumn
    ) -> FieldCryptoError {
        switch error {
        case .unknownFormat, .unknownSuite, .malformedEnvelope, .commitmentMissing:
            return .notAuthentic(table: column.table, field: column.field)
        case .unknownKey(let key) where key.kind == .fieldClass:
            return .notAuthentic(table: column.table, field: column.field)
        default: return error
        }
    }

    private func openOnce(_ batch: SealedValues) throws(FieldCryptoError) -> OpenedValues {
        let keySet = state.withLock { $0.keys }
        let stretches = Self.stretches(of: batch, keySet)
        let resolved = try resolve(stretches.map(\.request))
        var runs: [OpeningRun] = []
        runs.reserveCapacity(stretches.count)
        for (position, stretch) in stretches.enumerated() {
            if let key = resolved.keys[position] {
                runs.append(OpeningRun(end: stretch.end, key: .success(key)))
            } else {
                let failure = stretch.failure ?? resolved.failures[position]
                runs.append(
                    OpeningRun(end: stretch.end, key: .failure(failure ?? .residentKeyMissing)))
            }
        }
        let ready = runs
        return try workers.withWorker { worker throws(FieldCryptoError) in
            try worker.open(batch, runs: ready)
        }
    }

    /// Opens values, in their order, all or none.
    ///
    /// - Throws: The failure of the first value that does not open, and what the store throws.
    package func open(_ batch: SealedValues) throws(FieldCryptoError) -> OpenedValues {
        let opened = try openEach(batch)
        if let failure = opened.firstFailure { throw failure }
        return opened
    }

    /// Opens one value; see ``openEach(_:)`` for how it can fail.
    package func open(
        _ envelope: [UInt8], at address: FieldAddress
    ) throws(FieldCryptoError) -> [UInt8] {
        var batch = SealedValues()
        batch.append(envelope, at: address)
        return Array(try openEach(batch).value(0))
    }
}
