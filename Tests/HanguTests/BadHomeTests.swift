import Foundation
import TestSupport
import Testing

/// A fault in what governs a home.
struct BadFile: Sendable, CustomTestStringConvertible {
    let fault: String
    /// Within the home.
    let file: String
    /// As errors name it.
    let shownAs: String
    let text: String
    let replacement: String
    /// Where the fault stands, as `line:column`; nil where only some place is asked for.
    let place: String?

    var testDescription: String { "\(fault) in \(file)" }

    static let all = [
        BadFile(
            fault: "broken YAML", file: "hangu.yaml", shownAs: "hangu.yaml",
            text: "tenant: county", replacement: "tenant: [county", place: nil),
        BadFile(
            fault: "an unknown key", file: "hangu.yaml", shownAs: "hangu.yaml",
            text: "tenant: county", replacement: "colour: red\ntenant: county", place: "3:1"),
        BadFile(
            fault: "a wrong tenant", file: "hangu.yaml", shownAs: "hangu.yaml",
            text: "tenant: county", replacement: "tenant: County!", place: "3:9"),
        BadFile(
            fault: "another format", file: "hangu.yaml", shownAs: "hangu.yaml",
            text: "hangu/config/1", replacement: "hangu/config/9", place: "1:9"),
        BadFile(
            fault: "an unknown class", file: "Policies/catalogue/fields.yaml",
            shownAs: "catalogue/fields.yaml", text: "class: health,", replacement: "class: helath,",
            place: nil),
        BadFile(
            fault: "an unknown kind", file: "Policies/catalogue/legal-bases.yaml",
            shownAs: "catalogue/legal-bases.yaml", text: "kind: consent",
            replacement: "kind: konsent",
            place: nil),
        BadFile(
            fault: "broken YAML", file: "Policies/catalogue/purposes.yaml",
            shownAs: "catalogue/purposes.yaml", text: "purposes:\n",
            replacement: "purposes:\n\t- x\n", place: nil),
        BadFile(
            fault: "an unknown connector", file: "Policies/catalogue/sources/health.yaml",
            shownAs: "catalogue/sources/health.yaml", text: "connector: fhir-ndjson",
            replacement: "connector: fax", place: nil),
        BadFile(
            fault: "an unknown field", file: "Policies/catalogue/sources/civil-affairs.yaml",
            shownAs: "catalogue/sources/civil-affairs.yaml", text: "identity.name: 姓名",
            replacement: "identity.nmae: 姓名", place: nil),
        BadFile(
            fault: "a broken rule", file: "Policies/rules/dibao.cedar",
            shownAs: "rules/dibao.cedar", text: "permit (", replacement: "permti (", place: nil),
        BadFile(
            fault: "a rule without its end", file: "Policies/rules/health.cedar",
            shownAs: "rules/health.cedar", text: "permit (", replacement: "permit ((", place: nil),
        BadFile(
            fault: "a broken schema", file: "Policies/schema.cedarschema",
            shownAs: "schema.cedarschema", text: "entity", replacement: "entitty", place: nil),
    ]
}

/// Homes, policies and keys that are not as they must be.
@Suite("Bad homes")
struct BadHomeTests {
    private func home() throws -> TestHome { try TestHome(SmallDelivery()) }

