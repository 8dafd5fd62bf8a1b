import Consent
import ResidentModel

/// Everything a rule can know of a request, one item at a time; nothing else decides.
///
/// All of it is kept with the decision (``DecisionRecord``), so that the same rules can be asked again.
struct DecisionFacts: Hashable, Sendable {
    /// What all items of a request share.
    struct Shared: Hashable, Sendable {
        var department: String
        var officer: String
        /// The officer's roles at that moment.
        var roles: [String]
        var isDepartmentKnown: Bool
        var purpose: String
        var isPurposeKnown: Bool
        var purposeListsDepartment: Bool
        var purposeListsBasis: Bool
        var legalBasis: String
        /// Empty where the basis is unknown.
        var basisKind: String
        var isInForce: Bool
        var hasAuthority: Bool
        var isConsentRequired: Bool
        var isMandateRequired: Bool
        var mandatesRequired: Int
        var isCaseGiven: Bool
        /// `none`, `open` or `expired`; `none` unless the basis is of kind `emergency`.
        var emergencyState: String
        /// Whether the resident is to be treated as one who needs protection; true where nobody has looked.
        var isProtected: Bool
        /// Below 14, or of unknown age; false unless somebody has to agree.
        var isChild: Bool
        /// Confirmed dead; false unless somebody has to agree.
        var isDeceased: Bool
        /// Whether the purpose lets the department ask about this resident once more.
        var isAskingWithinPurpose: Bool
        var itemCount: Int
        /// Milliseconds since 1970.
        var clock: Int64
    }

    var shared: Shared
    var item: FieldID
    var isPredicate: Bool
    var isItemKnown: Bool
    var purposeCoversItem: Bool
    var basisCoversItem: Bool
    /// As the rules see it; `none` where nothing was said.
    var consentState: String
    var consentAssurance: Int
    /// Who said so; `none` where nothing was said.
    var consentGiver: String
    var mandatesGiven: Int
    /// Whether the caller may still ask this question about the resident's field (``QuestionBudget``).
    var isWithinBudget = true
    var emergencyCoversItem: Bool
    /// Whether the purpose may learn of the item's field by predicates alone.
    var isPurposePredicateOnly: Bool
    /// Whether it is as sure that the resident agreed as the purpose asks.
    var isConsentAssured: Bool
    /// Whether the resident's own consent lets the department ask once more.
    var isAskingWithinConsent: Bool
}

extension DecisionFacts {
    init(item: FieldID, consented: ConsentedRequest, shared: Shared, catalogue: Catalogue) {
        let based = consented.located.based
        let standing = consented.standings[item]
        let assurance = standing?.consent?.statement.assurance ?? 0
        self.init(
            shared: shared, item: item, isPredicate: catalogue.predicates[item] != nil,
            isItemKnown: catalogue.carrier(of: item) != nil,
            purposeCoversItem: based.purpose?.fields.contains(item) ?? false,
            basisCoversItem: based.legalBasis?.fields.contains(item) ?? false,
            consentState: standing?.status.rawValue ?? "none",
            consentAssurance: assurance,
            consentGiver: standing?.consent?.statement.giver.word ?? "none",
            mandatesGiven: consented.mandatesGiven[item] ?? 0,
            emergencyCoversItem: consented.located.emergency.items.contains(item),
            isPurposePredicateOnly: based.purpose?.predicateOnly.contains(item) ?? false,
            isConsentAssured: assurance >= based.purpose?.assuranceMin ?? 1,
            isAskingWithinConsent: consented.limits[item]?.isWithin ?? true)
    }
}

extension DecisionFacts.Shared {
    init(_ consented: ConsentedRequest) {
        let based = consented.located.based
        let admitted = based.admitted
        let request = admitted.request
        self.init(
            department: request.department, officer: request.officer, roles: [],
            isDepartmentKnown: admitted.department != nil, purpose: request.purpose,
            isPurposeKnown: based.purpose != nil,
            purposeListsDepartment: based.purpose?.departments.contains(request.department)
                ?? false,
            purposeListsBasis: based.purpose?.legalBases.contains(request.legalBasis) ?? false,
            legalBasis: request.legalBasis, basisKind: based.legalBasis?.kind.rawValue ?? "",
            isInForce: based.isInForce, hasAuthority: based.hasAuthority,
            isConsentRequired: consented.isConsentRequired,
            isMandateRequired: based.purpose?.needsHouseholdMandate ?? false,
            mandatesRequired: consented.mandatesRequired,
            isCaseGiven: !(request.caseID ?? "").isEmpty,
            emergencyState: consented.located.emergency.state.rawValue,
            isProtected: consented.located.standing.isProtected,
            isChild: consented.located.facts?.needsGuardian ?? false,
            isDeceased: consented.located.facts?.life == .deathConfirmed,
            isAskingWithinPurpose: consented.isAskingWithinPurpose, itemCount: admitted.items.count,
            clock: admitted.clock)
    }
}
