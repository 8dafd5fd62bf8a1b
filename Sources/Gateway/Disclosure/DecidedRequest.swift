import Cedar
package import ResidentModel

/// A request with the decision about each of its items; only ``DecisionStage`` makes one.
package struct DecidedRequest: Sendable {
    package let consented: ConsentedRequest
    package let decisions: [ItemDecision]

    fileprivate init(consented: ConsentedRequest, decisions: [ItemDecision]) {
        self.consented = consented
        self.decisions = decisions
    }
}

/// The decision about one item.
package struct ItemDecision: Sendable {
    package let item: FieldID
    /// The field whose values are behind the item; nil where the item is unknown.
    package let carrier: FieldID?
    package let isPredicate: Bool
    package let isAllowed: Bool
    /// The rules that made the decision, by their `@id`, in the order of the bundle.
    package let determining: [String]
    /// Rules that failed; a rule that fails refuses.
    package let failed: [String]
    /// Why not, most basic reason first; empty where allowed.
    package let reasons: [RefusalReason]
    package let obligations: Obligations
}

/// Fifth stage: the one place that decides, field by field.
///
/// Deny is the default, and a rule that fails refuses.
struct DecisionStage {
    let catalogue: Catalogue
    let policies: PolicyBundle

    func decide(_ consented: ConsentedRequest) -> DecidedRequest {
        let admitted = consented.located.based.admitted
        let officer = CatalogueEntities.officer(
            admitted.request.officer, of: admitted.request.department)
        let department = CatalogueEntities.department(admitted.request.department)
        let entities = policies.entities.adding([
            Entity(
                uid: officer,
                attributes: ["department": .entity(department), "roles": .set(SetValue([]))],
                parents: [department])
        ])
        let decisions = admitted.items.map {
            decide($0, of: consented, officer: officer, entities: entities)
        }
        return DecidedRequest(consented: consented, decisions: decisions)
    }

    private func decide(
        _ item: FieldID, of consented: ConsentedRequest, officer: EntityUID, entities: EntityStore
    ) -> ItemDecision {
        let isPredicate = catalogue.predicates[item] != nil
        let facts = DecisionFacts(item: item, consented: consented, catalogue: catalogue)
        let request = Request(
            principal: officer,
            action: isPredicate ? CatalogueEntities.answer : CatalogueEntities.disclose,
            resource: isPredicate
                ? CatalogueEntities.predicate(item) : CatalogueEntities.field(item),
            context: facts.context)
        let response = Authorizer().authorize(request, policies.policies, entities)
        let isAllowed = response.decision == .allow && response.errors.isEmpty
        return ItemDecision(
            item: item, carrier: catalogue.carrier(of: item)?.id, isPredicate: isPredicate,
            isAllowed: isAllowed, determining: response.determining.map(\.text),
            failed: response.errors.map(\.policyID.text),
            reasons: isAllowed ? [] : reasons(of: response),
            obligations: isAllowed ? obligations(of: response) : .none)
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
