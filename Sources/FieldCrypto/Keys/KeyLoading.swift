/// Fetches, unwraps and derives the keys that a batch did not find in the cache.
struct KeyLoading {
    struct Loaded: Sendable {
        let key: FieldKey
        let resident: ResidentKeyID
        let classSerial: UInt64
        let newestGeneration: UInt16
    }

    let requests: [KeyRequest?]
    /// Positions in `requests`; each has a resident.
    let missing: [Int]
    let keySet: KeySet
    private(set) var loaded: [Loaded] = []
    /// Whether a resident's key is wrapped in an epoch that `keySet` does not have.
    private(set) var needsNewerEpoch = false

    init(requests: [KeyRequest?], missing: [Int], keySet: KeySet) {
        self.requests = requests
        self.missing = missing
        self.keySet = keySet
    }

    /// What one worker's turn gives.
    private struct Outcome: Sendable {
        var keys: [(index: Int, key: FieldKey)] = []
        var failures: [Int: FieldCryptoError] = [:]
        var loaded: [Loaded] = []
        var commitments: [KeyCommitment] = []
    }

    /// Writes keys and failures into `resolved`; new commitments are stored before it returns.
    mutating func run(
        store: any KeyStore, workers: WorkerPool, into resolved: inout ResolvedKeys
    ) throws(FieldCryptoError) {
        var seen = Set<ResidentKeyID>(minimumCapacity: missing.count)
        var residents: [ResidentKeyID] = []
        residents.reserveCapacity(missing.count)
        var fieldClasses: Set<String> = []
        var last: ClassKey?
        for index in missing {
            guard let request = requests[index], let resident = request.resident else { continue }
            if residents.last != resident, seen.insert(resident).inserted {
                residents.append(resident)
            }
            if request.classKey !== last { fieldClasses.insert(request.classKey.key.name.name) }
            last = request.classKey
        }
        let (asked, askedClasses) = (residents, fieldClasses)
        let material = try storeCall { () throws(KeyStoreError) in
            try store.material(of: asked, fieldClasses: askedClasses)
        }
        let outcome = try workers.withWorker { worker throws(FieldCryptoError) in
            derive(from: material, worker: worker)
        }
        if !outcome.commitments.isEmpty {
            try storeCall { () throws(KeyStoreError) in try store.insert(outcome.commitments) }
        }
        if !resolved.failures.isEmpty || !outcome.failures.isEmpty {
            for index in missing { resolved.failures[index] = outcome.failures[index] }
        }
        for (index, key) in outcome.keys { resolved.keys[index] = key }
        needsNewerEpoch = outcome.failures.values.contains {
            if case .unknownKey(let name) = $0 { name.kind == .epoch } else { false }
        }
        loaded = outcome.loaded
    }

    private func derive(
        from material: [ResidentKeyID: ResidentKeyMaterial], worker: SealingWorker
    ) -> Outcome {
        var outcome = Outcome()
        outcome.keys.reserveCapacity(missing.count)
        outcome.loaded.reserveCapacity(missing.count)
        var next = 0
        while next < missing.count {
            guard let request = requests[missing[next]], let resident = request.resident else {
                next += 1
                continue
            }
            do throws(FieldCryptoError) {
                let known = material[resident]
                let found = try wrappedKey(of: request, in: known)
                let epoch = try keySet.epoch(found.wrapped.epoch)
                let commitments = known?.commitments ?? []
                next = try worker.withResidentKey(found.wrapped, epoch: epoch) {
                    residentKey throws(FieldCryptoError) in
                    derive(
                        from: next, residentKey, found.wrapped, found.newestGeneration,
                        commitments, worker: worker, into: &outcome)
                }
            } catch {
                outcome.failures[missing[next]] = error
                next += 1
            }
        }
        return outcome
    }

    /// Derives what stands together for one resident's key: a batch names a resident's fields one after another.
    ///
    /// - Returns: The first position in `missing` that is not of this key.
    private func derive(
        from start: Int, _ residentKey: UnsafeRawBufferPointer, _ wrapped: WrappedResidentKey,
        _ newestGeneration: UInt16, _ commitments: [KeyCommitment], worker: SealingWorker,
        into outcome: inout Outcome
    ) -> Int {
        let firstLoaded = outcome.loaded.count
        var next = start
        while next < missing.count, let request = requests[missing[next]],
            request.resident == wrapped.resident,
            request.generation ?? newestGeneration == wrapped.generation
        {
            let index = missing[next]
            next += 1
            let serial = request.classKey.key.serial
            if let known = outcome.loaded[firstLoaded...].first(where: { $0.classSerial == serial })
            {
                outcome.keys.append((index, known.key))
                continue
            }
            do throws(FieldCryptoError) {
                let key = try worker.fieldKey(
                    classKey: request.classKey, residentKey: residentKey,
                    generation: wrapped.generation)
                if let new = try newCommitment(of: key, request, wrapped.resident, commitments) {
                    outcome.commitments.append(new)
                }
                outcome.keys.append((index, key))
                outcome.loaded.append(
                    Loaded(
                        key: key, resident: wrapped.resident, classSerial: serial,
                        newestGeneration: newestGeneration))
            } catch {
                outcome.failures[index] = error
            }
        }
        return next
    }

    private func wrappedKey(
        of request: KeyRequest, in material: ResidentKeyMaterial?
    ) throws(FieldCryptoError) -> (wrapped: WrappedResidentKey, newestGeneration: UInt16) {
        guard let material else { throw .residentKeyMissing }
        if material.isShredded { throw .residentKeyDestroyed }
        guard var newest = material.keys.first else { throw .residentKeyMissing }
        if material.keys.count > 1 {
            for key in material.keys where key.generation > newest.generation { newest = key }
        }
        guard let generation = request.generation, generation != newest.generation else {
            return (newest, newest.generation)
        }
        guard let older = material.keys.first(where: { $0.generation == generation }) else {
            throw .malformedEnvelope("the resident has no key of that generation")
        }
        return (older, newest.generation)
    }

    /// Compares a key with its commitment; where there is none and values are being sealed, answers one to store.
    private func newCommitment(
        of key: FieldKey, _ request: KeyRequest, _ resident: ResidentKeyID,
        _ commitments: [KeyCommitment]
    ) throws(FieldCryptoError) -> KeyCommitment? {
        let name = request.classKey.key.name.name
        let kept = commitments.first {
            $0.classVersion == key.classVersion && $0.generation == key.generation
                && $0.fieldClass == name
        }
        if let kept {
            if kept.commitment != key.commitment { throw .commitment(fieldClass: name) }
            return nil
        }
        guard request.mayCommit else { throw .commitmentMissing(fieldClass: name) }
        return KeyCommitment(
            resident: resident, fieldClass: name, classVersion: key.classVersion,
            generation: key.generation, commitment: key.commitment)
    }
}
