import Foundation
import TestSupport
import Testing

@Suite("hangu cedar analyze")
struct CedarAnalyzeTests {
    private static let schema = """
        entity User { level: Long, active: Bool };
        action read, write appliesTo { principal: User, resource: User, context: {} };
        """
    private static let policies = """
        permit (principal, action, resource) when { principal.active };
        forbid (principal, action, resource) when { principal.level + 1 > 9 };
        """

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for (name, text) in [
            ("s.cedarschema", Self.schema), ("p.cedar", Self.policies),
            ("wide.cedar", "permit (principal, action, resource);"),
            (
                "wrong.cedar",
                "permit (principal, action, resource) when { principal.level < 1.nope };"
            ),
            ("template.cedar", "permit (principal == ?principal, action, resource);"),
            ("ill.cedar", "permit (principal, action, resource) when { principal.nope };"),
        ] { try Data(text.utf8).write(to: folder.url(name)) }
    }

    private func analyze(_ question: String, _ policies: String, _ more: String...) throws
        -> CommandResult
    {
        try HanguProgram.run(
            [
                "cedar", "analyze", question, "--lang", "en", "--schema",
                folder.path("s.cedarschema"), "--policies", folder.path(policies),
            ] + more.map { $0.hasPrefix("@") ? folder.path(String($0.dropFirst())) : $0 },
            deadlineSeconds: 60)
    }

    /// Whether cvc5 is installed; where it is not, says so, and fails under CI.
    private func hasSolver() -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let isPresent = path.split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/cvc5")
        }
        if isPresent { return true }
        print("SKIPPED: the solver cvc5 is absent; apt-get install cvc5")
        if ProcessInfo.processInfo.environment["CI"] == "true" {
            Issue.record("the solver cvc5 is absent, and under CI that is a failure")
        }
        return false
    }

    @Test("Each policy is asked about for each kind of request, and a no shows what it rests on")
    func eachPolicy() throws {
        guard hasSolver() else { return }
        let asked = try analyze("neverErrors", "p.cedar")
        #expect(asked.status == 3)
        let yes = asked.outputText.split(separator: "\n").filter { $0.hasSuffix("yes, proved") }
        #expect(yes.count == 2 && yes.allSatisfy { $0.contains("p.cedar:1:1: policy0 ") })
        #expect(asked.outputText.contains("\"level\":9223372036854775807"))
        let narrowed = try analyze(
            "neverErrors", "p.cedar", "--action", "Action::\"read\"", "--json")
        #expect(narrowed.status == 3)
        #expect(narrowed.outputText.contains("\"counterexample\":{\"request\":{"))
        #expect(!narrowed.outputText.contains("write"))
    }

    @Test("Sets are compared, and all answers of yes end with status 0")
    func sets() throws {
        guard hasSolver() else { return }
        let narrower = try analyze("implies", "p.cedar", "--and", "@wide.cedar")
        #expect(narrower.status == 0, "\(narrower.errorText)")
        let wider = try analyze("implies", "wide.cedar", "--and", "@p.cedar")
        #expect(wider.status == 3)
    }

    @Test("What does not fit is refused with what to do")
    func refusals() throws {
        let ill = try analyze("alwaysDenies", "ill.cedar")
        #expect(ill.status == 2 && ill.errorText.contains("--unvalidated"))
        #expect(try analyze("alwaysDenies", "wrong.cedar").status == 2)
        #expect(try analyze("implies", "p.cedar").status == 64)
        #expect(try analyze("alwaysDenies", "p.cedar", "--and", "@p.cedar").status == 64)
        #expect(try analyze("seldom", "p.cedar").status == 64)
        let none = try analyze("neverErrors", "template.cedar")
        #expect(none.status == 2 && none.errorText.contains("only templates"))
        let nobody = try analyze("alwaysDenies", "p.cedar", "--principal", "Nobody")
        #expect(nobody.status == 2)
    }
}
