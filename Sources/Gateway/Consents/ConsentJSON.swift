import Consent
package import JSONText
import ResidentModel

/// The form in which a consent is sealed: canonical JSON, `format` `hangu/consent/1`.
enum ConsentJSON {
    private static let format = "hangu/consent/1"

    static func encoded(_ record: ConsentRecord) -> JSONValue {
        let (scope, terms, statement) = (record.scope, record.terms, record.statement)
        var members: [(String, JSONValue)] = [
            ("format", .string(format)), ("id", .string(record.id)),
            ("version", .integer(record.version)), ("state", .string(record.state.rawValue)),
            ("purpose", .string(scope.purpose)), ("recipient", .string(scope.recipient)),
            ("items", .array(scope.items.sorted().map { .string($0.text) })),
            ("from", .string(terms.from.description)),
            ("until", .string(terms.until.description)),
            ("channel", .string(statement.channel.rawValue)),
            ("giver", .string(statement.giver.word)),
            ("registeredBy", .string(statement.registeredBy)),
            ("language", .string(statement.language)),
            ("textVersion", .integer(statement.textVersion)),
            ("recordedAt", .integer(Int(statement.recordedAt))),
        ]
        let optional: [(String, JSONValue?)] = [
            ("frequency", terms.frequency.map { .string($0.description) }),
            ("dataLifeDays", terms.dataLifeDays.map { .integer($0) }),
            ("rightToAct", statement.giver.evidence.map { .string($0) }),
            ("helper", statement.helper.map { .string($0) }),
            ("witness", statement.witness.map { .string($0) }),
            ("evidence", statement.evidence.map { .string($0) }),
            ("confirmBy", record.confirmBy.map { .string($0.description) }),
            ("confirmedBy", record.confirmedBy.map { .string($0) }),
            ("endedAs", record.endedAs.map { .string($0.rawValue) }),
        ]
        members += optional.compactMap { name, value in value.map { (name, $0) } }
        return .object(JSONObject(distinctMembers: members))
    }

    /// The record, or nil where the bytes are not one.
    static func decoded(_ bytes: [UInt8]) -> ConsentRecord? {
        let value: JSONValue
        do { value = try JSONValue(parsing: bytes) } catch { return nil }
        guard value["format"]?.string == format, let id = value["id"]?.string,
            let version = value["version"]?.integer,
            let state = value["state"]?.string.flatMap(ConsentState.init(rawValue:)),
            let purpose = value["purpose"]?.string, let recipient = value["recipient"]?.string,
            let items = value["items"]?.array?.compactMap(\.string),
            let terms = terms(value), let statement = statement(value)
        else { return nil }
        return ConsentRecord(
            id: id, version: version, state: state,
            scope: ConsentScope(
                purpose: purpose, recipient: recipient, items: Set(items.map { FieldID($0) })),
            terms: terms, statement: statement, confirmBy: date(value["confirmBy"]),
            confirmedBy: value["confirmedBy"]?.string,
            endedAs: value["endedAs"]?.string.flatMap(ConsentState.init(rawValue:)))
    }

    private static func terms(_ value: JSONValue) -> ConsentTerms? {
        guard let from = date(value["from"]), let until = date(value["until"]) else { return nil }
        return ConsentTerms(
            from: from, until: until,
            frequency: value["frequency"]?.string.flatMap { AskingFrequency(parsing: $0) },
            dataLifeDays: value["dataLifeDays"]?.integer)
    }

    private static func statement(_ value: JSONValue) -> ConsentStatement? {
        guard let channel = value["channel"]?.string.flatMap(ConsentChannel.init(rawValue:)),
            let giver = value["giver"]?.string.flatMap({
                ConsentGiver(word: $0, evidence: value["rightToAct"]?.string)
            }),
            let registeredBy = value["registeredBy"]?.string,
            let language = value["language"]?.string,
            let textVersion = value["textVersion"]?.integer,
            let recordedAt = value["recordedAt"]?.integer
        else { return nil }
        return ConsentStatement(
            channel: channel, giver: giver, registeredBy: registeredBy,
            helper: value["helper"]?.string, witness: value["witness"]?.string,
            evidence: value["evidence"]?.string, language: language, textVersion: textVersion,
            recordedAt: Int64(recordedAt))
    }

    private static func date(_ value: JSONValue?) -> CalendarDate? {
        value?.string.flatMap { PartialDate(parsing: $0)?.fullDate }
    }
}

extension JSONObject {
    /// - Precondition: No name stands twice.
    package init(distinctMembers members: [(String, JSONValue)]) {
        guard let object = JSONObject(members) else {
            preconditionFailure("a record has a member twice")
        }
        self = object
    }
}
