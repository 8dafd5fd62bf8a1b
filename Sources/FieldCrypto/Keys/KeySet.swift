/// Every unwrapped key of a ring at one moment; replaced as a whole when a key is added.
struct KeySet: Sendable {
    /// Kind and name, without the version.
    struct Family: Hashable {
        let kind: KeyKind
        let name: String
    }

    /// Newest first.
    private(set) var classes: [String: [ClassKey]] = [:]
    private(set) var epochs: [UInt32: RingKey] = [:]
    /// Blind index and pseudonym keys, newest first.
    private(set) var others: [Family: [RingKey]] = [:]
    /// Wraps new residents' keys.
    private(set) var currentEpoch: RingKey

    /// Sorts the unwrapped keys into the ring.
    ///
    /// - Parameters:
    ///   - keys: All keys of the ring.
    ///   - systemKey: Derives the system key of a class key.
    /// - Throws: ``FieldCryptoError/ring(_:)`` if there is no epoch key, and what `systemKey` throws.
    init(
        keys: [RingKey], systemKey: (RingKey) throws(FieldCryptoError) -> FieldKey
    ) throws(FieldCryptoError) {
        let newestFirst = keys.sorted { $0.name.version > $1.name.version }
        guard let epoch = newestFirst.first(where: { $0.name.kind == .epoch }) else {
            throw .ring("it has no epoch key")
        }
        currentEpoch = epoch
        for key in newestFirst {
            let name = key.name
            switch name.kind {
            case .epoch: epochs[name.version] = key
            case .blindIndex, .pseudonym:
                others[Family(kind: name.kind, name: name.name), default: []].append(key)
            case .fieldClass:
                guard let version = UInt16(exactly: name.version), version > 0 else {
                    throw .ring("\(name): a class has versions 1 to 65,535")
                }
                let classKey = try ClassKey(key: key, systemKey: systemKey(key), version: version)
                classes[name.name, default: []].append(classKey)
            }
        }
    }

    /// The key that seals a class now.
    func newest(fieldClass: String) throws(FieldCryptoError) -> ClassKey {
        guard let key = classes[fieldClass]?.first else { throw .unknownClass(fieldClass) }
        return key
    }

    /// The key that sealed a class in a given version.
    func key(fieldClass: String, version: UInt16) throws(FieldCryptoError) -> ClassKey {
        guard let versions = classes[fieldClass] else { throw .unknownClass(fieldClass) }
        guard let key = versions.first(where: { $0.version == version }) else {
            throw .unknownKey(
                KeyName(kind: .fieldClass, name: fieldClass, version: UInt32(version)))
        }
        return key
    }

    /// All versions of a blind index or pseudonym key, newest first.
    func keys(_ kind: KeyKind, _ name: String) throws(FieldCryptoError) -> [RingKey] {
        guard let keys = others[Family(kind: kind, name: name)] else {
            throw .unknownKey(KeyName(kind: kind, name: name, version: 0))
        }
        return keys
    }

    func epoch(_ number: UInt32) throws(FieldCryptoError) -> RingKey {
        guard let key = epochs[number] else {
            throw .unknownKey(KeyName(kind: .epoch, name: "", version: number))
        }
        return key
    }

    /// The version the next key of a kind and name has.
    func nextVersion(_ kind: KeyKind, _ name: String) -> UInt32 {
        switch kind {
        case .epoch: currentEpoch.name.version + 1
        case .fieldClass: UInt32(classes[name]?.first?.version ?? 0) + 1
        case .blindIndex, .pseudonym:
            (others[Family(kind: kind, name: name)]?.first?.name.version ?? 0) + 1
        }
    }

    /// The suite the next key of a kind and name has.
    func nextSuite(_ kind: KeyKind, _ name: String) -> CipherSuite {
        let suite = currentEpoch.suite.family.suite
        guard kind == .fieldClass, let newest = classes[name]?.first?.key.suite,
            newest.isDeterministic, newest.family == suite.family
        else { return suite }
        return newest
    }
}
