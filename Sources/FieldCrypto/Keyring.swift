internal import Synchronization

/// Seals and opens values, each under a key of its own resident and field class.
///
/// A field key follows from the class key and the resident's key together: destroying the resident's key ends the
/// resident's data everywhere, and a process without a class key cannot read that class. Keys of the ring are
/// unwrapped once at start; residents' keys are fetched and unwrapped when needed and never kept, field keys are
/// kept for a limited time. The store is called with no lock held.
package final class Keyring: Sendable {
    struct State {
        var keys: KeySet
        var rootKey: RootKey
        var cache: FieldKeyCache
        /// Uses of shared keys that are set aside in the store and not yet made.
        var usesLeft: [KeyName: Int64] = [:]
        /// Grows with every forgetting, so that a load that began before it is not cached after it.
        var forgetCount: UInt64 = 0
        /// Numbers the readings of the ring, and the one that `keys` came from.
        var reloadsBegun = 0
        var reloadShown = 0
    }

    let store: any KeyStore
    let random: any RandomSource
    let limits: KeyringLimits
    let now: @Sendable () -> Duration
    let workers: WorkerPool
    let state: Mutex<State>

    private init(
        keys: KeySet, rootKey: RootKey, store: any KeyStore, random: any RandomSource,
        limits: KeyringLimits, now: @escaping @Sendable () -> Duration
    ) {
        self.store = store
        self.random = random
        self.limits = limits
        self.now = now
        workers = WorkerPool()
        state = Mutex(
            State(keys: keys, rootKey: rootKey, cache: FieldKeyCache(limits: limits)))
    }

    /// The time since some moment, which no change of the wall clock moves.
    package static let monotonicClock: @Sendable () -> Duration = {
        let start = ContinuousClock.now
        return { ContinuousClock.now - start }
    }()

    /// Makes a new ring in an empty store: the first version of each class key, and the first epoch key.
    ///
    /// - Parameters:
    ///   - classes: The field classes, without repetition.
    ///   - family: Whose algorithms the ring begins with.
    ///   - rootKey: Wraps the ring's keys, now and at every later start.
    ///   - store: Must be empty.
    ///   - random: Where keys and nonces come from.
    ///   - limits: See ``KeyringLimits``.
    ///   - now: A clock that never goes back.
    /// - Returns: The ring, opened from what was stored.
    /// - Throws: ``FieldCryptoError/ring(_:)`` if the store has a ring already.
    package static func create(
        classes: [String], family: CryptoFamily = .international, rootKey: RootKey,
        store: any KeyStore, random: any RandomSource = SecureRandom(),
        limits: KeyringLimits = KeyringLimits(),
        now: @escaping @Sendable () -> Duration = monotonicClock
    ) throws(FieldCryptoError) -> Keyring {
        let isEmpty = try storeCall { () throws(KeyStoreError) in
            try store.wrappedKeys().isEmpty
        }
        guard isEmpty else { throw .ring("the store has a ring already") }
        var wrapped: [WrappedKey] = []
        for name in classes {
            try checkName(name, of: "field class")
            let key = KeyName(kind: .fieldClass, name: name, version: 1)
            wrapped.append(
                try rootKey.wrap(
                    random.secret(32), name: key, suite: family.suite, random: random))
        }
        let epoch = KeyName(kind: .epoch, name: "", version: 1)
        wrapped.append(
            try rootKey.wrap(random.secret(32), name: epoch, suite: family.suite, random: random))
        try storeCall { () throws(KeyStoreError) in try store.insert(wrapped) }
        return try open(rootKey: rootKey, store: store, random: random, limits: limits, now: now)
    }

    /// Opens the ring of a store.
    ///
    /// - Parameters: As for ``create(classes:family:rootKey:store:random:limits:now:)``.
    /// - Returns: The ring with all its keys unwrapped.
    /// - Throws: ``FieldCryptoError/otherRootKey(expected:found:)`` or ``FieldCryptoError/unwrap(_:)`` for another
    ///   root key or a damaged ring, ``FieldCryptoError/ring(_:)`` if there is none.
    package static func open(
        rootKey: RootKey, store: any KeyStore, random: any RandomSource = SecureRandom(),
        limits: KeyringLimits = KeyringLimits(),
        now: @escaping @Sendable () -> Duration = monotonicClock
    ) throws(FieldCryptoError) -> Keyring {
        let keys = try load(rootKey: rootKey, store: store)
        return Keyring(
            keys: keys, rootKey: rootKey, store: store, random: random, limits: limits, now: now)
    }

    /// Reads the ring again, after another process added a key to it.
    package func reload() throws(FieldCryptoError) {
        let (rootKey, turn) = state.withLock { state in
            state.reloadsBegun += 1
            return (state.rootKey, state.reloadsBegun)
        }
        let keys = try Self.load(rootKey: rootKey, store: store)
        state.withLock { state in
            // A reading that began earlier may lack a key that one begun later has.
            guard turn > state.reloadShown else { return }
            state.reloadShown = turn
            state.keys = keys
            state.cache.removeAll()
            state.forgetCount += 1
        }
        try workers.dropKeys()
    }

    /// The names of all keys of the ring, sorted by kind, name and version.
    package var keyNames: [KeyName] {
        let keys = state.withLock { $0.keys }
        let names =
            keys.classes.values.joined().map(\.key.name) + keys.epochs.values.map(\.name)
            + keys.others.values.joined().map(\.name)
        return names.sorted {
            ($0.kind.rawValue, $0.name, $0.version) < ($1.kind.rawValue, $1.name, $1.version)
        }
    }

    /// Whose algorithms new keys are of: those of the newest epoch's key, which only the root key can make.
    ///
    /// Keys made before stay what they are until they are rotated.
    package var family: CryptoFamily { state.withLock { $0.keys.currentEpoch.suite.family } }

    /// Unwraps every key and compares the system keys with their commitments.
    private static func load(
        rootKey: RootKey, store: any KeyStore
    ) throws(FieldCryptoError) -> KeySet {
        let wrapped = try storeCall { () throws(KeyStoreError) in try store.wrappedKeys() }
        guard !wrapped.isEmpty else { throw .ring("the store has none; create one first") }
        var keys: [RingKey] = []
        for key in wrapped {
            keys.append(
                try RingKey(
                    name: key.name, suite: CipherSuite(byte: key.suite),
                    secret: rootKey.unwrap(key)))
        }
        let set = try KeySet(keys: keys, systemKey: KeyDerivation.systemKey(of:))
        try checkSystemCommitments(set, store: store)
        return set
    }

    private static func checkSystemCommitments(
        _ keys: KeySet, store: any KeyStore
    ) throws(FieldCryptoError) {
        let kept = try storeCall { () throws(KeyStoreError) in try store.systemCommitments() }
        var missing: [KeyCommitment] = []
        for classKey in keys.classes.values.joined() {
            let name = classKey.key.name.name
            let commitment = classKey.systemKey.commitment
            let found = kept.first {
                $0.fieldClass == name && $0.classVersion == classKey.version
            }
            guard let found else {
                missing.append(
                    KeyCommitment(
                        resident: nil, fieldClass: name, classVersion: classKey.version,
                        generation: 0, commitment: commitment))
                continue
            }
            if found.commitment != commitment { throw .commitment(fieldClass: name) }
        }
        if missing.isEmpty { return }
        try storeCall { () throws(KeyStoreError) in try store.insert(missing) }
    }
}

/// Calls the store and turns its error into ours.
func storeCall<Result>(
    _ body: () throws(KeyStoreError) -> Result
) throws(FieldCryptoError) -> Result {
    do { return try body() } catch { throw .store(error) }
}
