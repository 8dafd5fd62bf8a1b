package import Linkage
package import ResidentModel

/// One record in the words of the catalogue.
///
/// It prints as `<redacted>` and its place.
package struct MappedRecord: Sendable, CustomStringConvertible {
    package let position: RecordPosition
    /// The record's name within its stream: the key columns, joined.
    package let key: String
    package let observedAt: CalendarDate
    package let subject: Subject
    package let values: [MappedValue]

    package enum Subject: Sendable {
        case resident(LinkIdentity)
        /// The resident of this record of another stream.
        case record(stream: String, key: String)
    }

    package var description: String { "<redacted> at \(position)" }
}

/// One value of one field, in the form that ``FieldKind`` prescribes.
package struct MappedValue: Sendable, CustomStringConvertible {
    /// The field's place in ``Catalogue/fields``.
    package let fieldIndex: Int
    package let text: String

    package var description: String { "<redacted>" }
}

/// A record that is not taken in, with every reason.
///
/// Of its content it prints nothing.
package struct RefusedRecord: Sendable, CustomStringConvertible {
    package let position: RecordPosition
    /// nil where the record could not even be read so far.
    package let key: String?
    package let findings: [RecordFinding]
    /// The cells as delivered, never-ingest columns dropped; empty where the record could not be read.
    package let cells: [String?]

    package var description: String { "<redacted> at \(position): \(findings)" }
}

/// One batch in the words of the catalogue; only ``RecordMapper`` makes one.
package struct MappedBatch: Sendable {
    package let records: [MappedRecord]
    package let refused: [RefusedRecord]
    package let cursor: SourceCursor
    package let neverIngestCount: Int

    fileprivate init(
        records: [MappedRecord], refused: [RefusedRecord], cursor: SourceCursor,
        neverIngestCount: Int
    ) {
        self.records = records
        self.refused = refused
        self.cursor = cursor
        self.neverIngestCount = neverIngestCount
    }
}

