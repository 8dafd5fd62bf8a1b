import Foundation
import GRDB
import Testing

/// The escrow drill: a backup opens elsewhere with k of n shares, and with nothing less.
@Suite("Backups of keys")
struct KeyBackupTests {
    private struct Restored: Decodable {
        let rootKey: String
        let shreddedAgain: Int
        let withoutKey: Int
        let missing: [String]
    }

    /// A home that was pulled, and backups of its keys.
    private struct Drill {
        let delivery: SmallDelivery
        let home: TestHome

        init() throws {
            delivery = try SmallDelivery()
            home = try TestHome(delivery)
            _ = try home.pull()
        }

        func backup(_ name: String, shares: String = "2/3") throws -> String {
            let folder = home.folder.path(name)
            _ = try home.check(["keys", "backup", "--to", folder, "--shares", shares])
            return folder
        }

        /// The home's data on another machine: no keys, and no old root key.
        func elsewhere(_ name: String = "elsewhere") throws -> String {
            let place = home.folder.path(name)
            try FileManager.default.createDirectory(
                atPath: place, withIntermediateDirectories: true)
            for part in ["hangu.yaml", "Policies", "data"] {
                try FileManager.default.copyItem(
                    atPath: home.path + "/" + part, toPath: place + "/" + part)
            }
            return place
        }

        func share(_ number: Int, of folder: String, count: Int = 3) -> [String] {
            ["--share", "\(folder)/share-\(number)-of-\(count).txt"]
        }
    }

    private func restore(
        _ place: String, from folder: String, _ arguments: [String], input: String = ""
    ) throws -> CommandResult {
        try HanguProgram.run(
            ["keys", "restore", "--json", "--home", place, "--from", folder] + arguments,
            input: input)
    }

    private func ask(_ place: String, number: Int = 1) throws -> CommandResult {
        try HanguProgram.run(
            TestHome.allowance(["age.at-least-80", "identity.name"])
                + ["--home", place, "--json"], input: SmallDelivery.numbers[number] + "\n")
    }

