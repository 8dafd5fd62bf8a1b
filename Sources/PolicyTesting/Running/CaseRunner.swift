import Cedar
import Consent
package import Gateway
package import ResidentModel

/// Decides cases by the engine that serves production, and judges what came of them.
package struct CaseRunner: Sendable {
    package let rehearsal: Rehearsal
    /// The sentence behind a reason code, as residents and officers read it.
    let sentence: @Sendable (RefusalReason) -> Title
    private let restricted: [[String]: Rehearsal]

    /// - Parameters:
    ///   - rehearsal: Catalogue and rules.
    ///   - plan: What will be run: bundles of fewer rules are made for the suites that name theirs.
    ///   - sentence: The sentence behind a reason code.
    /// - Throws: ``ScenarioFault`` where rules that a suite names form no bundle.
    package init(
        rehearsal: Rehearsal, plan: TestPlan,
        sentence: @escaping @Sendable (RefusalReason) -> Title
    ) throws(ScenarioFault) {
        self.rehearsal = rehearsal
        self.sentence = sentence
        var restricted: [[String]: Rehearsal] = [:]
        for test in plan.cases where !test.rules.isEmpty && restricted[test.rules] == nil {
            let names = Set(test.rules)
            let rules = rehearsal.policies.policies.policies.filter {
                names.contains($0.id.text) || $0.position.file == FloorRules.file
            }
            do {
                restricted[test.rules] = Rehearsal(
                    catalogue: rehearsal.catalogue, policies: try rehearsal.policies.draft(rules))
            } catch {
                throw ScenarioFault(
                    .rule, at: test.position, "这些规则不能一起用：\(error)",
                    "these rules form no bundle: \(error)")
            }
        }
        self.restricted = restricted
    }

    /// Runs every case of a plan, in its order.
    package func run(_ plan: TestPlan) throws(ScenarioFault) -> [CaseResult] {
        var results: [CaseResult] = []
        results.reserveCapacity(plan.cases.count)
        for test in plan.cases { results.append(try run(test)) }
        return results
    }

    /// Runs one case.
    package func run(_ test: TestCase) throws(ScenarioFault) -> CaseResult {
        let decision = try decide(test)
        var cells: [CellResult] = []
        for (cell, found) in zip(test.cells, decision.decisions) {
            let observed = observed(found, decision, of: test)
            let misses = Judgement(cell.expectation, observed).misses
            cells.append(CellResult(cell: cell, observed: observed, misses: misses))
        }
        for (language, words) in test.sentences {
            let isSaid = cells.contains { cell in
                cell.observed.sentences.contains { $0.text(in: language).contains(words) }
            }
            if !isSaid, !cells.isEmpty {
                cells[cells.count - 1].misses.append(
                    .sentence(words: words, language: language))
            }
        }
        return CaseResult(test: test, cells: cells)
    }

    /// The decision of the engine about a case.
    package func decide(_ test: TestCase) throws(ScenarioFault) -> RehearsedDecision {
        let engine = restricted[test.rules] ?? rehearsal
        do {
            return try engine.decide(test.request, at: test.clock, in: test.world)
        } catch {
            throw ScenarioFault(
                .form, at: test.position, "网关不受理这个请求：\(error)",
                "the gateway does not take the request: \(error)")
        }
    }

    private func observed(
        _ found: ItemDecision, _ decision: RehearsedDecision, of test: TestCase
    ) -> Observed {
        var consents: Set<String> = []
        if decision.isConsentRequired, let consent = decision.standing(of: found.item)?.consent {
            consents.insert(consent.id)
        }
        let policies = (restricted[test.rules] ?? rehearsal).policies
        var sentences = found.determining.compactMap { policies.sentence(of: $0) }
        sentences += found.reasons.map(sentence)
        var observed = Observed(
            isAllowed: found.isAllowed, obligations: found.obligations, rules: found.determining,
            failed: found.failed, reasons: found.reasons.map(\.rawValue), consents: consents,
            sentences: sentences)
        guard found.isAllowed else { return observed }
        let catalogue = rehearsal.catalogue
        if let predicate = catalogue.predicates[found.item] {
            var evidence: [FieldID: [PredicateEvidence]] = [:]
            for field in predicate.fields {
                evidence[field] = (test.values[field] ?? []).map {
                    PredicateEvidence(
                        text: $0.text, source: $0.source, observedAt: $0.observedAt,
                        isConfirmed: $0.isConfirmed)
                }
            }
            observed.answer = catalogue.answer(
                to: predicate, from: evidence, isResidentKnown: !test.world.said.isEmpty,
                purpose: catalogue.purposes[test.request.purpose],
                on: GatewayClock.day(atMilliseconds: test.clock))
        } else {
            observed.shown = (test.values[found.item] ?? []).compactMap {
                found.obligations.form.applied(to: $0.text)
            }
        }
        return observed
    }
}

/// What the engine said of one item.
package struct Observed: Sendable {
    package var isAllowed: Bool
    package var obligations: Obligations
    /// The rules that decided, in the order of the bundle.
    package var rules: [String]
    package var failed: [String]
    package var reasons: [String]
    /// The consent that the standing rests on, where the basis needs one.
    package var consents: Set<String>
    /// What a resident would read: of the rules, then of the reasons.
    package var sentences: [Title]
    /// Of a predicate that is permitted.
    package var answer: PredicateResult?
    /// What leaves of each value.
    package var shown: [String] = []

    /// `denied`, or the words of the obligations.
    package var words: String {
        guard isAllowed else { return "deny" }
        let answered = answer.map { " → \($0.answer.rawValue)" } ?? ""
        return obligations.words + answered
    }
}

/// A case with what came of each of its cells.
package struct CaseResult: Sendable {
    package let test: TestCase
    package internal(set) var cells: [CellResult]

    package var isPassed: Bool { cells.allSatisfy(\.isPassed) }
}

/// A cell with what the engine said, and in what that is not as expected.
package struct CellResult: Sendable {
    package let cell: TestCell
    package let observed: Observed
    package internal(set) var misses: [Miss]

    package var isPassed: Bool { misses.isEmpty }
}

extension PolicyBundle {
    /// The sentence that a rule bears in both languages; nil where it has none.
    func sentence(of rule: String) -> Title? {
        guard let chinese = annotation("zh", of: PolicyID(rule)),
            let english = annotation("en", of: PolicyID(rule))
        else { return nil }
        return Title(chinese: chinese, english: english)
    }
}

extension Obligations {
    /// The words that a rule would use for them.
    package var words: String {
        var words = [form.name]
        if notifiesResident { words.append("notify-resident") }
        if needsHumanConfirmation { words.append("human-confirmation") }
        if let retainDaysMax { words.append("retain-at-most:\(retainDaysMax)d") }
        return words.joined(separator: " ")
    }
}
