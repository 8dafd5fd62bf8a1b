package import ResidentModel

/// Why one item was refused, and the smallest single change that would permit it.
package struct RefusalExplanation: Hashable, Sendable {
    package let item: FieldID
    /// In the order of ``RefusalReason``.
    package let reasons: [Reason]
    /// nil where no single change would permit it.
    package let change: PermittingChange?

    /// One reason with the rules that gave it.
    package struct Reason: Hashable, Sendable {
        package let code: RefusalReason
        /// Empty where no rule gave it: nothing permits the item.
        package let rules: [Rule]
        /// The article of the legal basis, where the reason is about the basis.
        package let article: Title?
    }

    /// A rule as a person reads it.
    package struct Rule: Hashable, Sendable {
        package let id: String
        /// The provision that the rule rests on; nil in a floor rule.
        package let cite: String?
        /// What the rule says in plain words; nil where it has none.
        package let plain: Title?
    }
}

/// A change to a request, or to what stands behind it, with which an item would have been permitted.
package enum PermittingChange: Hashable, Sendable {
    /// Naming the case that is being worked on.
    case caseNumber
    /// The resident's agreement to the purpose.
    case consent(purpose: String)
    /// The guardian's agreement to the purpose.
    case guardianConsent(purpose: String)
    /// The agreement of each adult of the household.
    case householdMandates(purpose: String)
    /// Asking a question in place of the value.
    case question(FieldID)
    /// Another legal basis; it may need a case number, or the resident's agreement, that is there already.
    case legalBasis(String)
    /// Another purpose, under the same legal basis.
    case purpose(String)
    /// Waiting until questions that were asked before no longer count, at most so many days.
    case waiting(daysMax: Int)
}

/// Explains refusals by deciding again, each time with one thing changed.
///
/// No table says what would help: a change is named only where the rules, asked again, permit the item with it. What
/// the caller may not know of the resident plays no part (``RuleBench/shownFacts(of:)``).
struct RefusalExplainer {
    let catalogue: Catalogue
    let policies: PolicyBundle

    /// One explanation for each refused item, in the order of the request.
    func explain(_ decided: DecidedRequest) -> [RefusalExplanation] {
        let admitted = decided.consented.located.based.admitted
        let shared = DecisionFacts.Shared(decided.consented)
        let bench = RuleBench(policies, for: shared)
        return decided.decisions.filter { !$0.isAllowed }.map { decision in
            RefusalExplanation(
                item: decision.item,
                reasons: reasons(of: decision.shown, basis: shared.legalBasis),
                change: change(for: bench.shownFacts(of: decision.facts), admitted, bench))
        }
    }

    private func reasons(of ruling: Ruling, basis: String) -> [RefusalExplanation.Reason] {
        ruling.reasons.map { code in
            let rules = ruling.determining.filter { rule in
                policies.reasonGiven(by: rule).map { $0 == code } ?? true
            }
            let isAboutBasis = code.rawValue.hasPrefix("basis.") || code == .outsideBasis
            return RefusalExplanation.Reason(
                code: code, rules: rules.map(policies.note),
                article: isAboutBasis ? catalogue.legalBases[basis]?.article : nil)
        }
    }

    private func change(
        for facts: DecisionFacts, _ admitted: AdmittedRequest, _ bench: RuleBench
    ) -> PermittingChange? {
        candidates(for: facts, admitted).first { bench.rule(on: $0.facts).isAllowed }?.change
    }

    private typealias Candidate = (change: PermittingChange, facts: DecisionFacts)

    /// What can be changed, the smallest first.
    private func candidates(
        for facts: DecisionFacts, _ admitted: AdmittedRequest
    ) -> [Candidate] {
        var found: [Candidate] = []
        if !facts.shared.isCaseGiven {
            var changed = facts
            changed.shared.isCaseGiven = true
            found.append((.caseNumber, changed))
        }
        if !facts.isWithinBudget {
            var changed = facts
            changed.isWithinBudget = true
            found.append((.waiting(daysMax: QuestionBudget.windowDays), changed))
        }
        found.append(agreement(for: facts))
        found += questions(instead: facts)
        found += bases(for: facts, admitted)
        found += purposes(for: facts, admitted)
        return found
    }

    private func agreement(for facts: DecisionFacts) -> Candidate {
        var changed = facts.withAgreement
        changed.isWithinBudget = facts.isWithinBudget
        let purpose = facts.shared.purpose
        if facts.shared.isMandateRequired {
            return (.householdMandates(purpose: purpose), changed)
        }
        if facts.shared.basisKind == LegalBasisKind.guardianConsent.rawValue {
            return (.guardianConsent(purpose: purpose), changed)
        }
        return (.consent(purpose: purpose), changed)
    }

    private func questions(instead facts: DecisionFacts) -> [Candidate] {
        guard !facts.isPredicate else { return [] }
        let predicates = catalogue.predicates.values.filter { $0.fields == [facts.item] }
        return predicates.sorted { $0.id < $1.id }.map { predicate in
            (.question(predicate.id), changed(facts, item: predicate.id))
        }
    }

    private func changed(_ facts: DecisionFacts, item: FieldID) -> DecisionFacts {
        var changed = facts
        changed.item = item
        changed.isPredicate = catalogue.predicates[item] != nil
        changed.purposeCoversItem =
            catalogue.purposes[facts.shared.purpose]?.fields.contains(item) ?? false
        changed.basisCoversItem =
            catalogue.legalBases[facts.shared.legalBasis]?.fields.contains(item) ?? false
        return changed
    }

    private func bases(for facts: DecisionFacts, _ admitted: AdmittedRequest) -> [Candidate] {
        guard let purpose = catalogue.purposes[facts.shared.purpose] else { return [] }
        let stage = BasisStage(catalogue: catalogue)
        return purpose.legalBases.subtracting([facts.shared.legalBasis]).sorted().compactMap { id in
            guard let basis = catalogue.legalBases[id] else { return nil }
            var changed = facts
            changed.shared.legalBasis = id
            changed.shared.basisKind = basis.kind.rawValue
            changed.shared.isInForce = stage.isInForce(basis, on: admitted.day)
            changed.shared.hasAuthority = stage.hasAuthority(admitted.department, under: basis)
            changed.shared.purposeListsBasis = true
            changed.shared.isConsentRequired = basis.kind.needsConsent
            changed.basisCoversItem = basis.fields.contains(facts.item)
            return (.legalBasis(id), changed)
        }
    }

    /// What was agreed to for the present purpose says nothing of another.
    private func purposes(for facts: DecisionFacts, _ admitted: AdmittedRequest) -> [Candidate] {
        let others = catalogue.purposes.values.filter { purpose in
            purpose.id != facts.shared.purpose && purpose.fields.contains(facts.item)
                && purpose.departments.contains(facts.shared.department)
        }
        // The narrowest purpose is the smallest change.
        let sorted = others.sorted { ($0.fields.count, $0.id) < ($1.fields.count, $1.id) }
        return sorted.map { purpose in
            var changed = facts.aboutNobody
            changed.shared.purpose = purpose.id
            changed.shared.isPurposeKnown = true
            changed.shared.purposeListsDepartment = true
            changed.shared.purposeListsBasis = purpose.legalBases.contains(facts.shared.legalBasis)
            changed.shared.isMandateRequired = purpose.needsHouseholdMandate
            changed.purposeCoversItem = true
            return (.purpose(purpose.id), changed)
        }
    }
}
