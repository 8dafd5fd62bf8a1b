import FieldCrypto
import Synchronization
import TestSupport
import Testing

@Suite("Rotation, indexes and pseudonyms")
struct RotationTests {
    @Test("A new epoch takes over in batches, and the old one then goes")
    func epochs() throws {
        let test = try TestRing()
        let residents = (0..<25).map { ResidentKeyID(high: 3, low: $0) }
        try test.ring.ensureResidentKeys(residents)
        let sealed = try residents.map {
            try test.ring.seal([UInt8($0.low)], at: address($0), padding: .none)
        }
        let backup = test.store.content.withLock { $0 }
        let old = KeyName(kind: .epoch, name: "", version: 1)
        let new = try test.ring.addVersion(of: .epoch, name: "")
        #expect(new == KeyName(kind: .epoch, name: "", version: 2))
        #expect(throws: FieldCryptoError.self) { try test.ring.remove(new) }
        #expect(throws: FieldCryptoError.self) { try test.ring.remove(old) }
        _ = try test.ring.addVersion(of: .epoch, name: "")
        #expect(throws: FieldCryptoError.ring("\(old) still wraps residents' keys")) {
            try test.ring.remove(old)
        }
        try test.ring.shred([residents[24]])
        var batches: [Int] = []
        repeat {
            batches.append(try test.ring.rewrapResidentKeys(limit: 10))
        } while batches.last != 0
        #expect(batches == [10, 10, 4, 0])
        try test.ring.remove(old)
        let reopened = try test.reopened()
        for (resident, envelope) in zip(residents, sealed).dropLast() {
            #expect(try reopened.open(envelope, at: address(resident)) == [UInt8(resident.low)])
        }
        // A backup of residents' keys put back: the epoch that would open them is gone.
        test.store.content.withLock { $0.residents = backup.residents }
        #expect(throws: FieldCryptoError.unknownKey(old)) {
            try reopened.open(sealed[24], at: address(residents[24]))
        }
    }

    @Test("A key wrapped in an epoch that another process began is found")
    func epochOfAnotherProcess() throws {
        let test = try TestRing()
        let place = address(try test.resident(1))
        let sealed = try test.ring.seal([1], at: place, padding: .none)
        let other = try test.reopened()
        _ = try other.addVersion(of: .epoch, name: "")
        #expect(try other.rewrapResidentKeys(limit: 10) == 1)
        try test.ring.forget([ResidentKeyID(high: 0xABCD, low: 1)])
        #expect(try test.ring.open(sealed, at: place) == [1])
    }

    @Test("A changed root key opens the ring, and the old one does not")
    func rootKey() throws {
        let test = try TestRing()
        let place = address(try test.resident(1))
        let sealed = try test.ring.seal([1], at: place, padding: .none)
        let next = try TestRing.rootKey(fill: 9, version: 2)
        try test.ring.changeRootKey(to: next)
        #expect(throws: FieldCryptoError.self) { try test.reopened() }
        let reopened = try Keyring.open(rootKey: next, store: test.store)
        #expect(try reopened.open(sealed, at: place) == [1])
        _ = try test.ring.addVersion(of: .fieldClass, name: "income")
        #expect(try test.ring.open(sealed, at: place) == [1])
    }

    @Test("A removed class version no longer opens what it sealed")
    func classVersions() throws {
        let test = try TestRing()
        let place = address(try test.resident(1))
        let sealed = try test.ring.seal([1], at: place, padding: .none)
        let first = KeyName(kind: .fieldClass, name: "identity", version: 1)
        #expect(throws: FieldCryptoError.self) { try test.ring.remove(first) }
        _ = try test.ring.addVersion(of: .fieldClass, name: "identity")
        #expect(try test.ring.open(sealed, at: place) == [1])
        try test.ring.remove(first)
        #expect(throws: FieldCryptoError.notAuthentic(table: "record", field: "name")) {
            try test.ring.open(sealed, at: place)
        }
    }

    @Test("Blind index values are the code's first bits under every version")
    func blindIndex() throws {
        let test = try TestRing()
        #expect(throws: FieldCryptoError.self) {
            try test.ring.blindIndex([1], index: "phone", bits: 16)
        }
        _ = try test.ring.addVersion(of: .blindIndex, name: "phone")
        let whole = try test.ring.blindIndex([1], index: "phone", bits: 256)
        #expect(whole.map(\.version) == [1])
        for bits in 1...256 {
            let cut = try test.ring.blindIndex([1], index: "phone", bits: bits)[0].bytes
            #expect(cut.count == (bits + 7) / 8)
            #expect(firstBits(bits, of: whole[0].bytes) == cut)
        }
        _ = try test.ring.addVersion(of: .blindIndex, name: "phone")
        let both = try test.ring.blindIndex([1], index: "phone", bits: 256)
        #expect(both.map(\.version) == [2, 1])
        #expect(both[1] == whole[0] && both[0].bytes != both[1].bytes)
        #expect(try test.reopened().blindIndex([1], index: "phone", bits: 256) == both)
        try test.ring.remove(KeyName(kind: .blindIndex, name: "phone", version: 1))
        #expect(try test.ring.blindIndex([1], index: "phone", bits: 256) == [both[0]])
    }

    @Test("Pseudonyms differ by department, sector, resident and version, and stay the same")
    func pseudonyms() throws {
        let test = try TestRing()
        let one = ResidentKeyID(high: 1, low: 1)
        let two = ResidentKeyID(high: 1, low: 2)
        for department in ["civil", "health"] {
            _ = try test.ring.addVersion(of: .pseudonym, name: department)
        }
        var seen: Set<String> = []
        for resident in [one, two] {
            for sector in ["", "subsidy"] {
                for department in ["civil", "health"] {
                    let names = try test.ring.pseudonyms(
                        of: resident, sector: sector, department: department)
                    #expect(names.count == 1 && names[0].text.utf8.count == 20)
                    #expect(
                        names[0].text.allSatisfy { "abcdefghijklmnopqrstuvwxyz234567".contains($0) }
                    )
                    seen.insert(names[0].text)
                    #expect(
                        try test.reopened().pseudonyms(
                            of: resident, sector: sector, department: department) == names)
                }
            }
        }
        #expect(seen.count == 8)
        _ = try test.ring.addVersion(of: .pseudonym, name: "civil")
        let versions = try test.ring.pseudonyms(of: one, sector: "", department: "civil")
        #expect(versions.map(\.version) == [2, 1] && seen.contains(versions[1].text))
        #expect(!seen.contains(versions[0].text))
    }

    @Test("Sealing, opening, forgetting and rotating at once lose nothing")
    func concurrency() async throws {
        let test = try TestRing(limits: KeyringLimits(cachedFieldKeysMax: 20))
        let residents = (0..<40).map { ResidentKeyID(high: 4, low: $0) }
        try test.ring.ensureResidentKeys(residents)
        let ring = test.ring
        let opened = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<4 {
                group.addTask {
                    var count = 0
                    for round in 0..<60 {
                        let resident = residents[(task * 13 + round * 7) % 40]
                        let place = address(resident, field: "f\(task)", version: Int64(round))
                        let sealed = try ring.seal(
                            [UInt8(round)], at: place, padding: .bucket16)
                        if round % 5 == 0 { try ring.forget([resident]) }
                        if try ring.open(sealed, at: place) == [UInt8(round)] { count += 1 }
                    }
                    return count
                }
            }
            group.addTask {
                for _ in 0..<10 {
                    _ = try ring.addVersion(of: .fieldClass, name: "identity")
                    _ = try ring.addVersion(of: .epoch, name: "")
                    while try ring.rewrapResidentKeys(limit: 7) > 0 {}
                }
                return 0
            }
            return try await group.reduce(0, +)
        }
        #expect(opened == 240)
    }

    /// The bytes that hold the first bits, with zeros behind them; bit by bit, unlike the code it checks.
    private func firstBits(_ count: Int, of bytes: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: (count + 7) / 8)
        for bit in 0..<count {
            let mask: UInt8 = 1 << UInt8(7 - bit % 8)
            if bytes[bit / 8] & mask != 0 { result[bit / 8] |= mask }
        }
        return result
    }
}
