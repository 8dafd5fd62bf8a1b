import FieldCrypto
import Testing

@Suite("Sealed values")
struct EnvelopeTests {
    @Test("A value opens at its address, for every padding and length up to 70")
    func roundTrip() throws {
        let test = try TestRing()
        let resident = try test.resident(1)
        for padding in ValuePadding.allCases {
            for length in 0...70 {
                let value = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 7) }
                let place = address(resident)
                let sealed = try test.ring.seal(value, at: place, padding: padding)
                #expect(sealed.count == 38 + (length / padding.rawValue + 1) * padding.rawValue)
                #expect(try test.ring.open(sealed, at: place) == value)
                #expect(try test.reopened().open(sealed, at: place) == value)
            }
        }
    }

    @Test("Values of 14 and 15 bytes have one length in a bucket of 16, and 16 bytes the next")
    func buckets() throws {
        let test = try TestRing()
        let place = address(try test.resident(1))
        func length(_ count: Int) throws -> Int {
            try test.ring.seal(
                [UInt8](repeating: 0, count: count), at: place, padding: .bucket16
            ).count
        }
        #expect(try length(0) == 54)
        #expect(try length(15) == 54)
        #expect(try length(16) == 70)
    }

    @Test("Values that end like padding come back whole")
    func paddingLookalikes() throws {
        let test = try TestRing()
        let place = address(try test.resident(1))
        for value: [UInt8] in [
            [0], [0, 0], [0x80], [0x80, 0], [0x80, 0, 0x80], [1, 0x80, 0, 0],
        ] {
            for padding in ValuePadding.allCases {
                let sealed = try test.ring.seal(value, at: place, padding: padding)
                #expect(try test.ring.open(sealed, at: place) == value)
            }
        }
    }

    @Test("Every component of the address counts")
    func addressMatrix() throws {
        let test = try TestRing()
        let resident = try test.resident(1)
        let other = try test.resident(2)
        _ = try test.ring.addVersion(of: .fieldClass, name: "contact")
        let right = address(resident)
        let wrong: [(String, FieldAddress)] = [
            ("tenant", address(resident, tenant: "county2")),
            ("table", address(resident, table: "records")),
            ("resident", address(other)),
            ("no resident", address(nil)),
            ("field", address(resident, field: "names")),
            ("class", address(resident, fieldClass: "health")),
            ("record version", address(resident, version: 2)),
            ("tenant and table shifted", address(resident, tenant: "countyr", table: "ecord")),
        ]
        // Also the other keys are there, so that a refusal is one of the cipher.
        for (_, place) in wrong {
            _ = try test.ring.seal([1], at: place, padding: .none)
        }
        let sealed = try test.ring.seal([1, 2, 3], at: right, padding: .bucket16)
        for (name, place) in wrong {
            #expect(throws: FieldCryptoError.self, "\(name)") {
                try test.ring.open(sealed, at: place)
            }
        }
        #expect(try test.ring.open(sealed, at: right) == [1, 2, 3])
        print("address matrix: \(wrong.count) changed components refused")
    }

    @Test("Class version, generation and suite in the header count")
    func headerComponents() throws {
        let test = try TestRing()
        let place = address(try test.resident(1))
        let first = try test.ring.seal([1], at: place, padding: .none)
        _ = try test.ring.addVersion(of: .fieldClass, name: "identity")
        let second = try test.ring.seal([1], at: place, padding: .none)
        #expect(first[3] == 1 && second[3] == 2)
        #expect(try test.ring.open(first, at: place) == [1])
        #expect(try test.ring.open(second, at: place) == [1])
        var swapped = first
        swapped.replaceSubrange(2..<10, with: second[2..<10])
        #expect(throws: FieldCryptoError.notAuthentic(table: "record", field: "name")) {
            try test.ring.open(swapped, at: place)
        }
        var otherGeneration = first
        otherGeneration[5] = 2
        #expect(throws: FieldCryptoError.notAuthentic(table: "record", field: "name")) {
            try test.ring.open(otherGeneration, at: place)
        }
        for suite in 0...255 where suite != 1 {
            var other = first
            other[1] = UInt8(suite)
            #expect(throws: FieldCryptoError.notAuthentic(table: "record", field: "name")) {
                try test.ring.open(other, at: place)
            }
        }
    }

    @Test("No truncation and no longer envelope opens")
    func truncation() throws {
        let test = try TestRing()
        let place = address(try test.resident(1))
        let sealed = try test.ring.seal([9, 8, 7], at: place, padding: .bucket16)
        for length in 0..<sealed.count {
            #expect(throws: FieldCryptoError.self) {
                try test.ring.open(Array(sealed.prefix(length)), at: place)
            }
        }
        #expect(throws: FieldCryptoError.self) { try test.ring.open(sealed + [0], at: place) }
        print("truncation: \(sealed.count) lengths refused")
    }

    @Test("No flipped bit opens")
    func bitFlips() throws {
        let test = try TestRing()
        for place in [address(try test.resident(1)), address(nil)] {
            let sealed = try test.ring.seal([9, 8, 7], at: place, padding: .bucket16)
            for bit in 0..<sealed.count * 8 {
                var changed = sealed
                changed[bit / 8] ^= 1 << UInt8(bit % 8)
                #expect(throws: FieldCryptoError.self) { try test.ring.open(changed, at: place) }
            }
            #expect(try test.ring.open(sealed, at: place) == [9, 8, 7])
            print("bit flips: \(sealed.count * 8) refused")
        }
    }

    @Test("Sealing the same value twice gives different bytes")
    func freshNonces() throws {
        let test = try TestRing()
        let place = address(try test.resident(1))
        var seen: Set<[UInt8]> = []
        for _ in 0..<1000 {
            seen.insert(try test.ring.seal([1], at: place, padding: .none))
        }
        #expect(seen.count == 1000)
    }

    @Test("A value above the limit and names out of bounds are refused")
    func limits() throws {
        let test = try TestRing()
        let resident = try test.resident(1)
        let long = [UInt8](repeating: 0, count: KeyringLimits.valueBytesMax + 1)
        #expect(throws: FieldCryptoError.self) {
            try test.ring.seal(long, at: address(resident), padding: .none)
        }
        for place in [
            address(resident, field: ""), address(resident, table: ""),
            address(resident, field: String(repeating: "x", count: 256)),
            address(resident, tenant: String(repeating: "x", count: 256)),
        ] {
            #expect(throws: FieldCryptoError.self) {
                try test.ring.seal([1], at: place, padding: .none)
            }
        }
    }
}
