import Foundation
import TestSupport
import Testing

@Suite("The Cedar tools on the command line")
struct CedarToolTests {
    private static let policies = """
        // owners
        permit (principal, action, resource) when { resource.owner == principal };
        forbid (principal, action, resource) unless { principal.active };

        """

    private static let schema = """
        entity User { active: Bool };
        entity File { owner: User };
        action read appliesTo { principal: User, resource: File, context: { hour: Long } };
        """

    private static let entities = """
        [{"uid": {"type": "User", "id": "ann"}, "attrs": {"active": true}, "parents": []},
         {"uid": {"type": "User", "id": "bob"}, "attrs": {"active": true}, "parents": []},
         {"uid": {"type": "File", "id": "plan"}, "attrs": {"owner": {"type": "User", "id": "ann"}}, "parents": []}]
        """

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for (name, text) in [
            ("p.cedar", Self.policies), ("s.cedarschema", Self.schema), ("e.json", Self.entities),
            ("c.json", #"{"hour": 3}"#), ("bad.cedar", "permit (principal, action resource);"),
            ("wrong.cedar", "permit (principal, action, resource) when { principal.nope };"),
        ] { try put(text, name) }
    }

    private func put(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: folder.url(name))
    }

    /// Runs `hangu cedar`, the names of files in it standing for those of the folder.
    private func cedar(_ arguments: String..., input: String = "") throws -> CommandResult {
        try HanguProgram.run(
            ["cedar"]
                + arguments.map { $0.hasPrefix("@") ? folder.path(String($0.dropFirst())) : $0 },
            input: input, deadlineSeconds: 60)
    }

    private func authorize(_ user: String, _ more: String...) throws -> CommandResult {
        try HanguProgram.run(
            [
                "cedar", "authorize", "--policies", folder.path("p.cedar"), "--schema",
                folder.path("s.cedarschema"), "--entities", folder.path("e.json"), "--principal",
                "User::\"\(user)\"", "--action", "Action::\"read\"", "--resource",
                "File::\"plan\"", "--context", folder.path("c.json"),
            ] + more, deadlineSeconds: 60)
    }

    @Test("Every file is parsed, and a wrong one is named with line and column")
    func check() throws {
        let right = try cedar("check", "@p.cedar")
        #expect(right.status == 0)
        #expect(right.outputText.hasSuffix("p.cedar: 2 policies, 0 templates\n"))
        let wrong = try cedar("check", "@bad.cedar", "@absent.cedar", "@p.cedar")
        #expect(wrong.status == 2)
        #expect(wrong.errorText.contains("bad.cedar:1:27: found 'resource', expected ','"))
        #expect(wrong.errorText.contains("absent.cedar: there is no such file"))
        #expect(wrong.lines.count == 1)
        let chinese = try cedar("check", "--lang", "zh", "@absent.cedar")
        #expect(chinese.errorText.hasPrefix("错误: ") && chinese.errorText.contains("没有这个文件"))
    }

    @Test("Policies are validated against a schema, to a level where one is given")
    func validate() throws {
        #expect(try cedar("validate", "--schema", "@s.cedarschema", "@p.cedar").status == 0)
        let level = try cedar(
            "validate", "--schema", "@s.cedarschema", "--level", "0", "--json", "@p.cedar")
        #expect(level.status == 2)
        #expect(
            level.outputText.contains(#""line":2"#) && level.outputText.contains(#""valid":false"#))
        let wrong = try cedar("validate", "--schema", "@s.cedarschema", "@wrong.cedar")
        #expect(wrong.status == 2)
        #expect(wrong.errorText.contains("wrong.cedar:1:45: policy0: User has no attribute 'nope'"))
    }

    @Test("A decision names the determining policy's place, and an explanation what was missing")
    func decide() throws {
        let allowed = try authorize("ann")
        #expect(allowed.status == 0)
        #expect(allowed.lines.first == "allow")
        #expect(allowed.outputText.contains("policy0 at \(folder.path("p.cedar")):2:1"))
        let denied = try authorize("bob", "--explain")
        #expect(denied.status == 3)
        #expect(denied.lines.first == "deny")
        #expect(
            denied.outputText.contains(
                ":2:45: policy0: 'when' does not hold because of resource.owner"))
        #expect(denied.outputText.contains("2:45 resource.owner is <entity, not shown>"))
        #expect(!denied.outputText.contains("User::\"ann\""))
        let shown = try authorize("bob", "--explain", "--show-values")
        #expect(shown.outputText.contains("resource.owner is User::\"ann\""))
        let chinese = try authorize("bob", "--explain", "--lang", "zh")
        #expect(chinese.outputText.contains("when 不成立，因为 resource.owner"))
        #expect(chinese.outputText.contains("resource.owner 是 <entity，未显示>"))
        let parts = try authorize("bob", "--explain", "--json")
        #expect(parts.outputText.contains(#""redacted":"entity""#))
        #expect(parts.outputText.contains(#""cause":"condition""#))
        #expect(try authorize("bob", "--show-values").status == 64)
        let json = try authorize("bob", "--json")
        #expect(json.status == 3 && json.outputText.contains(#""decision":"deny""#))
    }

    @Test("What does not load ends with status 2, and a missing option with 64")
    func faults() throws {
        #expect(try authorize("ann\\q").status == 2)
        #expect(try cedar("authorize", "--policies", "@p.cedar").status == 64)
        let empty = try cedar("evaluate", "principal.x", "--schema", "@bad.cedar")
        #expect(empty.status == 2 && empty.errorText.contains("bad.cedar:1:1"))
    }

    @Test("A request may come from standard input, so that no name stands in an argument")
    func requestFromInput() throws {
        let request = """
            {"principal": {"type": "User", "id": "ann"}, "action": {"type": "Action", "id": "read"},
             "resource": {"type": "File", "id": "plan"}, "context": {"hour": 1}}
            """
        let result = try cedar(
            "authorize", "--policies", "@p.cedar", "--entities", "@e.json", "--schema",
            "@s.cedarschema", "--request", "-", input: request)
        #expect(result.status == 0)
    }

    @Test(
        "Expressions are evaluated",
        arguments: [
            ("1 + 2 * 3", "7\n"), ("[1, 2].contains(2)", "true\n"),
            ("{a: \"b\"}", "{\"a\":\"b\"}\n"),
            ("User::\"x\"", "User::\"x\"\n"),
        ])
    func evaluate(expression: String, printed: String) throws {
        let result = try cedar("evaluate", expression)
        #expect(result.status == 0 && result.outputText == printed)
    }

    @Test("An expression that fails says where")
    func evaluationFault() throws {
        let result = try cedar("evaluate", "1 + \"a\"")
        #expect(result.status == 2)
        #expect(result.errorText == "error: expression:1:5: expected long, found string\n")
    }

    @Test("Formatting changes a file once, keeps its comment, and then finds nothing to change")
    func format() throws {
        #expect(try cedar("format", "--check", "@p.cedar").status == 2)
        let printed = try cedar("format", "@p.cedar")
        #expect(try cedar("format", "--write", "@p.cedar").status == 0)
        let written = try String(contentsOf: folder.url("p.cedar"), encoding: .utf8)
        #expect(written == printed.outputText)
        #expect(written.hasPrefix("// owners\npermit"))
        #expect(try cedar("format", "--check", "@p.cedar").status == 0)
    }

    @Test("Policies and schemas go to JSON and back")
    func translate() throws {
        for (subject, file) in [("policies", "@p.cedar"), ("schema", "@s.cedarschema")] {
            let json = try cedar("translate", subject, file, "--to", "json")
            try put(json.outputText, "form.json")
            let text = try cedar("translate", subject, "@form.json", "--to", "cedar")
            try put(text.outputText, "back.cedar")
            let again = try cedar("translate", subject, "@back.cedar", "--to", "json")
            #expect(json.status == 0 && text.status == 0)
            #expect(again.outputText == json.outputText)
        }
    }
}

