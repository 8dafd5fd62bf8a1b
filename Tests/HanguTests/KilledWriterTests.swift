import Foundation
import GRDB
import Glibc
import TestSupport
import Testing

/// Answers and exports that are killed, and homes put back to an older copy.
@Suite("Killed writers")
struct KilledWriterTests {
    private static let question = TestHome.allowance()

    /// Whom a round asks about, in turn: about one resident a department may ask four times a month.
    private static func number(_ round: Int) -> String {
        SmallDelivery.numbers[round % SmallDelivery.numbers.count] + "\n"
    }

    private func ask(_ home: TestHome, _ round: Int) throws -> CommandResult {
        try home.run(Self.question, input: Self.number(round))
    }

    private func home() throws -> TestHome {
        let home = try TestHome(try SmallDelivery())
        _ = try home.pull()
        return home
    }

    @Test("An answer that is killed at any moment leaves a sound log, and what was shown is in it")
    func killedAnswers() throws {
        let home = try home()
        let started = ContinuousClock.now
        #expect(try ask(home, 0).status == 0)
        let seconds = (ContinuousClock.now - started) / .seconds(1)
        var random = SeededRandom(seed: 5)
        var kills = 0
        var shown = 0
        var sizes: [UInt64] = []
        for round in 1...10 {
            let before = try home.logSize()
            let run = try RunningProgram(
                HanguProgram.place(), Self.question + ["--json", "--home", home.path],
                input: Data(Self.number(round).utf8))
            if !run.hasEnded(within: Double.random(in: 0.01...seconds, using: &random)) {
                run.kill()
                kills += 1
            }
            let log = try home.verifyLog()
            #expect(log.sound)
            if !(try run.result().output.isEmpty) {
                shown += 1
                #expect(log.entries > before)
            }
            sizes.append(log.entries - before)
        }
        #expect(try ask(home, 11).status == 0)
        #expect(try home.verifyLog().sound)
        print("answers: \(kills) killed of 10, \(shown) shown; entries left by each: \(sizes)")
        #expect(kills > 0)
    }

    @Test(
        "A database put back to an older copy is refused with what to do, and shown as no evidence")
    func olderCopy() throws {
        let home = try home()
        let number = try #require(SmallDelivery.numbers.first)
        let backup = home.folder.url("backup.db")
        try FileManager.default.copyItem(
            at: URL(fileURLWithPath: home.path + "/data/hangu.db"), to: backup)
        #expect(try home.run(Self.question, input: number + "\n").status == 0)
        let size = try home.logSize()
        for name in ["hangu.db", "hangu.db-wal", "hangu.db-shm"]
        where FileManager.default.fileExists(atPath: home.path + "/data/" + name) {
            try FileManager.default.removeItem(atPath: home.path + "/data/" + name)
        }
        try FileManager.default.copyItem(
            at: backup, to: URL(fileURLWithPath: home.path + "/data/hangu.db"))
        let refused = try home.run(Self.question + ["--lang", "en"], input: number + "\n")
        #expect(refused.status == 5 && refused.output.isEmpty)
        #expect(refused.errorText.contains("the log has \(size - 2) entries and once had \(size)"))
        #expect(refused.errorText.contains("hint: keep the whole folder as evidence"))
        // What there is can be looked at, as often as one likes, and nobody takes it for the whole.
        for _ in 0..<3 {
            let list = try home.run(["audit", "list", "--lang", "en"])
            #expect(list.status == 5 && !list.output.isEmpty)
            #expect(list.errorText.contains("and once had \(size)"))
        }
        let check = try home.verifyLog()
        #expect(!check.sound && check.entries == size - 2)
        #expect(try home.run(["audit", "verify", "--leaves"]).status == 5)
        for handedOut in [
            ["audit", "export", "--tiles", home.folder.path("tiles")],
            ["resident", "accesses", "--resident", "-"],
        ] {
            let result = try home.run(handedOut, input: number + "\n")
            #expect(result.status == 5 && result.output.isEmpty, "\(handedOut)")
        }
        #expect(!FileManager.default.fileExists(atPath: home.folder.path("tiles")))
    }

