import GRDB
import GRDBSQLite
import ResidentModel

/// One connection to a delivered database, used by one thread at a time.
///
/// GRDB opens, configures and serialises it. Rows are read with SQLite's own calls: they alone tell text that is not
/// UTF-8 from text that is.
final class SQLiteConnection: Sendable {
    private let queue: DatabaseQueue
    /// The file's name, for errors.
    let container: String

    /// Opens a database file that is only read.
    init(readingFrom path: String) throws(SourceError) {
        container = fileName(path)
        var configuration = Self.configuration
        configuration.readonly = true
        queue = try Self.open(path, configuration, container: container)
    }

    /// Makes a private database that SQLite removes by itself, in memory or in a file without a name.
    init(temporaryFor container: String) throws(SourceError) {
        self.container = container
        var configuration = Self.configuration
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = OFF")
        }
        queue = try Self.open("", configuration, container: container)
    }

    /// Runs work on the connection, alone.
    func use<Value>(
        _ work: (OpaquePointer) throws(SourceError) -> Value
    ) throws(SourceError) -> Value {
        let result: Result<Value, SourceError> = queue.unsafeReentrantWrite { database in
            guard let handle = database.sqliteConnection else {
                return .failure(.unreadable(container: container, why: "it is closed"))
            }
            sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Self.valueBytesMax)
            do throws(SourceError) {
                return .success(try work(handle))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// What a result code of SQLite means for the reading of a container; SQLite's own message is left out, since it
    /// may repeat a part of the data.
    static func error(_ code: Int32, container: String, afterRecord record: Int) -> SourceError {
        switch code & 0xFF {
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT, SQLITE_TOOBIG:
            .damaged(container: container, afterRecord: record, why: words(code))
        default: .unreadable(container: container, why: words(code))
        }
    }

    /// SQLite's fixed words for a result code.
    static func words(_ code: Int32) -> String {
        sqlite3_errstr(code).map { String(cString: $0) } ?? "SQLite error \(code)"
    }

    private static func open(
        _ path: String, _ configuration: Configuration, container: String
    ) throws(SourceError) -> DatabaseQueue {
        do {
            return try DatabaseQueue(path: path, configuration: configuration)
        } catch let error as DatabaseError {
            throw Self.error(
                error.extendedResultCode.rawValue, container: container, afterRecord: 0)
        } catch {
            throw .unreadable(container: container, why: "SQLite did not open it")
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            // What the delivered schema says must not run functions or reach virtual tables.
            try database.execute(sql: "PRAGMA trusted_schema = OFF")
            try database.execute(sql: "PRAGMA cell_size_check = ON")
        }
        return configuration
    }

    /// A longer value ends the reading, so that one row cannot fill the memory.
    private static let valueBytesMax: Int32 = 64 << 20
}

/// One prepared statement; finalised with its last reference.
final class SQLiteStatement {
    private let connection: SQLiteConnection
    private let statement: OpaquePointer?

    init(_ sql: String, on connection: SQLiteConnection) throws(SourceError) {
        self.connection = connection
        statement = try connection.use { handle throws(SourceError) in
            var statement: OpaquePointer?
            let code = sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
            guard code == SQLITE_OK else {
                throw SQLiteConnection.error(
                    code, container: connection.container, afterRecord: 0)
            }
            return statement
        }
    }

    deinit {
        do throws(SourceError) {
            try connection.use { _ in _ = sqlite3_finalize(statement) }
        } catch {
            // Closed connections have no statements left.
        }
    }

    func bind(_ value: SQLiteValue, at index: Int32) throws(SourceError) {
        try connection.use { _ in
            switch value {
            case .null: _ = sqlite3_bind_null(statement, index)
            case .integer(let value): _ = sqlite3_bind_int64(statement, index, value)
            case .real(let value): _ = sqlite3_bind_double(statement, index, value)
            case .text(let text):
                let copies = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
                _ = sqlite3_bind_text(statement, index, text, Int32(text.utf8.count), copies)
            }
        }
    }

    /// Goes to the next row; false after the last.
    ///
    /// Call within ``SQLiteConnection/use(_:)``.
    func step(afterRecord record: Int) throws(SourceError) -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            throw SQLiteConnection.error(
                code, container: connection.container, afterRecord: record)
        }
    }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

    func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(statement, column)) }

    /// The value; nil where it is a BLOB or text that is not UTF-8.
    func value(_ column: Int32) -> SQLiteValue? {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_NULL: return .null
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
        case SQLITE_TEXT:
            let bytes = UnsafeBufferPointer(
                start: sqlite3_column_text(statement, column),
                count: Int(sqlite3_column_bytes(statement, column)))
            return String(validating: bytes, as: UTF8.self).map { .text($0) }
        default: return nil
        }
    }

    /// How many bytes the value takes.
    func byteCount(_ column: Int32) -> Int { Int(sqlite3_column_bytes(statement, column)) }
}

/// A value of a row that is no BLOB.
enum SQLiteValue: Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)

    /// As a cell; nil where it is absent.
    var cell: String? {
        switch self {
        case .null: nil
        case .integer(let value): String(value)
        case .real(let value): String(value)
        case .text(let text): text.isEmpty ? nil : text
        }
    }
}
