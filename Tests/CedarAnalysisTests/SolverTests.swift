import Cedar
import CedarAnalysis
import Foundation
import SolverProcess
import TestSupport
import Testing

@Suite("What a solver may do", .serialized)
struct SolverTests {
    private static let schema = """
        entity User { level: Long };
        action read appliesTo { principal: User, resource: User, context: {} };
        """
    private static let policy =
        "permit (principal, action, resource) when { principal.level > 3 };"

    private func answer(_ solver: any ConstraintSolver, _ policy: String = policy)
        throws -> AnalysisAnswer
    {
        let schema = try Schema(parsing: Self.schema)
        let set = try PolicySet(parsing: policy, file: "p")
        return try PolicyAnalyzer(schema: schema, solver: solver, limits: TestSolver.limits)
            .answer(.alwaysMatches, set, in: schema.environments[0])
    }

    @Test("A counterexample that evaluation does not confirm is an error, never a no")
    func lyingSolver() throws {
        let schema = try Schema(parsing: Self.schema)
        let set = try PolicySet(parsing: Self.policy, file: "p")
        // Values in the order of the question: principal, resource, presence, level.
        for level in ["4", "9", "(- 2)"] {
            let reply = "sat\n((f0 \"u\") (f1 \"r\") (true true) ((f2 f0) \(level)))\n"
            let analyzer = PolicyAnalyzer(
                schema: schema, solver: ScriptedSolver(reply: .success(reply)))
            do {
                let answer = try analyzer.answer(.alwaysMatches, set, in: schema.environments[0])
                #expect(level == "(- 2)" && !answer.isYes)
            } catch AnalysisError.unconfirmed {
                #expect(level != "(- 2)")
            }
        }
    }

