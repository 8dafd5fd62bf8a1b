package import Cedar

/// What the rules say about one item, from its facts alone.
struct Ruling: Hashable, Sendable {
    let isAllowed: Bool
    /// The rules that made the decision, by their `@id`, in the order of the bundle.
    let determining: [String]
    /// Rules that failed; a rule that fails refuses.
    let failed: [String]
    /// Why not, most basic reason first; empty where allowed.
    let reasons: [RefusalReason]
    let obligations: Obligations
}

/// A question as the rules see it, with all that they can look up.
package struct RuleInquiry: Sendable {
    package let request: Request
    package let entities: EntityStore
}

/// The rules of a bundle, asked about the items of one request.
struct RuleBench {
    private let policies: PolicyBundle
    private let officer: EntityUID
    private let entities: EntityStore
    private let context: RuleContext

    init(_ policies: PolicyBundle, for shared: DecisionFacts.Shared) {
        self.policies = policies
        context = RuleContext(shared)
        officer = CatalogueEntities.officer(shared.officer, of: shared.department)
        let department = CatalogueEntities.department(shared.department)
        let roles = SetValue(shared.roles.map { .string($0) })
        entities = policies.entities.adding([
            Entity(
                uid: officer,
                attributes: ["department": .entity(department), "roles": .set(roles)],
                parents: [department])
        ])
    }

    /// Deny is the default, and a rule that fails refuses.
    func rule(on facts: DecisionFacts) -> Ruling {
        let inquiry = inquiry(on: facts)
        let response = Authorizer().authorize(
            inquiry.request, policies.policies, inquiry.entities)
        let failed = response.errors.map(\.policyID.text)
        let determining = response.determining.map(\.text)
        guard response.decision == .allow, response.errors.isEmpty else {
            return Ruling(
                isAllowed: false, determining: determining, failed: failed,
                reasons: reasons(of: response), obligations: .none)
        }
        let obligations = policies.obligations(
            of: response.determining, item: facts.item, purpose: facts.shared.purpose)
        let refusal = refusal(of: facts, obligations)
        return Ruling(
            isAllowed: refusal == nil, determining: determining, failed: failed,
            reasons: refusal.map { [$0] } ?? [], obligations: obligations)
    }

    /// Why what the rules permit stays all the same: no form may leave, or too much was asked before.
    private func refusal(of facts: DecisionFacts, _ obligations: Obligations) -> RefusalReason? {
        if obligations.form == .denied { return .noForm }
        if obligations.form == .predicateOnly, !facts.isPredicate { return .predicateOnly }
        return facts.isWithinBudget ? nil : .budgetExhausted
    }

    /// What the rules are asked about an item.
    func inquiry(on facts: DecisionFacts) -> RuleInquiry {
        // Facts with another request's part are asked about where a refusal is explained.
        let context = facts.shared == context.shared ? context : RuleContext(facts.shared)
        let request = Request(
            principal: officer,
            action: facts.isPredicate ? CatalogueEntities.answer : CatalogueEntities.disclose,
            resource: policies.uid(of: facts.item, isPredicate: facts.isPredicate),
            context: context.record(of: facts))
        return RuleInquiry(request: request, entities: entities)
    }

    private func reasons(of response: Response) -> [RefusalReason] {
        var reasons: Set<RefusalReason> = response.errors.isEmpty ? [] : [.policyError]
        if response.decision == .deny {
            for rule in response.determining { reasons.insert(policies.reason(of: rule)) }
            if response.determining.isEmpty, reasons.isEmpty { reasons.insert(.noPermit) }
        }
        return RefusalReason.allCases.filter(reasons.contains)
    }
}
