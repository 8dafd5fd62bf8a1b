import FieldCrypto
import GRDB
import GRDBSQLite

/// A kept prepared statement, driven without the database layer's general path: for the statements that run once for
/// each value, where that path costs more than SQLite itself.
struct RawStatement {
    private let statement: Statement
    private let pointer: OpaquePointer

    /// Takes a statement from the connection's cache, at its start.
    ///
    /// Whoever ran the same SQL last may have left it after its last row, and SQLite binds nothing to a statement
    /// that was stepped and not reset: it would run again with the values of the run before.
    ///
    /// - Throws: SQLITE_MISUSE if a query of the same SQL is between two of its rows.
    init(_ database: Database, _ sql: String) throws {
        statement = try database.cachedStatement(sql: sql)
        pointer = statement.sqliteStatement
        guard sqlite3_stmt_busy(pointer) == 0 else { throw Self.failure(SQLITE_MISUSE) }
        // What it answers is how the run before ended, which was reported then.
        sqlite3_reset(pointer)
    }

    /// Binds a number; parameters count from 1.
    func bind(_ value: Int64, at index: Int32) throws {
        try check(sqlite3_bind_int64(pointer, index, value))
    }

    /// Binds no value.
    func bindNull(at index: Int32) throws { try check(sqlite3_bind_null(pointer, index)) }

    /// Binds bytes, which SQLite copies.
    func bind(_ value: [UInt8], at index: Int32) throws { try bind(value[...], at: index) }

    /// Binds bytes, which SQLite copies.
    func bind(_ value: ArraySlice<UInt8>, at index: Int32) throws {
        try value.withUnsafeBytes { bytes in try bind(copying: bytes, at: index) }
    }

    /// Binds the 16 bytes of a resident's id.
    func bind(_ resident: ResidentKeyID, at index: Int32) throws {
        let result = resident.withUnsafeBytes { bytes in
            sqlite3_bind_blob(
                pointer, index, bytes.baseAddress, Int32(bytes.count), Self.copied)
        }
        try check(result)
    }

    private func bind(copying bytes: UnsafeRawBufferPointer, at index: Int32) throws {
        guard !bytes.isEmpty else {
            // An empty blob needs an address too, else SQLite takes it for NULL.
            return try check(sqlite3_bind_zeroblob(pointer, index, 0))
        }
        try check(
            sqlite3_bind_blob(pointer, index, bytes.baseAddress, Int32(bytes.count), Self.copied))
    }

    /// Binds bytes that SQLite reads where they lie: they must stay there until the next binding.
    func bind(inPlace value: UnsafeRawBufferPointer, at index: Int32) throws {
        try check(sqlite3_bind_blob(pointer, index, value.baseAddress, Int32(value.count), nil))
    }

    /// Lets go of everything that is bound; SQLite refuses that at no time.
    func unbind() { sqlite3_clear_bindings(pointer) }

    /// Binds a text, which SQLite copies.
    func bind(_ value: String, at index: Int32) throws {
        try check(sqlite3_bind_text(pointer, index, value, -1, Self.copied))
    }

    /// Runs a statement that gives no rows, and makes it ready for the next values.
    func run() throws {
        let code = sqlite3_step(pointer)
        sqlite3_reset(pointer)
        guard code == SQLITE_DONE else { throw Self.failure(code) }
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

    private static var copied: sqlite3_destructor_type {
        unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }

    @inline(__always)
    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw Self.failure(code) }
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
