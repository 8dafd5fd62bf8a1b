import Cedar
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
            isPurposePredicateOnly: based.purpose?.predicateOnly.contains(item) ?? false,
            isConsentAssured: assurance >= based.purpose?.assuranceMin ?? 1,
            isAskingWithinConsent: consented.limits[item]?.isWithin ?? true)
    }

    var context: RecordValue {
        [
            "purpose": .entity(CatalogueEntities.purpose(shared.purpose)),
            "purposeListsDepartment": .bool(shared.purposeListsDepartment),
            "purposeListsBasis": .bool(shared.purposeListsBasis),
            "purposeCoversItem": .bool(purposeCoversItem),
            "purposePredicateOnly": .bool(isPurposePredicateOnly),
            "asking": .record([
                "withinPurpose": .bool(shared.isAskingWithinPurpose),
                "withinConsent": .bool(isAskingWithinConsent),
            ]),
            "known": .record([
                "department": .bool(shared.isDepartmentKnown),
                "purpose": .bool(shared.isPurposeKnown), "basis": .bool(!shared.basisKind.isEmpty),
                "item": .bool(isItemKnown),
            ]),
            "basis": .record([
                "id": .entity(CatalogueEntities.legalBasis(shared.legalBasis)),
                "kind": .string(shared.basisKind), "inForce": .bool(shared.isInForce),
                "authorityHolds": .bool(shared.hasAuthority), "coversItem": .bool(basisCoversItem),
            ]),
            "consent": .record([
                "required": .bool(shared.isConsentRequired),
                "inForce": .bool(consentState == ConsentStatus.inForce.rawValue),
                "state": .string(consentState), "assurance": .long(Int64(consentAssurance)),
                "giver": .string(consentGiver), "assured": .bool(isConsentAssured),
            ]),
            "household": .record([
                "mandateRequired": .bool(shared.isMandateRequired),
                "complete": .bool(
                    shared.mandatesRequired > 0 && mandatesGiven >= shared.mandatesRequired),
                "adults": .long(Int64(shared.mandatesRequired)),
                "mandated": .long(Int64(mandatesGiven)),
            ]),
            "case": .record(["given": .bool(shared.isCaseGiven)]),
            "itemCount": .long(Int64(shared.itemCount)),
            "clock": .datetime(DatetimeValue(milliseconds: shared.clock)),
        ]
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
            isAskingWithinPurpose: consented.isAskingWithinPurpose, itemCount: admitted.items.count,
            clock: admitted.clock)
    }
}
