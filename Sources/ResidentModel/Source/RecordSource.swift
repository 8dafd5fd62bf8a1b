/// One department's delivery, as a connector reads it.
///
/// What an implementation owes:
/// - Reading is streaming: memory is bounded by ``ReadLimits``, whatever the size of the source.
/// - The order of records is the same in every reading of an unchanged source.
/// - A batch's cursor stands after its last record. Opening with that cursor continues there; where the source
///   has since been replaced, it starts over from the first record, since ingest is idempotent.
/// - A bad record is reported in the batch and never ends the stream. An error ends it, after every batch before
///   the fault has been handed out.
/// - No error and no finding carries a value of the source: only places, names of columns and counts.
package protocol RecordSource: Sendable {
    /// The source's name in `hangu.yaml`.
    var name: SourceName { get }

    /// Opens one stream of the source.
    ///
    /// - Parameters:
    ///   - request: The stream and the columns wanted of it; no other column is kept.
    ///   - cursor: Where an earlier reading stopped; nil to start at the beginning.
    ///   - limits: How much one batch may hold.
    /// - Returns: The opened values, in the order of `values`.
    /// - Throws: ``SourceError`` where the stream is absent, unreadable or lacks a required column.
    func open(
        _ request: StreamRequest, after cursor: SourceCursor?, limits: ReadLimits
    ) throws(SourceError) -> any RecordReader
}

/// Hands out the records of one opened stream in batches; used from one thread at a time.
package protocol RecordReader: AnyObject {
    /// The next batch, or nil at the end of the stream.
    func next() throws(SourceError) -> RawBatch?

    /// Names of columns that the delivery has and the request does not ask for; for the pull's report.
    var columnsNotTaken: [String] { get }
}

/// What is wanted of one stream.
package struct StreamRequest: Hashable, Sendable {
    /// The stream's name in the mapping, such as `residents` or `Patient`.
    package let stream: String
    /// The file, table or resource type within the source that the stream reads.
    package let location: String
    /// The columns, in the order of ``RawRecord/cells``: a header's name, a table's column or, for JSON, a path.
    package let columns: [SourceColumn]
    /// Columns whose content must not be ingested: counted where present, and nothing else.
    package let neverIngest: [String]
    /// Columns that order a table for paging, the change column first where it has one; unused by files.
    package let keysetColumns: [String]
    /// The column that tells when a row changed, where there is one; unused by files.
    package let changeColumn: String?

    package init(
        stream: String, location: String, columns: [SourceColumn], neverIngest: [String] = [],
        keysetColumns: [String] = [], changeColumn: String? = nil
    ) {
        self.stream = stream
        self.location = location
        self.columns = columns
        self.neverIngest = neverIngest
        self.keysetColumns = keysetColumns
        self.changeColumn = changeColumn
    }
}

/// One column of a source.
package struct SourceColumn: Hashable, Sendable {
    package let name: String
    /// Whether a delivery without the column is still whole.
    package let isOptional: Bool

    package init(_ name: String, isOptional: Bool = false) {
        self.name = name
        self.isOptional = isOptional
    }
}

/// How much one batch may hold.
package struct ReadLimits: Hashable, Sendable {
    package var batchRecordsMax: Int
    package var batchBytesMax: Int
    /// A record longer than this is bad.
    package var recordBytesMax: Int

    package init(
        batchRecordsMax: Int = 4_000, batchBytesMax: Int = 8 << 20, recordBytesMax: Int = 16 << 20
    ) {
        self.batchRecordsMax = batchRecordsMax
        self.batchBytesMax = batchBytesMax
        self.recordBytesMax = recordBytesMax
    }
}

/// The records between two cursors.
package struct RawBatch: Sendable {
    package var records: [RawRecord]
    package var badRecords: [BadRecord]
    /// Stands after the last record of the batch.
    package var cursor: SourceCursor

    package init(records: [RawRecord], badRecords: [BadRecord], cursor: SourceCursor) {
        self.records = records
        self.badRecords = badRecords
        self.cursor = cursor
    }
}

/// One record as its department wrote it; untrusted, and printed as `<redacted>`.
package struct RawRecord: Sendable, CustomStringConvertible {
    package let position: RecordPosition
    /// One cell for each column of the request; nil where the column or its content is absent.
    package let cells: [String?]
    /// How many never-ingest columns had content, which was dropped.
    package let neverIngestCount: Int

    package init(position: RecordPosition, cells: [String?], neverIngestCount: Int = 0) {
        self.position = position
        self.cells = cells
        self.neverIngestCount = neverIngestCount
    }

    package var description: String { "<redacted> at \(position)" }
}

/// A record that could not be read; it says where and why, and keeps no byte of the record.
package struct BadRecord: Hashable, Sendable {
    package let position: RecordPosition
    package let finding: RecordFinding

    package init(position: RecordPosition, finding: RecordFinding) {
        self.position = position
        self.finding = finding
    }
}

/// Where a record stands in its source.
package struct RecordPosition: Hashable, Sendable, CustomStringConvertible {
    /// The file's or table's name, without its folder.
    package let container: String
    /// Counted from 1, header excluded.
    package let record: Int
    /// The line on which the record starts, counted from 1; nil for tables.
    package let line: Int?

    package init(container: String, record: Int, line: Int? = nil) {
        self.container = container
        self.record = record
        self.line = line
    }

    package var description: String {
        line.map { "\(container):\($0) (record \(record))" } ?? "\(container) record \(record)"
    }
}

/// Where a reading stopped: text that only the connector that wrote it understands; free of personal data.
package struct SourceCursor: Hashable, Sendable {
    package let text: String
    package init(text: String) { self.text = text }
}

/// A source's name: lower-case letters, digits and `-`.
package struct SourceName: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package init(_ text: String) { self.text = text }
    package var description: String { text }
}
