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
    let isSealing: Bool
    private(set) var loaded: [Loaded] = []
    /// Whether a resident's key is wrapped in an epoch that `keySet` does not have.
    private(set) var needsNewerEpoch = false

    init(requests: [KeyRequest?], missing: [Int], keySet: KeySet, isSealing: Bool) {
        self.requests = requests
        self.missing = missing
        self.keySet = keySet
        self.isSealing = isSealing
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
        var seen: Set<ResidentKeyID> = []
        var residents: [ResidentKeyID] = []
        for index in missing {
            if let resident = requests[index]?.resident, seen.insert(resident).inserted {
                residents.append(resident)
            }
        }
        let asked = residents
        let material = try storeCall { () throws(KeyStoreError) in
            try store.material(of: asked)
        }
        let outcome = try workers.withWorker { worker throws(FieldCryptoError) in
            derive(from: material, worker: worker)
        }
        if !outcome.commitments.isEmpty {
            try storeCall { () throws(KeyStoreError) in try store.insert(outcome.commitments) }
        }
        for index in missing { resolved.failures[index] = outcome.failures[index] }
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
        /// The resident whose key was unwrapped last: a batch names a resident's fields one after another.
        var open: (wrapped: WrappedResidentKey, key: SecretBytes)?
        /// What this batch derived for the resident of `open`.
        var derived: [(classSerial: UInt64, key: FieldKey)] = []
        for index in missing {
            guard let request = requests[index], let resident = request.resident else { continue }
            do throws(FieldCryptoError) {
                let found = try wrappedKey(of: request, in: material[resident])
                if open?.wrapped != found.wrapped {
                    let epoch = try keySet.epoch(found.wrapped.epoch)
                    open = (found.wrapped, try worker.unwrap(found.wrapped, epoch: epoch))
                    derived.removeAll(keepingCapacity: true)
                }
                guard let residentKey = open?.key else { continue }
                let serial = request.classKey.key.serial
                if let known = derived.first(where: { $0.classSerial == serial }) {
                    outcome.keys.append((index, known.key))
                    continue
                }
                let key = try worker.fieldKey(
                    classKey: request.classKey, residentKey: residentKey,
                    generation: found.wrapped.generation)
                let commitments = material[resident]?.commitments ?? []
                if let new = try newCommitment(of: key, request, resident, commitments) {
                    outcome.commitments.append(new)
                }
                derived.append((serial, key))
                outcome.keys.append((index, key))
                outcome.loaded.append(
                    Loaded(
                        key: key, resident: resident, classSerial: serial,
                        newestGeneration: found.newestGeneration))
            } catch {
                outcome.failures[index] = error
            }
        }
        return outcome
    }

    private func wrappedKey(
        of request: KeyRequest, in material: ResidentKeyMaterial?
    ) throws(FieldCryptoError) -> (wrapped: WrappedResidentKey, newestGeneration: UInt16) {
        guard let material else { throw .residentKeyMissing }
        if material.isShredded { throw .residentKeyDestroyed }
        guard let newest = material.keys.max(by: { $0.generation < $1.generation }) else {
            throw .residentKeyMissing
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
        guard isSealing else { throw .commitmentMissing(fieldClass: name) }
        return KeyCommitment(
            resident: resident, fieldClass: name, classVersion: key.classVersion,
            generation: key.generation, commitment: key.commitment)
    }
}
