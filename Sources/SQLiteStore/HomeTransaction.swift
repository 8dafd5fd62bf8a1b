import Foundation
import GRDB
import Gateway
import ResidentModel
import Synchronization

/// What can be done within one transaction on the home's store.
final class HomeTransaction: StoreWriter {
    let database: Database
    let fields: FieldNumbers

    init(database: Database, fields: FieldNumbers) {
        self.database = database
        self.fields = fields
    }

    /// Rows of a query, each turned into a value.
    func rows<Value>(
        _ sql: String, _ arguments: StatementArguments = [],
        _ value: (Row) throws(GatewayError) -> Value
    ) throws(GatewayError) -> [Value] {
        try inStore {
            let statement = try database.cachedStatement(sql: sql)
            let cursor = try Row.fetchCursor(statement, arguments: arguments)
            var values: [Value] = []
            while let row = try cursor.next() { values.append(try value(row)) }
            return values
        }
    }

    /// Runs a statement that gives no rows.
    func execute(_ sql: String, _ arguments: StatementArguments = []) throws(GatewayError) {
        try inStore {
            try database.cachedStatement(sql: sql).execute(arguments: arguments)
        }
    }

    /// The number of a stream, or nil where nothing of it is stored.
    func number(of stream: StreamName) throws(GatewayError) -> Int64? {
        try rows(
            "SELECT number FROM stream WHERE source = ? AND name = ?",
            [stream.source.text, stream.stream]
        ) { row throws(GatewayError) in try integer(row, "number") }.first
    }

    /// The number of a stream, made where nothing of it is stored.
    func makeNumber(of stream: StreamName) throws(GatewayError) -> Int64 {
        if let number = try number(of: stream) { return number }
        try execute(
            "INSERT INTO stream (source, name) VALUES (?, ?)", [stream.source.text, stream.stream])
        return database.lastInsertedRowID
    }
}

/// Numbers of field names, kept between transactions; forgotten when one is undone.
final class FieldNumbers: Sendable {
    private let known = Mutex<[FieldID: Int64]>([:])

    func number(
        of field: FieldID, in transaction: HomeTransaction, making: Bool
    ) throws(GatewayError) -> Int64? {
        if let number = known.withLock({ $0[field] }) { return number }
        var number = try transaction.rows(
            "SELECT number FROM field WHERE name = ?", [field.text]
        ) { row throws(GatewayError) in try integer(row, "number") }.first
        if number == nil, making {
            try transaction.execute("INSERT INTO field (name) VALUES (?)", [field.text])
            number = transaction.database.lastInsertedRowID
        }
        if let number { known.withLock { $0[field] = number } }
        return number
    }

    func forget() { known.withLock { $0 = [:] } }
}
