import FieldCrypto
import Synchronization
import TestSupport
import Testing

@Suite("The key ring")
struct KeyringTests {
    @Test("A batch keeps its order, whoever and whichever class a value belongs to")
    func batch() throws {
        let test = try TestRing(limits: KeyringLimits(cachedFieldKeysMax: 7))
        let residents = (0..<20).map { ResidentKeyID(high: 1, low: $0) }
        try test.ring.ensureResidentKeys(residents + residents)
        var values = ValuesToSeal()
        var texts: [String] = []
        var places: [FieldAddress] = []
        for index in 0..<500 {
            let resident = index % 31 == 0 ? nil : residents[test.random.below(20)]
            let place = address(
                resident, field: "f\(index)", fieldClass: TestRing.classes[index % 4])
            texts.append("v\(index)")
            places.append(place)
            values.append("v\(index)".utf8, at: place, padding: .bucket16)
        }
        let sealed = SealedValues(addresses: places, envelopes: try test.ring.seal(values))
        #expect(try test.ring.open(sealed).texts() == texts)
        #expect(try test.reopened().open(sealed).texts() == texts)
        #expect(test.ring.cachedFieldKeyCount <= 7)
    }

    @Test("An empty batch is no work")
    func emptyBatch() throws {
        let test = try TestRing()
        #expect(try test.ring.seal(ValuesToSeal()).isEmpty)
        #expect(try test.ring.open(SealedValues()).count == 0)
        #expect(try test.ring.reseal(SealedValues()).isEmpty)
        try test.ring.ensureResidentKeys([])
    }

