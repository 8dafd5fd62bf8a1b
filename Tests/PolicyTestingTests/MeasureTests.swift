import Foundation
import Gateway
import PolicyTesting
import ResidentModel
import Testing

/// What is measured of rules and tests: invariants over all requests, and seeded faults.
struct MeasureTests {
    @Test("A seeded fault in each rule of the starter set is noticed by a test")
    func faultInEachRule() throws {
        let policies = try StarterPolicies()
        let plan = try policies.plan(StarterPolicies.suites())
        let runner = try policies.runner(plan)
        var run = MutationRun(plan, try runner.run(plan), by: runner)
        let dropped = run.mutants(atMost: nil, seed: 1).filter {
            if case .drop = $0.change {
                !StarterPolicies.unusedRules.contains($0.rule)
            } else {
                false
            }
        }
        var killed = 0
        for mutant in dropped {
            guard case .killed = try run.fate(of: mutant) else {
                Issue.record("no test notices that \(mutant.rule) is gone")
                continue
            }
            killed += 1
        }
        print("rules dropped and noticed: \(killed)")
        #expect(killed == dropped.count && killed > 90)
    }

    @Test("Mutants are chosen by their seed alone")
    func seeded() throws {
        let policies = try StarterPolicies()
        let plan = try policies.plan(["17-floor.test.yaml"])
        let runner = try policies.runner(plan)
        let run = MutationRun(plan, try runner.run(plan), by: runner)
        func chosen(_ seed: UInt64) -> [String] {
            run.mutants(atMost: 50, seed: seed).map { "\($0.rule) \($0.sentence.english)" }
        }
        #expect(chosen(7) == chosen(7) && chosen(7) != chosen(8))
        #expect(run.mutants(atMost: nil, seed: 1).count > 1_000)
    }
}
