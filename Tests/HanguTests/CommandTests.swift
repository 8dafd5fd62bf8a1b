import Foundation
import Testing

/// Help, the two languages and JSON, for every command that there is.
@Suite("Commands")
struct CommandTests {
    /// What `--experimental-dump-help` tells of a command.
    private struct Command: Decodable {
        struct Argument: Decodable {
            struct Name: Decodable {
                let kind: String
                let name: String
            }

            let kind: String
            let abstract: String?
            let names: [Name]?
            let shouldDisplay: Bool
        }

        let commandName: String
        let abstract: String?
        let arguments: [Argument]?
        let subcommands: [Command]?

        /// The command and all below it, each with the words that call it.
        func all(after words: [String]) -> [(words: [String], command: Command)] {
            let below = (subcommands ?? []).filter { $0.commandName != "help" }.flatMap {
                $0.all(after: words + [$0.commandName])
            }
            return [(words, self)] + below
        }
    }

    private struct Dump: Decodable { let command: Command }

    private static let wanted = [
        "init", "pull", "disclose", "consent grant", "consent withdraw", "consent list",
        "consent answer", "consent confirm", "consent pause", "consent resume", "resident accesses",
        "audit verify", "audit list", "audit show", "audit export",
        "audit prove", "audit rebuild", "audit replay", "review list", "review confirm",
        "review reject", "review quarantine",
        "demo", "keys backup", "keys restore", "keys export-public", "keys rotate root",
        "keys status", "keys scan", "keys shred", "keys certificate", "audit status", "audit map",
        "audit evidence", "audit prune", "audit witness", "witness init", "witness serve",
    ]

    private func commands() throws -> [(words: [String], command: Command)] {
        let dump = try HanguProgram.run(["--experimental-dump-help"])
        return try JSONDecoder().decode(Dump.self, from: dump.output).command.all(after: [])
    }

    @Test("Every command has help that names each of its options and says what it is for")
    func help() throws {
        let commands = try commands()
        let names = commands.map { $0.words.joined(separator: " ") }
        for name in Self.wanted { #expect(names.contains(name), "\(name)") }
        var optionCount = 0
        for (words, command) in commands {
            let name = words.joined(separator: " ")
            let result = try HanguProgram.run(words + ["--help"])
            #expect(result.status == 0 && result.errors.isEmpty, "\(name)")
            let text = result.outputText
            #expect(text.contains("USAGE: hangu"), "\(name)")
            #expect(command.abstract?.isEmpty == false, "\(name)")
            for argument in command.arguments ?? [] where argument.shouldDisplay {
                #expect(argument.abstract?.isEmpty == false, "\(name): an option without help")
                for option in argument.names ?? [] where option.kind == "long" {
                    #expect(text.contains("--\(option.name)"), "\(name): \(option.name)")
                    optionCount += 1
                }
            }
            let isLeaf = (command.subcommands ?? []).allSatisfy { $0.commandName == "help" }
            if isLeaf {
                // Tools for policies work on files, and a witness has a folder of its own; tests have many formats.
                let group = words.first ?? ""
                let always = ["cedar", "policy", "witness"].contains(group) ? [] : ["--home"]
                let machine = group == "policy" ? "--format" : "--json"
                for option in always + [machine, "--lang"] {
                    #expect(text.contains(option), "\(name): \(option)")
                }
            }
        }
        print("help: \(commands.count) commands, \(optionCount) options")
        #expect(commands.count > Self.wanted.count && optionCount > 50)
    }

    /// Text that nobody meant to show.
    private func expectFinished(
        _ text: String, _ command: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for mark in ["\\(", "%@", "%d", "Optional(", "nil", "{}"] {
            #expect(!text.contains(mark), "\(command): \(mark)", sourceLocation: sourceLocation)
        }
    }

    private func hasChinese(_ text: String) -> Bool {
        text.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
    }

    /// A home in which something is to be shown by every command.
    private func workedHome() throws -> TestHome {
        let delivery = try SmallDelivery()
        // A death to be confirmed, and a record that is refused.
        try delivery.replace(
            "否,0,,2026-01-02", with: "否,1,2025-12-30,2026-01-02", in: "minzheng/residents.csv")
        try delivery.replace(
            "汪三木','2'", with: "汪三木','Q7'", in: "shebao/shebao.sql")
        let home = try TestHome(delivery)
        _ = try home.pull()
        _ = try home.check(Self.grant, input: SmallDelivery.numbers[1])
        _ = try home.check(Self.ask, input: SmallDelivery.numbers[1])
        return home
    }

    private static let ask = TestHome.allowance(["age.at-least-80", "identity.name"])
    private static let grant = [
        "consent", "grant", "--purpose", "dibao-review", "--to", "civil-affairs", "--until",
        Date(timeIntervalSinceNow: 86_400).formatted(.iso8601.year().month().day()),
        "--registered-by", "wang", "--resident", "-",
    ]
    private static let reader = ["--officer", "lin", "--reason", "inspection"]
    /// Commands, and the status with which each must end.
    private static let shown: [([String], Int32)] = [
        (["pull"], 0), (["review", "list"], 0), (["review", "quarantine"], 0), (grant, 0), (ask, 0),
        (["consent", "list", "--resident", "-"], 0),
        (["resident", "accesses", "--resident", "-"], 0), (["audit", "verify"], 0),
        (["audit", "list"], 0), (["audit", "show", "1"] + reader, 0),
        (["audit", "list"] + reader, 0),
        (["audit", "index", "--check"], 0), (["audit", "show", "1"], 2),
        (["audit", "show", "99999"] + reader, 2),
        (["review", "confirm", "999", "--officer", "qian"], 2),
        (["keys", "status"], 0), (["keys", "scan"], 0), (["audit", "status"], 0),
        (["audit", "witness", "--once"], 2), (["audit", "map"], 0), (["audit", "status"], 0),
        (["resident", "accesses", "--proofs", "NEW", "--resident", "-"], 0),
        (["audit", "rebuild"], 0), (["audit", "replay"], 0),
        (["audit", "prune", "--dry-run"], 0), (["audit", "prune"] + reader, 0),
        (["audit", "evidence", "--entry", "1", "--output", "NEW"] + reader, 0),
        (["keys", "rotate", "class", "identity"], 0), (["keys", "rotate", "epoch"], 0),
        (["keys", "rotate", "signing"], 0), (["keys", "rotate", "root", "--to", "file"], 0),
        (["keys", "backup", "--to", "NEW", "--shares", "2/3"], 0),
        (["keys", "certificate", "--entry", "0"], 2),
        (ask.map { $0 == "age.at-least-80" || $0 == "identity.name" ? "health.diagnosis" : $0 }, 3),
    ]

    /// Runs a command of `shown`; NEW is a path where nothing is yet.
    private func run(
        _ arguments: [String], with more: [String], on home: TestHome, input: String
    ) throws -> CommandResult {
        let path = home.folder.path(UUID().uuidString)
        return try home.run(
            arguments.map { $0 == "NEW" ? path : $0 } + more, input: input)
    }

    @Test("Chinese and English differ, and neither shows a placeholder")
    func languages() throws {
        let home = try workedHome()
        // What these print is made of names and numbers that are the same in both languages.
        let alike = ["consent list", "review quarantine"]
        for (arguments, status) in Self.shown {
            let name = arguments.prefix(2).joined(separator: " ")
            let number = SmallDelivery.numbers[1] + "\n"
            let english = try run(arguments, with: ["--lang", "en"], on: home, input: number)
            let chinese = try run(arguments, with: ["--lang", "zh"], on: home, input: number)
            #expect(english.status == status, "\(name): \(english.allText)")
            #expect(chinese.status == status, "\(name): \(chinese.allText)")
            for result in [english, chinese] {
                #expect(!result.allText.isEmpty, "\(name)")
                expectFinished(result.allText, name)
            }
            guard !alike.contains(name) else { continue }
            #expect(english.allText != chinese.allText, "\(name)")
            #expect(hasChinese(chinese.allText), "\(name)")
        }
        #expect(!hasChinese(try home.run(["audit", "verify", "--lang", "en"]).allText))
        #expect(
            hasChinese(
                try home.run(["audit", "verify"], environment: ["LANG": "zh_CN.UTF-8"]).allText))
        #expect(try home.run(["pull", "--lang", "fr"]).status == 64)
    }

