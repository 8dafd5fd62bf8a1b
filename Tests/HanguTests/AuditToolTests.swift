import Foundation
import TestSupport
import Testing

/// A log that the command line has written, checked by the command line and by programs that share no code with us.
@Suite("Audit tools", .serialized)
struct AuditToolTests {
    private static let verifiers = HanguProgram.checkout.appendingPathComponent("Scripts/verifiers")

    private struct EntryLine: Decodable {
        let entry: UInt64
        let kind: String
    }

    private struct Proof: Decodable { let proof: String }

    /// A home whose log has grown since it was first published: `old` and `new` are the two exports.
    private struct PublishedLog {
        let home: TestHome
        let oldSize: UInt64
        let newSize: UInt64

        func path(_ name: String) -> String { home.folder.path(name) }
        func url(_ name: String) -> URL { home.folder.url(name) }
    }

    private func publish() throws -> PublishedLog {
        let delivery = try SmallDelivery()
        let home = try TestHome(delivery)
        _ = try home.pull()
        let oldSize = try home.logSize()
        _ = try home.check(["audit", "export", "--tiles", home.folder.path("old")])
        for number in SmallDelivery.numbers {
            let asked = try home.run(TestHome.allowance(), input: number + "\n")
            #expect(asked.status == 0, "\(asked.allText)")
        }
        _ = try home.check(["audit", "export", "--tiles", home.folder.path("new")])
        let log = PublishedLog(
            home: home, oldSize: oldSize, newSize: try home.logSize())
        // The key is taken at the first publication, not from the log that is checked.
        try FileManager.default.copyItem(at: log.url("old/vkey"), to: log.url("vkey"))
        let entry = oldSize + 1
        let receipt = try home.check(["audit", "prove", "--entry", "\(entry)", "--json"])
        try Data(try #require(try receipt.json(Proof.self).first).proof.utf8)
            .write(to: log.url("receipt"))
        try leaf(entry, of: log.url("new/tile/entries/000.p/\(log.newSize)"))
            .write(to: log.url("leaf"))
        let grown = try home.check(["audit", "prove", "--since", "\(oldSize)"])
        try grown.output.write(to: log.url("consistency"))
        return log
    }

    /// One entry of a bundle: each is two bytes of length and its bytes.
    private func leaf(_ index: UInt64, of bundle: URL) throws -> Data {
        let bytes = [UInt8](try Data(contentsOf: bundle))
        var start = 0
        for _ in 0..<index { start += 2 + Int(bytes[start]) << 8 + Int(bytes[start + 1]) }
        let length = Int(bytes[start]) << 8 + Int(bytes[start + 1])
        return Data(bytes[(start + 2)..<(start + 2 + length)])
    }

    private func ours(_ log: PublishedLog) throws -> Int32 {
        let result = try HanguProgram.run([
            "audit", "verify", "--tiles", log.path("new"), "--vkey", log.path("vkey"), "--json",
        ])
        let check = try result.json(LogCheck.self).first
        if let check { #expect(check.sound == (result.status == 0)) }
        return result.status
    }

    private func status(_ arguments: [String]) throws -> Int32 {
        let run = try RunningProgram(URL(fileURLWithPath: "/usr/bin/env"), arguments)
        #expect(run.hasEnded(within: 60))
        return try run.result().status
    }

    /// Changes one byte in the middle of a file while something is checked.
    private func withByteChanged<Result>(
        of file: URL, _ check: () throws -> Result
    ) throws -> Result {
        let sound = try Data(contentsOf: file)
        var changed = sound
        changed[changed.count / 2] ^= 1
        try changed.write(to: file)
        let result = try check()
        try sound.write(to: file)
        return result
    }

    @Test("The export has the layout of C2SP tlog-tiles, and grows without changing what was there")
    func layout() throws {
        let log = try publish()
        let new = try FileManager.default.subpathsOfDirectory(atPath: log.path("new"))
            .filter { !$0.hasSuffix(".p") }
        let files = [
            "checkpoint", "vkey", "tile/0/000.p/\(log.newSize)",
            "tile/entries/000.p/\(log.newSize)",
        ]
        for file in files { #expect(new.contains(file), "\(file)") }
        #expect(!new.contains { $0.hasSuffix(".new") })
        let checkpoint = try String(contentsOf: log.url("new/checkpoint"), encoding: .utf8)
        let lines = checkpoint.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[1] == "\(log.newSize)" && lines[3].isEmpty)
        #expect(lines[4].hasPrefix("— \(lines[0]) "))
        let vkey = try String(contentsOf: log.url("new/vkey"), encoding: .utf8)
        #expect(vkey.hasPrefix("\(lines[0])+"))
        let oldTile = try Data(contentsOf: log.url("old/tile/0/000.p/\(log.oldSize)"))
        let newTile = try Data(contentsOf: log.url("new/tile/0/000.p/\(log.newSize)"))
        #expect(newTile.starts(with: oldTile) && newTile.count == Int(log.newSize) * 32)
        // A second export into the same folder brings it up to date.
        _ = try log.home.check(["audit", "export", "--tiles", log.path("old")])
        #expect(try Data(contentsOf: log.url("old/checkpoint")) == Data(checkpoint.utf8))
    }

    @Test("We accept our published log, and refuse every changed byte and another log's key")
    func ownVerification() throws {
        let log = try publish()
        #expect(try ours(log) == 0)
        var refused = 0
        for file in [
            "new/checkpoint", "new/tile/entries/000.p/\(log.newSize)",
            "new/tile/0/000.p/\(log.newSize)", "vkey",
        ] {
            let status = try withByteChanged(of: log.url(file)) { try ours(log) }
            #expect(status == 5, "\(file)")
            refused += 1
        }
        let other = try publish()
        try Data(contentsOf: other.url("vkey")).write(to: log.url("vkey"))
        #expect(try ours(log) == 5)
        print("audit verify: \(refused) changed bytes and another key refused")
        #expect(refused == 4)
    }

    @Test("OpenSSL accepts our checkpoint and refuses a changed one")
    func openSSL() throws {
        guard try status(["openssl", "version"]) == 0 else {
            return SharedData.skip("openssl is absent")
        }
        let log = try publish()
        let script = Self.verifiers.appendingPathComponent("verify_note.sh").path
        func check(_ name: String) throws -> Int32 {
            try status(["sh", script, log.path("\(name)/checkpoint"), log.path("vkey")])
        }
        for name in ["old", "new"] { #expect(try check(name) == 0, "\(name)") }
        for file in ["new/checkpoint", "vkey"] {
            let status = try withByteChanged(of: log.url(file)) { try check("new") }
            #expect(status == 1, "\(file)")
        }
    }

    @Test("Go's checksum database code accepts our log and proofs and refuses changed ones")
    func goVerifier() throws {
        let work = try TemporaryFolder()
        guard let program = try GoVerifier.build(in: work) else { return }
        let log = try publish()
        func checks() throws -> [Int32] {
            let key = ["-vkey", log.path("vkey")]
            return [
                try status(
                    [program, "log", "-dir", log.path("new"), "-sizes", "1,\(log.oldSize)"] + key),
                try status(
                    [
                        program, "inclusion", "-proof", log.path("receipt"), "-entry",
                        log.path("leaf"),
                    ] + key),
                try status(
                    [
                        program, "consistency", "-old", log.path("old/checkpoint"), "-new",
                        log.path("new/checkpoint"), "-proof", log.path("consistency"),
                    ] + key),
            ]
        }
        #expect(try checks() == [0, 0, 0])
        let changes: [(String, [Int32])] = [
            ("new/checkpoint", [1, 0, 1]), ("new/tile/entries/000.p/\(log.newSize)", [1, 0, 0]),
            ("new/tile/0/000.p/\(log.newSize)", [1, 0, 0]), ("receipt", [0, 1, 0]),
            ("leaf", [0, 1, 0]), ("consistency", [0, 0, 1]), ("old/checkpoint", [0, 0, 1]),
            ("vkey", [1, 1, 1]),
        ]
        for (file, expected) in changes {
            let statuses = try withByteChanged(of: log.url(file)) { try checks() }
            #expect(statuses == expected, "\(file)")
        }
        print(
            "go: a log of \(log.newSize) entries, an inclusion and a consistency proof accepted; "
                + "\(changes.count) changed bytes refused")
    }

    @Test("Proofs of what the log does not have are refused")
    func noProof() throws {
        let log = try publish()
        for arguments in [["--entry", "\(log.newSize)"], ["--since", "\(log.newSize + 1)"]] {
            #expect(try log.home.run(["audit", "prove"] + arguments).status == 2)
        }
        #expect(try log.home.run(["audit", "prove"]).status == 64)
        let list = try log.home.check(["audit", "list", "--json"]).json(EntryLine.self)
        #expect(list.map(\.entry) == Array((0..<log.newSize).reversed()))
        #expect(list.filter { $0.kind == "decision" }.count == 3)
    }
}
