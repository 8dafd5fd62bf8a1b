import PolicyTesting
import Testing

/// What people who are no programmers get wrong: one line each, with its place and what was probably meant.
struct BadInputTests {
    private static let good = """
        suite: Dibao
        clock: "2026-03-05T09:00:00+08:00"
        scenarios:
          - name: One
            id: A-1
            given: {consent: granted}
            when: {who: civil-affairs, purpose: dibao-review, legal_basis: social-assistance-58-request}
            then: {identity.name: {mask: ends}}
            because: dibao.name-masked
        """

    private static let faults: [(String, String, String, String)] = [
        (
            "then:", "than:",
            "a.test.yaml:8:5: unknown-keyword: 'than' is not known here; did you mean 'then'?",
            "“than”"
        ),
        (
            "identity.name:", "identity.nane:",
            "a.test.yaml:8:12: unknown-name: there is no field or predicate 'identity.nane'; did you mean 'identity.name'?",
            "identity.name"
        ),
        (
            "dibao-review", "dibao-reviev",
            "a.test.yaml:7:41: unknown-name: there is no purpose 'dibao-reviev'; did you mean 'dibao-review'?",
            "目的"
        ),
        (
            "dibao.name-masked", "dibao.name-maskd",
            "a.test.yaml:9:14: unknown-name: there is no rule and no reason code 'dibao.name-maskd'; did you mean 'dibao.name-masked'?",
            "规则"
        ),
        (
            "2026-03-05T09", "2026-13-05T09",
            "a.test.yaml:2:8: date: '2026-13-05T09:00:00+08:00' is no moment; expected one like 2026-03-05T09:00:00+08:00",
            "不是时刻"
        ),
        (
            "consent: granted", "consent: no",
            "a.test.yaml:6:22: yaml: an unquoted no means different things to different readers; write 'no' in quotes, or true or false",
            "没有引号"
        ),
        (
            "consent: granted", "consent: grantd",
            "a.test.yaml:6:22: unknown-word: 'grantd' is no state of a consent; did you mean 'granted'?",
            "同意的状态"
        ),
        (
            "id: A-1", "name: Two",
            "a.test.yaml:4:5: yaml: 'name' stands more than once in one list of keys, here first",
            "不止一次"
        ),
        (
            "id: A-1", "名称: 二",
            "a.test.yaml:5:5: twice: '名称' stands twice; its two spellings are one key", "写了两次"
        ),
        (
            "mask: ends", "mask: end",
            "a.test.yaml:8:34: unknown-word: 'mask:end' is no form of a value; did you mean 'mask:ends'?",
            "形式"
        ),
        (
            "then: {identity.name: {mask: ends}}", "then: {identity.name: alow}",
            "a.test.yaml:8:27: unknown-word: 'alow' is neither allow nor deny, no reason code, no answer and no obligation; did you mean 'allow'?",
            "附带义务"
        ),
        (
            "legal_basis: social", "fields: [contact.phone], legal_basis: social",
            "a.test.yaml:8:12: form: 'identity.name' is not among the fields that are asked for",
            "字段"
        ),
        (
            ", legal_basis: social-assistance-58-request", "",
            "a.test.yaml:4:5: missing: 'legal_basis' is missing: the purpose can have dibao-approval-2012, social-assistance-58-request",
            "法律依据"
        ),
        (
            "clock: \"2026-03-05T09:00:00+08:00\"\n", "",
            "a.test.yaml:3:5: missing: 'clock' is missing", "时钟"
        ),
        ("scenarios:\n", "scenarios: []\nlaw:\n", "", "场景"),
    ]

    @Test(
        "A fault is one line with its place and the nearest right word, in English and in Chinese",
        arguments: faults)
    func oneLine(_ fault: (String, String, String, String)) throws {
        let policies = try StarterPolicies()
        let text = Self.good.replacing(fault.0, with: fault.1)
        #expect(text != Self.good)
        let found = #expect(throws: ScenarioFault.self) { try policies.plan(of: text) }
        if !fault.2.isEmpty { #expect(found?.line(in: .english) == fault.2) }
        let chinese = found?.line(in: .chinese) ?? ""
        #expect(chinese.contains(fault.3) || fault.2.isEmpty, "\(chinese)")
        #expect(!chinese.contains("\n"))
    }

    @Test("The text that the faults are made of is right")
    func goodText() throws {
        let policies = try StarterPolicies()
        let results = try policies.results(policies.plan(of: Self.good))
        #expect(results.count == 1 && results[0].isPassed)
    }

    @Test("A suite without a case, fixtures in a circle and a row with a missing cell are refused")
    func wholeFiles() throws {
        let policies = try StarterPolicies()
        func line(_ text: String, _ files: [String: String] = [:]) -> String {
            do throws(ScenarioFault) {
                _ = try policies.plan(of: text, files: files)
                return "accepted"
            } catch { return error.line(in: .english) }
        }
        #expect(line("suite: Empty\n") == "a.test.yaml:1:1: empty: the suite has no case")
        #expect(
            line("suite: Empty\nscenarios: []\n") == "a.test.yaml:1:1: empty: the suite has no case"
        )
        let circle = line(
            "suite: A\nuse: one.yaml\n"
                + Self.good.split(separator: "\n").dropFirst().joined(separator: "\n"),
            ["one.yaml": "use: [two.yaml]\n", "two.yaml": "use: [one.yaml]\n"])
        #expect(
            circle
                == "two.yaml:1:7: cycle: these files use each other: one.yaml → two.yaml → one.yaml"
        )
        let table = """
            suite: Dibao
            clock: "2026-03-05T09:00:00+08:00"
            scenarios:
              - name: Who
                when: {purpose: dibao-review, legal_basis: social-assistance-58-request}
                table:
                  columns: [department, consent, identity.name, because]
                  rows:
                    - [civil-affairs, granted, mask:ends human-confirmation retain-at-most:30d]
                else: deny
            """
        #expect(
            line(table)
                == "a.test.yaml:9:11: row: the row has 3 of 4 cells; 'because' is missing")
        #expect(
            line(table.replacing("    else: deny", with: ""))
                == "a.test.yaml:6:5: missing: a table says under 'else' what becomes of combinations that no row names"
        )
    }

    @Test("Combinations that no row names are checked and said to be by else")
    func byElse() throws {
        let policies = try StarterPolicies()
        let text = """
            suite: Dibao
            clock: "2026-03-05T09:00:00+08:00"
            scenarios:
              - name: Who
                when: {purpose: dibao-review, legal_basis: social-assistance-58-request}
                table:
                  columns: [department, consent, identity.name]
                  rows:
                    - [civil-affairs, granted, "mask:ends human-confirmation retain-at-most:30d"]
                    - [social-security, none, deny]
                else: deny
            """
        let plan = try policies.plan(of: text)
        let results = try policies.results(plan)
        #expect(results.count == 4 && results.allSatisfy(\.isPassed))
        #expect(results.count { $0.test.isByElse } == 2)
        let loose = try policies.plan(of: text.replacing("none, deny]", with: "granted, deny]"))
        #expect(try policies.results(loose).count == 2)
    }
}
