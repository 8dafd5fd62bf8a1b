import Foundation
import Testing

/// Bundles of evidence, checked by the program that lies in them.
@Suite("Evidence")
struct EvidenceTests {
    private static let reader = [
        "--officer", "lin", "--reason", "complaint", "--reference", "2026-17",
    ]

    private struct Made: Decodable {
        let entry: UInt64
        let entries: Int
        let manifest: String
    }

    /// A home with a consent, an answer that rests on it, a refusal and an answer about somebody else.
    private func workedHome() throws -> TestHome {
        let home = try TestHome(SmallDelivery())
        _ = try home.pull()
        let numbers = SmallDelivery.numbers
        _ = try home.check(
            [
                "consent", "grant", "--purpose", "dibao-review", "--to", "civil-affairs",
                "--until",
                Date(timeIntervalSinceNow: 86_400).formatted(.iso8601.year().month().day()),
                "--registered-by", "wang", "--resident", "-",
            ], input: numbers[1])
        let asks = [
            (
                "dibao-review", "social-assistance-58-request", "income.within-dibao-standard",
                numbers[1], "case-17"
            ),
            ("old-age-allowance", "elder-rights-33", "age.at-least-80", numbers[1], "case-17"),
            ("old-age-allowance", "elder-rights-33", "health.diagnosis", numbers[0], "case-18"),
        ]
        for (purpose, basis, field, number, caseID) in asks {
            _ = try home.run(
                [
                    "disclose", "--department", "civil-affairs", "--officer", "zhao", "--purpose",
                    purpose, "--basis", basis, "--field", field, "--case", caseID, "--resident",
                    "-",
                ], input: number)
        }
        return home
    }

    private func bundle(
        of home: TestHome, _ name: String, _ arguments: [String]
    ) throws -> (path: String, made: Made) {
        let path = home.folder.path(name)
        let result = try home.check(
            ["audit", "evidence", "--output", path, "--json"] + arguments + Self.reader)
        return (path, try #require(try result.json(Made.self).first))
    }

    private func verify(_ path: String, _ more: [String] = []) throws -> CommandResult {
        let script = try toolOutput(
            ["python3", "-c", Self.member, path, "verify.py"])
        let place = path + ".verify.py"
        try script.write(to: URL(fileURLWithPath: place))
        let run = try RunningProgram(
            URL(fileURLWithPath: "/usr/bin/env"), ["python3", place, path] + more)
        #expect(run.hasEnded(within: 60))
        return try run.result()
    }

    /// Prints a member of an archive.
    private static let member = """
        import sys, zipfile
        sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))
        """

    @Test("A bundle holds for its own program, with the log's key from elsewhere")
    func holds() throws {
        let home = try workedHome()
        let (path, made) = try bundle(of: home, "case.zip", ["--case", "case-17"])
        // Two decisions, their outcomes and the start of the policy epoch at the least.
        #expect(made.entries >= 4)
        _ = try home.check(["audit", "export", "--tiles", home.folder.path("tiles")])
        let result = try verify(path, ["--vkey", home.folder.path("tiles/vkey")])
        #expect(result.status == 0, "\(result.allText)")
        #expect(result.outputText.contains("entry \(made.entry): lin, complaint"))
        #expect(result.outputText.contains("the rules"))
        #expect(!result.outputText.contains("whether the log's key is the right one"))
        let alone = try verify(path)
        #expect(alone.status == 0 && alone.outputText.contains("compare keys/log.vkey"))
        let other = try workedHome()
        _ = try other.check(["audit", "export", "--tiles", other.folder.path("tiles")])
        let foreign = try verify(path, ["--vkey", other.folder.path("tiles/vkey")])
        #expect(foreign.status == 1, "\(foreign.allText)")
        let explained = String(
            decoding: try toolOutput(["python3", "-c", Self.member, path, "explanations.txt"]),
            as: UTF8.self)
        #expect(
            explained.contains("zhao") && explained.contains("依据") && explained.contains("under:"))
        #expect(try home.verifyLog().sound)
        print(result.outputText)
    }

    /// Changes each file in the middle, takes each away, and adds one; prints what was not refused, then the count.
    private static let tampering = """
        import importlib.util, sys
        spec = importlib.util.spec_from_file_location("verify", sys.argv[1])
        verify = importlib.util.module_from_spec(spec); spec.loader.exec_module(verify)
        files = verify.read_bundle(sys.argv[2])
        key = open(sys.argv[3]).read()
        verify.check(dict(files), key, [])
        cases = [("an added file", {**files, "policies/x": b"x"}), ("one beside the receipt", {**files, "receipt/x": b""})]
        for name, content in files.items():
            for place in {0, len(content) // 2, len(content) - 1}:
                changed = bytearray(content); changed[place] ^= 1
                cases.append((f"{name} at {place}", {**files, name: bytes(changed)}))
            cases.append((f"{name} cut", {**files, name: content[:-1]}))
            cases.append((f"{name} gone", {key: value for key, value in files.items() if key != name}))
        accepted = []
        for what, tampered in cases:
            try:
                verify.check(tampered, key, [])
                accepted.append(what)
            except Exception as error:
                pass
        print(len(files), len(cases), accepted)
        """

