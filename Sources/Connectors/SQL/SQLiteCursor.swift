import JSONText
import ResidentModel

/// Where the reading of a table stopped.
///
/// It holds a count of rows and the change column's last value, and no key of any row: keys name people.
struct SQLiteCursor {
    static let kind = "sqlite"

    /// Tells the content that was read from any other.
    var fingerprint: String
    /// The table and the columns that ordered the reading.
    var order: [String]
    /// The rows handed out in this pass.
    var rowCount: Int
    /// All rows of the pass were handed out.
    var isComplete: Bool
    /// The least change value of the pass; null where it took all rows.
    var since: SQLiteValue
    /// The greatest change value seen.
    var lastChange: SQLiteValue

    var sourceCursor: SourceCursor {
        let object: JSONObject = [
            "kind": .string(Self.kind), "version": 1.json, "fingerprint": .string(fingerprint),
            "order": .array(order.map { .string($0) }), "rowCount": rowCount.json,
            "isComplete": .bool(isComplete), "since": since.json, "lastChange": lastChange.json,
        ]
        return SourceCursor(text: JSONValue.object(object).canonicalText)
    }
}

extension SQLiteCursor {
    init(_ cursor: SourceCursor, container: String) throws(SourceError) {
        let value = try cursorValue(cursor, kind: Self.kind, container: container)
        guard let fingerprint = value["fingerprint"]?.string,
            let order = value["order"]?.array?.map(\.string),
            let rowCount = value["rowCount"]?.integer,
            rowCount >= 0, let isComplete = value["isComplete"]?.bool,
            let since = value["since"].flatMap(SQLiteValue.init),
            let lastChange = value["lastChange"].flatMap(SQLiteValue.init)
        else { throw .cursor(container: container) }
        self.init(
            fingerprint: fingerprint, order: order.compactMap(\.self), rowCount: rowCount,
            isComplete: isComplete, since: since, lastChange: lastChange)
    }
}

extension SQLiteValue {
    /// Reals as their bits, so that they come back the same.
    fileprivate var json: JSONValue {
        switch self {
        case .null: .null
        case .integer(let value): .object(["integer": .string(String(value))])
        case .real(let value): .object(["realBits": .string(String(value.bitPattern))])
        case .text(let text): .object(["text": .string(text)])
        }
    }

    fileprivate init?(_ json: JSONValue) {
        if case .null = json {
            self = .null
        } else if let text = json["text"]?.string {
            self = .text(text)
        } else if let value = json["integer"]?.string.flatMap({ Int64($0) }) {
            self = .integer(value)
        } else if let bits = json["realBits"]?.string.flatMap({ UInt64($0) }) {
            self = .real(Double(bitPattern: bits))
        } else {
            return nil
        }
    }
}
