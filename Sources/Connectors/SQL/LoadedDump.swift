import GRDBSQLite
import ResidentModel

/// An SQL dump in a private database, which lives as long as this value.
struct LoadedDump: Sendable {
    let connection: SQLiteConnection
    /// The digest of the dump's decompressed bytes.
    let fingerprint: String

    /// Loads a dump statement by statement, in one transaction.
    init(path: String, digest: any StreamingDigest) throws(SourceError) {
        let container = fileName(path)
        connection = try SQLiteConnection(temporaryFor: container)
        try connection.use { handle throws(SourceError) in
            sqlite3_set_authorizer(
                handle,
                { _, action, first, second, _, _ in
                    isAllowed(action, first, second) ? SQLITE_OK : SQLITE_DENY
                }, nil)
            defer { sqlite3_set_authorizer(handle, nil, nil) }
            var loader = SQLDumpLoader(handle: handle, container: container)
            do throws(SourceError) {
                try loader.load(path: path, digest: digest)
            } catch {
                sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
                throw error
            }
        }
        fingerprint = "dump:" + hexadecimal(digest.value())
    }
}

/// Whether a dump's statement may do this, as SQLite itself understands the statement.
///
/// The second guard, behind the check of the words. Of functions it lets pass those that constraints of plain tables
/// use.
private func isAllowed(
    _ action: Int32, _ first: UnsafePointer<CChar>?, _ second: UnsafePointer<CChar>?
) -> Bool {
    switch action {
    case SQLITE_CREATE_TABLE, SQLITE_CREATE_INDEX, SQLITE_INSERT, SQLITE_REINDEX,
        SQLITE_TRANSACTION, SQLITE_SELECT, SQLITE_READ:
        true
    case SQLITE_UPDATE:
        // Creating a table writes its text into the schema.
        first.map { String(cString: $0) == "sqlite_master" } ?? false
    case SQLITE_FUNCTION:
        second.map { ["length", "like", "glob", "typeof"].contains(String(cString: $0)) } ?? false
    default: false
    }
}

private struct SQLDumpLoader {
    let handle: OpaquePointer
    let container: String
    private var rowCount = 0

    init(handle: OpaquePointer, container: String) {
        self.handle = handle
        self.container = container
    }

    mutating func load(path: String, digest: any StreamingDigest) throws(SourceError) {
        let input: any ByteInput
        do throws(InputFault) {
            input = try openInput(path: path)
        } catch {
            throw error.sourceError(container: container, afterRecord: 0)
        }
        var scanner = SQLStatementScanner(
            input, digest: digest, statementBytesMax: Self.statementBytesMax)
        try run(Array("BEGIN".utf8), line: 0)
        while let statement = try next(&scanner) {
            guard let kind = SQLStatementKind(statement.bytes) else {
                throw refusal(line: statement.line)
            }
            if kind != .transaction { try run(statement.bytes, line: statement.line) }
        }
        try run(Array("COMMIT".utf8), line: 0)
    }

    private func next(
        _ scanner: inout SQLStatementScanner
    ) throws(SourceError) -> SQLStatementScanner.Statement? {
        do throws(SQLStatementScanner.Fault) {
            return try scanner.next()
        } catch {
            switch error {
            case .input(let fault):
                throw fault.sourceError(container: container, afterRecord: rowCount)
            case .unfinished: throw .truncated(container: container, afterRecord: rowCount)
            case .tooLong(let line):
                throw .unsupported(
                    container: container, what: "the length of the statement at line \(line)",
                    expected: "at most \(Self.statementBytesMax) bytes")
            }
        }
    }

    private mutating func run(_ sql: [UInt8], line: Int) throws(SourceError) {
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        let (prepared, isWhole) = sql.withUnsafeBytes { bytes in
            let text = bytes.bindMemory(to: CChar.self).baseAddress
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v2(handle, text, Int32(bytes.count), &statement, &tail)
            return (code, tail == text.map { $0 + bytes.count })
        }
        // What SQLite takes for one statement must be all that was checked as one.
        if prepared == SQLITE_OK, !isWhole { throw refusal(line: line) }
        let code = prepared == SQLITE_OK ? sqlite3_step(statement) : prepared
        if code == SQLITE_AUTH { throw refusal(line: line) }
        guard code == SQLITE_DONE else {
            throw .damaged(
                container: container, afterRecord: rowCount,
                why: "the statement at line \(line) fails: \(SQLiteConnection.words(code))")
        }
        rowCount += Int(sqlite3_changes(handle))
    }

    private func refusal(line: Int) -> SourceError {
        .unsupported(
            container: container, what: "the statement at line \(line)",
            expected: SQLStatementKind.expected)
    }

    private static let statementBytesMax = 16 << 20
}
