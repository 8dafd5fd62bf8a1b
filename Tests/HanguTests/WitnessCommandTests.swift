import Foundation
import TestSupport
import Testing

/// Three departments witness one home: real processes, real sockets, killed and put back.
@Suite("Witness commands", .serialized)
struct WitnessCommandTests {
    private struct Status: Decodable {
        struct Witness: Decodable {
            let name: String
            let cosignedSize: UInt64
            let outcome: String
        }
        let size: UInt64
        let quorumSize: UInt64?
        let lag: UInt64?
        let contradicted: Bool
        let mapRootEntry: UInt64?
        let witnesses: [Witness]
    }

    /// A witness as its department runs it.
    private final class Department {
        private struct Made: Decodable { let vkey: String }
        private struct Line: Decodable {
            let event: String
            let port: Int?
        }

        let name: String
        let folder: String
        let vkey: String
        private(set) var port = 0
        private var process: RunningProgram?

        init(_ name: String, in folder: TemporaryFolder, logKey: String) throws {
            self.name = name
            self.folder = folder.path(name)
            let made = try HanguProgram.run([
                "witness", "init", "--folder", self.folder, "--name", "\(name).example/w", "--json",
            ])
            try #require(made.status == 0, "\(made.errorText)")
            vkey = try #require(try made.json(Made.self).first).vkey
            try Data((logKey + "\n").utf8).write(to: folder.url("\(name)/logs"))
        }

        /// Starts it, at the port that it had before.
        func start() throws {
            let process = try RunningProgram(
                HanguProgram.place(),
                ["witness", "serve", "--folder", folder, "--port", "\(port)", "--json"])
            self.process = process
            for _ in 0..<3_000 {
                let first = try process.outputSoFar().split(separator: "\n").first
                if let first {
                    port = try JSONDecoder().decode(Line.self, from: Data(first.utf8)).port ?? 0
                    return
                }
                if process.hasEnded(within: 0.02) {
                    let ended = try process.result()
                    Issue.record("the witness ended: \(ended.errorText)")
                    return
                }
            }
            Issue.record("the witness does not listen")
        }

        func kill() {
            process?.kill()
            process = nil
        }

        /// Ends it in order, and gives what it came to.
        func stop() throws -> CommandResult {
            let process = try #require(self.process)
            self.process = nil
            process.terminate()
            try #require(process.hasEnded(within: 60))
            return try process.result()
        }

        deinit { process?.kill() }
    }

    private struct Town {
        let home: TestHome
        let departments: [Department]

        func ask() throws {
            let asked = try home.run(
                TestHome.allowance(), input: SmallDelivery.numbers[0] + "\n")
            #expect(asked.status == 0, "\(asked.allText)")
        }

        /// Asks the witnesses once.
        func witness(_ sourceLocation: SourceLocation = #_sourceLocation) throws
            -> (exit: Int32, status: Status)
        {
            let result = try home.run(["audit", "witness", "--once", "--timeout", "20", "--json"])
            let status = try #require(
                try result.json(Status.self).first, "\(result.errorText)",
                sourceLocation: sourceLocation)
            return (result.status, status)
        }
    }

    private func makeTown() throws -> Town {
        let home = try TestHome(try SmallDelivery())
        _ = try home.pull()
        _ = try home.check(["audit", "export", "--tiles", home.folder.path("first")])
        let key = try String(contentsOf: home.folder.url("first/vkey"), encoding: .utf8)
        let departments = try ["minzheng", "shebao", "weijian"].map {
            try Department($0, in: home.folder, logKey: key.trimmingCharacters(in: .newlines))
        }
        for department in departments { try department.start() }
        let policy =
            departments.map {
                "witness \($0.name) \($0.vkey) http://127.0.0.1:\($0.port)\n"
            }.joined() + "group departments 2 minzheng shebao weijian\nquorum departments\n"
        try Data(policy.utf8).write(to: URL(fileURLWithPath: home.path + "/witnesses"))
        let configuration = URL(fileURLWithPath: home.path + "/hangu.yaml")
        let text = try String(contentsOf: configuration, encoding: .utf8)
        try Data((text + "witness-policy: witnesses\n").utf8).write(to: configuration)
        return Town(home: home, departments: departments)
    }

    @Test(
        "Two of three decide: one may be killed; a home put back to an older state is refused by all"
    )
    func twoOfThree() throws {
        let town = try makeTown()
        let home = town.home
        let all = try town.witness()
        #expect(all.exit == 0 && all.status.lag == 0)
        #expect(all.status.witnesses.map(\.outcome) == ["cosigned", "cosigned", "cosigned"])
        let old = home.folder.url("old.db")
        try FileManager.default.copyItem(
            at: URL(fileURLWithPath: home.path + "/data/hangu.db"), to: old)

        town.departments[0].kill()
        try town.ask()
        let two = try town.witness()
        #expect(two.exit == 0 && two.status.lag == 0)
        #expect(two.status.witnesses[0].outcome.hasPrefix("unreachable"))

        town.departments[1].kill()
        try town.ask()
        let one = try town.witness()
        #expect(one.exit == 4 && one.status.lag == 2 && !one.status.contradicted)

        try town.departments[0].start()
        try town.departments[1].start()
        let back = try town.witness()
        let english = try home.run(["audit", "status", "--lang", "en"]).allText
        let chinese = try home.run(["audit", "status", "--lang", "zh"]).allText
        #expect(english.contains("a quorum of witnesses cosigned"))
        #expect(chinese.contains("法定数见证方已见证前"))
        #expect(
            back.exit == 0
                && back.status.witnesses.map(\.outcome) == ["cosigned", "cosigned", "cosigned"])
        #expect(try home.verifyLog().sound)
        try checkByOthers(home)

