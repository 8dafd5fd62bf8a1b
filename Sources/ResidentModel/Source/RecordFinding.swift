/// Why a record, or one field of it, is refused at the border.
///
/// It names places and never values.
package struct RecordFinding: Error, Hashable, Sendable, CustomStringConvertible {
    package let kind: Kind
    /// The column or field; nil where the whole record is meant.
    package let field: String?
    /// What was expected, in words; never what was found.
    package let detail: String

    package init(_ kind: Kind, field: String? = nil, detail: String) {
        self.kind = kind
        self.field = field
        self.detail = detail
    }

    /// Stable codes, counted in reports.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case quoting = "record.quoting"
        case columnCount = "record.column-count"
        case encoding = "record.encoding"
        case json = "record.json"
        case tooLong = "record.too-long"
        case resourceType = "record.resource-type"
        case modifierExtension = "record.modifier-extension"
        case missingKey = "record.missing-key"
        case missingField = "record.missing-field"
        case unknownReference = "record.unknown-reference"
        case residentForgotten = "resident.forgotten"
        case unknownCode = "field.unknown-code"
        case impossibleDate = "field.impossible-date"
        case citizenNumber = "field.citizen-number"
        case number = "field.number"
        case flag = "field.flag"
        case tooLongField = "field.too-long"
    }

    package var description: String {
        field.map { "\(kind.rawValue): field '\($0)': \(detail)" } ?? "\(kind.rawValue): \(detail)"
    }
}

/// A fault that ends the reading of a stream; what was read before it stands.
package enum SourceError: Error, Hashable, Sendable, CustomStringConvertible {
    case absent(container: String)
    case unreadable(container: String, why: String)
    case missingTable(String, database: String)
    case missingColumn(String, container: String)
    case truncated(container: String, afterRecord: Int)
    case damaged(container: String, afterRecord: Int, why: String)
    case unsupported(container: String, what: String, expected: String)
    case cursor(container: String)

    package var description: String {
        switch self {
        case .absent(let container): "\(container): there is no such file or table"
        case .unreadable(let container, let why): "\(container): cannot be read: \(why)"
        case .missingTable(let table, let database): "\(database): has no table '\(table)'"
        case .missingColumn(let column, let container): "\(container): has no column '\(column)'"
        case .truncated(let container, let record):
            "\(container): ends in the middle of its data, after record \(record)"
        case .damaged(let container, let record, let why):
            "\(container): damaged after record \(record): \(why)"
        case .unsupported(let container, let what, let expected):
            "\(container): \(what) is not supported, expected \(expected)"
        case .cursor(let container): "\(container): the stored cursor is not one of this connector"
        }
    }
}
