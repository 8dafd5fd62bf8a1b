import Foundation
import GRDB
import Glibc
import TestSupport
import Testing

/// A pull that is killed and run again ends in the state of one that was not.
@Suite("Killed pulls")
struct KilledPullTests {
    /// What a home holds, without anything that is random in it.
    private struct State: Equatable {
        var rows: [String: Int]
        /// What each stream's log entries say was done, added up.
        var logged: [String: [String: Int]]
        var quarantine: Set<QuarantineLine>
        var reviews: [String: Int]
    }

    private struct Entry: Decodable {
        let kind: String
        let operational: String
    }

    private struct ReviewLine: Decodable {
        let kind: String
        let state: String
        let stream: String
        let reasons: [String]
    }

    private static let counts = [
        "stored", "updated", "linked", "opened", "inReview", "quarantined",
    ]

    private func state(of home: TestHome) throws -> State {
        var logged: [String: [String: Int]] = [:]
        let entries = try home.check([
            "audit", "list", "--json", "--limit", "100000", "--officer", "lin", "--reason",
            "inspection",
        ])
        .json(Entry.self)
        for entry in entries where entry.kind == "ingest" {
            let detail = try #require(
                try JSONSerialization.jsonObject(with: Data(entry.operational.utf8))
                    as? [String: Any])
            let stream = "\(detail["source"] ?? "")/\(detail["stream"] ?? "")"
            for name in Self.counts {
                let count = try #require(detail[name] as? Int)
                logged[stream, default: [:]][name, default: 0] += count
            }
        }
        let reviews = try home.check(["review", "list", "--all", "--json", "--limit", "100000"])
            .json(ReviewLine.self)
        let kinds = reviews.map { "\($0.kind) \($0.state) \($0.stream) \($0.reasons.sorted())" }
        return State(
            rows: try rowCounts(of: home), logged: logged,
            quarantine: Set(
                try home.check(["review", "quarantine", "--json", "--limit", "100000"])
                    .json(QuarantineLine.self)),
            reviews: Dictionary(kinds.map { ($0, 1) }, uniquingKeysWith: +))
    }

    /// How many rows each table has; keys of residents too, since an orphan is a leak of memory of them.
    private func rowCounts(of home: TestHome) throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for file in ["data/hangu.db", "keys/keys.db"] {
            let queue = try DatabaseQueue(path: home.path + "/" + file)
            try queue.read { database in
                let sql = "SELECT name FROM sqlite_master WHERE type = 'table'"
                for table in try String.fetchAll(database, sql: sql) {
                    counts[table] = try Int.fetchOne(
                        database, sql: "SELECT count(*) FROM \"\(table)\"")
                }
            }
        }
        return counts
    }

    @Test("Ten kills at random moments, then a last run, give the same home")
    func tenKills() throws {
        let town = try TestTown(residents: 1_500, seed: 7)
        let undisturbed = try TestHome(town: town.path)
        let started = ContinuousClock.now
        let whole = try undisturbed.pull()
        let seconds = (ContinuousClock.now - started) / .seconds(1)
        #expect(whole.total(\.read) == town.recordCount)
        #expect(whole.streams.allSatisfy { $0.addsUp && $0.error == nil })
        let expected = try state(of: undisturbed)

        var random = SeededRandom(seed: 20_261_122)
        var kills = 0
        var homes = 0
        var logSizes: [UInt64] = []
        while kills < 10 {
            try #require(homes < 20, "pulls end before they can be killed")
            homes += 1
            let home = try TestHome(town: town.path)
            // Up to a third of a whole pull each time, so that kills fall on its beginning, middle and end.
            while kills < 10 {
                let run = try home.start(["pull"])
                if run.hasEnded(within: Double.random(in: 0.05...seconds / 3, using: &random)) {
                    #expect(try run.result().status == 0)
                    break
                }
                run.kill()
                kills += 1
                let log = try home.verifyLog()
                #expect(log.sound, "after kill \(kills)")
                logSizes.append(log.entries)
            }
            let last = try home.pull()
            #expect(last.residents == whole.residents)
            #expect(last.streams.allSatisfy { $0.addsUp && $0.error == nil })
            #expect(try state(of: home) == expected, "home \(homes)")
            #expect(try home.verifyLog().sound)
            let again = try home.pull()
            #expect(again.total(\.stored) == 0 && again.total(\.updated) == 0)
        }
        print(
            "killed pulls: \(kills) kills in \(homes) homes of \(whole.total(\.read)) records; an "
                + "undisturbed pull took \(Int(seconds * 1_000)) ms; log sizes after each kill: "
                + logSizes.map { "\($0)" }.joined(separator: " "))
        #expect(kills == 10)
    }

    @Test("A pull beside another pull of the same home says busy and changes nothing")
    func secondPull() throws {
        let town = try TestTown(residents: 300, seed: 8)
        let home = try TestHome(town: town.path)
        let lock = open(home.path + "/data/pull.lock", O_RDWR | O_CREAT, 0o600)
        try #require(lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0)
        let refused = try home.run(["pull"])
        close(lock)
        #expect(refused.status == 4)
        #expect(refused.outputText.isEmpty && refused.errorText.contains("error: "))
        #expect(refused.errorText.contains("hint: "))
        #expect(try home.pull().total(\.stored) > 0)
    }
}
