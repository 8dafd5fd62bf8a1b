import DemoData
import Foundation
import ResidentModel
import Testing

/// What is known of residents stands in no byte of a home, and in no output but the answers that may show it.
@Suite("Leaks")
struct LeakTests {
    /// A gateway at work over a town of 1,000, with all that its commands have printed.
    private final class WorkedGateway {
        let town: TestTown
        let home: TestHome
        let search: SecretSearch
        /// Everything that commands printed which may show no value.
        private(set) var transcript: [(command: String, bytes: Data)] = []
        /// Answers that were permitted to show values.
        private(set) var clearAnswers: [CommandResult] = []

        init() throws {
            town = try TestTown(residents: 1_000, seed: 11)
            search = try SecretSearch(town.secrets())
            home = try TestHome(town: town.path)
        }

        /// Runs a command that may show no value, and keeps what it printed.
        @discardableResult
        func silent(
            _ arguments: [String], input: String = "", status: Int32 = 0, language: String = "en",
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws -> CommandResult {
            let result = try home.run(arguments + ["--lang", language], input: input)
            let command = arguments.joined(separator: " ")
            #expect(
                result.status == status, "\(command): \(result.allText)",
                sourceLocation: sourceLocation)
            transcript.append((command, result.output + result.errors))
            return result
        }

        /// Runs a request that may show a value; what it prints is not searched.
        func clear(_ arguments: [String], input: String) throws {
            let result = try home.run(arguments, input: input)
            #expect(result.status == 0, "\(result.allText)")
            clearAnswers.append(result)
        }
    }

    private struct ConsentLine: Decodable { let id: String }

    private struct ShredLine: Decodable { let entry: UInt64 }

    private struct ReviewLine: Decodable {
        let number: Int
        let kind: String
    }

    private func number(_ person: TownStory.Person) -> String {
        person.citizenNumber.digits + "\n"
    }

    private func allowance(_ fields: [String]) -> [String] {
        TestHome.allowance(fields) + ["--case", "GL-1"]
    }

    private func dibao(_ fields: [String]) -> [String] {
        [
            "disclose", "--department", "civil-affairs", "--officer", "sun", "--purpose",
            "dibao-review", "--basis", "social-assistance-58-request", "--case", "DB-1",
            "--resident", "-",
        ] + fields.flatMap { ["--field", $0] }
    }

    /// The day a year from now.
    private var nextYear: String {
        Date(timeIntervalSinceNow: 365 * 86_400).formatted(.iso8601.year().month().day())
    }

    /// Plays a working day: a pull, consents, answers, refusals, reviews, who looked, and the log.
    private func work(_ gateway: WorkedGateway) throws {
        let story = gateway.town.story
        try gateway.silent(["pull"], language: "zh")
        try gateway.silent(["pull", "--json"])
        for member in story.allowanceHousehold.members {
            let grant = [
                "consent", "grant", "--purpose", "dibao-review", "--to", "civil-affairs", "--until",
                nextYear, "--channel", "home-visit", "--registered-by", "wang", "--resident",
                "-", "--json",
            ]
            let granted = try gateway.silent(grant, input: number(member))
            let id = try #require(try granted.json(ConsentLine.self).first?.id)
            try gateway.silent(["consent", "confirm", id, "--registered-by", "zhao"])
            try gateway.silent(["consent", "list", "--resident", "-"], input: number(member))
            if member == story.allowanceHousehold.members.last {
                try gateway.silent(
                    dibao(["income.within-dibao-standard"]),
                    input: number(story.allowanceHousehold.members[0]))
                try gateway.clear(
                    dibao(["identity.name", "household.monthly-income"]),
                    input: number(story.allowanceHousehold.members[0]))
                try gateway.silent(["consent", "withdraw", id, "--registered-by", "wang"])
            }
        }
        let answered = ["age.at-least-80", "residence.in-town", "vital.alive"]
        for person in [story.elder, story.latePensioner, story.chronicPatient] {
            try gateway.silent(allowance(answered), input: number(person))
            try gateway.silent(allowance(answered) + ["--json"], input: number(person))
            try gateway.silent(dibao(["health.diagnosis"]), input: number(person), status: 3)
            try gateway.silent(
                dibao(["health.severe-mental-disorder", "contact.address", "identity.name"]),
                input: number(person), status: 3, language: "zh")
            try gateway.clear(
                allowance(["identity.name", "contact.phone"]), input: number(person))
            try gateway.silent(["resident", "accesses", "--resident", "-"], input: number(person))
            try gateway.silent(
                ["resident", "accesses", "--resident", "-", "--json"], input: number(person))
        }
        try review(gateway)
        try readLog(gateway)
    }