@Suite("Conformance on the command line")
struct CedarConformanceTests {
    private struct Summary: Decodable {
        struct Count: Decodable {
            let passed: Int
            let total: Int
        }
        struct File: Decodable {
            let file: String
            let requests: Count
            let verdicts: Count
        }
        struct Skipped: Decodable { let items: Int }
        let allPassed: Bool
        let requests: Count
        let verdicts: Count
        let failed: [String]
        let notRun: [Skipped]
        let files: [File]
        let tags: [String: Count]
    }

    private static func line(id: String, decision: String) -> String {
        """
        {"id":"\(id)","tags":["small"],"policies":"permit(principal,action,resource);","schema":"entity U; action v \
        appliesTo { principal: U, resource: U };","entities":[],"shouldValidate":true,"requests":[{"principal":\
        {"type":"U","id":"a"},"action":{"type":"Action","id":"v"},"resource":{"type":"U","id":"b"},"context":{},\
        "decision":"\(decision)","reason":["policy0"],"errors":[]}]}

        """
    }

    private func summary(_ paths: [String], status: Int32) throws -> Summary {
        let result = try HanguProgram.run(["cedar", "conformance"] + paths, deadlineSeconds: 300)
        #expect(result.status == status)
        return try JSONDecoder().decode(Summary.self, from: result.output)
    }

