import DemoData
import Foundation
import ResidentModel
import Testing

/// What residents ask for and what officers work off, through the command line.
@Suite("Rights at the command line")
struct RightsCommandTests {
    private struct Way: Decodable {
        let command: String
        let load: String
        let entry: String?
        let gap: String?
    }

    private struct Dump: Decodable {
        struct Command: Decodable {
            let commandName: String
            let subcommands: [Command]?

            func leaves(after words: [String]) -> [String] {
                let below = (subcommands ?? []).filter { $0.commandName != "help" }
                if below.isEmpty { return [words.joined(separator: " ")] }
                return below.flatMap { $0.leaves(after: words + [$0.commandName]) }
            }
        }

        let command: Command
    }

    @Test("Every command is registered as a way out, and by none do values leave without an entry")
    func registry() throws {
        let dump = try HanguProgram.run(["--experimental-dump-help"])
        let commands = try JSONDecoder().decode(Dump.self, from: dump.output).command
            .leaves(after: [])
        let ways = try HanguProgram.run(["ways-out", "--json"]).json(Way.self)
        let registered = ways.map(\.command)
        #expect(Set(registered) == Set(commands) && registered.count == commands.count)
        for way in ways {
            switch way.load {
            case "values": #expect(way.entry != nil, "\(way.command)")
            case "about-residents":
                #expect((way.entry == nil) != (way.gap == nil), "\(way.command)")
            default: #expect(way.entry == nil && way.gap == nil, "\(way.command)")
            }
        }
        let gaps = Set(ways.filter { $0.gap != nil }.map(\.command))
        #expect(
            gaps == [
                "resident accesses", "consent list", "consent receipt", "review list",
                "review quarantine",
            ],
            "a further way out without an entry is not taken")
    }

    @Test("An export is one file for its owner alone: whole JSON, or a page that fetches nothing")
    func export() throws {
        let town = try TestTown(residents: 100, seed: 5)
        let home = try TestHome(town: town.path)
        _ = try home.check(["pull"])
        let number = town.story.elder.citizenNumber.digits + "\n"
        let page = home.folder.path("mine.html")
        let arguments = ["resident", "export", "--resident", "-", "--officer", "li"]
        for language in ["zh", "en"] {
            let path = page + language
            _ = try home.check(
                arguments + ["--format", "html", "--lang", language, "--out", path], input: number)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? Int) == 0o600)
            let html = try String(contentsOfFile: path, encoding: .utf8)
            for part in ["<script", "src=", "href=", "url(", "http:", "https:", "@import"] {
                #expect(!html.contains(part), "\(part)")
            }
            #expect(html.contains(town.story.elder.citizenNumber.digits))
            #expect(html.hasSuffix("</main></body></html>\n"))
            for tag in ["section", "table", "tbody", "main"] {
                let opened = html.split(separator: "<\(tag)>", omittingEmptySubsequences: false)
                let closed = html.split(separator: "</\(tag)>", omittingEmptySubsequences: false)
                #expect(opened.count == closed.count && opened.count > 1, "\(tag)")
            }
        }
        let json = try home.check(arguments, input: number)
        let object = try #require(
            try JSONSerialization.jsonObject(with: json.output) as? [String: Any])
        #expect(object["format"] as? String == "hangu/subject-export/1" && object.count == 10)
        #expect(((object["held"] as? [Any])?.count ?? 0) > 10)
        #expect(
            try home.run(arguments + ["--out", page + "zh"], input: number).status == 2,
            "an existing file is not replaced")
        let unknown = try home.run(arguments, input: "110101195803041237\n")
        #expect(unknown.status != 0 && unknown.output.isEmpty == (unknown.status == 2))
        #expect(try home.verifyLog().sound)
    }

    @Test("An emergency from opening to closing, and a decoy that only the officer hears of")
    func emergency() throws {
        let town = try TestTown(residents: 100, seed: 5)
        let home = try TestHome(town: town.path)
        _ = try home.check(["pull"])
        let number = town.story.elder.citizenNumber.digits + "\n"
        let ask = [
            "disclose", "--department", "civil-affairs", "--officer", "li", "--purpose",
            "temporary-relief", "--basis", "social-assistance-48-emergency", "--case", "L-1",
            "--field", "welfare.receives-dibao", "--resident", "-",
        ]
        let refused = try home.run(ask, input: number)
        #expect(refused.status == 3 && refused.outputText.contains("no emergency access is open"))
        struct Opened: Decodable { let id: String }
        let opened = try home.check(
            [
                "emergency", "open", "--department", "civil-affairs", "--officer", "li",
                "--template", "urgent-relief", "--reason", "life-at-risk", "--case", "L-1",
                "--resident", "-", "--json",
            ], input: number)
        let id = try #require(try opened.json(Opened.self).first?.id)
        _ = try home.check(ask, input: number)
        let mine = try home.check(["resident", "accesses", "--resident", "-"], input: number)
        #expect(mine.outputText.contains("emergency access opened"))
        let reader = ["--officer", "lin", "--reason", "inspection"]
        #expect(try home.check(["emergency", "list"] + reader).outputText.contains(id))
        for officer in ["lin", "qian"] {
            _ = try home.check(
                ["emergency", "review", id, "--officer", officer, "--judgement", "justified"],
                input: "the file shows it\n")
        }
        #expect(try home.run(ask, input: number).status == 3, "it is closed")
        let glass = try home.check(["audit", "list", "--break-glass"] + reader)
        #expect(glass.lines.count >= 6)
        #expect(try home.run(["audit", "incidents"] + reader).status == 0)
        _ = try home.check(
            [
                "resident", "mark", "decoy", "--officer", "lin", "--reference", "D-1",
                "--resident", "-",
            ], input: number)
        let touched = try home.run(ask, input: number)
        #expect(!touched.allText.contains("decoy") && !touched.allText.contains("incident"))
        let incidents = try home.run(["audit", "incidents"] + reader)
        #expect(incidents.status == 3 && incidents.outputText.contains("a decoy was touched"))
        #expect(try home.run(["audit", "incidents"] + reader).status == 0)
    }
}
