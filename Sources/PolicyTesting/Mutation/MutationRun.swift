import Cedar
import Gateway
import ResidentModel

/// Seeds faults into the rules, one at a time, and sees whether a test notices.
package struct MutationRun {
    private let plan: TestPlan
    private let runner: CaseRunner
    private let sentence: @Sendable (RefusalReason) -> Title
    /// By rule: the cases in which it decided, which are likeliest to notice.
    private let near: [String: [Int]]
    private var comparison: MutantComparison?

    /// What became of one mutant.
    package enum Fate: Sendable {
        /// The id of the first case that failed.
        case killed(by: String)
        /// Rules with and without the fault say the same of every request of the domain.
        case equivalent
        /// A request about which they differ, as a scenario to accept.
        case survived(scenario: String?)
    }

    /// - Parameters:
    ///   - plan: All tests.
    ///   - results: What came of them under the rules as they are; all passed.
    ///   - runner: What ran them.
    package init(_ plan: TestPlan, _ results: [CaseResult], by runner: CaseRunner) {
        self.plan = plan
        self.runner = runner
        sentence = runner.sentence
        var near: [String: [Int]] = [:]
        for (index, result) in results.enumerated() {
            for rule in Set(result.cells.flatMap(\.observed.rules)) {
                near[rule, default: []].append(index)
            }
        }
        self.near = near
    }

    /// All mutants of the bundle, or so many of them chosen by a seed.
    package func mutants(atMost count: Int?, seed: UInt64) -> [Mutant] {
        let rules = runner.rehearsal.policies.policies.policies
        var all = MutantMaker(catalogue: runner.rehearsal.catalogue).mutants(of: rules)
        guard let count, count < all.count else { return all }
        var random = SplitMix(state: seed)
        for index in 0..<count {
            all.swapAt(index, index + random.below(all.count - index))
        }
        return Array(all.prefix(count))
    }

    /// Runs the tests against one mutant until the first fails.
    package mutating func fate(of mutant: Mutant) throws(ScenarioFault) -> Fate {
        let rules = mutant.applied(to: runner.rehearsal.policies.policies.policies)
        let draft: Rehearsal
        do {
            draft = Rehearsal(
                catalogue: runner.rehearsal.catalogue,
                policies: try runner.rehearsal.policies.draft(rules))
        } catch {
            throw ScenarioFault(
                .rule, at: Domain.place, "变异后的规则不成立：\(error)", "the mutant is no bundle: \(error)")
        }
        let trial = try CaseRunner(rehearsal: draft, plan: plan, sentence: sentence)
        let likely = near[mutant.rule] ?? []
        for index in likely where try !trial.run(plan.cases[index]).isPassed {
            return .killed(by: plan.cases[index].id)
        }
        let tried = Set(likely)
        for index in plan.cases.indices where !tried.contains(index) {
            if try !trial.run(plan.cases[index]).isPassed {
                return .killed(by: plan.cases[index].id)
            }
        }
        if comparison == nil { comparison = try MutantComparison(runner.rehearsal) }
        return try comparison?.fate(of: mutant) ?? .survived(scenario: nil)
    }
}

/// Decides whether a mutant says the same as the rule it was made of, everywhere.
struct MutantComparison {
    private var tables: RuleTables
    private let bundle: PolicyBundle

    init(_ rehearsal: Rehearsal) throws(ScenarioFault) {
        bundle = rehearsal.policies
        tables = try RuleTables(Domain(rehearsal), rehearsal)
    }

    mutating func fate(of mutant: Mutant) throws(ScenarioFault) -> MutationRun.Fate {
        guard let rule = tables.rules.first(where: { $0.policy.id.text == mutant.rule }) else {
            return .survived(scenario: nil)
        }
        var changed: RuleTables.RuleTable?
        if case .replace(let policy) = mutant.change { changed = try tables.table(of: policy) }
        guard let point = try difference(between: rule, and: changed) else { return .equivalent }
        let scenario = tables.domain.scenario(
            at: point, named: "\(mutant.rule): \(mutant.sentence.english)",
            expecting: try words(at: point))
        return .survived(scenario: scenario)
    }

    /// What the rules as they are say, as a file would expect it.
    private func words(at point: Domain.Point) throws(ScenarioFault) -> String {
        let outer = point
        let ruling = tables.ruling(at: outer)
        let bit = tables.domain.bit(of: point)
        guard ruling.allowed.hasBit(bit) else { return "deny" }
        return settled(ruling, at: point, bit).words
    }

