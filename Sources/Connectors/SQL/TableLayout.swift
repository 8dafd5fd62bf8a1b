import ResidentModel

/// The columns of one table, and what a reading takes of them in which order.
struct TableLayout {
    /// As the database spells it.
    let table: String
    /// For each column asked for, its name in the table; nil where an optional column is absent.
    let taken: [String?]
    let neverIngested: [String]
    let notTaken: [String]
    /// The columns that order the rows: the change column, then those of the request, then what is unique.
    let order: [String]
    let changeColumn: String?

    /// - Throws: ``SourceError`` where the table or a column is absent, or the location is no plain table.
    init(_ request: StreamRequest, on connection: SQLiteConnection) throws(SourceError) {
        table = try Self.table(request.location, on: connection)
        let (columns, primaryKey) = try Self.columns(of: table, on: connection)
        var names: [String: String] = [:]
        for column in columns { names[column.lowercased()] = column }
        let container = table
        func required(_ name: String) throws(SourceError) -> String {
            guard let found = names[name.lowercased()] else {
                throw .missingColumn(name, container: container)
            }
            return found
        }
        var taken: [String?] = []
        for column in request.columns {
            taken.append(
                column.isOptional ? names[column.name.lowercased()] : try required(column.name))
        }
        var order: [String] = []
        for name in [request.changeColumn].compactMap(\.self) + request.keysetColumns {
            let found = try required(name)
            if !order.contains(found) { order.append(found) }
        }
        changeColumn = try request.changeColumn.map(required)
        neverIngested = request.neverIngest.compactMap { names[$0.lowercased()] }
        let asked = Set(taken.compactMap(\.self) + neverIngested + order)
        notTaken = columns.filter { !asked.contains($0) }
        self.taken = taken
        order += try Self.uniqueOrder(
            table, columns: Set(names.keys), primaryKey: primaryKey, on: connection)
        self.order = order
    }

    /// The statement that hands out the rows after the first `skipped`: the columns taken, a flag for each
    /// never-ingest column, and the change column.
    func selection(isIncrement: Bool, skipping skipped: Int) -> String {
        var results = taken.map { $0.map(quoted) ?? "NULL" }
        results += neverIngested.map { "\(quoted($0)) IS NOT NULL AND \(quoted($0)) <> ''" }
        results.append(changeColumn.map(quoted) ?? "NULL")
        var sql = "SELECT \(results.joined(separator: ", ")) FROM \(quoted(table))"
        if isIncrement, let change = changeColumn.map(quoted) {
            // A row without a change value may have changed at any time.
            sql += " WHERE \(change) >= ?1 OR \(change) IS NULL OR trim(\(change)) = ''"
        }
        if !order.isEmpty { sql += " ORDER BY \(order.map(quoted).joined(separator: ", "))" }
        if skipped > 0 { sql += " LIMIT -1 OFFSET \(skipped)" }
        return sql
    }

    private static func table(
        _ name: String, on connection: SQLiteConnection
    ) throws(SourceError) -> String {
        let statement = try SQLiteStatement(
            """
            SELECT name, type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' FROM sqlite_schema
            WHERE name = ?1 COLLATE NOCASE AND type IN ('table', 'view')
            """, on: connection)
        try statement.bind(.text(name), at: 1)
        return try connection.use { _ throws(SourceError) in
            guard try statement.step(afterRecord: 0), case .text(let found)? = statement.value(0)
            else { throw .missingTable(name, database: connection.container) }
            guard statement.integer(1) == 1 else {
                throw .unsupported(
                    container: connection.container, what: "'\(name)', a view or virtual table",
                    expected: "a plain table")
            }
            return found
        }
    }

    private static func columns(
        of table: String, on connection: SQLiteConnection
    ) throws(SourceError) -> (names: [String], primaryKey: [String]) {
        let statement = try SQLiteStatement(
            "SELECT name, pk FROM pragma_table_xinfo(?1) WHERE hidden <> 1", on: connection)
        try statement.bind(.text(table), at: 1)
        return try connection.use { _ throws(SourceError) in
            var names: [String] = []
            var primaryKey: [(place: Int, name: String)] = []
            while try statement.step(afterRecord: 0) {
                guard case .text(let name)? = statement.value(0) else { continue }
                names.append(name)
                let place = statement.integer(1)
                if place > 0 { primaryKey.append((place, name)) }
            }
            return (names, primaryKey.sorted { $0.place < $1.place }.map(\.name))
        }
    }

    /// What tells apart rows of equal keys: the row number, or the primary key of a table that has none.
    private static func uniqueOrder(
        _ table: String, columns: Set<String>, primaryKey: [String], on connection: SQLiteConnection
    ) throws(SourceError) -> [String] {
        guard let rowNumber = ["_rowid_", "rowid", "oid"].first(where: { !columns.contains($0) })
        else { return primaryKey }
        let statement = try SQLiteStatement(
            "SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?1", on: connection)
        try statement.bind(.text(table), at: 1)
        let isWithoutRowNumber = try connection.use { _ throws(SourceError) in
            try statement.step(afterRecord: 0) && statement.integer(0) == 1
        }
        return isWithoutRowNumber ? primaryKey : [rowNumber]
    }
}

/// A name as an SQL identifier.
func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        + "\""
}
