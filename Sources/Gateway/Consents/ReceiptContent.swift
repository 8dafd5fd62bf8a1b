import Consent
import JSONText
import ResidentModel

/// The content of a receipt after ISO/IEC TS 27560:2023: header, processing, parties, events.
///
/// What follows from the record alone is computed again when a receipt is checked; titles and texts are the catalogue's
/// on the day of issue.
struct ReceiptContent {
    let record: ConsentRecord
    let catalogue: Catalogue
    /// The home's organisation.
    let tenant: String
    let issued: CalendarDate

    var json: JSONValue {
        let members =
            Self.derived(from: record) + [
                ("schema_version", .string("27560:2023")), ("issued", .string(issued.description)),
                ("jurisdiction", .string("CN")), ("privacy_notice", notice),
                ("lawful_basis", .array(bases)), ("pii_information", .array(items)),
                ("party_identification", .array(parties)), ("withdrawal", withdrawal),
            ]
        return .object(JSONObject(distinctMembers: members))
    }

    /// The members that the record decides.
    static func derived(from record: ConsentRecord) -> [(String, JSONValue)] {
        let (scope, terms, statement) = (record.scope, record.terms, record.statement)
        var members: [(String, JSONValue)] = [
            ("record_id", .string(record.id)), ("record_version", .integer(record.version)),
            ("event_state", .string(record.state.rawValue)),
            ("event_time", .integer(Int(statement.recordedAt))),
            ("purpose", .string(scope.purpose)), ("recipient", .string(scope.recipient)),
            ("pii_attributes", .array(scope.items.sorted().map { .string($0.text) })),
            ("valid_from", .string(terms.from.description)),
            ("valid_until", .string(terms.until.description)),
            ("consent_type", .string("explicit")),
            ("collection_method", .string(statement.channel.rawValue)),
            ("assurance", .integer(statement.assurance)),
            ("given_by", .string(statement.giver.word)), ("language", .string(statement.language)),
            ("notice_version", .integer(statement.textVersion)),
        ]
        if let frequency = terms.frequency {
            members.append(("frequency", .string(frequency.description)))
        }
        if let days = terms.dataLifeDays { members.append(("retention_days", .integer(days))) }
        if let evidence = statement.evidence { members.append(("evidence", .string(evidence))) }
        return members
    }

    /// What the resident was told of the purpose.
    private var notice: JSONValue {
        let purpose = catalogue.purposes[record.scope.purpose]
        var members: [(String, JSONValue)] = []
        if let purpose {
            members = [
                ("title", Self.text(purpose.title)), ("plain", Self.text(purpose.plain)),
                ("retention_days", .integer(purpose.dataLifeDays)),
                ("frequency", .string(purpose.frequency.description)),
            ]
        }
        return .object(JSONObject(distinctMembers: members))
    }

    /// The bases of the purpose that rest on an agreement.
    private var bases: [JSONValue] {
        let names = catalogue.purposes[record.scope.purpose]?.legalBases.sorted() ?? []
        return names.compactMap { catalogue.legalBases[$0] }.filter(\.kind.needsConsent).map {
            .object([
                "id": .string($0.id), "kind": .string($0.kind.rawValue),
                "title": Self.text($0.title), "article": Self.text($0.article),
            ])
        }
    }

    /// Each field or predicate with its title, and whether it is sensitive: T3 and above.
    private var items: [JSONValue] {
        record.scope.items.sorted().map { item in
            let carrier = catalogue.carrier(of: item)
            let title = catalogue.predicates[item]?.title ?? carrier?.title
            var members: [(String, JSONValue)] = [
                ("attribute", .string(item.text)),
                ("form", .string(catalogue.predicates[item] == nil ? "value" : "yes-or-no")),
                ("sensitive", .bool(carrier.map { $0.tier >= .t3 } ?? true)),
            ]
            if let title { members.append(("title", Self.text(title))) }
            return .object(JSONObject(distinctMembers: members))
        }
    }

    private var parties: [JSONValue] {
        let recipient = catalogue.departments[record.scope.recipient]
        var members: [(String, JSONValue)] = [
            ("role", .string("recipient")), ("id", .string(record.scope.recipient)),
        ]
        if let recipient {
            members += [
                ("title", Self.text(recipient.title)),
                ("credit_code", .string(recipient.creditCode.text)),
            ]
        }
        return [
            .object(JSONObject(distinctMembers: members)),
            .object(["role": .string("keeper-of-the-register"), "id": .string(tenant)]),
        ]
    }

    private var withdrawal: JSONValue {
        .object([
            "zh": .string("随时可以停止：到任何窗口或打电话，说出编号即可；从停止之后的下一次查询起生效，已经作出的决定不变。"),
            "en": .string(
                "You can stop at any time, at any counter or by telephone, with the number of this receipt. It holds "
                    + "from the next request on; what was decided before stays."),
        ])
    }

    private static func text(_ title: Title) -> JSONValue {
        .object(["zh": .string(title.chinese), "en": .string(title.english)])
    }
}
