import JSONText
import ResidentModel

/// Every input of one decision, by value or by versioned pointer, in two parts.
///
/// From the operational part alone a decision can be explained and replayed without opening any value; the subject
/// part names the resident's side and dies with the resident's key. Where nobody is known by the number asked for,
/// there is no such key, and officer and request stand in the operational part.
struct DecisionRecord {
    static let format = "hangu/decision/1"

    /// Readable by oversight for as long as the audit class key lives.
    let operational: JSONValue
    /// Readable only while the resident's key lives; nil where nobody was found.
    let subject: JSONValue?
    let outcome: AnswerOutcome

    init(_ decided: DecidedRequest, bundleHash: String) {
        let consented = decided.consented
        let based = consented.located.based
        let admitted = based.admitted
        let allowed = decided.decisions.filter(\.isAllowed).count
        outcome =
            allowed == 0
            ? .refused : allowed == decided.decisions.count ? .allowed : .partlyAllowed
        var members: [(String, JSONValue)] = [
            ("format", .string(Self.format)), ("bundle", .string(bundleHash)),
            ("channel", .string(admitted.request.channel)),
            ("article", .string(based.legalBasis?.article.chinese ?? "")),
            ("outcome", .string(outcome.rawValue)),
            ("items", .array(decided.decisions.map(Self.item))),
        ]
        members += Self.members(of: DecisionFacts.Shared(consented))
        if let department = admitted.department {
            members.append(("callerSnapshot", Self.snapshot(of: department)))
        }
        if consented.located.resident == nil {
            members.append(("request", .string(admitted.requestID)))
            members.append(("officer", .string(admitted.request.officer)))
            if let correlation = admitted.request.correlationID {
                members.append(("correlation", .string(correlation)))
            }
            if let caseID = admitted.request.caseID { members.append(("case", .string(caseID))) }
        }
        if let days = decided.keepDays { members.append(("keepDays", .integer(days))) }
        if let days = based.legalBasis?.withholdDays {
            let day = CalendarDate(dayNumber: admitted.day.dayNumber + days)
            members.append(("visibleFrom", .string(day.description)))
        }
        operational = .object(JSONObject(distinctMembers: members))
        subject = consented.located.resident.map { _ in Self.subject(of: decided) }
    }

    private static func members(of shared: DecisionFacts.Shared) -> [(String, JSONValue)] {
        [
            ("caller", .string(shared.department)),
            ("callerKnown", .bool(shared.isDepartmentKnown)),
            ("roles", .array(shared.roles.map { .string($0) })),
            ("clock", .integer(Int(shared.clock))), ("purpose", .string(shared.purpose)),
            ("purposeKnown", .bool(shared.isPurposeKnown)),
            ("purposeListsCaller", .bool(shared.purposeListsDepartment)),
            ("purposeListsBasis", .bool(shared.purposeListsBasis)),
            ("basis", .string(shared.legalBasis)), ("basisKind", .string(shared.basisKind)),
            ("authorityHolds", .bool(shared.hasAuthority)), ("inForce", .bool(shared.isInForce)),
            ("consentRequired", .bool(shared.isConsentRequired)),
            ("mandateRequired", .bool(shared.isMandateRequired)),
            ("mandatesRequired", .integer(shared.mandatesRequired)),
            ("caseGiven", .bool(shared.isCaseGiven)),
            ("emergency", .string(shared.emergencyState)),
            ("protected", .bool(shared.isProtected)), ("child", .bool(shared.isChild)),
            ("deceased", .bool(shared.isDeceased)),
            ("askingWithinPurpose", .bool(shared.isAskingWithinPurpose)),
        ]
    }

    private static func snapshot(of department: Department) -> JSONValue {
        .object([
            "creditCodeKind": .string(department.creditCode.kind),
            "functions": .array(department.functions.sorted().map { .string($0) }),
            "division": .string(department.division),
        ])
    }

    private static func item(_ decision: ItemDecision) -> JSONValue {
        let facts = decision.facts
        return .object([
            "item": .string(facts.item.text), "predicate": .bool(facts.isPredicate),
            "known": .bool(facts.isItemKnown), "purposeCovers": .bool(facts.purposeCoversItem),
            "basisCovers": .bool(facts.basisCoversItem),
            "consentState": .string(facts.consentState),
            "assurance": .integer(facts.consentAssurance),
            "giver": .string(facts.consentGiver),
            "mandatesGiven": .integer(facts.mandatesGiven),
            "withinBudget": .bool(facts.isWithinBudget),
            "emergencyCovers": .bool(facts.emergencyCoversItem),
            "purposePredicateOnly": .bool(facts.isPurposePredicateOnly),
            "consentAssured": .bool(facts.isConsentAssured),
            "askingWithinConsent": .bool(facts.isAskingWithinConsent),
            "allowed": .bool(decision.isAllowed),
            "rules": .array(decision.determining.map { .string($0) }),
            "failed": .array(decision.failed.map { .string($0) }),
            "reasons": .array(decision.reasons.map { .string($0.rawValue) }),
            "form": .string(decision.obligations.form.name),
            "notify": .bool(decision.obligations.notifiesResident),
            "humanConfirmation": .bool(decision.obligations.needsHumanConfirmation),
            "retainDays": .integer(decision.obligations.retainDaysMax ?? 0),
        ])
    }

    private static func subject(of decided: DecidedRequest) -> JSONValue {
        let admitted = decided.consented.located.based.admitted
        let pointers = decided.consented.consents.map {
            JSONValue.object(["id": .string($0.id), "version": .integer($0.version)])
        }
        var members: [(String, JSONValue)] = [
            ("format", .string("hangu/decision-subject/1")),
            ("request", .string(admitted.requestID)),
            ("officer", .string(admitted.request.officer)),
            ("fields", .array(decided.decisions.map { .string($0.item.text) })),
            ("consents", .array(pointers)),
        ]
        if let correlation = admitted.request.correlationID {
            members.append(("correlation", .string(correlation)))
        }
        if let caseID = admitted.request.caseID { members.append(("case", .string(caseID))) }
        if let party = admitted.request.representedParty {
            members.append(("representedParty", .string(party)))
        }
        return .object(JSONObject(distinctMembers: members))
    }
}