    @Test("Forgetting and its certificate speak both languages")
    func forgetting() throws {
        let home = try workedHome()
        _ = try home.check(["audit", "export", "--tiles", home.folder.path("tiles")])
        for (language, number) in [
            ("en", SmallDelivery.numbers[0]), ("zh", SmallDelivery.numbers[1]),
        ] {
            let path = home.folder.path("certificate-\(language)")
            let shredded = try home.check(
                [
                    "keys", "shred", "--officer", "lin", "--reason", "2026-17", "--certificate",
                    path, "--lang", language, "--resident", "-",
                ], input: number)
            let checked = try HanguProgram.run(
                [
                    "keys", "certificate", "--check", path, "--vkey",
                    home.folder.path("tiles/vkey"), "--resident", "-", "--lang", language,
                ], input: number)
            #expect(checked.status == 0, "\(checked.allText)")
            for result in [shredded, checked] {
                expectFinished(result.allText, "keys shred")
                #expect(hasChinese(result.allText) == (language == "zh"), "\(result.allText)")
                #expect(!result.allText.contains(number))
            }
        }
        let scan = try home.check(["keys", "scan", "--lang", "zh"])
        #expect(scan.outputText.contains("已遗忘居民的"))
    }

    @Test("Every command prints one JSON value a line with --json")
    func json() throws {
        let home = try workedHome()
        var lineCount = 0
        for (arguments, status) in Self.shown {
            let name = arguments.prefix(2).joined(separator: " ")
            let number = SmallDelivery.numbers[1] + "\n"
            let result = try run(arguments, with: ["--json"], on: home, input: number)
            #expect(result.status == status, "\(name): \(result.allText)")
            #expect(status == 2 || !result.lines.isEmpty, "\(name)")
            for line in result.lines {
                let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
                #expect(value is [String: Any], "\(name): \(line)")
                lineCount += 1
            }
        }
        print("json: \(lineCount) lines parsed")
        #expect(lineCount > Self.shown.count)
    }

    @Test("The demonstration plays to its end in both languages")
    func demo() throws {
        var texts: [String] = []
        for language in ["en", "zh"] {
            let result = try HanguProgram.run(["demo", "--residents", "300", "--lang", language])
            #expect(result.status == 0, "\(result.allText)")
            expectFinished(result.outputText, "demo")
            #expect(result.lines.count { $0.hasPrefix("── ") } == 7)
            texts.append(result.outputText)
        }
        #expect(!hasChinese(texts[0]) && hasChinese(texts[1]))
    }
}