        for name in ["hangu.db-wal", "hangu.db-shm"]
        where FileManager.default.fileExists(atPath: home.path + "/data/" + name) {
            try FileManager.default.removeItem(atPath: home.path + "/data/" + name)
        }
        let store = URL(fileURLWithPath: home.path + "/data/hangu.db")
        try FileManager.default.removeItem(at: store)
        try FileManager.default.copyItem(at: old, to: store)
        let marked = try home.run(TestHome.allowance(), input: SmallDelivery.numbers[0] + "\n")
        #expect(marked.status == 5, "\(marked.allText)")
        #expect(marked.errorText.contains("the store is an older copy"))
        // Where the mark was put back with the store, the witnesses still know.
        try FileManager.default.removeItem(atPath: home.path + "/keys/log.mark")
        try town.ask()
        let refused = try home.run(["audit", "witness", "--once"])
        #expect(refused.status == 5, "\(refused.allText)")
        #expect(refused.outputText.contains("this home may be an older copy"))
        for department in town.departments {
            let ended = try department.stop()
            #expect(ended.status == 0, "\(ended.errorText)")
        }
    }

    @Test(
        "A witness killed after it kept a checkpoint and before its answer was read goes on from it"
    )
    func killedBeforeTheAnswer() throws {
        let town = try makeTown()
        let home = town.home
        let department = town.departments[2]
        let checkpoint = try String(
            contentsOf: home.folder.url("first/checkpoint"), encoding: .utf8)
        let state = home.folder.url("weijian/state")
        let watch = try FolderWatch(state)
        let line = try SilentRequest("old 0\n\n" + checkpoint, port: department.port)
        // Nobody reads the answer; the kill comes as soon as the checkpoint is there.
        var kept: [String] = []
        while kept.isEmpty, watch.hasChanged(within: 60) {
            kept = try FileManager.default.contentsOfDirectory(atPath: state.path)
                .filter { !$0.hasSuffix(".new") }
        }
        department.kill()
        line.close()
        watch.close()
        #expect(kept.count == 1)
        try department.start()
        try town.ask()
        let after = try town.witness()
        #expect(after.exit == 0 && after.status.witnesses[2].outcome == "cosigned")
        #expect(after.status.witnesses[2].cosignedSize == after.status.size)
    }

    /// Go's note code takes the cosigned checkpoint, as does a program for residents with the policy.
    private func checkByOthers(_ home: TestHome) throws {
        let verifiers = HanguProgram.checkout.appendingPathComponent("Scripts/verifiers")
        _ = try home.check(["audit", "map"])
        #expect(try home.run(["audit", "witness", "--once", "--timeout", "20"]).status == 0)
        let mine = home.folder.path("mine")
        let accesses = try home.run(
            ["resident", "accesses", "--resident", "-", "--proofs", mine],
            input: SmallDelivery.numbers[0] + "\n")
        #expect(
            accesses.status == 0 && accesses.outputText.contains("this list is whole"),
            "\(accesses.allText)")
        let check = [
            "python3", verifiers.appendingPathComponent("verify_accesses.py").path, mine, "--log",
            home.folder.path("first/vkey"), "--policy", home.path + "/witnesses",
        ]
        let sound = try tool(check)
        if sound.errorText.contains("No module named 'cryptography'") {
            return SharedData.skip("python3-cryptography is absent")
        }
        #expect(sound.status == 0, "\(sound.errorText)")
        #expect(sound.outputText.contains("whole: the map root in entry"))
        let json = home.folder.url("mine/accesses.json")
        let text = try String(contentsOf: json, encoding: .utf8)
        var refused = 0
        for (old, new) in [
            ("\"index\":", "\"index\":1"), ("\"leaf\":\"01", "\"leaf\":\"02"),
            ("civil-affairs", "civil-affair5"), ("\"chainStart\":\"", "\"chainStart\":\"00"),
            ("\"entries\":[{", "\"entries\":[],\"left\":[{"), ("siblings ", "siblings 1"),
        ] {
            try #require(text.contains(old), "\(old)")
            try Data(text.replacingOccurrences(of: old, with: new).utf8).write(to: json)
            #expect(try tool(check).status == 1, "\(old)")
            refused += 1
        }
        try Data(text.utf8).write(to: json)
        print("resident's package: checked by another program, \(refused) changes refused")
        try checkByGo(home)
    }

    private func checkByGo(_ home: TestHome) throws {
        _ = try home.check(["audit", "export", "--tiles", home.folder.path("published")])
        let checkpoint = try String(
            contentsOf: home.folder.url("published/checkpoint"), encoding: .utf8)
        #expect(checkpoint.split(separator: "\n").count { $0.hasPrefix("\u{2014} ") } == 4)
        guard let program = try GoVerifier.build(in: home.folder) else { return }
        let checked = try tool([
            program, "log", "-dir", home.folder.path("published"), "-vkey",
            home.folder.path("first/vkey"),
        ])
        #expect(checked.status == 0, "\(checked.errorText)")
    }
}
