import Consent
import JSONText
import ResidentModel

/// Every input of one decision, by value or by versioned pointer, in two parts.
///
/// From the operational part alone a decision can be explained and replayed without opening any value; the subject
/// part names the resident's side and dies with the resident's key.
struct DecisionRecord {
    /// Readable by oversight for as long as the audit class key lives.
    let operational: JSONValue
    /// Readable only while the resident's key lives; nil where nobody was found.
    let subject: JSONValue?
    let outcome: AnswerOutcome

    init(_ decided: DecidedRequest, bundleHash: String) {
        let consented = decided.consented
        let based = consented.located.based
        let admitted = based.admitted
        let request = admitted.request
        let allowed = decided.decisions.filter(\.isAllowed).count
        outcome =
            allowed == 0
            ? .refused : allowed == decided.decisions.count ? .allowed : .partlyAllowed
        var members: [(String, JSONValue)] = [
            ("format", .string("hangu/decision/1")), ("bundle", .string(bundleHash)),
            ("caller", .string(request.department)), ("channel", .string(request.channel)),
            ("clock", .integer(Int(admitted.clock))), ("purpose", .string(request.purpose)),
            ("basis", .string(request.legalBasis)),
            ("basisKind", .string(based.legalBasis?.kind.rawValue ?? "")),
            ("article", .string(based.legalBasis?.article.chinese ?? "")),
            ("authorityHolds", .bool(based.hasAuthority)), ("inForce", .bool(based.isInForce)),
            ("consentRequired", .bool(consented.isConsentRequired)),
            ("mandatesRequired", .integer(consented.mandatesRequired)),
            ("caseGiven", .bool(!(request.caseID ?? "").isEmpty)),
            ("outcome", .string(outcome.rawValue)),
            ("items", .array(decided.decisions.map { Self.item($0, of: consented) })),
        ]
        if let department = admitted.department {
            members.append(
                (
                    "callerSnapshot",
                    .object([
                        "creditCodeKind": .string(department.creditCode.kind),
                        "functions": .array(department.functions.sorted().map { .string($0) }),
                        "division": .string(department.division),
                    ])
                ))
        }
        operational = .object(JSONObject(distinctMembers: members))
        subject = consented.located.resident.map { _ in Self.subject(of: decided) }
    }

    private static func item(_ decision: ItemDecision, of consented: ConsentedRequest) -> JSONValue
    {
        let standing = consented.standings[decision.item]
        return .object([
            "item": .string(decision.item.text), "predicate": .bool(decision.isPredicate),
            "allowed": .bool(decision.isAllowed),
            "rules": .array(decision.determining.map { .string($0) }),
            "failed": .array(decision.failed.map { .string($0) }),
            "reasons": .array(decision.reasons.map { .string($0.rawValue) }),
            "form": .string(decision.obligations.form.name),
            "notify": .bool(decision.obligations.notifiesResident),
            "retainDays": .integer(decision.obligations.retainDaysMax ?? 0),
            "consentState": .string(standing?.status.rawValue ?? "none"),
            "assurance": .integer(standing?.consent?.statement.assurance ?? 0),
            "mandatesGiven": .integer(consented.mandatesGiven[decision.item] ?? 0),
        ])
    }

    private static func subject(of decided: DecidedRequest) -> JSONValue {
        let admitted = decided.consented.located.based.admitted
        var consents: [String: Int] = [:]
        for standing in decided.consented.standings.values {
            if let consent = standing.consent { consents[consent.id] = consent.version }
        }
        let pointers = consents.sorted { $0.key < $1.key }.map {
            JSONValue.object(["id": .string($0.key), "version": .integer($0.value)])
        }
        var members: [(String, JSONValue)] = [
            ("format", .string("hangu/decision-subject/1")),
            ("request", .string(admitted.requestID)),
            ("officer", .string(admitted.request.officer)),
            ("fields", .array(decided.decisions.map { .string($0.item.text) })),
            ("consents", .array(pointers)),
        ]
        if let caseID = admitted.request.caseID { members.append(("case", .string(caseID))) }
        if let party = admitted.request.representedParty {
            members.append(("representedParty", .string(party)))
        }
        return .object(JSONObject(distinctMembers: members))
    }
}
