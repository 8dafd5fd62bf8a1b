package import ResidentModel

/// A request with the decision about each of its items; only ``DecisionStage`` makes one.
package struct DecidedRequest: Sendable {
    package let consented: ConsentedRequest
    package let decisions: [ItemDecision]

    fileprivate init(consented: ConsentedRequest, decisions: [ItemDecision]) {
        self.consented = consented
        self.decisions = decisions
    }

    /// The items that are permitted.
    var allowedItems: [FieldID] { decisions.filter(\.isAllowed).map(\.item) }

    /// How many days the receiver may keep what is permitted, by rules, purpose and consents; nil where nothing is.
    var keepDays: Int? {
        let allowed = decisions.filter(\.isAllowed)
        guard !allowed.isEmpty else { return nil }
        let days =
            allowed.flatMap { [$0.obligations.retainDaysMax, consented.limits[$0.item]?.keepDays] }
            + [consented.located.based.purpose?.dataLifeDays]
        return days.compactMap(\.self).min()
    }
}

/// The decision about one item.
package struct ItemDecision: Sendable {
    let facts: DecisionFacts
    /// The fields whose values are behind the item; empty where the item is unknown.
    package let fields: [FieldID]
    let ruling: Ruling
    /// What the caller may be told of it.
    let shown: Ruling

    package var item: FieldID { facts.item }
    package var isPredicate: Bool { facts.isPredicate }
    package var isAllowed: Bool { ruling.isAllowed }
    /// The rules that made the decision, by their `@id`, in the order of the bundle.
    package var determining: [String] { ruling.determining }
    /// Rules that failed; a rule that fails refuses.
    package var failed: [String] { ruling.failed }
    /// Why not, most basic reason first; empty where allowed.
    package var reasons: [RefusalReason] { ruling.reasons }
    package var obligations: Obligations { ruling.obligations }
}

/// Fifth stage: the one place that decides, field by field.
///
/// Deny is the default, and a rule that fails refuses.
struct DecisionStage {
    let catalogue: Catalogue
    let policies: PolicyBundle

    /// - Parameters:
    ///   - consented: The request with everything that is known of it.
    ///   - takeQuestion: Takes a permitted question from its budget; false where too much was asked before.
    /// - Returns: The decisions, item by item.
    /// - Throws: What `takeQuestion` throws.
    func decide(
        _ consented: ConsentedRequest,
        takeQuestion: (PredicateDefinition) throws(GatewayError) -> Bool
    ) throws(GatewayError) -> DecidedRequest {
        let shared = DecisionFacts.Shared(consented)
        let bench = RuleBench(policies, for: shared)
        var decisions: [ItemDecision] = []
        decisions.reserveCapacity(consented.located.based.admitted.items.count)
        for item in consented.located.based.admitted.items {
            var facts = DecisionFacts(
                item: item, consented: consented, shared: shared, catalogue: catalogue)
            var ruling = bench.rule(on: facts)
            if ruling.isAllowed, let predicate = catalogue.predicates[item] {
                facts.isWithinBudget = try takeQuestion(predicate)
                if !facts.isWithinBudget { ruling = bench.rule(on: facts) }
            }
            decisions.append(
                ItemDecision(
                    facts: facts, fields: catalogue.fields(behind: item).map(\.id), ruling: ruling,
                    shown: bench.shown(ruling, on: facts)))
        }
        return DecidedRequest(consented: consented, decisions: decisions)
    }
}
