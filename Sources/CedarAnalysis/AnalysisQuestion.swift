public import Cedar

/// What can be asked about policies, over every request and every store that conform to a schema.
///
/// A policy matches where it evaluates to true; a policy that fails does not match. Every entity that is referred to
/// is present, and the hierarchy is transitive and without cycles.
public enum AnalysisQuestion: String, Hashable, Sendable, CaseIterable {
    /// One policy: does its evaluation never fail?
    case neverErrors
    /// One policy: does it match every request?
    case alwaysMatches
    /// One policy: does it match no request?
    case neverMatches
    /// Two policies: do they match the same requests?
    case matchesEquivalent
    /// Two policies: does the second match whatever the first matches?
    case matchesImplies
    /// Two policies: is there no request that both match?
    case matchesDisjoint
    /// One set: does it allow every request?
    case alwaysAllows
    /// One set: does it deny every request?
    case alwaysDenies
    /// Two sets: does the second allow whatever the first allows?
    case implies
    /// Two sets: do they allow the same requests?
    case equivalent
    /// Two sets: is there no request that both allow?
    case disjoint

    /// Whether a second policy or set belongs to the question.
    public var isAboutTwo: Bool {
        switch self {
        case .neverErrors, .alwaysMatches, .neverMatches, .alwaysAllows, .alwaysDenies: false
        case .matchesEquivalent, .matchesImplies, .matchesDisjoint, .implies, .equivalent,
            .disjoint:
            true
        }
    }

    /// Whether the question is about single policies and not about decisions of sets.
    public var isAboutPolicies: Bool {
        switch self {
        case .neverErrors, .alwaysMatches, .neverMatches, .matchesEquivalent, .matchesImplies,
            .matchesDisjoint:
            true
        case .alwaysAllows, .alwaysDenies, .implies, .equivalent, .disjoint: false
        }
    }
}

/// An answer that was proved or shown.
public enum AnalysisAnswer: Sendable {
    /// Holds for every request and store; proved by the solver or without it.
    case yes
    /// Does not hold: this request and store show it, which evaluation has confirmed.
    case no(Counterexample)

    /// Whether it holds.
    public var isYes: Bool {
        if case .yes = self { true } else { false }
    }
}

/// A request and a store that show that something does not hold.
///
/// Made up by the solver: the values come from the policies and from nowhere else. Conforms to the schema.
public struct Counterexample: Sendable {
    /// The request.
    public let request: Request
    /// The entities, the schema's actions among them.
    public let entities: EntityStore
    /// The request as JSON: `principal`, `action`, `resource` and `context`.
    public let requestJSON: String
    /// The entities as JSON, without the schema's actions.
    public let entitiesJSON: String
}

extension AnalysisQuestion {
    /// Whether a request and a store show that the answer is no, by evaluating the policies.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - entities: The entities; they and the request are not checked against a schema.
    ///   - first: What the question is about.
    ///   - second: The other one, for questions about two; without it they are not refuted.
    /// - Returns: True where the policies evaluate so that what was asked does not hold.
    public func isRefuted(
        by request: Request, _ entities: EntityStore, _ first: PolicySet,
        _ second: PolicySet? = nil
    ) -> Bool {
        let responses = [first, second].map { set in
            set.map { Authorizer().authorize(request, $0, entities) }
        }
        let holds = responses.map { response in
            guard let response else { return false }
            // A satisfied policy that stands alone determines the decision, whatever its effect.
            return isAboutPolicies
                ? !response.determining.isEmpty : response.decision == .allow
        }
        if isAboutTwo, second == nil { return false }
        return switch self {
        case .neverErrors: responses[0]?.errors.isEmpty == false
        case .neverMatches, .alwaysDenies: holds[0]
        case .alwaysMatches, .alwaysAllows: !holds[0]
        case .matchesEquivalent, .equivalent: holds[0] != holds[1]
        case .matchesImplies, .implies: holds[0] && !holds[1]
        case .matchesDisjoint, .disjoint: holds[0] && holds[1]
        }
    }
}
