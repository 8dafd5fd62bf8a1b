import FieldCrypto
import TestSupport
import Testing

@Suite("Backup keys and shares")
struct KeyShareTests {
    private let random = SeededRandom(seed: 11)

    private func made(
        needed: Int, shares: Int
    ) throws -> (key: BackupKey, shares: [KeyShare], digests: [[UInt8]]) {
        let key = try BackupKey(random: random)
        let count = try #require(KeyShareCount(needed: needed, shares: shares))
        let made = try key.shares(count, random: random)
        return (key, made, made.map(\.digest))
    }

    /// Whether two backup keys are the same, seen from outside.
    private func mark(of key: BackupKey) throws -> [UInt8] { try key.authenticate([1, 2, 3]) }

    @Test("Multiplication and inverses are those of AES's field")
    func field() {
        // FIPS 197, sections 4.2 and 4.2.1.
        #expect(SecretSharing.product(0x57, 0x83) == 0xC1)
        #expect(SecretSharing.product(0x57, 0x13) == 0xFE)
        var count = 0
        for value in UInt8.min...UInt8.max {
            let inverse = SecretSharing.inverse(value)
            #expect(SecretSharing.product(value, inverse) == (value == 0 ? 0 : 1))
            #expect(SecretSharing.product(value, 2) == value << 1 ^ (value > 127 ? 0x1B : 0))
            count += 1
        }
        #expect(count == 256)
    }

    @Test("Any k of n shares give the key, for every choice of them")
    func everyChoice() throws {
        var choices = 0
        for (needed, count) in [(2, 2), (2, 3), (3, 5), (4, 6), (5, 5), (2, 16), (16, 16)] {
            let (key, shares, digests) = try made(needed: needed, shares: count)
            for mask in 0..<(1 << count) where mask.nonzeroBitCount == needed {
                let chosen = shares.indices.filter { mask >> $0 & 1 == 1 }.map { shares[$0] }
                let joined = try BackupKey(
                    joining: chosen.reversed(), of: key.set, digests: digests)
                #expect(try mark(of: joined) == mark(of: key))
                choices += 1
            }
        }
        print("shares: \(choices) choices joined")
        #expect(choices > 150)
    }

    @Test("Fewer than k shares are refused, and more than k do as well as k")
    func tooFewAndMore() throws {
        let (key, shares, digests) = try made(needed: 3, shares: 5)
        for given in 0...2 {
            #expect(throws: FieldCryptoError.self, "\(given) of 3") {
                try BackupKey(joining: Array(shares.prefix(given)), of: key.set, digests: digests)
            }
        }
        #expect(throws: FieldCryptoError.share(.tooFew(given: 2, needed: 3))) {
            try BackupKey(joining: Array(shares.prefix(2)), of: key.set, digests: digests)
        }
        let joined = try BackupKey(joining: shares, of: key.set, digests: digests)
        #expect(try mark(of: joined) == mark(of: key))
    }

    @Test("A share of another backup, one given twice and one made up are named")
    func wrongShares() throws {
        let (key, shares, digests) = try made(needed: 2, shares: 3)
        let other = try made(needed: 2, shares: 3)
        #expect(
            throws: FieldCryptoError.share(
                .otherBackup(found: other.key.set.description, expected: key.set.description))
        ) {
            try BackupKey(
                joining: [shares[0], other.shares[1]], of: key.set, digests: digests)
        }
        #expect(throws: FieldCryptoError.share(.twice(number: 2))) {
            try BackupKey(joining: [shares[1], shares[1]], of: key.set, digests: digests)
        }
        // Of the same set, with a right check, and yet none of those that were made.
        let again = try key.shares(#require(KeyShareCount(needed: 2, shares: 3)), random: random)
        #expect(throws: FieldCryptoError.share(.forged(number: 3))) {
            try BackupKey(joining: [shares[0], again[2]], of: key.set, digests: digests)
        }
    }

    @Test("A printed share reads back, however it was typed")
    func printed() throws {
        let (key, shares, digests) = try made(needed: 2, shares: 4)
        let read = try shares.map { share in
            let page = "HANGU KEY SHARE\nshare 1 of 4\n" + share.lines.joined(separator: "\n")
            return try KeyShare(reading: page)
        }
        #expect(read.map(\.digest) == digests)
        let typed = shares[1].lines.map { line in
            let content = line.dropFirst().lowercased().replacing(" ", with: "-")
                .replacing("o", with: "0").replacing("i", with: "1").replacing("b", with: "8")
            return "  \(line.prefix(1)) \(content)"
        }
        let mended = try KeyShare(reading: typed.reversed().joined(separator: "\r\n"))
        #expect(mended.digest == digests[1])
        let joined = try BackupKey(joining: [read[3], mended], of: key.set, digests: digests)
        #expect(try mark(of: joined) == mark(of: key))
        #expect(
            String(describing: shares[0]) == "<redacted>"
                && Mirror(reflecting: shares[0]).children.isEmpty)
    }

    @Test("A slip in any one character is found, in its line")
    func slips() throws {
        let share = try made(needed: 2, shares: 2).shares[0]
        var slips = 0
        var unseen = 0
        for (number, line) in share.lines.enumerated() {
            for position in line.indices.dropFirst(3) where line[position] != " " {
                for replacement in "A7QZ" where replacement != line[position] {
                    var changed = line
                    changed.replaceSubrange(position...position, with: [replacement])
                    var lines = share.lines
                    lines[number] = changed
                    slips += 1
                    do {
                        _ = try KeyShare(reading: lines.joined(separator: "\n"))
                        Issue.record("a slip was not found")
                    } catch FieldCryptoError.share(.damaged(line: number + 1)) {
                        continue
                    } catch FieldCryptoError.share(.damaged(line: nil)) {
                        // The line's ten bits fitted by chance; the share's own check did not.
                        unseen += 1
                    }
                }
            }
        }
        print("shares: \(slips) slips found, \(unseen) of them by the share's check only")
        #expect(slips > 300 && unseen < 4)
        for missing in 0..<5 {
            var lines = share.lines
            lines.remove(at: missing)
            #expect(throws: FieldCryptoError.share(.damaged(line: missing + 1))) {
                try KeyShare(reading: lines.joined(separator: "\n"))
            }
        }
        #expect(throws: FieldCryptoError.share(.damaged(line: 1))) { try KeyShare(reading: "") }
    }

    @Test("Counts of shares have bounds")
    func counts() {
        #expect(KeyShareCount(needed: 1, shares: 3) == nil)
        #expect(KeyShareCount(needed: 4, shares: 3) == nil)
        #expect(KeyShareCount(needed: 2, shares: 17) == nil)
        #expect(KeyShareCount(needed: 2, shares: 2) != nil)
    }

    @Test("A ring under a backup's key opens with the joined key, and with no other")
    func ring() throws {
        let test = try TestRing()
        let (key, shares, digests) = try made(needed: 2, shares: 3)
        let sealed = try test.ring.seal([7, 8], at: address(nil), padding: .none)
        // The store stands for its copy.
        try test.ring.rewrap(copy: test.store, under: key.rootKey())
        #expect(throws: FieldCryptoError.self) { try test.reopened() }
        let joined = try BackupKey(
            joining: [shares[2], shares[0]], of: key.set, digests: digests)
        let next = try TestRing.rootKey(fill: 40, id: "file", version: 9)
        try Keyring.rewrap(test.store, from: joined.rootKey(), to: next, random: random)
        let ring = try Keyring.open(rootKey: next, store: test.store)
        #expect(try ring.open(sealed, at: address(nil)) == [7, 8])
    }
}
