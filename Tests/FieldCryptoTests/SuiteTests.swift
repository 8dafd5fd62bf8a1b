import FieldCrypto
import Synchronization
import TestSupport
import Testing

/// One ring for each suite, and where a value of that suite may stand.
struct SuiteRing {
    let suite: CipherSuite
    let test: TestRing
    let place: FieldAddress
    let other: ResidentKeyID

    init(_ suite: CipherSuite) throws {
        self.suite = suite
        test = try TestRing(family: suite.family)
        other = try test.resident(2)
        if suite.isDeterministic {
            for name in ["join", "join2"] {
                _ = try test.ring.addVersion(of: .fieldClass, name: name, suite: suite)
            }
            place = address(nil, fieldClass: "join")
        } else {
            place = address(try test.resident(1))
        }
    }

    var otherClass: String { suite.isDeterministic ? "join2" : "health" }

    /// What every refusal at `place` is.
    var refusal: FieldCryptoError { refusal(at: place) }

    func refusal(at place: FieldAddress) -> FieldCryptoError {
        .notAuthentic(table: place.table, field: place.field)
    }
}

@Suite("Cipher suites")
struct SuiteTests {
    @Test("Values of every length open with every suite", arguments: CipherSuite.allCases)
    func roundTrip(suite: CipherSuite) throws {
        let ring = try SuiteRing(suite)
        for padding in ValuePadding.allCases {
            for length in 0...70 {
                let value = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 7) }
                let sealed = try ring.test.ring.seal(value, at: ring.place, padding: padding)
                let padded = (length / padding.rawValue + 1) * padding.rawValue
                #expect(sealed.count == suite.overheadByteCount + padded)
                #expect(sealed[1] == suite.rawValue)
                #expect(try ring.test.ring.open(sealed, at: ring.place) == value)
                #expect(try ring.test.reopened().open(sealed, at: ring.place) == value)
            }
        }
    }

    @Test(
        "Each component of the associated data counts, and every refusal is the same",
        arguments: CipherSuite.allCases)
    func matrix(suite: CipherSuite) throws {
        let ring = try SuiteRing(suite)
        let keyring = ring.test.ring
        let sealed = try keyring.seal([1, 2, 3], at: ring.place, padding: .bucket16)
        var refused = 0
        func refuse(_ envelope: [UInt8], at place: FieldAddress, _ what: Comment) {
            #expect(throws: ring.refusal(at: place), what) { try keyring.open(envelope, at: place) }
            refused += 1
        }
        for (what, change) in Self.changes(of: ring) {
            var place = ring.place
            change(&place)
            // The key of the other place is there too, so that a refusal is one of the cipher.
            if suite.isDeterministic == (place.resident == nil) {
                _ = try keyring.seal([1], at: place, padding: .none)
            }
            refuse(sealed, at: place, "\(what)")
        }
        let newer = try keyring.addVersion(of: .fieldClass, name: ring.place.fieldClass)
        let second = try keyring.seal([1, 2, 3], at: ring.place, padding: .bucket16)
        #expect(second[1] == suite.rawValue && second[3] == UInt8(newer.version))
        for version: UInt8 in [0, 2, 3] {
            var other = sealed
            other[3] = version
            refuse(other, at: ring.place, "class version \(version)")
            other.replaceSubrange(6..<10, with: second[6..<10])
            refuse(other, at: ring.place, "class version \(version) with its key check")
        }
        for generation: UInt8 in 0...3 where generation != sealed[5] {
            var other = sealed
            other[5] = generation
            refuse(other, at: ring.place, "generation \(generation)")
        }
        for byte in UInt8.min...UInt8.max where byte != suite.rawValue {
            var other = sealed
            other[1] = byte
            refuse(other, at: ring.place, "suite \(byte)")
        }
        #expect(try keyring.open(sealed, at: ring.place) == [1, 2, 3])
        print("address matrix of suite \(suite.rawValue): \(refused) changes refused alike")
        #expect(refused > 250)
    }

    private static func changes(
        of ring: SuiteRing
    ) -> [(String, (inout FieldAddress) -> Void)] {
        var changes: [(String, (inout FieldAddress) -> Void)] = [
            ("tenant", { $0.tenant = "county2" }),
            ("table", { $0.table = "records" }),
            ("field", { $0.field = "names" }),
            ("class", { $0.fieldClass = ring.otherClass }),
            ("record version", { $0.recordVersion += 1 }),
            ("tenant and table shifted", { ($0.tenant, $0.table) = ("countyr", "ecord") }),
            ("another resident", { $0.resident = ring.other }),
        ]
        if !ring.suite.isDeterministic { changes.append(("no resident", { $0.resident = nil })) }
        return changes
    }

    @Test(
        "No truncation, no flipped bit and nothing added opens, and every refusal is the same",
        arguments: CipherSuite.allCases)
    func damage(suite: CipherSuite) throws {
        let ring = try SuiteRing(suite)
        let keyring = ring.test.ring
        let sealed = try keyring.seal([9, 8, 7], at: ring.place, padding: .none)
        for length in 0..<sealed.count {
            #expect(throws: ring.refusal, "\(length) bytes") {
                try keyring.open(Array(sealed.prefix(length)), at: ring.place)
            }
        }
        #expect(throws: ring.refusal) { try keyring.open(sealed + [0], at: ring.place) }
        for bit in 0..<sealed.count * 8 {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: ring.refusal, "bit \(bit)") {
                try keyring.open(changed, at: ring.place)
            }
        }
        #expect(try keyring.open(sealed, at: ring.place) == [9, 8, 7])
        print(
            "suite \(suite.rawValue): \(sealed.count) lengths and \(sealed.count * 8) bits refused")
    }

    @Test("A generation that is no longer there is refused like a changed ciphertext")
    func staleGeneration() throws {
        let test = try TestRing()
        let resident = try test.resident(1)
        let sealed = try test.ring.seal([1], at: address(resident), padding: .none)
        test.store.content.withLock { content in
            guard let key = content.residents[resident]?.keys.first else { return }
            content.residents[resident]?.keys = [
                WrappedResidentKey(
                    resident: resident, generation: 2, epoch: key.epoch, wrapped: key.wrapped)
            ]
        }
        try test.ring.forget([resident])
        #expect(throws: FieldCryptoError.notAuthentic(table: "record", field: "name")) {
            try test.ring.open(sealed, at: address(resident))
        }
    }

    @Test("Identifiers to join by are equal where they are equal, and belong to no resident")
    func joins() throws {
        let ring = try SuiteRing(.aes256SIV)
        let keyring = ring.test.ring
        let one = try keyring.seal([1, 2], at: ring.place, padding: .bucket16)
        #expect(try keyring.seal([1, 2], at: ring.place, padding: .bucket16) == one)
        #expect(try ring.test.reopened().seal([1, 2], at: ring.place, padding: .bucket16) == one)
        #expect(try keyring.seal([1, 3], at: ring.place, padding: .bucket16) != one)
        var elsewhere = ring.place
        elsewhere.field = "other"
        #expect(try keyring.seal([1, 2], at: elsewhere, padding: .bucket16) != one)
        #expect(throws: FieldCryptoError.deterministicClass("join")) {
            try keyring.seal([1], at: address(ring.other, fieldClass: "join"), padding: .none)
        }
        #expect(throws: FieldCryptoError.self) {
            try keyring.addVersion(of: .blindIndex, name: "x", suite: .aes256SIV)
        }
    }
}

