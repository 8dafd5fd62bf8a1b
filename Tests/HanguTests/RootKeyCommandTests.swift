import Foundation
import TestSupport
import Testing

/// Root keys as files and passphrases, changed and killed, through the command line alone.
@Suite("Root keys")
struct RootKeyCommandTests {
    private struct Change: Decodable {
        let from: String
        let to: String
        let removed: [String]
    }

    private struct Status: Decodable {
        struct RootKey: Decodable, Equatable {
            let kind: String
            let name: String
            let version: Int
            let place: String
        }

        let rootKey: RootKey
    }

    private func pulledHome() throws -> TestHome {
        let home = try TestHome(SmallDelivery())
        _ = try home.pull()
        return home
    }

    private func change(_ home: TestHome, _ arguments: [String]) throws -> Change {
        let result = try home.check(["keys", "rotate", "root", "--json"] + arguments)
        return try #require(try result.json(Change.self).first)
    }

    private func keyFiles(_ home: TestHome) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: home.path + "/keys").sorted()
            .filter { $0.hasPrefix("root") }
    }

    /// A file that only its owner may read.
    private func secretFile(_ text: String, in home: TestHome, _ name: String) throws -> String {
        let path = home.folder.path(name)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
        return path
    }

    @Test("A new root key file opens the home, and the old one does not")
    func fileToFile() throws {
        let home = try pulledHome()
        let old = try #require(try home.files()["keys/root.key"])
        let changed = try change(home, ["--to", "file"])
        #expect(changed.from == "file/1" && changed.to == "file/2")
        #expect(changed.removed == ["keys/root.key"])
        #expect(try keyFiles(home) == ["root-2.key"])
        #expect(try home.disclose() == 0)
        #expect(try home.verifyLog().sound)
        let place = URL(fileURLWithPath: home.path + "/keys/root-2.key")
        let new = try Data(contentsOf: place)
        #expect(new != old && new.count == 32)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: place.path)
        try old.write(to: place)
        #expect(try home.run(["audit", "list"]).status == 5)
        try FileManager.default.removeItem(at: place)
        let absent = try home.run(["audit", "list"])
        #expect(absent.status == 4 && absent.errorText.contains("keys/root-2.key"))
    }

    @Test("The status of the keys says which root key they hang from, in both languages")
    func status() throws {
        let home = try TestHome(SmallDelivery())
        #expect(
            try home.check(["keys", "status"]).outputText.contains(
                "root key: a file, file/1, version 1 (keys/root.key)"))
        let secret = try secretFile("correct horse battery", in: home, "secret")
        _ = try change(home, ["--to", "passphrase", "--new-secret-file", secret])
        let arguments = ["keys", "status", "--secret-file", secret]
        let chinese = try home.run(arguments, environment: ["LANG": "zh_CN.UTF-8"])
        #expect(
            chinese.outputText.contains("根密钥：口令，passphrase/2，第 2 版（keys/root-2.yaml）"),
            "\(chinese.allText)")
        let printed = try home.check(arguments + ["--json"]).json(Status.self).first
        #expect(
            printed?.rootKey
                == .init(
                    kind: "passphrase", name: "passphrase/2", version: 2,
                    place: "keys/root-2.yaml"))
    }

    @Test("A passphrase opens the home from a file or a descriptor, and no other one does")
    func passphrase() throws {
        let home = try pulledHome()
        let right = try secretFile("五湖四海 correct horse\n", in: home, "right")
        let wrong = try secretFile("五湖四海 correct house\n", in: home, "wrong")
        let short = try secretFile("short\n", in: home, "short")
        let refused = try home.run(
            ["keys", "rotate", "root", "--to", "passphrase", "--new-secret-file", short])
        #expect(refused.status == 2 && refused.errorText.contains("too short"))
        #expect(try keyFiles(home) == ["root.key"], "nothing is left of what was refused")
        let changed = try change(home, ["--to", "passphrase", "--new-secret-file", right])
        #expect(changed.to == "passphrase/2")
        #expect(try keyFiles(home) == ["root-2.yaml"])
        #expect(try home.disclose(["--secret-file", right]) == 0)
        let typed = try home.run(
            ["audit", "list", "--secret-fd", "0"], input: "五湖四海 correct horse\n")
        #expect(typed.status == 0, "\(typed.allText)")
        let other = try home.run(["audit", "list", "--secret-file", wrong])
        #expect(other.status == 2 && other.errorText.contains("passphrase is not the one"))
        #expect(!other.allText.contains("house"))
        let named = try home.run(["audit", "list"], environment: ["HANGU_SECRET_FILE": right])
        #expect(named.status == 0, "\(named.allText)")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: right)
        let wide = try home.run(["audit", "list", "--secret-file", right])
        #expect(wide.status == 2 && wide.errorText.contains("chmod 400"))
        #expect(try home.run(["audit", "list", "--secret-fd", "0"], input: "").status == 2)
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: right)
        let back = try change(home, ["--to", "file", "--secret-file", right])
        #expect(back.from == "passphrase/2" && back.to == "file/3")
        #expect(try home.disclose() == 0)
    }

    @Test("A home whose root key changes opens after a kill at any moment")
    func killed() throws {
        let home = try pulledHome()
        var random = SeededRandom(seed: 5)
        var kills = 0
        var names: Set<String> = []
        let clock = ContinuousClock()
        let begun = clock.now
        _ = try change(home, ["--to", "file"])
        let whole = (clock.now - begun) / .seconds(1)
        for _ in 0..<10 {
            let run = try home.start(["keys", "rotate", "root", "--to", "file"])
            if !run.hasEnded(within: Double.random(in: 0...whole * 1.2, using: &random)) {
                kills += 1
            }
            run.kill()
            #expect(try home.verifyLog().sound)
            names.formUnion(try keyFiles(home))
        }
        print("root key: \(kills) of 10 changes killed, \(names.count) root keys in all")
        #expect(kills > 0)
        // What killed runs left behind goes with the next whole change.
        let last = try change(home, ["--to", "file"])
        #expect(try keyFiles(home).count == 1 && last.to.hasPrefix("file/"))
        #expect(try home.disclose() == 0)
    }

    @Test("keys.db that is absent or empty is said to be so, and none is made")
    func noKeys() throws {
        let home = try pulledHome()
        let place = home.path + "/keys/keys.db"
        try FileManager.default.moveItem(atPath: place, toPath: home.folder.path("aside"))
        for end in ["-wal", "-shm"] where FileManager.default.fileExists(atPath: place + end) {
            try FileManager.default.removeItem(atPath: place + end)
        }
        let absent = try home.run(["pull"])
        #expect(absent.status == 4 && absent.errorText.contains("keys/keys.db is absent"))
        #expect(!FileManager.default.fileExists(atPath: place))
        try Data().write(to: URL(fileURLWithPath: place))
        let empty = try home.run(["pull"])
        #expect(empty.status == 4 && empty.errorText.contains("holds no keys"))
    }

    @Test("keys.db of another home does not open, and says that they do not belong together")
    func otherHome() throws {
        let home = try pulledHome()
        let other = try pulledHome()
        for end in ["-wal", "-shm", ""] {
            let place = home.path + "/keys/keys.db" + end
            if FileManager.default.fileExists(atPath: place) {
                try FileManager.default.removeItem(atPath: place)
            }
        }
        try FileManager.default.copyItem(
            atPath: other.path + "/keys/keys.db", toPath: home.path + "/keys/keys.db")
        let result = try home.run(["audit", "list"])
        #expect(result.status == 5, "\(result.allText)")
        #expect(result.errorText.contains("belong together"), "\(result.errorText)")
    }
}