    @Test(
        "A bad configuration, catalogue or policy file stops before anything is read, naming its place",
        arguments: BadFile.all)
    func badFile(bad: BadFile) throws {
        let home = try home()
        let place = URL(fileURLWithPath: home.path + "/" + bad.file)
        let text = try String(contentsOf: place, encoding: .utf8)
        let range = try #require(text.range(of: bad.text))
        let changed = text.replacingCharacters(in: range, with: bad.replacement)
        try Data(changed.utf8).write(to: place)
        let before = try home.files()["data/hangu.db"]
        for command in [["pull"], ["audit", "list"], ["review", "list", "--json"]] {
            let result = try home.run(command)
            #expect(result.status == 2, "\(result.allText)")
            #expect(result.output.isEmpty)
            let pattern = "error: \(bad.shownAs):" + (bad.place.map { "\($0): " } ?? "")
            #expect(result.errorText.hasPrefix(pattern), "\(result.errorText)")
            let rest = result.errorText.dropFirst("error: \(bad.shownAs)".count)
            #expect(
                rest.range(of: "^:[1-9][0-9]*:[1-9][0-9]*: ", options: .regularExpression) != nil,
                "\(result.errorText)")
            #expect(result.errorText.contains("\nhint: "), "\(result.errorText)")
        }
        #expect(try home.files()["data/hangu.db"] == before, "the store was touched")
        try Data(text.utf8).write(to: place)
        #expect(try home.pull().total(\.stored) > 0)
    }

    @Test("A source without a mapping, or one that nobody declared, stops before anything is read")
    func unknownSource() throws {
        let home = try home()
        let place = URL(fileURLWithPath: home.path + "/hangu.yaml")
        let sound = try String(contentsOf: place, encoding: .utf8)
        let size = try home.logSize()
        let changed = sound.replacingOccurrences(of: "mapping: health", with: "mapping: helath")
        try Data(changed.utf8).write(to: place)
        let unmapped = try home.run(["pull"])
        #expect(unmapped.status == 2 && unmapped.output.isEmpty, "\(unmapped.allText)")
        #expect(unmapped.errorText.contains("hangu.yaml") && unmapped.errorText.contains("helath"))
        try Data(sound.utf8).write(to: place)
        let undeclared = try home.run(["pull", "--source", "civil-affairs", "--source", "nobody"])
        #expect(undeclared.status == 2 && undeclared.output.isEmpty, "\(undeclared.allText)")
        #expect(undeclared.errorText.contains("'nobody'"))
        #expect(try home.logSize() == size)
    }

    @Test("Starter policies that are broken make no home")
    func badStarter() throws {
        let delivery = try SmallDelivery()
        let policies = delivery.folder.url("policies")
        try FileManager.default.copyItem(at: HanguProgram.policies, to: policies)
        try Data("permit (".utf8).write(to: policies.appendingPathComponent("rules/dibao.cedar"))
        let home = delivery.folder.path("home")
        let result = try HanguProgram.run(["init", home, "--policies", policies.path])
        #expect(result.status == 2 && result.errorText.contains("rules/dibao.cedar:1:"))
        #expect(!FileManager.default.fileExists(atPath: home))
    }

    @Test("A folder that is not empty is not made a home")
    func notEmpty() throws {
        let folder = try TemporaryFolder()
        try Data("mine".utf8).write(to: folder.url("note"))
        let result = try HanguProgram.run(["init", folder.path])
        #expect(result.status == 2 && result.errorText.contains("not empty"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["note"])
        let again = try TestHome(SmallDelivery())
        #expect(try HanguProgram.run(["init", again.path]).status == 2)
    }

    @Test("A folder that is no home is refused, with what to type")
    func noHome() throws {
        let folder = try TemporaryFolder()
        for command in [["pull"], ["audit", "verify"], ["review", "list"]] {
            let result = try HanguProgram.run(command + ["--home", folder.path])
            #expect(result.status == 2, "\(result.allText)")
            #expect(result.errorText.contains("hint: run hangu init"), "\(result.errorText)")
        }
        #expect(try HanguProgram.run(["pull"]).status == 64)
        #expect(
            try HanguProgram.run(["pull"], environment: ["HANGU_HOME": folder.path]).status == 2)
    }

    @Test("A town that is not laid out like one is refused before a home is made")
    func noTown() throws {
        let folder = try TemporaryFolder()
        let result = try HanguProgram.run([
            "init", folder.path("home"), "--town", folder.path("nowhere"),
        ])
        #expect(result.status == 2 && result.errorText.contains("shebao"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("home")))
    }

    @Test("A root key that others may read, that is absent, short or another one opens nothing")
    func rootKey() throws {
        let home = try home()
        _ = try home.pull()
        let key = home.path + "/keys/root.key"
        let files = FileManager.default
        func mode(_ mode: Int) throws {
            try files.setAttributes([.posixPermissions: mode], ofItemAtPath: key)
        }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: key))
        #expect(bytes.count == 32)
        #expect(try files.attributesOfItem(atPath: key)[.posixPermissions] as? Int == 0o400)
        for wide in [0o644, 0o440, 0o404] {
            try mode(wide)
            let result = try home.run(["pull"])
            #expect(result.status == 2 && result.errorText.contains("chmod"), "\(result.allText)")
        }
        try mode(0o600)
        try bytes.dropLast().write(to: URL(fileURLWithPath: key))
        #expect(try home.run(["pull"]).status == 5)
        try Data(bytes.reversed()).write(to: URL(fileURLWithPath: key))
        let other = try home.run(["pull"])
        #expect(other.status == 5 && other.errorText.contains("hint: "), "\(other.allText)")
        try files.removeItem(atPath: key)
        #expect(try home.run(["pull"]).status == 4)
        try bytes.write(to: URL(fileURLWithPath: key))
        try mode(0o400)
        #expect(try home.pull().total(\.unchanged) == 0)
        #expect(try home.verifyLog().sound)
    }

    @Test("A changed entry of the log's own store is found, with the status for damage")
    func changedStore() throws {
        let home = try home()
        _ = try home.pull()
        let log = try #require(try home.files()["data/hangu.db"])
        // A leaf's first bytes, of which the tiles keep only the hash.
        let exported = home.folder.path("tiles")
        _ = try home.check(["audit", "export", "--tiles", exported])
        let size = try home.logSize()
        let bundle = try Data(
            contentsOf: home.folder.url("tiles/tile/entries/000.p/\(size)"))
        let leaf = bundle[2..<(2 + Int(bundle[0]) << 8 + Int(bundle[1]))]
        var changed = log
        let range = try #require(log.range(of: leaf))
        changed[range.lowerBound + 3] ^= 1
        try changed.write(to: URL(fileURLWithPath: home.path + "/data/hangu.db"))
        let result = try home.run(["audit", "verify", "--json"])
        #expect(result.status == 5, "\(result.allText)")
        try log.write(to: URL(fileURLWithPath: home.path + "/data/hangu.db"))
        #expect(try home.verifyLog().sound)
    }

    @Test("Exit statuses tell usage, refusal and what the caller must change apart")
    func statuses() throws {
        let home = try home()
        _ = try home.pull()
        let number = SmallDelivery.numbers[0] + "\n"
        func ask(_ purpose: String, _ field: String, department: String = "civil-affairs") throws
            -> CommandResult
        {
            try home.run(
                [
                    "disclose", "--department", department, "--officer", "zhao", "--purpose",
                    purpose, "--basis", "elder-rights-33", "--field", field, "--resident", "-",
                ], input: number)
        }
        #expect(try ask("old-age-allowance", "age.at-least-80").status == 0)
        for refused in [
            try ask("old-age-allowance", "health.diagnosis"),
            try ask("no-such-purpose", "age.at-least-80"),
            try ask("old-age-allowance", "no.such-field"),
            try ask("old-age-allowance", "age.at-least-80", department: "nobody"),
        ] {
            #expect(refused.status == 3, "\(refused.allText)")
            #expect(refused.outputText.contains("refused") && refused.errors.isEmpty)
        }
        #expect(try home.run(["disclose"]).status == 64)
        #expect(try home.run(["fly"]).status == 64)
        #expect(
            try home.run(["audit", "show", "9999", "--officer", "lin", "--reason", "inspection"])
                .status == 2)
        let withdrawal = ["consent", "withdraw", "C-0", "--registered-by", "wang"]
        #expect(try home.run(withdrawal).status == 2)
        #expect(try home.run(["review", "confirm", "9999", "--officer", "qian"]).status == 2)
        #expect(try home.verifyLog().sound)
    }
}