    @Test(
        "An export that is killed at any moment leaves a log that verifies, and the next mends it")
    func killedExports() throws {
        let home = try home()
        let tiles = home.folder.path("tiles")
        _ = try home.check(["audit", "export", "--tiles", tiles])
        let vkey = home.folder.path("vkey")
        try FileManager.default.copyItem(atPath: tiles + "/vkey", toPath: vkey)
        func published() throws -> LogCheck {
            let check = try HanguProgram.run(
                ["audit", "verify", "--tiles", tiles, "--vkey", vkey, "--json"])
            return try #require(try check.json(LogCheck.self).first, "\(check.errorText)")
        }
        let started = ContinuousClock.now
        _ = try home.check(["audit", "export", "--tiles", tiles])
        let seconds = (ContinuousClock.now - started) / .seconds(1)
        var random = SeededRandom(seed: 9)
        var kills = 0
        var sizes: Set<UInt64> = []
        for round in 0..<8 {
            let before = try published().entries
            #expect(try ask(home, round).status == 0)
            let run = try RunningProgram(
                HanguProgram.place(), ["audit", "export", "--tiles", tiles, "--home", home.path])
            if !run.hasEnded(within: Double.random(in: 0.01...seconds, using: &random)) {
                run.kill()
                kills += 1
            }
            let check = try published()
            #expect(check.sound)
            #expect(try [before, home.logSize()].contains(check.entries))
            sizes.insert(check.entries)
        }
        #expect(try ask(home, 8).status == 0)
        _ = try home.check(["audit", "export", "--tiles", tiles])
        let check = try published()
        #expect(try check.sound && check.entries == home.logSize())
        print("exports: \(kills) killed of 8; sizes published meanwhile: \(sizes.sorted())")
        #expect(kills > 0)
    }

    @Test("While another writer holds the home, an answer waits for it and then says who it is")
    func otherWriter() throws {
        let home = try home()
        let number = try #require(SmallDelivery.numbers.first)
        let path = home.path + "/data/writer.lock"
        let lock = open(path, O_RDWR | O_CREAT, 0o600)
        try #require(lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0)
        let who = Array("pid 7, hangu serve\n".utf8)
        #expect(write(lock, who, who.count) == who.count)
        let refused = try home.run(Self.question + ["--lang", "en"], input: number + "\n")
        close(lock)
        #expect(refused.status == 4 && refused.output.isEmpty)
        #expect(refused.errorText.contains("pid 7, hangu serve"))
        #expect(try home.run(Self.question, input: number + "\n").status == 0)
    }

    @Test("Rebuild mends tiles in the home and in an export, says which, and replay finds nothing")
    func rebuild() throws {
        let home = try home()
        let number = try #require(SmallDelivery.numbers.first)
        #expect(try home.run(Self.question, input: number + "\n").status == 0)
        let tiles = home.folder.path("tiles")
        _ = try home.check(["audit", "export", "--tiles", tiles])
        let clean = try home.check(["audit", "rebuild", "--tiles", tiles, "--lang", "en"])
        #expect(clean.lines.count == 1 && clean.outputText.contains("; 0 differed"))
        let queue = try DatabaseQueue(path: home.path + "/data/hangu.db")
        try queue.write { try $0.execute(sql: "UPDATE audit_tile SET hashes = zeroblob(32)") }
        try queue.close()
        let size = try home.logSize()
        try Data("x".utf8).write(to: URL(fileURLWithPath: tiles + "/tile/0/000.p/\(size)"))
        let mended = try home.check(["audit", "rebuild", "--tiles", tiles, "--lang", "en"])
        #expect(mended.outputText.contains("tile 0/0 is not that of the entries"))
        #expect(mended.outputText.contains("tile/0/000.p/\(size)"))
        #expect(try home.verifyLog().sound)
        let replayed = try home.check(["audit", "replay", "--lang", "en"])
        #expect(replayed.outputText.contains("1 decisions again: 1 the same, 0 different"))
    }
}