    private func settled(_ ruling: PlaceRuling, at outer: Domain.Point, _ bit: Int) -> Obligations {
        bundle.settled(
            ruling.obligations(at: bit), item: tables.domain.items[outer[.item]],
            purpose: tables.domain.purposes[outer[.purpose]])
    }

    /// Whether something leaves, under which obligations, or for which reasons nothing does.
    private func outcome(_ ruling: PlaceRuling, at outer: Domain.Point, _ bit: Int) -> String {
        ruling.allowed.hasBit(bit)
            ? settled(ruling, at: outer, bit).words : ruling.refusal(at: bit)
    }

    /// The first request about which the two differ; nil where there is none.
    private func difference(
        between rule: RuleTables.RuleTable, and changed: RuleTables.RuleTable?
    ) throws(ScenarioFault) -> Domain.Point? {
        let scope = InvariantScope(.init(), domain: tables.domain)
        // Where a permit can meet, a difference is likeliest; only then everywhere else.
        for place in AllowedPlaces(tables).places(within: scope) {
            for basis in scope.indexes(.basis) {
                var outer = place.point
                outer[.basis] = basis
                if let found = difference(rule, changed, at: outer) { return found }
            }
        }
        let places = AllowedPlaces(tables)
        /// Where the rule or its mutant can be satisfied at all.
        func possible(_ axis: Domain.Axis) -> [Int] {
            let found = [rule, changed].compactMap(\.self).map { places.possible(axis, $0, scope) }
            return Set(found.joined()).sorted()
        }
        let (items, bases) = (possible(.item), possible(.basis))
        let purposes = possible(.purpose)
        var outer = Domain.Point()
        for department in possible(.department) {
            outer[.department] = department
            for purpose in purposes {
                outer[.purpose] = purpose
                for item in items {
                    outer[.item] = item
                    for basis in bases {
                        outer[.basis] = basis
                        if let found = difference(rule, changed, at: outer) { return found }
                    }
                }
            }
        }
        return nil
    }

    private func difference(
        _ rule: RuleTables.RuleTable, _ changed: RuleTables.RuleTable?, at outer: Domain.Point
    ) -> Domain.Point? {
        let before = tables.satisfied(rule, at: outer)
        let after =
            changed.map { tables.satisfied($0, at: outer) } ?? (tables.nothing, tables.nothing)
        let isSameKind =
            changed.map {
                $0.policy.effect == rule.policy.effect && $0.obligations == rule.obligations
            } ?? true
        var touched = before.isTrue
        touched.unite(after.0)
        if isSameKind { touched.remove(before.isTrue.meeting(after.0)) }
        var failing = before.fails
        failing.unite(after.1)
        failing.remove(before.fails.meeting(after.1))
        touched.unite(failing)
        if touched.isBlank { return nil }
        let old = tables.ruling(at: outer)
        let new = tables.ruling(
            at: outer, replacing: changed, dropping: changed == nil ? rule : nil)
        var seen: Set<[[String]]> = []
        for bit in 0..<tables.domain.innerCount where touched.hasBit(bit) {
            let deciding = [old.determining(at: bit), new.determining(at: bit)]
            guard
                seen.insert(
                    deciding + [["\(old.allowed.hasBit(bit))", "\(new.allowed.hasBit(bit))"]]
                ).inserted
            else { continue }
            if outcome(old, at: outer, bit) != outcome(new, at: outer, bit) {
                return tables.domain.point(outer, bit: bit)
            }
        }
        return nil
    }
}

extension PlaceRuling {
    func obligations(at bit: Int) -> Obligations {
        permits.filter { $0.isTrue.hasBit(bit) }
            .reduce(.none) { $0.combined(with: $1.rule.obligations) }
    }

    /// For which reasons nothing leaves.
    func refusal(at bit: Int) -> String {
        let reasons = forbids.filter { $0.isTrue.hasBit(bit) }
            .map { $0.rule.policy.annotations["reason"] ?? RefusalReason.forbiddenByRule.rawValue }
        if failed.hasBit(bit) { return "failed " + Set(reasons).sorted().joined(separator: " ") }
        return reasons.isEmpty
            ? RefusalReason.noPermit.rawValue : Set(reasons).sorted().joined(separator: " ")
    }
}