    private func review(_ gateway: WorkedGateway) throws {
        try gateway.silent(["review", "list", "--limit", "10000"], language: "zh")
        let listed = try gateway.silent(
            ["review", "list", "--all", "--json", "--limit", "10000"]
        ).json(ReviewLine.self)
        let confirmation = try #require(listed.first { $0.kind == "confirmation" })
        try gateway.silent(["review", "confirm", "\(confirmation.number)", "--officer", "qian"])
        let quarantined = try gateway.silent(["review", "quarantine", "--limit", "10000"])
        #expect(quarantined.lines.count > 10)
        try gateway.silent(["review", "quarantine", "--json", "--limit", "10000"])
    }

    private func readLog(_ gateway: WorkedGateway) throws {
        let reader = ["--officer", "lin", "--reason", "inspection"]
        try gateway.silent(["audit", "list", "--limit", "10000"] + reader)
        try gateway.silent(["audit", "list", "--json", "--limit", "10000"] + reader)
        let elder = gateway.town.story.elder.citizenNumber.digits + "\n"
        let mine = try gateway.silent(
            ["audit", "list", "--resident", "-", "--limit", "10000"] + reader, input: elder)
        #expect(mine.lines.count > 2)
        try gateway.silent(["audit", "index", "--check"])
        try gateway.silent(["audit", "verify"], language: "zh")
        let size = try gateway.home.logSize()
        #expect(size > 20)
        for entry in 0..<size where entry % 5 == 0 {
            try gateway.silent(["audit", "show", "\(entry)"] + reader)
        }
        try gateway.silent(["audit", "prove", "--entry", "1"])
        for command in [
            ["audit", "status"], ["audit", "map"], ["keys", "status"], ["keys", "scan"],
        ] {
            try gateway.silent(command, language: "zh")
            try gateway.silent(command + ["--json"])
        }
        try gateway.silent(["audit", "replay"])
        try gateway.silent(["audit", "rebuild"])
        try gateway.silent(["audit", "prune", "--dry-run"])
        let folder = gateway.home.folder
        try gateway.silent(
            ["resident", "accesses", "--proofs", folder.path("proofs"), "--resident", "-"],
            input: elder)
        let evidence = ["audit", "evidence", "--entry", "1", "--output", folder.path("e.zip")]
        try gateway.silent(evidence + reader)
        let shredded = try gateway.silent(
            [
                "keys", "shred", "--officer", "lin", "--reason", "2026-17", "--json", "--resident",
                "-",
            ],
            input: number(gateway.town.story.latePensioner)
        ).json(ShredLine.self)
        let entry = try #require(shredded.first?.entry)
        try gateway.silent(["keys", "certificate", "--entry", "\(entry)"])
        try gateway.silent(["keys", "scan"])
        // Into the home, so that the search of its files covers the tiles.
        try gateway.silent(["audit", "export", "--tiles", gateway.home.path + "/tiles"])
    }

    /// Requests that fail, and whose message must not say for whom.
    private func fail(_ gateway: WorkedGateway) throws {
        let person = gateway.town.story.elder
        let digits = person.citizenNumber.digits
        let wrong = digits.dropLast() + (digits.last == "1" ? "2" : "1")
        let ask = allowance(["age.at-least-80"])
        for input in ["\(wrong)\n", "\(digits.dropLast(2))\n", "\(person.name)\n", "\n", ""] {
            let result = try gateway.silent(ask, input: input, status: 2)
            let shown = input.trimmingCharacters(in: .newlines)
            #expect(shown.isEmpty || !result.allText.contains(shown))
        }
        // A sound number of nobody in town.
        let unknown = "11010519491231002X"
        for command in [["resident", "accesses"], ["consent", "list"]] {
            let result = try gateway.silent(
                command + ["--resident", "-"], input: unknown + "\n", status: 2)
            #expect(!result.allText.contains(unknown))
        }
        let asked = try gateway.silent(ask, input: unknown + "\n")
        #expect(!asked.allText.contains(unknown))
        for arguments in [
            ["resident", "accesses", "--resident", digits], ["resident", "accesses", digits],
            ["audit", "show", digits], ["consent", "list", "--resident=\(digits)"],
            ["consent", "withdraw", digits, "--registered-by", "wang"],
            ["consent", "confirm", digits, "--registered-by", "wang"],
        ] {
            let result = try gateway.home.run(arguments)
            #expect(result.status == 64, "\(result.allText)")
            #expect(!result.allText.contains(digits))
        }
    }

