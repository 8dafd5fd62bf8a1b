package import ResidentModel

/// A delivery that a test writes out: rows by column name, in order.
///
/// The cursor counts the rows read; a source that is `replaced` starts over whatever the cursor says.
package struct ScriptedSource: RecordSource {
    package typealias Row = [String: String]

    package let name: SourceName
    private let rows: [Row]
    private let isReplaced: Bool
    private let fault: (row: Int, error: SourceError)?

    /// - Parameters:
    ///   - name: The source's name.
    ///   - rows: The records; a column that is absent is an absent cell. The column `!bad` makes a bad record.
    ///   - isReplaced: Whether the delivery is a new one, which is read from its start.
    ///   - fault: Before which row the stream breaks off, and how.
    package init(
        _ name: String, rows: [Row], isReplaced: Bool = false,
        fault: (row: Int, error: SourceError)? = nil
    ) {
        self.name = SourceName(name)
        self.rows = rows
        self.isReplaced = isReplaced
        self.fault = fault
    }

    package func open(
        _ request: StreamRequest, after cursor: SourceCursor?, limits: ReadLimits
    ) throws(SourceError) -> any RecordReader {
        let start = isReplaced ? 0 : cursor.flatMap { Int($0.text) } ?? 0
        return Reader(
            rows: rows, request: request, next: start, limit: limits.batchRecordsMax, fault: fault)
    }

    private final class Reader: RecordReader {
        private let rows: [Row]
        private let request: StreamRequest
        private let limit: Int
        private let fault: (row: Int, error: SourceError)?
        private var position: Int

        init(
            rows: [Row], request: StreamRequest, next: Int, limit: Int,
            fault: (row: Int, error: SourceError)?
        ) {
            self.rows = rows
            self.request = request
            self.limit = limit
            self.fault = fault
            position = next
        }

        var columnsNotTaken: [String] { [] }

        func next() throws(SourceError) -> RawBatch? {
            if let fault, position >= fault.row { throw fault.error }
            guard position < rows.count else { return nil }
            var batch = RawBatch(records: [], badRecords: [], cursor: SourceCursor(text: ""))
            let end = min(position + limit, rows.count, fault?.row ?? .max)
            for index in position..<end { append(rows[index], number: index + 1, to: &batch) }
            position = end
            batch.cursor = SourceCursor(text: String(end))
            return batch
        }

        private func append(_ row: Row, number: Int, to batch: inout RawBatch) {
            let place = RecordPosition(
                container: request.location, record: number, line: number + 1)
            if let detail = row["!bad"] {
                batch.badRecords.append(
                    BadRecord(position: place, finding: RecordFinding(.quoting, detail: detail)))
                return
            }
            batch.records.append(
                RawRecord(
                    position: place, cells: request.columns.map { row[$0.name] },
                    neverIngestCount: request.neverIngest.count { row[$0] != nil }))
        }
    }
}
