import Cedar
import CedarAnalysis
import Foundation
import SolverProcess
import TestSupport
import Testing

@Suite("Questions with known answers", .serialized)
struct VectorTests {
    @Test("Every question of the shared vectors has the expected answer")
    func vectors() throws {
        guard let solver = TestSolver.present(),
            let url = SharedData.url("cedar/vectors/analysis.json")
        else { return }
        let head = try JSONReader.read(Data(contentsOf: url), file: "analysis")
        let schema = try Schema(parsing: Self.text(head["schema"]))
        let analyzer = PolicyAnalyzer(schema: schema, solver: solver, limits: TestSolver.limits)
        let environment = try #require(
            schema.environments.first { $0.action == EntityUID(type: "Action", id: "read") })
        guard let vectors = head["vectors"]?.elements else {
            Issue.record("the file holds no vectors")
            return
        }
        try #require(!vectors.isEmpty)
        for vector in vectors {
            let id = Self.text(vector["id"])
            let question = try #require(AnalysisQuestion(rawValue: Self.text(vector["question"])))
            let first = try PolicySet(parsing: Self.text(vector["a"]), file: id)
            let second = try vector["b"].map { try PolicySet(parsing: Self.text($0), file: id) }
            let answer = try analyzer.answer(question, first, second, in: environment)
            let expected = JSONWriter.write(vector["expected"] ?? .null)
            #expect("\(answer.isYes)" == expected, "\(id)")
            guard let given = vector["counterexample"] else { continue }
            let store = try EntityStore(
                json: JSONWriter.write(given["entities"] ?? .null), schema: schema)
            let request = try Request(
                json: JSONWriter.write(given["request"] ?? .null), schema: schema)
            #expect(question.isRefuted(by: request, store, first, second), "\(id)")
        }
        print("analysis: \(vectors.count) shared vectors")
    }

    private static func text(_ json: JSONValue?) -> String {
        json?.text ?? ""
    }

    @Test(
        "Answers derived by hand from the language's rules are found", arguments: HandQuestion.all)
    func byHand(_ asked: HandQuestion) throws {
        guard let solver = TestSolver.present() else { return }
        try check(asked, solver)
    }

    /// Products of two unknowns are left out: they take bit vectors too long for a test.
    @Test(
        "Bit vectors come to the same answers as integers",
        arguments: HandQuestion.numbers.filter {
            !"\($0.first) \($0.second ?? "")".contains("* context.")
        })
    func bitVectors(_ asked: HandQuestion) throws {
        guard let solver = TestSolver.present() else { return }
        try check(asked, BitVectorsOnly(solver: solver))
    }

    private func check(_ asked: HandQuestion, _ solver: any ConstraintSolver) throws {
        let schema = try Schema(parsing: HandQuestion.schema)
        let analyzer = PolicyAnalyzer(schema: schema, solver: solver, limits: TestSolver.limits)
        let environment = try #require(
            schema.environments.first { $0.action == EntityUID(type: "Action", id: "read") })
        let first = try PolicySet(parsing: HandQuestion.policies(asked.first), file: "first")
        let second = try asked.second.map {
            try PolicySet(parsing: HandQuestion.policies($0), file: "second")
        }
        let answer = try analyzer.answer(asked.question, first, second, in: environment)
        #expect(answer.isYes == asked.expected)
        if case .no(let found) = answer {
            #expect(asked.question.isRefuted(by: found.request, found.entities, first, second))
        }
    }
}
