import Foundation
import TestSupport
import Testing

/// Work on keys that is killed loses nothing, and the next run ends it.
@Suite("Killed work on keys")
struct KilledKeysTests {
    private struct Scan: Decodable {
        let sound: Bool
        let opened: [String: [String: Int]]
        let gone: [String: Int]
        let forgotten: Int
        let faults: [String]

        var openedCount: Int { opened.values.flatMap(\.values).reduce(0, +) }
    }

    private struct Status: Decodable {
        struct Line: Decodable {
            let kind: String
            let name: String
            let version: UInt32
        }

        struct Job: Decodable { let kind: String }

        let keys: [Line]
        let unfinished: [Job]
    }

    private func scan(_ home: TestHome) throws -> Scan {
        let result = try home.run(["keys", "scan", "--json"])
        return try #require(try result.json(Scan.self).first, "\(result.allText)")
    }

    private func status(_ home: TestHome) throws -> Status {
        let result = try home.check(["keys", "status", "--json"])
        return try #require(try result.json(Status.self).first)
    }

    private static let work = [
        ["keys", "rotate", "class", "identity"], ["keys", "rotate", "epoch"],
        ["keys", "rotate", "index", "identity.citizen-number"],
        ["keys", "rotate", "class", "provenance"], ["keys", "rotate", "signing"],
        ["keys", "rotate", "class", "audit"],
    ]

    @Test("Ten kills at random moments of rotations and forgettings leave a home that ends whole")
    func tenKills() throws {
        let town = try TestTown(residents: 600, seed: 9)
        let home = try TestHome(town: town.path)
        _ = try home.pull()
        let numbers = try town.register("residents.csv", encoding: "UTF-8")
            .compactMap { $0["公民身份号码"] }.filter { $0.count == 18 && $0 == $0.uppercased() }
        let before = try scan(home)
        #expect(before.sound && before.openedCount > 20_000)
        let work = Self.work
        let clock = ContinuousClock()
        let begun = clock.now
        _ = try home.check(work[0])
        // Kills come within the time that such work takes here, so that a busy machine reaches the work as well.
        let whole = (clock.now - begun) / .seconds(1)
        var random = SeededRandom(seed: 20_261_123)
        var kills = 0
        var runs = 0
        var forgotten: [String] = []
        while kills < 10 {
            try #require(runs < 80, "work ends before it can be killed")
            runs += 1
            let isForgetting = runs % 4 == 0
            let arguments =
                isForgetting
                ? ["keys", "shred", "--officer", "o", "--reason", "r", "--resident", "-"]
                : work[runs % work.count]
            let number = numbers[runs]
            let run = try home.start(arguments, input: isForgetting ? number + "\n" : "")
            if run.hasEnded(within: Double.random(in: 0...whole, using: &random)) {
                let result = try run.result()
                #expect([0, 2].contains(result.status), "\(result.allText)")
            } else {
                run.kill()
                kills += 1
            }
            if isForgetting { forgotten.append(number) }
            let scan = try scan(home)
            #expect(scan.sound, "run \(runs): \(arguments): \(scan.faults)")
            #expect(try home.verifyLog().sound, "run \(runs)")
        }
        for arguments in work { _ = try home.check(arguments) }
        // However the kills fell, one is forgotten whole.
        forgotten.append(numbers[0])
        _ = try home.check(
            ["keys", "shred", "--officer", "o", "--reason", "r", "--resident", "-"],
            input: numbers[0] + "\n")
        let after = try status(home)
        #expect(after.unfinished.isEmpty)
        for name in ["identity", "provenance", "audit"] {
            #expect(after.keys.count { $0.kind == "class" && $0.name == name } == 1)
        }
        var unknownCount = 0
        for number in forgotten {
            // Killed before the order was recorded, or forgotten for good; never half of it.
            let seen = try home.run(["resident", "accesses", "--resident", "-"], input: number)
            #expect([0, 2].contains(seen.status), "\(seen.allText)")
            if seen.status == 2 { unknownCount += 1 }
        }
        let last = try scan(home)
        #expect(last.sound && last.forgotten > 0)
        #expect(last.forgotten == unknownCount, "who is forgotten is nobody any more")
        print(
            "killed work on keys: \(kills) kills in \(runs) runs over \(before.openedCount) values; "
                + "\(last.forgotten) of \(forgotten.count) ordered residents are forgotten")
        #expect(kills == 10)
    }

    @Test("An old copy of keys.db opens nothing of anybody after two epochs, and a fresh one does")
    func oldCopy() throws {
        let home = try TestHome(try SmallDelivery())
        _ = try home.pull()
        let keys = URL(fileURLWithPath: home.path + "/keys/keys.db")
        let old = home.folder.url("old.db")
        let fresh = home.folder.url("fresh.db")
        try FileManager.default.copyItem(at: keys, to: old)
        let shredded = try home.run(
            ["keys", "shred", "--officer", "o", "--reason", "r", "--resident", "-"],
            input: SmallDelivery.numbers[0])
        #expect(shredded.status == 0, "\(shredded.allText)")
        for _ in 0..<2 { _ = try home.check(["keys", "rotate", "epoch"]) }
        #expect(try scan(home).sound)
        try FileManager.default.copyItem(at: keys, to: fresh)
        try put(old, in: home)
        let reopened = try scan(home)
        #expect(!reopened.sound && !reopened.faults.isEmpty)
        #expect(reopened.opened["identity"] == nil, "no resident's value opens")
        try put(fresh, in: home)
        #expect(try scan(home).sound)
        #expect(try scan(home).opened["identity"] != nil)
    }

    /// Puts a copy in the place of `keys.db`.
    private func put(_ copy: URL, in home: TestHome) throws {
        for name in ["keys.db", "keys.db-wal", "keys.db-shm"] {
            let path = home.path + "/keys/" + name
            if FileManager.default.fileExists(atPath: path) {
                try FileManager.default.removeItem(atPath: path)
            }
        }
        try FileManager.default.copyItem(
            at: copy, to: URL(fileURLWithPath: home.path + "/keys/keys.db"))
    }
}
