import GRDB
import GRDBSQLite

/// A kept prepared statement, driven without the database layer's general path: for the statements that run once for
/// each value, where that path costs more than SQLite itself.
struct RawStatement {
    private let statement: Statement
    private let pointer: OpaquePointer

    init(_ database: Database, _ sql: String) throws {
        statement = try database.cachedStatement(sql: sql)
        pointer = statement.sqliteStatement
    }

    /// Binds a number; parameters count from 1.
    func bind(_ value: Int64, at index: Int32) { sqlite3_bind_int64(pointer, index, value) }

    /// Binds no value.
    func bindNull(at index: Int32) { sqlite3_bind_null(pointer, index) }

    /// Binds bytes, which SQLite copies.
    func bind(_ value: [UInt8], at index: Int32) {
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        // An empty blob needs an address too, else SQLite takes it for NULL.
        if value.isEmpty {
            sqlite3_bind_zeroblob(pointer, index, 0)
        } else {
            sqlite3_bind_blob(pointer, index, value, Int32(value.count), copied)
        }
    }

    /// Binds a text, which SQLite copies.
    func bind(_ value: String, at index: Int32) {
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        sqlite3_bind_text(pointer, index, value, -1, copied)
    }

    /// Runs a statement that gives no rows, and makes it ready for the next values.
    func run() throws {
        let code = sqlite3_step(pointer)
        sqlite3_reset(pointer)
        guard code == SQLITE_DONE else { throw Self.failure(code) }
    }

    /// Runs a statement that gives no rows with two blobs that SQLite reads where they lie.
    func run(
        binding first: [UInt8], at firstIndex: Int32, and second: [UInt8], at secondIndex: Int32
    ) throws {
        try first.withUnsafeBytes { first in
            try second.withUnsafeBytes { second in
                sqlite3_bind_blob(
                    pointer, firstIndex, first.baseAddress, Int32(first.count), nil)
                sqlite3_bind_blob(
                    pointer, secondIndex, second.baseAddress, Int32(second.count), nil)
                defer {
                    sqlite3_bind_null(pointer, firstIndex)
                    sqlite3_bind_null(pointer, secondIndex)
                }
                try run()
            }
        }
    }

    /// Runs a query; `row` is called for each of its rows.
    func forEachRow(_ row: (Columns) throws -> Void) throws {
        defer { sqlite3_reset(pointer) }
        while true {
            let code = sqlite3_step(pointer)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw Self.failure(code) }
            try row(Columns(pointer: pointer))
        }
    }

    private static func failure(_ code: Int32) -> DatabaseError {
        DatabaseError(resultCode: ResultCode(rawValue: code))
    }

    /// The columns of the row at hand; they count from 0.
    struct Columns {
        fileprivate let pointer: OpaquePointer

        func integer(_ index: Int32) -> Int64 { sqlite3_column_int64(pointer, index) }

        func bytes(_ index: Int32) -> [UInt8] {
            let count = Int(sqlite3_column_bytes(pointer, index))
            guard count > 0, let start = sqlite3_column_blob(pointer, index) else { return [] }
            return [UInt8](UnsafeRawBufferPointer(start: start, count: count))
        }

        /// The bytes where SQLite keeps them, for as long as the closure runs.
        func withBytes(_ index: Int32, _ body: (UnsafeRawBufferPointer) -> Void) {
            let count = Int(sqlite3_column_bytes(pointer, index))
            body(UnsafeRawBufferPointer(start: sqlite3_column_blob(pointer, index), count: count))
        }

        func text(_ index: Int32) -> String {
            guard let start = sqlite3_column_text(pointer, index) else { return "" }
            return String(cString: start)
        }
    }
}