    @Test("A change of any file of a bundle is refused")
    func tampered() throws {
        let home = try workedHome()
        let (path, _) = try bundle(of: home, "case.zip", ["--case", "case-17"])
        _ = try home.check(["audit", "export", "--tiles", home.folder.path("tiles")])
        #expect(try verify(path).status == 0)
        let result = String(
            decoding: try toolOutput([
                "python3", "-c", Self.tampering, path + ".verify.py", path,
                home.folder.path("tiles/vkey"),
            ]), as: UTF8.self)
        let words = result.split(separator: " ", maxSplits: 2)
        #expect(words.last == "[]\n", "accepted: \(result)")
        #expect(Int(words.first ?? "") ?? 0 > 15)
        print("evidence: \(words[0]) files, \(words[1]) changes, all refused")
    }

    @Test("The same entries under the same checkpoint give the same files, but for the receipt")
    func deterministic() throws {
        let home = try workedHome()
        let size = try home.logSize()
        let arguments = ["--case", "case-17", "--entry", "1", "--size", "\(size)"]
        let first = try bundle(of: home, "first.zip", arguments)
        let second = try bundle(of: home, "second.zip", arguments)
        #expect(first.made.manifest == second.made.manifest)
        #expect(second.made.entry == first.made.entry + 1)
        let differing = """
            import sys, zipfile
            one, two = (zipfile.ZipFile(path) for path in sys.argv[1:3])
            assert one.namelist() == two.namelist() == sorted(one.namelist())
            for info in one.infolist() + two.infolist():
                assert info.date_time == (1980, 1, 1, 0, 0, 0) and info.compress_type == 0
                assert info.external_attr == 0o100644 << 16
            print([name for name in one.namelist() if one.read(name) != two.read(name)])
            """
        let result = String(
            decoding: try toolOutput(["python3", "-c", differing, first.path, second.path]),
            as: UTF8.self)
        #expect(
            result
                == "['receipt/consistency.txt', 'receipt/record.json', 'receipt/record.tlog-proof']\n"
        )
        for path in [first.path, second.path] { #expect(try verify(path).status == 0) }
    }

    @Test("What is withheld stands nowhere in the bundle, and its commitment still holds")
    func withheld() throws {
        let home = try workedHome()
        let (path, _) = try bundle(
            of: home, "less.zip", ["--case", "case-17", "--withhold", "subject"])
        let result = try verify(path)
        #expect(result.status == 0 && result.outputText.contains("parts were withheld"))
        let content = try Data(contentsOf: URL(fileURLWithPath: path))
        for text in ["zhao", "case-17", "wang"] {
            #expect(content.range(of: Data(text.utf8)) == nil, "\(text)")
        }
        let (bare, _) = try bundle(
            of: home, "bare.zip",
            ["--case", "case-17", "--withhold", "subject", "--withhold", "operational"])
        #expect(try verify(bare).status == 0)
        let left = try Data(contentsOf: URL(fileURLWithPath: bare))
        #expect(left.range(of: Data("old-age-allowance".utf8)) == nil)
    }

    @Test("Without officer and reason, entries or a free place no bundle is made")
    func refused() throws {
        let home = try workedHome()
        let size = try home.logSize()
        let path = home.folder.path("no.zip")
        let evidence = ["audit", "evidence", "--output", path]
        for arguments in [
            ["--case", "case-17"], ["--case", "case-17", "--officer", "lin"],
            ["--case", "case-17", "--officer", "lin", "--reason", "curiosity"],
            Self.reader, ["--entry", "9999"] + Self.reader, ["--case", "none"] + Self.reader,
            ["--entry", "1", "--withhold", "all"] + Self.reader,
            ["--entry", "1", "--size", "1"] + Self.reader,
            ["--entry", "1", "--size", "99999"] + Self.reader,
        ] {
            let result = try home.run(evidence + arguments)
            #expect(result.status == 2, "\(arguments): \(result.allText)")
            #expect(!FileManager.default.fileExists(atPath: path))
        }
        #expect(try home.logSize() == size)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try home.run(evidence + ["--entry", "1"] + Self.reader).status == 2)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("mine".utf8))
    }
}
