package import FieldCrypto
package import Testing

/// What every ``KeyStore`` must do, wherever it keeps its rows.
package struct KeyStoreContract {
    private let makeStore: () throws -> any KeyStore

    /// - Parameter makeStore: Makes a new and empty store.
    package init(makeStore: @escaping () throws -> any KeyStore) { self.makeStore = makeStore }

    /// Runs every check and records an issue for each that fails.
    ///
    /// - Parameter sourceLocation: Where issues are shown.
    /// - Throws: What the store throws where it must not.
    package func verify(sourceLocation: SourceLocation = #_sourceLocation) throws {
        try verifyRing(try makeStore(), sourceLocation)
        try verifyResidents(try makeStore(), sourceLocation)
        try verifyCommitments(try makeStore(), sourceLocation)
        try verifyShredding(try makeStore(), sourceLocation)
        try verifySigningKeys(try makeStore(), sourceLocation)
    }

    private func key(
        _ name: String, _ version: UInt32 = 1, fill: UInt8 = 1, root: UInt16 = 1
    ) -> WrappedKey {
        WrappedKey(
            name: KeyName(kind: .fieldClass, name: name, version: version), suite: 1,
            rootKey: RootKeyName(id: "root", version: root),
            wrapped: [UInt8](repeating: fill, count: 60))
    }

    private func residentKey(
        _ low: UInt64, generation: UInt16 = 1, epoch: UInt32 = 1, fill: UInt8 = 1
    ) -> WrappedResidentKey {
        WrappedResidentKey(
            resident: ResidentKeyID(high: 7, low: low), generation: generation, epoch: epoch,
            wrapped: [UInt8](repeating: fill, count: 60))
    }

    private func commitment(_ low: UInt64?, _ name: String = "identity", fill: UInt8 = 1)
        -> KeyCommitment
    {
        KeyCommitment(
            resident: low.map { ResidentKeyID(high: 7, low: $0) }, fieldClass: name,
            classVersion: 1,
            generation: low == nil ? 0 : 1,
            commitment: sha256([fill]))
    }

    private func verifyRing(_ store: any KeyStore, _ place: SourceLocation) throws {
        #expect(try store.wrappedKeys().isEmpty, sourceLocation: place)
        let keys = [key("a"), key("b"), key("a", 2)]
        try store.insert(keys)
        #expect(Set(try store.wrappedKeys()) == Set(keys), sourceLocation: place)
        #expect(throws: KeyStoreError.self, "a name is there once", sourceLocation: place) {
            try store.insert([key("c"), key("a", fill: 9)])
        }
        #expect(Set(try store.wrappedKeys()) == Set(keys), "all or none", sourceLocation: place)
        try store.replace([key("a", fill: 5)])
        #expect(try store.wrappedKeys().contains(key("a", fill: 5)), sourceLocation: place)
        #expect(try store.wrappedKeys().count == 3, sourceLocation: place)
        try verifyOneRootKey(store, place)
        #expect(try store.addUses(5, of: key("a").name) == 5, sourceLocation: place)
        #expect(try store.addUses(7, of: key("a").name) == 12, sourceLocation: place)
        #expect(try store.addUses(1, of: key("b").name) == 1, sourceLocation: place)
        try store.remove([key("a").name])
        #expect(
            Set(try store.wrappedKeys().map(\.name)) == [key("b").name, key("a", 2).name],
            sourceLocation: place)
    }

    /// A ring of `a` in two versions and `b`, all under one root key, can only move to another as a whole.
    private func verifyOneRootKey(_ store: any KeyStore, _ place: SourceLocation) throws {
        let before = Set(try store.wrappedKeys())
        #expect(throws: KeyStoreError.self, "a key under another root key", sourceLocation: place) {
            try store.insert([key("d", root: 2)])
        }
        #expect(throws: KeyStoreError.self, "a part of the ring", sourceLocation: place) {
            try store.replace([key("a", root: 2), key("b", root: 2)])
        }
        #expect(Set(try store.wrappedKeys()) == before, "all or none", sourceLocation: place)
        try store.replace([key("a", root: 2), key("b", root: 2), key("a", 2, root: 2)])
        #expect(
            try store.wrappedKeys().allSatisfy { $0.rootKey.version == 2 }, sourceLocation: place)
    }

    private func verifyResidents(_ store: any KeyStore, _ place: SourceLocation) throws {
        let first = residentKey(1)
        let second = residentKey(2)
        try store.insert([first, second])
        try store.insert([residentKey(1, fill: 9)])
        let none = ResidentKeyID(high: 7, low: 3)
        let found = try store.material(of: [first.resident, second.resident, none, first.resident])
        #expect(found.count == 2 && found[none] == nil, sourceLocation: place)
        #expect(
            found[first.resident]?.keys == [first], "the one there stays", sourceLocation: place)
        #expect(found[first.resident]?.isShredded == false, sourceLocation: place)
        try store.insert([residentKey(1, generation: 2, epoch: 2)])
        #expect(
            try store.material(of: [first.resident])[first.resident]?.keys.count == 2,
            sourceLocation: place)
        #expect(
            try store.residentKeys(wrappedBefore: 2, limit: 10).count == 2, sourceLocation: place)
        #expect(
            try store.residentKeys(wrappedBefore: 2, limit: 1).count == 1, sourceLocation: place)
        #expect(try store.residentKeys(wrappedBefore: 1, limit: 10).isEmpty, sourceLocation: place)
        try store.replace([residentKey(1, epoch: 3, fill: 4), residentKey(9, epoch: 3)])
        let again = try store.material(of: [first.resident, ResidentKeyID(high: 7, low: 9)])
        #expect(again.count == 1, "a key that is not there stays away", sourceLocation: place)
        let replaced = again[first.resident]?.keys.first { $0.generation == 1 }
        #expect(replaced == residentKey(1, epoch: 3, fill: 4), sourceLocation: place)
    }

    private func verifyCommitments(_ store: any KeyStore, _ place: SourceLocation) throws {
        try store.insert([residentKey(1)])
        let own = commitment(1)
        try store.insert([own, commitment(nil)])
        try store.insert([commitment(1, fill: 9)])
        let material = try store.material(of: [residentKey(1).resident])
        #expect(
            material[residentKey(1).resident]?.commitments == [own], "the first stays",
            sourceLocation: place)
        for (classes, kept) in [([own.fieldClass, "none"], [own]), (["none"], []), ([], [])] {
            let asked = try store.material(
                of: [residentKey(1).resident], fieldClasses: Set(classes))
            #expect(
                asked[residentKey(1).resident]?.commitments == kept, "of \(classes)",
                sourceLocation: place)
        }
        #expect(try store.systemCommitments() == [commitment(nil)], sourceLocation: place)
        try store.insert([residentKey(2), residentKey(3)])
        try store.insert([commitment(3), commitment(2)])
        let all = (1...3).map { residentKey($0).resident }
        let name = own.fieldClass
        for (after, limit, found) in [
            (nil, 9, all), (nil, 2, Array(all[..<2])), (all[0], 9, Array(all[1...])),
            (all[2], 9, []),
        ] as [(ResidentKeyID?, Int, [ResidentKeyID])] {
            #expect(
                try store.residents(committedTo: name, after: after, limit: limit) == found,
                sourceLocation: place)
        }
        #expect(
            try store.residents(committedTo: "none", after: nil, limit: 9).isEmpty,
            sourceLocation: place)
    }

    private func verifyShredding(_ store: any KeyStore, _ place: SourceLocation) throws {
        let known = residentKey(1).resident
        let never = residentKey(2).resident
        let other = residentKey(3).resident
        try store.insert([residentKey(1), residentKey(1, generation: 2), residentKey(3)])
        try store.insert([commitment(1), commitment(3)])
        try store.shred([known, never])
        let found = try store.material(of: [known, never, other])
        for resident in [known, never] {
            #expect(found[resident]?.isShredded == true, sourceLocation: place)
            #expect(found[resident]?.keys.isEmpty == true, sourceLocation: place)
            #expect(found[resident]?.commitments.isEmpty == true, sourceLocation: place)
        }
        #expect(
            found[other]?.keys.count == 1 && found[other]?.isShredded == false,
            sourceLocation: place)
        #expect(
            try store.residentKeys(wrappedBefore: .max, limit: 10).map(\.resident) == [other],
            sourceLocation: place)
        try store.insert([residentKey(1)])
        #expect(
            try store.material(of: [known])[known]?.isShredded == true,
            "what was destroyed stays so",
            sourceLocation: place)
        try store.shred([known])
        #expect(try store.material(of: [known])[known]?.keys.isEmpty == true, sourceLocation: place)
    }

    private func verifySigningKeys(_ store: any KeyStore, _ place: SourceLocation) throws {
        func signing(_ name: String, _ fill: UInt8) -> SealedSigningKey {
            SealedSigningKey(
                name: name, fieldClass: "audit", publicKey: [UInt8](repeating: fill, count: 32),
                sealedSeed: [fill])
        }
        #expect(try store.signingKeys().isEmpty, sourceLocation: place)
        try store.insert(signing("log", 1))
        try store.insert(signing("answers", 2))
        #expect(throws: KeyStoreError.self, sourceLocation: place) {
            try store.insert(signing("log", 3))
        }
        #expect(
            Set(try store.signingKeys()) == [signing("log", 1), signing("answers", 2)],
            sourceLocation: place)
    }
}
