import Cedar
import Consent

/// The facts of a request as the rules read them: what all items share is made once.
///
/// Names are hashed and ordered once for the program, and a record that is the same for most items is kept from one to
/// the next: building the context anew for each item would cost more than asking the rules.
struct RuleContext {
    private static let whole = RecordShape([
        "purpose", "purposeListsDepartment", "purposeListsBasis", "purposeCoversItem",
        "purposePredicateOnly", "asking", "known",
        "basis", "consent", "household", "case", "emergency", "subject", "itemCount", "clock",
    ])
    private static let asking = RecordShape(["withinPurpose", "withinConsent"])
    private static let known = RecordShape(["department", "purpose", "basis", "item"])
    private static let basis = RecordShape([
        "id", "kind", "inForce", "authorityHolds", "coversItem",
    ])
    private static let consent = RecordShape([
        "required", "inForce", "state", "assurance", "giver", "assured",
    ])
    private static let household = RecordShape([
        "mandateRequired", "complete", "adults", "mandated",
    ])
    private static let caseReference = RecordShape(["given"])
    private static let emergency = RecordShape(["state", "coversItem"])
    private static let subject = RecordShape(["protected", "child", "deceased"])

    let shared: DecisionFacts.Shared
    private let purpose: Value
    private let caseGiven: Value
    /// The record of how often may be asked where the resident's consent does not, and where it does allow it.
    private let askings: [Value]
    private let subject: Value
    /// The record of the emergency access where it does not, and where it does reach the item.
    private let emergencies: [Value]
    private let clock: Value
    /// The record of the basis where it does not, and where it does reach the item.
    private let bases: [Value]
    /// The record of what is known where the item is not, and where it is.
    private let knowns: [Value]

    init(_ shared: DecisionFacts.Shared) {
        self.shared = shared
        purpose = .entity(CatalogueEntities.purpose(shared.purpose))
        caseGiven = .record(Self.caseReference.record([.bool(shared.isCaseGiven)]))
        askings = [false, true].map { isWithinConsent in
            .record(
                Self.asking.record([.bool(shared.isAskingWithinPurpose), .bool(isWithinConsent)]))
        }
        subject = .record(
            Self.subject.record([
                .bool(shared.isProtected), .bool(shared.isChild), .bool(shared.isDeceased),
            ]))
        emergencies = [false, true].map { covers in
            .record(Self.emergency.record([.string(shared.emergencyState), .bool(covers)]))
        }
        clock = .datetime(DatetimeValue(milliseconds: shared.clock))
        let basisID = Value.entity(CatalogueEntities.legalBasis(shared.legalBasis))
        bases = [false, true].map { covers in
            .record(
                Self.basis.record([
                    basisID, .string(shared.basisKind), .bool(shared.isInForce),
                    .bool(shared.hasAuthority), .bool(covers),
                ]))
        }
        knowns = [false, true].map { isItemKnown in
            .record(
                Self.known.record([
                    .bool(shared.isDepartmentKnown), .bool(shared.isPurposeKnown),
                    .bool(!shared.basisKind.isEmpty), .bool(isItemKnown),
                ]))
        }
    }

    /// The context of one item.
    ///
    /// - Precondition: The facts share what this context was made of.
    func record(of facts: DecisionFacts) -> RecordValue {
        let consent = Self.consent.record([
            .bool(shared.isConsentRequired),
            .bool(facts.consentState == ConsentStatus.inForce.rawValue),
            .string(facts.consentState), .long(Int64(facts.consentAssurance)),
            .string(facts.consentGiver), .bool(facts.isConsentAssured),
        ])
        let isComplete =
            shared.mandatesRequired > 0 && facts.mandatesGiven >= shared.mandatesRequired
        let household = Self.household.record([
            .bool(shared.isMandateRequired), .bool(isComplete),
            .long(Int64(shared.mandatesRequired)), .long(Int64(facts.mandatesGiven)),
        ])
        return Self.whole.record([
            purpose, .bool(shared.purposeListsDepartment), .bool(shared.purposeListsBasis),
            .bool(facts.purposeCoversItem), .bool(facts.isPurposePredicateOnly),
            askings[facts.isAskingWithinConsent ? 1 : 0], knowns[facts.isItemKnown ? 1 : 0],
            bases[facts.basisCoversItem ? 1 : 0], .record(consent), .record(household), caseGiven,
            emergencies[facts.emergencyCoversItem ? 1 : 0], subject, .long(Int64(shared.itemCount)),
            clock,
        ])
    }
}
