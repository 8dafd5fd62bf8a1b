/// What a key store must hold, and what it promises.
///
/// The embedded one is a file of its own, `keys.db`.
///
/// Calls block and are made without any lock held. Every writing call is one transaction and is durable when it
/// returns: a ciphertext whose key was lost can never be opened. Nothing handed over is secret without the root
/// key, but the rows of a shredded resident must not survive in free pages, journals or logs.
package protocol KeyStore: Sendable {
    /// Every wrapped key of the ring, in any order; few enough to read at start.
    func wrappedKeys() throws(KeyStoreError) -> [WrappedKey]

    /// Adds keys, all or none.
    ///
    /// - Throws: ``KeyStoreError/alreadyThere(_:)`` if one of that name is there, ``KeyStoreError/unavailable(_:)``
    ///   if the keys there are under another root key; and then adds none.
    func insert(_ keys: [WrappedKey]) throws(KeyStoreError)

    /// Replaces keys by the same keys wrapped anew, all or none.
    ///
    /// - Throws: ``KeyStoreError/unavailable(_:)`` if not all keys there would then be under one root key, since
    ///   another process added one or changed the root key meanwhile; and then replaces none.
    func replace(_ keys: [WrappedKey]) throws(KeyStoreError)

    /// Destroys keys, all or none, as ``shred(_:)`` destroys a resident's.
    func remove(_ keys: [KeyName]) throws(KeyStoreError)

    /// Adds to how often a key was used, before it is used.
    ///
    /// - Returns: The sum of all uses ever added for it.
    func addUses(_ count: Int64, of key: KeyName) throws(KeyStoreError) -> Int64

    /// The keys of residents, and their commitments; one that was never there is left out.
    ///
    /// Commitments are those of the field classes that are named, or all where the set is nil.
    func material(
        of residents: [ResidentKeyID], fieldClasses: Set<String>?
    ) throws(KeyStoreError) -> [ResidentKeyID: ResidentKeyMaterial]

    /// Adds residents' keys. Where that resident and generation is there already, the one there stays.
    func insert(_ keys: [WrappedResidentKey]) throws(KeyStoreError)

    /// Residents' keys that were wrapped in an epoch before `epoch`, at most `limit`.
    func residentKeys(
        wrappedBefore epoch: UInt32, limit: Int
    ) throws(KeyStoreError) -> [WrappedResidentKey]

    /// Replaces residents' keys by the same keys wrapped anew; one that is no longer there stays away.
    func replace(_ keys: [WrappedResidentKey]) throws(KeyStoreError)

    /// Adds commitments. One that is there already stays.
    func insert(_ commitments: [KeyCommitment]) throws(KeyStoreError)

    /// The commitments of system keys, of every class and version.
    func systemCommitments() throws(KeyStoreError) -> [KeyCommitment]

    /// Destroys all keys and commitments of residents and remembers that it did.
    ///
    /// When it returns, the bytes are gone from the file, its journal and its free pages, and ``material(of:fieldClasses:)``
    /// answers `isShredded` for these residents, also those that never had a key.
    func shred(_ residents: [ResidentKeyID]) throws(KeyStoreError)

    /// Every sealed signing key, in any order.
    func signingKeys() throws(KeyStoreError) -> [SealedSigningKey]

    /// Adds a signing key.
    ///
    /// - Throws: ``KeyStoreError/alreadyThere(_:)`` if one of that name is there.
    func insert(_ key: SealedSigningKey) throws(KeyStoreError)

    /// Replaces what is stored of signing keys, all or none; what stood there before is overwritten.
    func replace(_ keys: [SealedSigningKey]) throws(KeyStoreError)

    /// How many residents' keys are wrapped in each epoch.
    func residentKeyCounts() throws(KeyStoreError) -> [UInt32: Int]

    /// Those of some residents whose keys were destroyed on purpose.
    func shredded(among residents: [ResidentKeyID]) throws(KeyStoreError) -> Set<ResidentKeyID>

    /// Every resident whose keys were destroyed on purpose.
    func shreddedResidents() throws(KeyStoreError) -> [ResidentKeyID]

    /// Residents who have a commitment to any key of a class, in the order of their ids' bytes.
    func residents(
        committedTo fieldClass: String, after resident: ResidentKeyID?, limit: Int
    ) throws(KeyStoreError) -> [ResidentKeyID]

    /// Removes residents' commitments to one version of a class that is gone, of those residents whose id starts with
    /// a byte, so that a large store is cleaned in short steps.
    ///
    /// - Returns: How many were removed.
    func removeCommitments(
        fieldClass: String, version: UInt16, firstByte: UInt8
    ) throws(KeyStoreError) -> Int
}

extension KeyStore {
    /// The keys and all commitments of residents; one that was never there is left out.
    package func material(
        of residents: [ResidentKeyID]
    ) throws(KeyStoreError) -> [ResidentKeyID: ResidentKeyMaterial] {
        try material(of: residents, fieldClasses: nil)
    }
}

/// Why a key store did not answer.
///
/// Texts name tables and files, never a resident.
package enum KeyStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It may work when tried again: locked, full, not reachable.
    case unavailable(String)
    /// What is stored cannot be right; stop and keep the evidence.
    case corrupt(String)
    /// Something of that name is there already.
    case alreadyThere(String)

    package var description: String {
        switch self {
        case .unavailable(let reason): "not available: \(reason)"
        case .corrupt(let reason): "damaged: \(reason)"
        case .alreadyThere(let name): "\(name) is there already"
        }
    }
}