    @Test(
        "Whatever a solver prints that is no answer leaves the question undecided",
        arguments: [
            "", "sat", "sat\n", "sat\n(", "sat\n((a b))", "sat\n)", "unknown\n", "(error \"x\")",
            "sat\n((f0 \"u) (f1 1))", "sat\n" + String(repeating: "(", count: 100_000), "UNSAT\n",
        ])
    func strangeOutput(_ reply: String) throws {
        #expect(throws: AnalysisError.self) {
            try answer(ScriptedSolver(reply: .success(reply)))
        }
    }

    @Test("A solver that is absent, cannot start, says nothing or hangs is an error that says so")
    func failures() throws {
        #expect(throws: AnalysisError.solver(.absent(program: "no-such-solver"))) {
            try answer(CVC5Solver(program: "no-such-solver"))
        }
        #expect(throws: AnalysisError.self) { try answer(CVC5Solver(program: "/bin/false")) }
        let folder = try TemporaryFolder()
        let hanging = folder.file("hanging").path
        try Data("#!/bin/sh\nwhile :; do :; done\n".utf8).write(to: folder.file("hanging"))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o700], ofItemAtPath: hanging)
        #expect(throws: SolverFailure.timedOut(milliseconds: 100)) {
            try CVC5Solver(program: hanging).run("(check-sat)", milliseconds: 100)
        }
        try Data("#!/bin/sh\nyes\n".utf8).write(to: folder.file("hanging"))
        #expect(throws: SolverFailure.self) {
            try CVC5Solver(program: hanging, outputBytesMax: 1 << 20)
                .run("(check-sat)", milliseconds: 5_000)
        }
    }

    @Test("What needs no solver is answered without one")
    func withoutSolver() throws {
        let absent = ScriptedSolver(reply: .failure(.absent(program: "none")))
        let always = "permit (principal, action, resource);"
        #expect(try answer(absent, always).isYes)
        #expect(throws: AnalysisError.solver(.absent(program: "none"))) { try answer(absent) }
    }

    @Test("Many questions at once are all answered")
    func manyAtOnce() async throws {
        guard let solver = TestSolver.present() else { return }
        let count = 24
        let answers = try await withThrowingTaskGroup(of: Bool.self) { group in
            for level in 0..<count {
                group.addTask {
                    let policy =
                        "permit (principal, action, resource) when { principal.level > \(level) || principal.level <= \(level % 2 == 0 ? level : level - 1) };"
                    return try answer(solver, policy).isYes
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.filter { $0 }.count == count / 2)
        #expect(answers.count == count)
    }

    @Test("A chain of thousands of terms is answered, and one beyond the limit is refused")
    func longChains() throws {
        guard let solver = TestSolver.present() else { return }
        let chain = (0..<3_000).map { "principal.level > \($0)" }.joined(separator: " && ")
        let policy = "permit (principal, action, resource) when { \(chain) };"
        #expect(try !answer(solver, policy).isYes)
        let schema = try Schema(parsing: Self.schema)
        let set = try PolicySet(parsing: policy, file: "p")
        let analyzer = PolicyAnalyzer(
            schema: schema, solver: solver, limits: AnalysisLimits(termsMax: 1_000))
        #expect(throws: AnalysisError.tooLarge("terms", most: 1_000)) {
            try analyzer.answer(.neverMatches, set, in: schema.environments[0])
        }
    }

    @Test("Types that nest doubly are refused at the limit, also where no policy looks at them")
    func doublyNested() throws {
        var text = "type T0 = { a: Long, b: Long };"
        for level in 1..<14 { text += "type T\(level) = { a: T\(level - 1), b: T\(level - 1) };" }
        text +=
            "entity User; action read appliesTo { principal: User, resource: User, context: T13 };"
        let schema = try Schema(parsing: text)
        let set = try PolicySet(
            parsing: "permit (principal, action, resource) when { principal == resource };",
            file: "p")
        let absent = ScriptedSolver(reply: .failure(.absent(program: "none")))
        let analyzer = PolicyAnalyzer(
            schema: schema, solver: absent, limits: AnalysisLimits(termsMax: 1_000))
        #expect(throws: AnalysisError.tooLarge("terms", most: 1_000)) {
            try analyzer.answer(.neverMatches, set, in: schema.environments[0])
        }
    }

    @Test("Questions that do not fit what is given are refused")
    func wrongSubjects() throws {
        let schema = try Schema(parsing: Self.schema)
        let absent = ScriptedSolver(reply: .failure(.absent(program: "none")))
        let analyzer = PolicyAnalyzer(schema: schema, solver: absent)
        let two = try PolicySet(parsing: Self.policy + Self.policy, file: "p")
        let one = try PolicySet(parsing: Self.policy, file: "p")
        let here = schema.environments[0]
        #expect(throws: AnalysisError.notOnePolicy(.neverErrors, found: 2)) {
            try analyzer.answer(.neverErrors, two, in: here)
        }
        #expect(throws: AnalysisError.secondMissing(.implies)) {
            try analyzer.answer(.implies, one, in: here)
        }
        let elsewhere = RequestEnvironment(
            principal: "Nobody", action: here.action, resource: here.resource)
        #expect(throws: AnalysisError.unknownEnvironment) {
            try analyzer.answer(.neverErrors, one, in: elsewhere)
        }
        let mixed = try PolicySet(
            parsing: "permit (principal, action, resource) when { [1, \"a\"].contains(1) };",
            file: "mixed.cedar")
        do throws(AnalysisError) {
            _ = try analyzer.answer(.neverErrors, mixed, in: here)
            Issue.record("a set of mixed members was accepted")
        } catch {
            #expect(error.description.hasPrefix("mixed.cedar:1:"))
        }
    }

    @Test("A link of a template is analyzed, the template itself plays no part")
    func templates() throws {
        guard let solver = TestSolver.present() else { return }
        let schema = try Schema(parsing: Self.schema)
        let policies = try PolicySet(
            parsing: "permit (principal == ?principal, action, resource);", file: "p"
        ).policies
        let link = TemplateLink(
            templateID: policies[0].id, newID: "link",
            values: [.principal: EntityUID(type: "User", id: "ann")])
        let analyzer = PolicyAnalyzer(schema: schema, solver: solver)
        let here = schema.environments[0]
        #expect(try analyzer.answer(.alwaysDenies, PolicySet(policies), in: here).isYes)
        let linked = try PolicySet(policies, links: [link])
        guard case .no(let found) = try analyzer.answer(.alwaysDenies, linked, in: here) else {
            Issue.record("the link plays no part")
            return
        }
        #expect(found.request.principal == EntityUID(type: "User", id: "ann"))
        #expect(try !analyzer.answer(.neverMatches, linked, in: here).isYes)
    }
}
