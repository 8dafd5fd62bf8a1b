import Cedar
import CedarAnalysis
import Foundation
import SolverProcess
import TestSupport
import Testing

@Suite("Random questions against evaluation", .serialized)
struct RandomQuestionTests {
    private static let worldCount = 250
    /// More by the environment, for long runs outside the tests.
    private static let questionCount =
        Int(ProcessInfo.processInfo.environment["HANGU_ANALYSIS_QUESTIONS"] ?? "") ?? 100
    private static let seed =
        UInt64(ProcessInfo.processInfo.environment["HANGU_ANALYSIS_SEED"] ?? "") ?? 12

    @Test("No answer of yes is contradicted by any of many evaluated requests")
    func soundness() throws {
        guard let solver = TestSolver.present() else { return }
        let schema = try Schema(parsing: HandQuestion.schema)
        let environment = try #require(
            schema.environments.first { $0.action == EntityUID(type: "Action", id: "read") })
        let analyzer = PolicyAnalyzer(
            schema: schema, solver: solver, limits: TestSolver.limits)
        let random = SeededRandom(seed: Self.seed)
        let worlds = try (0..<Self.worldCount).map { _ in
            try WorldMaker(random: random).world(schema)
        }
        var counts = ["yes": 0, "no": 0, "undecided": 0, "refused": 0, "no, also by chance": 0]
        for _ in 0..<Self.questionCount {
            let (question, first, second) = question(random)
            let texts = [first, second ?? ""].joined(separator: " / ")
            let sets = try [first, second].map {
                try $0.map { try PolicySet(parsing: $0, file: "p") }
            }
            let one = try #require(sets[0])
            let isRefuted = worlds.contains { request, store in
                question.isRefuted(by: request, store, one, sets[1])
            }
            do throws(AnalysisError) {
                let answer = try analyzer.answer(question, one, sets[1], in: environment)
                counts[answer.isYes ? "yes" : "no", default: 0] += 1
                if isRefuted { counts["no, also by chance", default: 0] += 1 }
                #expect(!(answer.isYes && isRefuted), "\(question): \(texts)")
            } catch {
                switch error {
                case .undecided, .solver(.timedOut):
                    counts["undecided", default: 0] += 1
                    print("undecided: \(question): \(texts): \(error)")
                case .unsupported: counts["refused", default: 0] += 1
                default: Issue.record("\(question): \(texts): \(error)")
                }
            }
        }
        print("analysis: random questions \(counts.sorted { $0.key < $1.key })")
        let answered = counts["yes", default: 0] + counts["no", default: 0]
        #expect(answered * 20 >= Self.questionCount * 19)
        #expect(counts["yes", default: 0] > 0 && counts["no, also by chance", default: 0] > 0)
    }

    /// A question whose answer is not obvious: where it is about two, the second is made of the first.
    private func question(_ random: SeededRandom) -> (AnalysisQuestion, String, String?) {
        let maker = PolicyMaker(random: random)
        let questions = AnalysisQuestion.allCases
        let question = questions[random.below(questions.count)]
        let condition = maker.condition(2)
        let first = Self.policy(condition)
        guard question.isAboutTwo else {
            if question.isAboutPolicies { return (question, first, nil) }
            let forbidding = Self.policy(maker.condition(1), effect: "forbid")
            return (question, random.below(2) == 0 ? first : first + forbidding, nil)
        }
        let other = maker.condition(1)
        let seconds = [
            "\(condition) || \(other)", "\(other) || \(condition)", "!(!(\(condition)))",
            "\(condition) && \(other)", "if \(condition) then true else \(other)",
            "!(\(condition))", other, "if \(condition) then false else \(other)",
        ]
        return (question, first, Self.policy(seconds[random.below(seconds.count)]))
    }

    private static func policy(_ condition: String, effect: String = "permit") -> String {
        "\(effect) (principal, action, resource) when { \(condition) };"
    }
}