/// Turns the records of one stream into the words of the catalogue, or refuses them with reasons.
///
/// A refused record is refused whole: half a record would look like a whole one to everybody behind.
package struct RecordMapper: Sendable {
    /// What the mapper needs of the source.
    package let request: StreamRequest

    private let fields: [MappedField]
    private let keyColumns: [Int]
    private let observedColumn: Int?
    private let subjectColumn: Int?
    private let stream: StreamMapping
    private let blanks: Set<String>
    private let today: CalendarDate

    /// - Parameters:
    ///   - stream: The stream's mapping, checked against `catalogue`.
    ///   - location: Where the stream stands in this delivery.
    ///   - catalogue: The catalogue of the home.
    ///   - today: The day of the pull: no date lies after it.
    package init(
        stream: StreamMapping, location: String, catalogue: Catalogue, today: CalendarDate
    ) {
        var columns = ColumnList(optional: stream.optionalColumns)
        keyColumns = stream.key.map { columns.index(of: $0) }
        observedColumn = stream.observedAt.map { columns.index(of: $0) }
        if case .record(_, let column, _) = stream.subject {
            subjectColumn = columns.index(of: column)
        } else {
            subjectColumn = nil
        }
        fields = stream.fields.compactMap {
            MappedField($0, catalogue: catalogue, columns: &columns)
        }
        self.stream = stream
        self.today = today
        blanks = stream.blanks.union([""])
        request = StreamRequest(
            stream: stream.name, location: location, columns: columns.columns,
            neverIngest: stream.neverIngest,
            keysetColumns: (stream.changeColumn.map { [$0] } ?? []) + stream.key,
            changeColumn: stream.changeColumn)
    }

    /// Maps one batch; the order of records is kept.
    package func map(_ batch: RawBatch) -> MappedBatch {
        var records: [MappedRecord] = []
        records.reserveCapacity(batch.records.count)
        var refused = batch.badRecords.map {
            RefusedRecord(position: $0.position, key: nil, findings: [$0.finding], cells: [])
        }
        var neverIngestCount = 0
        for record in batch.records {
            neverIngestCount += record.neverIngestCount
            switch map(record) {
            case .success(let mapped): records.append(mapped)
            case .failure(let refusal): refused.append(refusal.record)
            }
        }
        return MappedBatch(
            records: records, refused: refused, cursor: batch.cursor,
            neverIngestCount: neverIngestCount)
    }

    private struct Refusal: Error { let record: RefusedRecord }

    private func map(_ record: RawRecord) -> Result<MappedRecord, Refusal> {
        var findings: [RecordFinding] = []
        let key = key(of: record, findings: &findings)
        var observedAt = today
        if let observedColumn, let text = cell(observedColumn, of: record) {
            if let date = day(text), date <= today {
                observedAt = date
            } else {
                findings.append(
                    RecordFinding(
                        .impossibleDate, field: stream.observedAt,
                        detail: "expected a date up to the day of the pull"))
            }
        }
        var values: [MappedValue] = []
        values.reserveCapacity(fields.count)
        var identity = IdentityCells()
        for field in fields {
            if values.last?.fieldIndex == field.index { continue }
            guard let text = field.text(in: record, blanks: blanks) else { continue }
            switch field.value(text, today: today) {
            case .success(let value):
                if value.isEmpty { continue }
                identity.keep(
                    field.id, value: value, citizenNumber: field.citizenNumber(text, today))
                values.append(MappedValue(fieldIndex: field.index, text: value))
            case .failure(let finding): findings.append(finding)
            }
        }
        let subject = subject(of: record, identity: identity, findings: &findings)
        guard findings.isEmpty, let key, let subject else {
            return .failure(
                Refusal(
                    record: RefusedRecord(
                        position: record.position, key: key, findings: findings,
                        cells: record.cells)))
        }
        return .success(
            MappedRecord(
                position: record.position, key: key, observedAt: observedAt, subject: subject,
                values: values))
    }

    private func cell(_ index: Int, of record: RawRecord) -> String? {
        guard let text = record.cells[index], !blanks.contains(text), !isBlank(text) else {
            return nil
        }
        return text
    }

    private func key(of record: RawRecord, findings: inout [RecordFinding]) -> String? {
        var parts: [String] = []
        for (column, index) in zip(stream.key, keyColumns) {
            guard let part = record.cells[index], !part.isEmpty else {
                findings.append(
                    RecordFinding(
                        .missingKey, field: column, detail: "the record's key is empty"))
                return nil
            }
            parts.append(part)
        }
        return parts.joined(separator: "\u{1F}")
    }

    private func subject(
        of record: RawRecord, identity: IdentityCells, findings: inout [RecordFinding]
    ) -> MappedRecord.Subject? {
        guard case .record(let stream, let column, let prefix) = stream.subject,
            let subjectColumn
        else { return .resident(identity.linkIdentity) }
        guard let text = cell(subjectColumn, of: record), text.hasPrefix(prefix),
            text.utf8.count > prefix.utf8.count
        else {
            findings.append(
                RecordFinding(
                    .missingField, field: column, detail: "the record does not say whom it is about"
                ))
            return nil
        }
        return .record(stream: stream, key: String(text.dropFirst(prefix.count)))
    }

    private func day(_ text: String) -> CalendarDate? {
        guard let date = PartialDate(parsing: text) else { return nil }
        return CalendarDate(year: date.year, month: date.month ?? 1, day: date.day ?? 1)
    }
}

/// The columns that a request asks for, each once.
struct ColumnList {
    private(set) var columns: [SourceColumn] = []
    private var indexes: [String: Int] = [:]
    private let optional: Set<String>

    init(optional: Set<String>) { self.optional = optional }

    mutating func index(of name: String) -> Int {
        if let index = indexes[name] { return index }
        indexes[name] = columns.count
        columns.append(SourceColumn(name, isOptional: optional.contains(name)))
        return columns.count - 1
    }
}

/// What linking needs, gathered while the values are read.
private struct IdentityCells {
    private var citizenNumber: CitizenNumber?
    private var name: String?
    private var birthDate: PartialDate?
    private var sex: Sex?

    mutating func keep(_ id: FieldID, value: String, citizenNumber number: CitizenNumber?) {
        if let number {
            citizenNumber = number
        } else if id == .name {
            name = value
        } else if id == .birthDate {
            birthDate = PartialDate(parsing: value)
        } else if id == .sex {
            sex = Sex(rawValue: value)
        }
    }

    var linkIdentity: LinkIdentity {
        LinkIdentity(
            citizenNumber: citizenNumber, name: name.map { NormalisedName($0) },
            birthDate: birthDate, sex: sex)
    }
}
