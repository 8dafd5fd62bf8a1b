import Consent
import JSONText
import ResidentModel

/// The form in which a consent is sealed: canonical JSON, `format` `hangu/consent/1`.
enum ConsentJSON {
    private static let format = "hangu/consent/1"

    static func encoded(_ record: ConsentRecord) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("format", .string(format)), ("id", .string(record.id)),
            ("version", .integer(record.version)), ("state", .string(record.state.rawValue)),
            ("purpose", .string(record.purpose)), ("recipient", .string(record.recipient)),
            ("items", .array(record.items.sorted().map { .string($0.text) })),
            ("from", .string(record.from.description)),
            ("until", .string(record.until.description)),
            ("channel", .string(record.channel.rawValue)),
            ("registeredBy", .string(record.registeredBy)),
            ("language", .string(record.language)),
            ("recordedAt", .integer(Int(record.recordedAt))),
        ]
        if let helper = record.helper { members.append(("helper", .string(helper))) }
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
            let from = value["from"]?.string.flatMap({ PartialDate(parsing: $0)?.fullDate }),
            let until = value["until"]?.string.flatMap({ PartialDate(parsing: $0)?.fullDate }),
            let channel = value["channel"]?.string.flatMap(ConsentChannel.init(rawValue:)),
            let registeredBy = value["registeredBy"]?.string,
            let language = value["language"]?.string,
            let recordedAt = value["recordedAt"]?.integer
        else { return nil }
        return ConsentRecord(
            id: id, version: version, state: state, purpose: purpose, recipient: recipient,
            items: Set(items.map { FieldID($0) }), from: from, until: until, channel: channel,
            registeredBy: registeredBy, helper: value["helper"]?.string, language: language,
            recordedAt: Int64(recordedAt))
    }
}

extension JSONObject {
    /// - Precondition: No name stands twice.
    init(distinctMembers members: [(String, JSONValue)]) {
        guard let object = JSONObject(members) else {
            preconditionFailure("a record has a member twice")
        }
        self = object
    }
}
