import Cedar
import CedarAnalysis
import Foundation
import SolverProcess
import TestSupport
import Testing

@Suite("Questions about the shared cases", .serialized)
struct CaseQuestionTests {
    /// More by the environment, for long runs outside the tests.
    private static let caseCount =
        Int(ProcessInfo.processInfo.environment["HANGU_ANALYSIS_CASES"] ?? "") ?? 24

    private struct Counts {
        var cases = 0
        var requests = 0
        var answers: [String: Int] = [:]
    }

    @Test(
        "No answer is contradicted by a request of a case",
        arguments: ["generated", "corpus-4.10", "handwritten"])
    func cases(_ name: String) throws {
        guard let solver = TestSolver.present(),
            let lines = try SharedData.gzipLines("cedar/cases/\(name).jsonl.gz")
        else { return }
        try #require(!lines.isEmpty)
        var counts = Counts()
        let step = max(lines.count / Self.caseCount, 1)
        for index in stride(from: 0, to: lines.count, by: step) {
            let json = try JSONReader.read(lines[index])
            guard Self.text(json["shouldValidate"]) == "true" else { continue }
            try ask(json, solver, &counts)
        }
        print(
            "analysis: \(name): \(counts.cases) cases, \(counts.requests) requests",
            counts.answers.sorted { $0.key < $1.key })
        #expect(counts.requests > 0)
    }

    private func ask(_ json: JSONValue, _ solver: CVC5Solver, _ counts: inout Counts) throws {
        let schema = try Schema(parsing: Self.text(json["schema"]))
        let set = try PolicySet(parsing: Self.text(json["policies"]), file: "case")
        let store: EntityStore
        do throws(JSONInputError) {
            store = try EntityStore(json: Self.text(json["entities"]), schema: schema)
        } catch {
            return
        }
        let analyzer = PolicyAnalyzer(
            schema: schema, solver: solver, limits: TestSolver.limits)
        counts.cases += 1
        var asked: [RequestEnvironment: [(AnalysisQuestion, PolicySet, Bool)]] = [:]
        for json in json["requests"]?.elements ?? [] {
            guard Self.text(json["validateRequest"]) != "false" else { continue }
            let request = try Request(json: Self.text(json), schema: schema)
            let environment = RequestEnvironment(
                principal: request.principal.type, action: request.action,
                resource: request.resource.type)
            let answers =
                try asked[environment] ?? Self.answers(analyzer, set, environment, &counts)
            asked[environment] = answers
            // Absent entities are outside of what was asked.
            guard isPresent(request, set, store, schema) else { continue }
            counts.requests += 1
            for (question, policies, isYes) in answers where isYes {
                let isRefuted = question.isRefuted(by: request, store, policies)
                #expect(!isRefuted, "\(Self.text(json["id"])): \(question)")
            }
        }
    }

    private static func answers(
        _ analyzer: PolicyAnalyzer, _ set: PolicySet, _ environment: RequestEnvironment,
        _ counts: inout Counts
    ) throws -> [(AnalysisQuestion, PolicySet, Bool)] {
        var subjects: [(AnalysisQuestion, PolicySet)] = [
            (.alwaysAllows, set), (.alwaysDenies, set),
        ]
        for policy in set.policies.filter({ !$0.isTemplate }).prefix(2) {
            for question in [AnalysisQuestion.neverErrors, .alwaysMatches, .neverMatches] {
                subjects.append((question, try PolicySet([policy])))
            }
        }
        var answers: [(AnalysisQuestion, PolicySet, Bool)] = []
        for (question, policies) in subjects {
            do throws(AnalysisError) {
                let isYes = try analyzer.answer(question, policies, in: environment).isYes
                counts.answers[isYes ? "yes" : "no", default: 0] += 1
                answers.append((question, policies, isYes))
            } catch {
                counts.answers["\(error)", default: 0] += 1
                print("\(question): \(error): \(policies.cedarText)")
            }
        }
        return answers
    }

    /// Whether every entity that could be looked at is in the store.
    private func isPresent(
        _ request: Request, _ set: PolicySet, _ store: EntityStore, _ schema: Schema
    ) -> Bool {
        let response = Authorizer().authorize(request, set, store)
        guard !response.errors.contains(where: { "\($0)".contains("absent") }) else { return false }
        var waiting: [Value] = [
            .entity(request.principal), .entity(request.resource), .record(request.context),
        ]
        var seen: Set<EntityUID> = []
        while let value = waiting.popLast() {
            switch value {
            case .entity(let uid):
                guard !uid.isAction, seen.insert(uid).inserted else { continue }
                guard let entity = store[uid] else { return false }
                waiting += [.record(entity.attributes), .record(entity.tags)]
            case .set(let set): waiting += set.elements
            case .record(let record): waiting += record.sortedMembers.map(\.value)
            default: continue
            }
        }
        return true
    }

    private static func text(_ json: JSONValue?) -> String {
        json?.text ?? JSONWriter.write(json ?? .null)
    }
}