    @Test("Every two of three shares open the backup elsewhere under a new root key; one does not")
    func drill() throws {
        let drill = try Drill()
        let folder = try drill.backup("backup")
        let expected = try ask(drill.home.path).outputText
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let mode = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")[
                .posixPermissions]
            #expect(mode as? Int == (name == "keys.db" ? 0o600 : 0o400), "\(name)")
        }
        let alone = try drill.elsewhere("alone")
        for number in 1...3 {
            let result = try restore(alone, from: folder, drill.share(number, of: folder))
            #expect(result.status == 2, "\(result.allText)")
            #expect(result.errorText.contains("1 shares were given, 2 are needed"))
        }
        #expect(!FileManager.default.fileExists(atPath: alone + "/keys"))
        for (first, second) in [(1, 2), (3, 1), (2, 3)] {
            let place = try drill.elsewhere("place-\(first)\(second)")
            let result = try restore(
                place, from: folder,
                drill.share(first, of: folder) + drill.share(second, of: folder))
            #expect(result.status == 0, "\(result.allText)")
            let restored = try #require(try result.json(Restored.self).first)
            #expect(restored.rootKey == "file/1" && restored.missing.isEmpty)
            #expect(restored.shreddedAgain == 0 && restored.withoutKey == 0)
            let answer = try ask(place)
            #expect(answer.status == 0, "\(answer.allText)")
            #expect(try values(answer.outputText) == values(expected))
            let log = try HanguProgram.run(["audit", "verify", "--home", place])
            #expect(log.status == 0, "\(log.allText)")
            let again = try restore(
                place, from: folder,
                drill.share(first, of: folder) + drill.share(second, of: folder))
            #expect(again.status == 2 && again.errorText.contains("--replace"))
        }
        // The home itself works on, under its own root key.
        #expect(try drill.home.disclose() == 0)
        let old = try #require(try drill.home.files()["keys/root.key"])
        let new = try Data(
            contentsOf: drill.home.folder.url("place-12/keys/root.key"))
        #expect(old != new)
    }

    /// What an answer holds, without what differs from one to the next.
    private func values(_ text: String) throws -> NSArray {
        let answer = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let items = try #require(answer["items"] as? [Any])
        #expect(!items.isEmpty)
        return items as NSArray
    }

    @Test(
        "A share of another backup, a damaged one, one given twice and a changed backup are named")
    func wrongShares() throws {
        let drill = try Drill()
        let folder = try drill.backup("backup")
        let other = try drill.backup("other")
        let place = try drill.elsewhere()
        func expect(
            _ arguments: [String], _ status: Int32, _ words: [String], input: String = "",
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let result = try restore(place, from: folder, arguments, input: input)
            #expect(result.status == status, "\(result.allText)", sourceLocation: sourceLocation)
            for word in words {
                #expect(
                    result.errorText.contains(word), "\(result.errorText)",
                    sourceLocation: sourceLocation)
            }
            #expect(
                !FileManager.default.fileExists(atPath: place + "/keys/keys.db"),
                sourceLocation: sourceLocation)
        }
        let first = drill.share(1, of: folder)
        try expect(
            first + drill.share(2, of: other), 2, ["share-2-of-3.txt", "is of backup", "expected"])
        try expect(first + first, 2, ["share 1 was given twice"])
        let page = try String(contentsOfFile: "\(folder)/share-2-of-3.txt", encoding: .utf8)
        let line = try #require(page.split(separator: "\n").first { $0.hasPrefix("3  ") })
        let letter = line.dropFirst(3).first == "A" ? "B" : "A"
        let damaged = page.replacing(line, with: "3  " + letter + line.dropFirst(4))
        try expect(
            first + ["--share", "-"], 2, ["standard input", "line 3 of the share"], input: damaged)
        let keys = URL(fileURLWithPath: "\(folder)/keys.db")
        let sound = try Data(contentsOf: keys)
        var changed = sound
        changed[sound.count / 2] ^= 1
        try changed.write(to: keys)
        try expect(first + drill.share(2, of: folder), 5, ["changed after it was made"])
        try sound.write(to: keys)
        // A share as somebody reads it from paper into a terminal.
        let typed = page.split(separator: "\n").filter { $0.first?.isNumber == true }
            .joined(separator: "\n").lowercased()
        let result = try restore(place, from: folder, first + ["--share", "-"], input: typed)
        #expect(result.status == 0, "\(result.allText)")
        #expect(try ask(place).status == 0)
    }

    @Test("Who was forgotten after the backup stays forgotten when it is restored")
    func forgottenStaysSo() throws {
        let drill = try Drill()
        let folder = try drill.backup("backup")
        #expect(try ask(drill.home.path).outputText.contains("黎"))
        let shred = [
            "keys", "shred", "--resident", "-", "--officer", "li", "--reason", "2026-17",
        ]
        let forgotten = try drill.home.run(shred, input: SmallDelivery.numbers[1] + "\n")
        #expect(forgotten.status == 0, "\(forgotten.allText)")
        let place = try drill.elsewhere()
        let shares = drill.share(1, of: folder) + drill.share(3, of: folder)
        let result = try restore(place, from: folder, shares)
        #expect(result.status == 0, "\(result.allText)")
        let restored = try #require(try result.json(Restored.self).first)
        #expect(restored.shreddedAgain == 1 && restored.withoutKey == 0)
        func expectNothingKnown(_ place: String) throws {
            let text = try ask(place).outputText
            #expect(text.contains("predicate.no-value") && !text.contains("黎"), "\(text)")
        }
        try expectNothingKnown(place)
        #expect(try ask(place, number: 0).status == 0)
        let keys = try DatabaseQueue(path: place + "/keys/keys.db")
        let counts = try keys.read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT (SELECT count(*) FROM shredded) AS gone,
                        (SELECT count(*) FROM resident_key k JOIN shredded USING (resident)) AS kept
                    """)
        }
        #expect(counts?["gone"] == 1 && counts?["kept"] == 0)
        let scan = try HanguProgram.run(["keys", "scan", "--home", place])
        #expect(scan.status == 0, "\(scan.allText)")
        // The same in place: the keys that are there know it, too.
        let again = try restore(drill.home.path, from: folder, shares + ["--replace"])
        #expect(again.status == 0, "\(again.allText)")
        #expect(try again.json(Restored.self).first?.shreddedAgain == 1)
        #expect(
            FileManager.default.fileExists(atPath: drill.home.path + "/keys/keys.db.replaced"))
        try expectNothingKnown(drill.home.path)
    }

    @Test("A backup older than the data says how many residents and which keys it lacks")
    func olderBackup() throws {
        let drill = try Drill()
        let folder = try drill.backup("backup")
        let before = try #require(
            try drill.home.check(["pull", "--json"]).json(PullCounts.self).first)
        try drill.delivery.addResident()
        let after = try #require(
            try drill.home.check(["pull", "--json"]).json(PullCounts.self).first)
        let added = after.residents - before.residents
        #expect(added > 0)
        _ = try drill.home.check(["keys", "rotate", "class", "identity"])
        let place = try drill.elsewhere()
        let arguments = drill.share(1, of: folder) + drill.share(2, of: folder)
        let result = try restore(place, from: folder, arguments)
        #expect(result.status == 0, "\(result.allText)")
        let restored = try #require(try result.json(Restored.self).first)
        #expect(restored.withoutKey == added)
        #expect(restored.missing.contains { $0.contains("'identity' version 2") })
        let broken = try ask(place)
        #expect(
            broken.status == 5 && broken.errorText.contains("older than the data"),
            "\(broken.allText)")
        // The newest backup mends it.
        let newest = try drill.backup("newest")
        let mended = try restore(
            place, from: newest,
            drill.share(2, of: newest) + drill.share(3, of: newest) + ["--replace"])
        #expect(mended.status == 0, "\(mended.allText)")
        #expect(try mended.json(Restored.self).first?.missing == [])
        #expect(try ask(place).status == 0)
    }

    @Test("A backup of another home, a folder in use and counts that make no sense are refused")
    func refusals() throws {
        let drill = try Drill()
        let folder = try drill.backup("backup")
        let other = try TestHome(SmallDelivery())
        let shares = drill.share(1, of: folder) + drill.share(2, of: folder)
        try FileManager.default.removeItem(atPath: other.path + "/keys")
        let foreign = try restore(other.path, from: folder, shares)
        #expect(foreign.status == 2 && foreign.errorText.contains("the backup is of"))
        let used = try drill.home.run(["keys", "backup", "--to", folder, "--shares", "2/3"])
        #expect(used.status == 2 && used.errorText.contains("not empty"))
        for shares in ["1/3", "4/3", "3", "2/17", "a/b", "2/3/4"] {
            let result = try drill.home.run(
                ["keys", "backup", "--to", drill.home.folder.path("x"), "--shares", shares])
            #expect(result.status == 64, "\(shares)")
        }
        let place = try drill.elsewhere()
        try FileManager.default.removeItem(atPath: "\(folder)/backup.yaml")
        let part = try restore(place, from: folder, shares)
        #expect(part.status == 2 && part.errorText.contains("backup.yaml is absent"))
        try FileManager.default.removeItem(atPath: place + "/data/hangu.db")
        let empty = try restore(place, from: folder, shares)
        #expect(empty.status == 2 && empty.errorText.contains("put the data back first"))
    }

    @Test("Public keys are printed, and nothing else")
    func publicKeys() throws {
        let drill = try Drill()
        let tiles = drill.home.folder.path("tiles")
        _ = try drill.home.check(["audit", "export", "--tiles", tiles])
        let published = try String(contentsOfFile: tiles + "/vkey", encoding: .utf8)
        let printed = try drill.home.check(["keys", "export-public"]).lines
        #expect(printed == [published.trimmingCharacters(in: .whitespacesAndNewlines)])
        _ = try drill.home.check(["keys", "rotate", "signing"])
        let both = try drill.home.check(["keys", "export-public"]).lines
        #expect(both.count == 2 && both.first == printed.first)
    }
}
