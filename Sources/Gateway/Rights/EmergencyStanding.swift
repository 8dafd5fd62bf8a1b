import JSONText
import ResidentModel
import TransparencyLog

/// What is sealed of an emergency access.
struct EmergencyDetail: Sendable {
    static let format = "hangu/emergency-matter/1"

    let department: String
    let officer: String
    let template: String
    let reason: String
    let caseID: String
    /// Minutes since 1970; the access is over from this minute on.
    var until: Int64
    var reviews: [JSONValue] = []

    init(_ request: EmergencyRequest, until: Int64) {
        department = request.department
        officer = request.officer
        template = request.template
        reason = request.reason
        caseID = request.caseID
        self.until = until
    }

    init(_ value: JSONValue) throws(GatewayError) {
        guard value["format"]?.string == Self.format,
            let department = value["department"]?.string, let officer = value["officer"]?.string,
            let template = value["template"]?.string, let reason = value["reason"]?.string,
            let caseID = value["case"]?.string, let until = value["untilMinute"]?.integer,
            let reviews = value["reviews"]?.array
        else { throw .store(.corrupt(what: "an emergency access is not what was kept")) }
        self.department = department
        self.officer = officer
        self.template = template
        self.reason = reason
        self.caseID = caseID
        self.until = Int64(until)
        self.reviews = reviews
    }

    /// Who has judged it already.
    var judges: Set<String> {
        Set(
            reviews.filter {
                $0["judgement"]?.string != EmergencyJudgement.needsInformation.rawValue
            }.compactMap { $0["reviewer"]?.string })
    }

    var json: JSONValue {
        .object([
            "format": .string(Self.format), "department": .string(department),
            "officer": .string(officer), "template": .string(template),
            "reason": .string(reason), "case": .string(caseID),
            "untilMinute": .integer(Int(until)), "reviews": .array(reviews),
        ])
    }
}

/// Whether an emergency access carries a request at the moment of its decision.
struct EmergencyStanding: Hashable, Sendable {
    enum State: String, Sendable {
        case none
        case open
        /// There was one for this officer, case and resident, and it is over.
        case expired
    }

    static let none = EmergencyStanding(state: .none, items: [])

    let state: State
    /// What may be asked under it, by the template as it is now.
    let items: Set<FieldID>

    private init(state: State, items: Set<FieldID>) {
        self.state = state
        self.items = items
    }

    /// What an access would cover by the catalogue's templates, were there one.
    static func supposed(
        _ emergency: SupposedPerson.Emergency, for based: BasedRequest, catalogue: Catalogue
    ) -> EmergencyStanding {
        let request = based.admitted.request
        guard based.legalBasis?.kind == .emergency, emergency != .none else { return .none }
        guard emergency == .open else { return EmergencyStanding(state: .expired, items: []) }
        let templates = catalogue.emergencies.values.filter { $0.carries(request) }
        return EmergencyStanding(
            state: .open, items: templates.reduce(into: []) { $0.formUnion($1.items) })
    }

    /// Looks for accesses that are open for the request's officer, case and basis about a resident.
    init(
        for based: BasedRequest, resident: LocatedResident?, parts: GatewayParts,
        reader: any StoreReader
    ) throws(GatewayError) {
        let request = based.admitted.request
        guard based.legalBasis?.kind == .emergency, let resident else {
            self = .none
            return
        }
        var state = State.none
        var items: Set<FieldID> = []
        let filter = MatterFilter(
            kind: .emergency, resident: resident.number, includesClosed: true,
            limit: Self.accessesMax)
        for matter in try MatterBook(parts: parts).matters(filter, in: reader) {
            let detail = try EmergencyDetail(matter.detail)
            guard detail.department == request.department, detail.officer == request.officer,
                detail.caseID == request.caseID,
                let template = parts.catalogue.emergencies[detail.template],
                template.carries(request)
            else { continue }
            if matter.state == .closed || based.admitted.clock >= detail.until * 60_000 {
                if state == .none { state = .expired }
                continue
            }
            state = .open
            items.formUnion(template.items)
        }
        self.init(state: state, items: items)
    }

    /// How many accesses about one resident are looked at.
    private static let accessesMax = 1_000
}

extension EmergencyTemplate {
    /// Whether the department may open such an access on the basis that it names.
    fileprivate func carries(_ request: DisclosureRequest) -> Bool {
        legalBases.contains(request.legalBasis) && departments.contains(request.department)
    }
}

extension AuditDraft {
    /// One step in the life of an emergency access; `basisKind` lets `audit list --break-glass` find it.
    static func emergencyStep(
        _ step: String, _ matter: Matter, resident: LocatedResident, by officer: String,
        judgement: EmergencyJudgement? = nil
    ) -> AuditDraft {
        let members: [(String, JSONValue)] = [
            ("format", .string(emergencyFormat)), ("step", .string(step)),
            ("basisKind", .string(LegalBasisKind.emergency.rawValue)),
            ("caller", matter.detail["department"] ?? .null),
            ("template", matter.detail["template"] ?? .null),
            ("reason", matter.detail["reason"] ?? .null),
            ("untilMinute", matter.detail["untilMinute"] ?? .null),
            ("state", .string(matter.state.rawValue)),
            ("judgement", .string(judgement?.rawValue ?? "")), ("notify", .bool(true)),
        ]
        return AuditDraft(
            type: .admin, decision: .none,
            operational: .object(JSONObject(distinctMembers: members)),
            subject: (
                resident,
                .object([
                    "format": .string("hangu/emergency-subject/1"), "matter": .string(matter.id),
                    "officer": .string(officer), "case": matter.detail["case"] ?? .null,
                ])
            ))
    }

    /// The format of an entry about an emergency access.
    package static let emergencyFormat = "hangu/emergency/1"

    /// An emergency access that was not opened; it says of nobody whether they are known.
    static func emergencyRefused(
        _ request: EmergencyRequest, _ reasons: [EmergencyRefusal]
    ) -> AuditDraft {
        AuditDraft(
            type: .admin, decision: .refused,
            operational: .object([
                "format": .string(emergencyFormat), "step": .string("refused"),
                "basisKind": .string(LegalBasisKind.emergency.rawValue),
                "caller": .string(request.department), "template": .string(request.template),
                "reason": .string(request.reason), "officer": .string(request.officer),
                "case": .string(request.caseID),
                "reasons": .array(reasons.map { .string($0.rawValue) }),
            ]), subject: nil)
    }
}
