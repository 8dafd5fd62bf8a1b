package import Cedar
import Gateway

/// How much of the rules a run's passing cells have exercised, measured on the rules' condition trees.
///
/// Layout changes nothing: a rule on one line and on ten has the same tree. A condition that evaluation did not reach
/// counts as neither true nor false.
package struct Coverage: Sendable {
    /// What is measured; the raw values stand in reports and in `--min`.
    package enum Measure: String, Sendable, CaseIterable {
        /// Rules that decided at least one cell.
        case policy
        /// Ways a rule can end, satisfied and not, that were seen.
        case outcome
        /// Conditions that were seen true, and seen false.
        case condition
        /// Conditions for which two cells differ in it alone and in whether the rule is satisfied (MC/DC).
        case independence
        /// Citations of rules that decided a cell.
        case law
        /// Obligations of a rule that some cell asserts.
        case obligation
    }

    /// How many of how many.
    package struct Count: Hashable, Sendable {
        package var reached = 0
        package var total = 0

        /// In hundredths of a per cent; 10,000 where there is nothing to reach.
        package var basisPoints: Int { total == 0 ? 10_000 : reached * 10_000 / total }

        package var percent: String {
            let points = basisPoints
            let rest = points % 100
            return "\(points / 100)" + (rest == 0 ? "" : ".\(rest / 10)\(rest % 10)") + " %"
        }
    }

    package private(set) var rules: [RuleCoverage]
    /// The cells that trace to each clause: by citations of rules that decided, and by `law` of their cases.
    package private(set) var law: [(citation: String, rules: [String], cells: Int)] = []

    /// - Parameters:
    ///   - results: What came of a run; failed cells count for nothing.
    ///   - runner: What ran it.
    /// - Throws: ``ScenarioFault``.
    package init(
        of results: [CaseResult], by runner: CaseRunner
    ) throws(ScenarioFault) {
        let policies = runner.rehearsal.policies.policies.policies
        rules = policies.map { RuleCoverage($0) }
        for result in results {
            let inquiries = try runner.decide(result.test).inquiries
            for (cell, inquiry) in zip(result.cells, inquiries) where cell.isPassed {
                for index in rules.indices { rules[index].add(cell, inquiry) }
            }
        }
        law = Self.citations(in: rules)
    }

    private static func citations(
        in rules: [RuleCoverage]
    ) -> [(citation: String, rules: [String], cells: Int)] {
        var found: [String: (rules: [String], cells: Int)] = [:]
        for rule in rules {
            for citation in rule.citations {
                var entry = found[citation] ?? ([], 0)
                entry.rules.append(rule.name)
                entry.cells += rule.decidedCount
                found[citation] = entry
            }
        }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value.rules, $0.value.cells) }
    }

    package func count(_ measure: Measure) -> Count {
        var count = Count()
        func add(_ reached: Int, _ total: Int) {
            count.reached += reached
            count.total += total
        }
        switch measure {
        case .law: add(law.count { $0.cells > 0 }, law.count)
        case .policy: for rule in rules { add(rule.decidedCount > 0 ? 1 : 0, 1) }
        case .outcome:
            for rule in rules {
                add((rule.wasSatisfied ? 1 : 0) + (rule.wasUnsatisfied ? 1 : 0), 2)
            }
        case .condition:
            for rule in rules {
                for leaf in rule.leaves.indices {
                    add((rule.seenTrue[leaf] ? 1 : 0) + (rule.seenFalse[leaf] ? 1 : 0), 2)
                }
            }
        case .independence:
            for rule in rules { add(rule.independentLeaves, rule.leaves.count) }
        case .obligation:
            for rule in rules { add(rule.assertedWords.count, rule.obligationWords.count) }
        }
        return count
    }
}

/// What a run has seen of one rule.
package struct RuleCoverage: Sendable {
    package let name: String
    package let tree: ConditionTree
    package let obligationWords: Set<String>
    package let citations: [String]
    package private(set) var decidedCount = 0
    package private(set) var wasSatisfied = false
    package private(set) var wasUnsatisfied = false
    package private(set) var seenTrue: [Bool]
    package private(set) var seenFalse: [Bool]
    package private(set) var assertedWords: Set<String> = []
    private var vectors: Set<Vector> = []

    private struct Vector: Hashable, Sendable {
        let values: [Bool?]
        let isSatisfied: Bool
    }

    init(_ policy: Policy) {
        name = policy.id.text
        tree = ConditionTree(policy)
        let words = policy.annotations["obligation"]?.split(separator: " ").map(String.init) ?? []
        obligationWords = Set(words)
        let cited = policy.annotations["cite"]?.split(separator: "|").first ?? ""
        citations = cited.split(separator: "；").map { part in
            String(part).trimmingSpaces()
        }.filter { !$0.isEmpty }
        seenTrue = Array(repeating: false, count: tree.leaves.count)
        seenFalse = seenTrue
    }

    package var leaves: [ConditionTree.Leaf] { tree.leaves }

    fileprivate mutating func add(_ cell: CellResult, _ inquiry: RuleInquiry) {
        let (values, isSatisfied) = tree.trace(inquiry.request, inquiry.entities)
        for (leaf, value) in values.enumerated() {
            if value == true { seenTrue[leaf] = true }
            if value == false { seenFalse[leaf] = true }
        }
        guard let isSatisfied else { return }
        vectors.insert(Vector(values: values, isSatisfied: isSatisfied))
        if isSatisfied { wasSatisfied = true } else { wasUnsatisfied = true }
        guard cell.observed.rules.contains(name) else { return }
        decidedCount += 1
        guard cell.observed.isAllowed else { return }
        assertedWords.formUnion(cell.cell.expectation.assertedWords(among: obligationWords))
    }

    /// How many conditions a pair of cells shows to decide on their own: the two differ in it, in whether the rule is
    /// satisfied, and in no other condition that both evaluated.
    fileprivate var independentLeaves: Int {
        let satisfied = vectors.filter(\.isSatisfied)
        let unsatisfied = vectors.filter { !$0.isSatisfied }
        return leaves.indices.count { leaf in
            satisfied.contains { left in
                unsatisfied.contains { right in
                    zip(left.values, right.values).enumerated().allSatisfy { index, pair in
                        guard let one = pair.0, let other = pair.1 else { return index != leaf }
                        return (one != other) == (index == leaf)
                    }
                }
            }
        }
    }
}

extension Expectation {
    /// The obligations of a rule that this expectation would notice the loss of.
    fileprivate func assertedWords(among words: Set<String>) -> Set<String> {
        words.filter { word in
            switch (outcome, word) {
            case (.exactly, _): return true
            case (.denied, _): return false
            case (.allowed, "notify-resident"): return duties.contains(.notifyResident(true))
            case (.allowed, "human-confirmation"): return duties.contains(.humanConfirmation(true))
            case (.allowed, _) where word.hasPrefix("retain-at-most:"):
                return duties.contains { if case .retainDays(_?) = $0 { true } else { false } }
            case (.allowed(let form), _): return form.name == word
            }
        }
    }
}

extension String {
    /// Without spaces at either end.
    func trimmingSpaces() -> String {
        var rest = Substring(self)
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