    @Test("What is known of 1,000 residents is found in no file of the home and in no output")
    func leaks() throws {
        let gateway = try WorkedGateway()
        let search = gateway.search
        try work(gateway)
        try fail(gateway)

        var bytesSearched = 0
        let files = try gateway.home.files()
        for (name, data) in files.sorted(by: { $0.key < $1.key }) {
            #expect(search.hits(in: data).isEmpty, "\(name)")
            bytesSearched += data.count
        }
        for (command, bytes) in gateway.transcript {
            #expect(search.hits(in: bytes).isEmpty, "the output of: \(command)")
        }
        let wanted = ["data/hangu.db", "keys/keys.db", "tiles/checkpoint", "hangu.yaml"]
        #expect(wanted.allSatisfy { files[$0] != nil })
        #expect(files.keys.contains { $0.hasPrefix("tiles/tile/entries/") })
        // Names and numbers are masked even where a value may be shown.
        #expect(gateway.clearAnswers.count == 4)
        let shown = gateway.clearAnswers.map(\.outputText).joined()
        #expect(!shown.contains(gateway.town.story.elder.citizenNumber.digits))
        print(
            "leaks: \(search.secretCount) texts as \(search.patternCount) patterns "
                + "(\(search.tooShortCount) too short) in \(bytesSearched) bytes of "
                + "\(files.count) files and in \(gateway.transcript.count) outputs")
        #expect(search.patternCount > 10_000 && bytesSearched > 1_000_000)
        try checkThatPlantedTextsAreFound(search, gateway: gateway)
    }

    @Test("A pull that is killed leaves nothing in the clear, in the write-ahead log neither")
    func killedPull() throws {
        let town = try TestTown(residents: 1_000, seed: 12)
        let search = try SecretSearch(town.secrets())
        let home = try TestHome(town: town.path)
        var walBytes = 0
        var files: [String: Data] = [:]
        for attempt in 1...10 where walBytes == 0 {
            let run = try home.start(["pull"])
            #expect(!run.hasEnded(within: 0.8 + Double(attempt) / 5) || attempt > 1)
            run.kill()
            files = try home.files()
            walBytes = files.filter { $0.key.hasSuffix("-wal") }.map(\.value.count).reduce(0, +)
        }
        for (name, data) in files { #expect(search.hits(in: data).isEmpty, "\(name)") }
        print("leaks: \(walBytes) bytes of write-ahead log searched")
        #expect(walBytes > 0)
    }

    /// A search that finds nothing proves something only if it finds what is there.
    private func checkThatPlantedTextsAreFound(
        _ search: SecretSearch, gateway: WorkedGateway
    ) throws {
        let database = try #require(try gateway.home.files()["data/hangu.db"])
        let story = gateway.town.story
        let texts = [
            story.elder.citizenNumber.digits, story.elder.healthRecord,
            story.elder.socialSecurityRecord, story.elder.civilAffairsRecord,
        ]
        var found = 0
        for text in texts {
            for encoding in ["UTF-8", "GB18030", "UTF-16LE", "UTF-16BE"] {
                let planted = try toolOutput(
                    ["iconv", "-f", "UTF-8", "-t", encoding], input: Data(text.utf8))
                var copy = database
                let middle = copy.count / 2 + found
                copy.replaceSubrange(middle..<middle + planted.count, with: planted)
                #expect(!search.hits(in: copy).isEmpty, "\(encoding)")
                found += 1
            }
        }
        // Every file of the delivery is full of such texts.
        let register = try Data(
            contentsOf: gateway.town.folder.url("town/minzheng/residents.csv"))
        #expect(search.hits(in: register).count == 10)
        let linhe = try Data(
            contentsOf: gateway.town.folder.url("town/minzheng/residents_linhe_gb18030.csv"))
        #expect(Set(search.hits(in: linhe).map(\.encoding)).contains("GB18030"))
        let database2 = try Data(contentsOf: gateway.town.folder.url("town/shebao/shebao.sqlite"))
        #expect(search.hits(in: database2).count == 10)
        print("leaks: \(found) planted texts found")
    }
}
