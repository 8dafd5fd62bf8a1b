import ResidentModel

/// Hands out the rows of one pass through a table.
///
/// One statement stays open for the pass, so all rows are of one state of the database.
/// Gap: while it is open, a writer of a database without write-ahead log waits.
final class SQLiteReader: RecordStepper {
    private let connection: SQLiteConnection
    private let layout: TableLayout
    private let columns: [SourceColumn]
    private let recordBytesMax: Int
    private let statement: SQLiteStatement?
    /// What the cursor will say: advanced with each row handed out.
    private var place: SQLiteCursor
    /// Rows fetched and not yet handed out; taken from the end.
    private var fetched: [(record: SteppedRecord, change: SQLiteValue)] = []
    private var fetchedCount: Int
    private var isFinished: Bool

    /// Goes on with the pass that `place` tells of.
    init(
        on connection: SQLiteConnection, layout: TableLayout, request: StreamRequest,
        recordBytesMax: Int, place: SQLiteCursor
    ) throws(SourceError) {
        self.connection = connection
        self.layout = layout
        self.recordBytesMax = recordBytesMax
        self.place = place
        columns = request.columns
        fetchedCount = place.rowCount
        isFinished = place.isComplete
        if place.isComplete {
            statement = nil
        } else {
            let isIncrement = place.since != .null
            let statement = try SQLiteStatement(
                layout.selection(isIncrement: isIncrement, skipping: place.rowCount),
                on: connection)
            if isIncrement { try statement.bind(place.since, at: 1) }
            self.statement = statement
        }
    }

    var columnsNotTaken: [String] { layout.notTaken }

    func cursor() throws(SourceError) -> SourceCursor {
        if fetched.isEmpty, !isFinished {
            do throws(SourceError) {
                try fetch()
            } catch {
                // The fault comes with the next record; what was read so far has its cursor.
            }
        }
        var place = place
        place.isComplete = isFinished && fetched.isEmpty
        return place.sourceCursor
    }

    func step() throws(SourceError) -> SteppedRecord? {
        if fetched.isEmpty, !isFinished { try fetch() }
        guard let next = fetched.popLast() else { return nil }
        place.rowCount += 1
        if next.change != .null { place.lastChange = next.change }
        return next.record
    }

    /// Fetches some rows at once, since each turn on the connection costs more than a row.
    private func fetch() throws(SourceError) {
        guard let statement else { return }
        var rows: [(record: SteppedRecord, change: SQLiteValue)] = []
        var byteCount = 0
        defer { fetched = rows.reversed() }
        try connection.use { _ throws(SourceError) in
            while rows.count < 256, byteCount < 1 << 20 {
                guard try statement.step(afterRecord: fetchedCount) else {
                    isFinished = true
                    return
                }
                fetchedCount += 1
                let record = row(statement)
                byteCount += record.byteCount
                let changeIndex = layout.taken.count + layout.neverIngested.count
                rows.append((record, statement.value(Int32(changeIndex)) ?? .null))
            }
        }
    }

    private func row(_ statement: SQLiteStatement) -> SteppedRecord {
        let position = RecordPosition(container: layout.table, record: fetchedCount)
        var byteCount = 0
        for index in columns.indices { byteCount += statement.byteCount(Int32(index)) }
        let finding: RecordFinding
        do throws(RecordFinding) {
            guard byteCount <= recordBytesMax else {
                throw RecordFinding(.tooLong, detail: "expected at most \(recordBytesMax) bytes")
            }
            let record = RawRecord(
                position: position, cells: try cells(statement),
                neverIngestCount: neverIngestCount(statement))
            return SteppedRecord(content: .good(record), byteCount: max(1, byteCount))
        } catch {
            finding = error
        }
        return SteppedRecord(
            content: .bad(BadRecord(position: position, finding: finding)),
            byteCount: max(1, byteCount))
    }

    private func cells(_ statement: SQLiteStatement) throws(RecordFinding) -> [String?] {
        var cells: [String?] = []
        cells.reserveCapacity(columns.count)
        for (index, column) in columns.enumerated() {
            guard let value = statement.value(Int32(index)) else {
                throw RecordFinding(
                    .encoding, field: column.name, detail: "expected a number or text in UTF-8")
            }
            cells.append(value.cell)
        }
        return cells
    }

    private func neverIngestCount(_ statement: SQLiteStatement) -> Int {
        layout.neverIngested.indices.reduce(0) { count, index in
            count + statement.integer(Int32(columns.count + index))
        }
    }
}
