package import FieldCrypto
package import Synchronization

/// A key store that forgets everything when it goes; it counts calls and can be told to fail.
package final class MemoryKeyStore: KeyStore {
    package struct Content {
        package var keys: [KeyName: WrappedKey] = [:]
        package var uses: [KeyName: Int64] = [:]
        package var residents: [ResidentKeyID: ResidentKeyMaterial] = [:]
        package var systemCommitments: [KeyCommitment] = []
        package var signingKeys: [SealedSigningKey] = []
        /// Calls of `material(of:fieldClasses:)` and of writing functions.
        package var reads = 0
        package var writes = 0
        /// Every call from here on fails.
        package var isFailing = false
    }

    package let content = Mutex(Content())

    package init() {}

    private func locked<Result: Sendable>(
        writes: Bool = true, _ body: (inout Content) throws(KeyStoreError) -> Result
    ) throws(KeyStoreError) -> Result {
        try content.withLock { content throws(KeyStoreError) in
            if content.isFailing { throw .unavailable("told to fail") }
            if writes { content.writes += 1 } else { content.reads += 1 }
            return try body(&content)
        }
    }

    package func wrappedKeys() throws(KeyStoreError) -> [WrappedKey] {
        try locked(writes: false) { Array($0.keys.values) }
    }

    package func insert(_ keys: [WrappedKey]) throws(KeyStoreError) {
        try locked { content throws(KeyStoreError) in
            if let there = keys.first(where: { content.keys[$0.name] != nil }) {
                throw .alreadyThere(there.name.description)
            }
            try Self.add(keys, to: &content)
        }
    }

    package func replace(_ keys: [WrappedKey]) throws(KeyStoreError) {
        try locked { content throws(KeyStoreError) in try Self.add(keys, to: &content) }
    }

    private static func add(_ keys: [WrappedKey], to content: inout Content) throws(KeyStoreError) {
        var all = content.keys
        for key in keys { all[key.name] = key }
        guard Set(all.values.map(\.rootKey)).count <= 1 else {
            throw .unavailable("another process changed the ring or its root key")
        }
        content.keys = all
    }

    package func remove(_ keys: [KeyName]) throws(KeyStoreError) {
        try locked { content in for key in keys { content.keys[key] = nil } }
    }

    package func addUses(_ count: Int64, of key: KeyName) throws(KeyStoreError) -> Int64 {
        try locked { content in
            content.uses[key, default: 0] += count
            return content.uses[key, default: 0]
        }
    }

    package func material(
        of residents: [ResidentKeyID], fieldClasses: Set<String>?
    ) throws(KeyStoreError) -> [ResidentKeyID: ResidentKeyMaterial] {
        try locked(writes: false) { content in
            var found: [ResidentKeyID: ResidentKeyMaterial] = [:]
            for resident in residents {
                found[resident] = content.residents[resident]
                guard let fieldClasses else { continue }
                found[resident]?.commitments.removeAll { !fieldClasses.contains($0.fieldClass) }
            }
            return found
        }
    }

    package func insert(_ keys: [WrappedResidentKey]) throws(KeyStoreError) {
        try locked { content in
            for key in keys {
                var material = content.residents[key.resident] ?? ResidentKeyMaterial()
                if !material.keys.contains(where: { $0.generation == key.generation }) {
                    material.keys.append(key)
                }
                content.residents[key.resident] = material
            }
        }
    }

    package func residentKeys(
        wrappedBefore epoch: UInt32, limit: Int
    ) throws(KeyStoreError) -> [WrappedResidentKey] {
        try locked(writes: false) { content in
            Array(
                content.residents.values.flatMap(\.keys).filter { $0.epoch < epoch }.prefix(limit))
        }
    }

    package func replace(_ keys: [WrappedResidentKey]) throws(KeyStoreError) {
        try locked { content in
            for key in keys {
                let position = content.residents[key.resident]?.keys.firstIndex {
                    $0.generation == key.generation
                }
                if let position { content.residents[key.resident]?.keys[position] = key }
            }
        }
    }

    package func insert(_ commitments: [KeyCommitment]) throws(KeyStoreError) {
        try locked { content in
            for commitment in commitments {
                guard let resident = commitment.resident else {
                    content.systemCommitments.append(commitment)
                    continue
                }
                let isThere = content.residents[resident]?.commitments.contains {
                    $0.fieldClass == commitment.fieldClass
                        && $0.classVersion == commitment.classVersion
                        && $0.generation == commitment.generation
                }
                if isThere == false { content.residents[resident]?.commitments.append(commitment) }
            }
        }
    }

    package func systemCommitments() throws(KeyStoreError) -> [KeyCommitment] {
        try locked(writes: false) { $0.systemCommitments }
    }

    package func shred(_ residents: [ResidentKeyID]) throws(KeyStoreError) {
        try locked { content in
            for resident in residents {
                content.residents[resident] = ResidentKeyMaterial(isShredded: true)
            }
        }
    }

    package func signingKeys() throws(KeyStoreError) -> [SealedSigningKey] {
        try locked(writes: false) { $0.signingKeys }
    }

    package func insert(_ key: SealedSigningKey) throws(KeyStoreError) {
        try locked { content throws(KeyStoreError) in
            if content.signingKeys.contains(where: { $0.name == key.name }) {
                throw .alreadyThere("signing key '\(key.name)'")
            }
            content.signingKeys.append(key)
        }
    }

    package func replace(_ keys: [SealedSigningKey]) throws(KeyStoreError) {
        try locked { content throws(KeyStoreError) in
            for key in keys {
                let place = content.signingKeys.firstIndex { $0.name == key.name }
                guard let place else { throw .corrupt("no signing key '\(key.name)'") }
                content.signingKeys[place] = key
            }
        }
    }

    package func residentKeyCounts() throws(KeyStoreError) -> [UInt32: Int] {
        try locked(writes: false) { content in
            content.residents.values.flatMap(\.keys).reduce(into: [:]) {
                $0[$1.epoch, default: 0] += 1
            }
        }
    }

    package func shredded(
        among residents: [ResidentKeyID]
    ) throws(KeyStoreError) -> Set<ResidentKeyID> {
        try locked(writes: false) { content in
            Set(residents.filter { content.residents[$0]?.isShredded == true })
        }
    }

    package func shreddedResidents() throws(KeyStoreError) -> [ResidentKeyID] {
        try locked(writes: false) { content in
            content.residents.filter { $1.isShredded }.map(\.key)
        }
    }

    package func residents(
        committedTo fieldClass: String, after resident: ResidentKeyID?, limit: Int
    ) throws(KeyStoreError) -> [ResidentKeyID] {
        try locked(writes: false) { content in
            let found = content.residents.filter {
                $0.value.commitments.contains { $0.fieldClass == fieldClass }
            }.keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
            let behind = found.filter { candidate in
                resident.map { $0.bytes.lexicographicallyPrecedes(candidate.bytes) } ?? true
            }
            return Array(behind.prefix(limit))
        }
    }

    package func removeCommitments(
        fieldClass: String, version: UInt16, firstByte: UInt8
    ) throws(KeyStoreError) -> Int {
        try locked { content in
            var removed = 0
            for resident in content.residents.keys where resident.bytes.first == firstByte {
                let before = content.residents[resident]?.commitments.count ?? 0
                content.residents[resident]?.commitments.removeAll {
                    $0.fieldClass == fieldClass && $0.classVersion == version
                }
                removed += before - (content.residents[resident]?.commitments.count ?? 0)
            }
            return removed
        }
    }
}