    @Test("A resident without a key is refused, and shredding refuses for good")
    func missingAndShredded() throws {
        let test = try TestRing()
        let stranger = ResidentKeyID(high: 9, low: 9)
        #expect(throws: FieldCryptoError.residentKeyMissing) {
            try test.ring.seal([1], at: address(stranger), padding: .none)
        }
        let gone = try test.resident(1)
        let stays = try test.resident(2)
        let sealedGone = try test.ring.seal([1], at: address(gone), padding: .none)
        let sealedStays = try test.ring.seal([2], at: address(stays), padding: .none)
        try test.ring.shred([gone])
        var batch = SealedValues()
        batch.append(sealedGone, at: address(gone))
        batch.append(sealedStays, at: address(stays))
        let results = try test.ring.openEach(batch).results
        #expect(results == [.failure(.residentKeyDestroyed), .success([2])])
        #expect(throws: FieldCryptoError.residentKeyDestroyed) {
            try test.ring.ensureResidentKeys([gone])
        }
        #expect(throws: FieldCryptoError.residentKeyDestroyed) {
            try test.ring.seal([1], at: address(gone), padding: .none)
        }
    }

    @Test("Another root key, its other version and a changed wrapped key do not open the ring")
    func wrongRootKey() throws {
        let test = try TestRing()
        for (fill, id, version) in [(8, "test", 1), (7, "other", 1), (7, "test", 2)] {
            let root = try TestRing.rootKey(fill: UInt8(fill), id: id, version: UInt16(version))
            #expect(throws: FieldCryptoError.self) {
                try Keyring.open(rootKey: root, store: test.store)
            }
        }
        let keys = try test.store.wrappedKeys()
        for key in keys {
            for position in key.wrapped.indices {
                var bytes = key.wrapped
                bytes[position] ^= 1
                try test.store.replace([
                    WrappedKey(
                        name: key.name, suite: key.suite, rootKey: key.rootKey, wrapped: bytes)
                ])
                #expect(throws: FieldCryptoError.unwrap(key.name.description)) {
                    try test.reopened()
                }
            }
            try test.store.replace([key])
        }
        _ = try test.reopened()
    }

    @Test("Wrapped keys cannot change places")
    func swappedWrappedKeys() throws {
        let test = try TestRing()
        let keys = try test.store.wrappedKeys()
        let identity = try #require(keys.first { $0.name.name == "identity" })
        let health = try #require(keys.first { $0.name.name == "health" })
        try test.store.replace([
            WrappedKey(
                name: identity.name, suite: identity.suite, rootKey: identity.rootKey,
                wrapped: health.wrapped)
        ])
        #expect(throws: FieldCryptoError.unwrap(identity.name.description)) {
            try test.reopened()
        }
    }

    @Test("Residents' wrapped keys cannot change places, generations or epochs")
    func swappedResidentKeys() throws {
        let test = try TestRing()
        let one = try test.resident(1)
        let two = try test.resident(2)
        let material = try test.store.material(of: [one, two])
        let key = try #require(material[two]?.keys.first)
        let changed = [
            WrappedResidentKey(
                resident: one, generation: 1, epoch: key.epoch, wrapped: key.wrapped),
            WrappedResidentKey(
                resident: one, generation: 1, epoch: key.epoch,
                wrapped: Array(key.wrapped.dropLast())),
        ]
        for wrong in changed {
            try test.store.replace([wrong])
            #expect(throws: FieldCryptoError.unwrap("resident's key of epoch 1")) {
                try test.ring.seal([1], at: address(one), padding: .none)
            }
        }
    }

    @Test("A key that differs from its commitment is refused, and so is one without")
    func commitments() throws {
        let test = try TestRing()
        let resident = try test.resident(1)
        let sealed = try test.ring.seal([1], at: address(resident), padding: .none)
        let kept = try #require(
            test.store.content.withLock { $0.residents[resident]?.commitments })
        #expect(kept.count == 1)
        let wrong = KeyCommitment(
            resident: resident, fieldClass: "identity", classVersion: 1, generation: 1,
            commitment: sha256([]))
        test.store.content.withLock { $0.residents[resident]?.commitments = [wrong] }
        try test.ring.forget([resident])
        #expect(throws: FieldCryptoError.commitment(fieldClass: "identity")) {
            try test.ring.open(sealed, at: address(resident))
        }
        #expect(throws: FieldCryptoError.commitment(fieldClass: "identity")) {
            try test.ring.seal([1], at: address(resident), padding: .none)
        }
        test.store.content.withLock { $0.residents[resident]?.commitments = [] }
        #expect(throws: FieldCryptoError.notAuthentic(table: "record", field: "name")) {
            try test.ring.open(sealed, at: address(resident))
        }
        test.store.content.withLock { content in
            content.systemCommitments = content.systemCommitments.map {
                KeyCommitment(
                    resident: nil, fieldClass: $0.fieldClass, classVersion: $0.classVersion,
                    generation: 0, commitment: sha256([1]))
            }
        }
        #expect(throws: FieldCryptoError.self) { try test.reopened() }
    }

    @Test("An envelope of another resident is refused as one that was changed")
    func otherResident() throws {
        let test = try TestRing()
        let one = try test.resident(1)
        let two = try test.resident(2)
        let sealed = try test.ring.seal([1], at: address(one), padding: .none)
        _ = try test.ring.seal([1], at: address(two), padding: .none)
        #expect(throws: FieldCryptoError.notAuthentic(table: "record", field: "name")) {
            try test.ring.open(sealed, at: address(two))
        }
    }

    @Test("Field keys leave memory with time, with number and when forgotten")
    func cache() throws {
        let limits = KeyringLimits(cachedFieldKeysMax: 10, cachedFieldKeyAge: .seconds(60))
        let test = try TestRing(limits: limits)
        let place = address(try test.resident(1))
        let sealed = try test.ring.seal([1], at: place, padding: .none)
        func readsOfOpening() throws -> Int {
            let before = test.store.content.withLock { $0.reads }
            _ = try test.ring.open(sealed, at: place)
            return test.store.content.withLock { $0.reads } - before
        }
        #expect(try readsOfOpening() == 0)
        test.clock.advance(by: .seconds(59))
        #expect(try readsOfOpening() == 0)
        test.clock.advance(by: .seconds(1))
        #expect(try readsOfOpening() == 1)
        try test.ring.forget([try test.resident(1)])
        #expect(test.ring.cachedFieldKeyCount == 0)
        #expect(try readsOfOpening() == 1)
        for number in 2..<40 {
            _ = try test.ring.seal(
                [1], at: address(try test.resident(UInt64(number))), padding: .none)
            #expect(test.ring.cachedFieldKeyCount <= 10)
        }
        #expect(try readsOfOpening() == 1)
        test.clock.advance(by: .seconds(61))
        try test.ring.dropExpiredKeys()
        #expect(test.ring.cachedFieldKeyCount == 0)
    }

    @Test("The resident used last stays when there are too many")
    func leastRecentlyUsed() throws {
        let test = try TestRing(limits: KeyringLimits(cachedFieldKeysMax: 3))
        let kept = address(try test.resident(1))
        let sealed = try test.ring.seal([1], at: kept, padding: .none)
        for number in 2..<30 {
            _ = try test.ring.seal(
                [1], at: address(try test.resident(UInt64(number))), padding: .none)
            let before = test.store.content.withLock { $0.reads }
            _ = try test.ring.open(sealed, at: kept)
            #expect(test.store.content.withLock { $0.reads } == before)
        }
    }

    @Test("System keys are used no more than is safe")
    func exhaustion() throws {
        let test = try TestRing()
        let name = KeyName(kind: .fieldClass, name: "audit", version: 1)
        test.store.content.withLock { $0.uses[name] = KeyringLimits.usesMax - 16_384 }
        let place = address(nil, fieldClass: "audit")
        let sealed = try test.ring.seal([1], at: place, padding: .none)
        var many = ValuesToSeal()
        for _ in 0..<16_383 { many.append([1], at: place, padding: .none) }
        _ = try test.ring.seal(many)
        #expect(throws: FieldCryptoError.exhausted(name)) {
            try test.ring.seal([1], at: place, padding: .none)
        }
        #expect(try test.ring.open(sealed, at: place) == [1])
        _ = try test.ring.addVersion(of: .fieldClass, name: "audit")
        #expect(try test.ring.seal([1], at: place, padding: .none)[3] == 2)
    }

    @Test("A failing store refuses and nothing is sealed")
    func failingStore() throws {
        let test = try TestRing()
        let place = address(try test.resident(1))
        test.store.content.withLock { $0.isFailing = true }
        #expect(throws: FieldCryptoError.store(.unavailable("told to fail"))) {
            try test.ring.seal([1], at: place, padding: .none)
        }
        test.store.content.withLock { $0.isFailing = false }
        let sealed = try test.ring.seal([1], at: place, padding: .none)
        #expect(try test.ring.open(sealed, at: place) == [1])
    }

    @Test("A ring is created once, and an unknown class is refused")
    func creation() throws {
        let test = try TestRing()
        #expect(throws: FieldCryptoError.ring("the store has a ring already")) {
            try Keyring.create(classes: ["a"], rootKey: test.rootKey, store: test.store)
        }
        #expect(throws: FieldCryptoError.self) {
            try Keyring.open(rootKey: test.rootKey, store: MemoryKeyStore())
        }
        #expect(throws: FieldCryptoError.unknownClass("income")) {
            try test.ring.seal([1], at: address(nil, fieldClass: "income"), padding: .none)
        }
    }

    @Test("Signing keys are kept sealed and come back the same")
    func signingKeys() throws {
        let test = try TestRing()
        #expect(try test.ring.signingKey("log") == nil)
        let key = try test.ring.createSigningKey("log", fieldClass: "audit")
        let again = try #require(try test.reopened().signingKey("log"))
        let message: [UInt8] = [1, 2, 3]
        let signature = try again.sign(message)
        #expect(key.publicKey.isValid(signature, for: message))
        #expect(throws: FieldCryptoError.self) {
            try test.ring.createSigningKey("log", fieldClass: "audit")
        }
    }

    @Test("Nothing secret prints")
    func redaction() throws {
        let secret = SecretBytes(copying: Array("do not print".utf8))
        let resident = ResidentKeyID(high: 0x1122, low: 0x3344)
        let test = try TestRing()
        let key = try test.ring.createSigningKey("log", fieldClass: "audit")
        var dumped = ""
        dump((secret, resident, test.rootKey, key), to: &dumped)
        for text in [
            "\(secret)", String(reflecting: secret), "\(resident)", String(reflecting: resident),
            "\([secret])", "\(key)", "\(test.rootKey)", "\(address(resident))", dumped,
        ] {
            #expect(!text.contains("do not print") && !text.contains("4386"))
            #expect(!text.contains("13124"))
        }
        #expect("\(secret)" == "<redacted>")
    }
}
