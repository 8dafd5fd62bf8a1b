import Cedar
import CedarAnalysis
import SolverProcess
import TestSupport
import Testing

@Suite("The example of the README")
struct ReadmeTests {
    @Test("The example compiles and shows the overflow that it says")
    func example() throws {
        guard let solver = TestSolver.present() else { return }
        let schema = try Schema(
            parsing: """
                entity User { level: Long };
                action read appliesTo { principal: User, resource: User, context: {} };
                """)
        let strict = try PolicySet(
            parsing: """
                permit (principal, action, resource) when { principal.level > 4 };
                """, file: "strict.cedar")
        let lax = try PolicySet(
            parsing: """
                permit (principal, action, resource) when { principal.level + 1 > 5 };
                """, file: "lax.cedar")

        let analyzer = PolicyAnalyzer(schema: schema, solver: solver)
        var shown = 0
        for environment in schema.environments {
            switch try analyzer.answer(.implies, strict, lax, in: environment) {
            case .yes: Issue.record("lax fails on overflow, so strict allows more")
            case .no(let found):
                let level = found.entities[found.request.principal]?.attributes["level"]
                #expect(level == .long(9_223_372_036_854_775_807))
                #expect(found.entitiesJSON.contains("9223372036854775807"))
                #expect(found.requestJSON.contains("\"principal\""))
                shown += 1
            }
            #expect(try analyzer.answer(.implies, lax, strict, in: environment).isYes)
        }
        #expect(shown == 1)
    }
}