    @Test("Failed cases are counted and named, in plain files and in gzip")
    func failures() throws {
        let folder = try TemporaryFolder()
        let text = Data(
            (Self.line(id: "good", decision: "allow") + Self.line(id: "bad", decision: "deny")).utf8
        )
        try text.write(to: folder.url("c.jsonl"))
        try toolOutput(["gzip", "-c"], input: text).write(to: folder.url("c.jsonl.gz"))
        let found = try summary([folder.path("c.jsonl"), folder.path("c.jsonl.gz")], status: 2)
        #expect(!found.allPassed && found.failed == ["bad", "bad"])
        #expect(found.requests.passed == 2 && found.requests.total == 4)
        #expect(found.verdicts.passed == 4 && found.files.count == 2)
        #expect(found.tags["small"]?.total == 8 && found.tags["small"]?.passed == 6)
    }

    @Test(
        "Damage is a failure: cut gzip, a line that is no JSON, an unknown vector, an absent file")
    func damage() throws {
        let folder = try TemporaryFolder()
        let good = Data(Self.line(id: "good", decision: "allow").utf8)
        let packed = try toolOutput(["gzip", "-c"], input: good)
        try packed.dropLast(9).write(to: folder.url("cut.jsonl.gz"))
        try (good + Data("{\n".utf8)).write(to: folder.url("broken.jsonl"))
        try Data(#"{"vectors":[{"id":"x"}]}"#.utf8).write(to: folder.url("unknown.json"))
        for name in ["cut.jsonl.gz", "broken.jsonl", "unknown.json", "absent.jsonl"] {
            let found = try summary([folder.path(name)], status: 2)
            #expect(!found.allPassed && found.failed.count == 1, "\(name)")
        }
    }

    @Test("All shared vectors and the small case files pass")
    func shared() throws {
        guard let vectors = SharedData.url("cedar/vectors"),
            let cases = SharedData.url("cedar/cases/handwritten.jsonl.gz")
        else { return }
        let names = try FileManager.default.contentsOfDirectory(atPath: vectors.path).sorted()
        let paths = names.map { vectors.appendingPathComponent($0).path }
        let found = try summary([cases.path] + paths, status: 0)
        print(
            "hangu cedar conformance: requests \(found.requests.passed)/\(found.requests.total),",
            "verdicts \(found.verdicts.passed)/\(found.verdicts.total),",
            "not run \(found.notRun.map(\.items).reduce(0, +))")
        #expect(found.allPassed && found.failed.isEmpty)
        #expect(found.requests.total > 0 && found.requests.passed == found.requests.total)
        #expect(found.verdicts.total > 0 && found.verdicts.passed == found.verdicts.total)
        #expect(found.files.count == paths.count + 1)
    }
}
