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

    init(_ policies: PolicyBundle, for shared: DecisionFacts.Shared) {
        self.policies = policies
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
        let isAllowed = response.decision == .allow && response.errors.isEmpty
        return Ruling(
            isAllowed: isAllowed, determining: response.determining.map(\.text),
            failed: response.errors.map(\.policyID.text),
            reasons: isAllowed ? [] : reasons(of: response),
            obligations: isAllowed ? obligations(of: response) : .none)
    }

    /// What the rules are asked about an item.
    func inquiry(on facts: DecisionFacts) -> RuleInquiry {
        let request = Request(
            principal: officer,
            action: facts.isPredicate ? CatalogueEntities.answer : CatalogueEntities.disclose,
            resource: facts.isPredicate
                ? CatalogueEntities.predicate(facts.item) : CatalogueEntities.field(facts.item),
            context: facts.context)
        return RuleInquiry(request: request, entities: entities)
    }

    private func reasons(of response: Response) -> [RefusalReason] {
        var reasons: Set<RefusalReason> = response.errors.isEmpty ? [] : [.policyError]
        if response.decision == .deny {
            for rule in response.determining {
                let code = policies.annotation("reason", of: rule) ?? ""
                reasons.insert(RefusalReason(rawValue: code) ?? .forbiddenByRule)
            }
            if response.determining.isEmpty, reasons.isEmpty { reasons.insert(.noPermit) }
        }
        return RefusalReason.allCases.filter(reasons.contains)
    }

    private func obligations(of response: Response) -> Obligations {
        var combined = Obligations.none
        for rule in response.determining {
            guard let text = policies.annotation("obligation", of: rule) else { continue }
            do { combined = combined.combined(with: try Obligations(parsing: text)) } catch {
                preconditionFailure("obligations are checked when the bundle is compiled")
            }
        }
        return combined
    }
}
