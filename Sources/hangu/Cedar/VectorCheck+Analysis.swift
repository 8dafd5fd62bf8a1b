import Cedar
import CedarAnalysis
import SolverProcess

extension VectorCheck {
    /// A question about policies, which may take four times as long as a case: the answer, and for a no both counterexamples, ours and the one expected.
    mutating func analysis(_ vector: JSONValue, _ head: JSONValue) {
        guard let question = AnalysisQuestion(rawValue: Self.text(vector["question"])),
            let expected = Self.flag(vector["expected"])
        else { return verdict(false, "a question of an unknown form") }
        do {
            let schema = try Self.schema(head)
            let first = try PolicySet(parsing: Self.text(vector["a"]), file: "a")
            let second = try vector["b"].map { try PolicySet(parsing: Self.text($0), file: "b") }
            let analyzer = PolicyAnalyzer(
                schema: schema, solver: CVC5Solver(),
                limits: AnalysisLimits(solverMilliseconds: Int(secondsMax * 4_000)))
            let named = vector["environment"] ?? head["environment"]
            let environment = RequestEnvironment(
                principal: Self.text(named?["principal"]), action: Self.uid(named?["action"]),
                resource: Self.text(named?["resource"]))
            switch try analyzer.answer(question, first, second, in: environment) {
            case .yes: verdict(expected, "yes")
            case .no(let found):
                verdict(!expected, "no")
                let isShown = question.isRefuted(by: found.request, found.entities, first, second)
                request(isShown, "our counterexample shows nothing")
            }
            guard let given = vector["counterexample"] else { return }
            let store = try EntityStore(json: Self.json(given["entities"]), schema: schema)
            let asked = try Request(json: Self.json(given["request"]), schema: schema)
            request(
                question.isRefuted(by: asked, store, first, second),
                "the expected counterexample shows nothing")
        } catch {
            verdict(false, "\(error)")
        }
    }
}