@Suite("Families")
struct FamilyTests {
    @Test("A ring of the SM family makes only keys of that family")
    func smRing() throws {
        let test = try TestRing(family: .sm)
        _ = try test.resident(1)
        for kind in KeyKind.allCases where kind != .epoch {
            _ = try test.ring.addVersion(of: kind, name: "x")
        }
        _ = try test.ring.addVersion(of: .epoch, name: "")
        let suites = try test.store.wrappedKeys().map(\.suite)
        #expect(suites.count == TestRing.classes.count + 5)
        #expect(Set(suites) == [CipherSuite.sm4HMACSM3.rawValue])
        #expect(test.ring.family == .sm && TestRingFamily(test.ring).isWhole)
        #expect(try test.store.wrappedKeys().allSatisfy { $0.wrapped.count == 80 })
    }

    /// Whether indexes and pseudonyms of a ring answer.
    private struct TestRingFamily {
        let isWhole: Bool
        init(_ ring: Keyring) {
            do {
                let index = try ring.blindIndex([1], index: "x", bits: 128)
                let names = try ring.pseudonyms(
                    of: ResidentKeyID(high: 1, low: 1), sector: "s", department: "x")
                isWhole = index.count == 1 && names.count == 1
            } catch { isWhole = false }
        }
    }

    @Test("Nobody without the root key brings a ring down to another family")
    func noDowngrade() throws {
        let test = try TestRing(family: .sm)
        for position in try test.store.wrappedKeys().indices {
            let kept = try test.store.wrappedKeys().sorted { "\($0.name)" < "\($1.name)" }
            let key = kept[position]
            let changed = WrappedKey(
                name: key.name, suite: CipherSuite.aes256GCM.rawValue, rootKey: key.rootKey,
                wrapped: key.wrapped)
            try test.store.replace([changed])
            #expect(throws: FieldCryptoError.self) { try test.reopened() }
            try test.store.replace([key])
        }
        #expect(try test.reopened().family == .sm)
    }

    @Test("A ring goes over to the other family while what it sealed before still opens")
    func changeOver() throws {
        for (from, to) in [(CryptoFamily.international, CryptoFamily.sm), (.sm, .international)] {
            let test = try TestRing(family: from)
            let resident = try test.resident(1)
            let place = address(resident)
            let old = try test.ring.seal([1], at: place, padding: .none)
            _ = try test.ring.addVersion(of: .epoch, name: "", suite: to.suite)
            #expect(test.ring.family == to)
            while try test.ring.rewrapResidentKeys(limit: 10) > 0 {}
            _ = try test.ring.addVersion(of: .fieldClass, name: "identity")
            let new = try test.ring.seal([1], at: place, padding: .none)
            #expect(old[1] == from.suite.rawValue && new[1] == to.suite.rawValue)
            let reopened = try test.reopened()
            #expect(try reopened.open(old, at: place) == [1])
            #expect(try reopened.open(new, at: place) == [1])
            var batch = SealedValues()
            batch.append(old, at: place)
            batch.append(new, at: place)
            #expect(try reopened.openEach(batch).results == [.success([1]), .success([1])])
        }
    }

    @Test(
        "A signing key of each algorithm comes back from the ring", arguments: CryptoFamily.allCases
    )
    func signingKeys(family: CryptoFamily) throws {
        let test = try TestRing(family: family)
        for algorithm in SignatureAlgorithm.allCases {
            let made = try test.ring.createSigningKey(
                "\(algorithm)", fieldClass: "audit", algorithm: algorithm)
            let found = try #require(try test.reopened().signingKey("\(algorithm)"))
            #expect(found.publicKey == made.publicKey && found.algorithm == algorithm)
            #expect(found.publicKey.isValid(try found.sign([1]), for: [1]))
            #expect(!found.publicKey.isValid(try found.sign([1]), for: [2]))
        }
    }
}
