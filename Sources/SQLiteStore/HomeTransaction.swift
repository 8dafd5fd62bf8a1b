import Foundation
import GRDB
import Gateway
import ResidentModel
import Synchronization

/// What can be done within one transaction on the home's store.
final class HomeTransaction: StoreWriter {
    let database: Database
    let names: NameNumbers
    /// The names that this transaction has numbered; nobody else's before it has ended well.
    fileprivate(set) var made = NameNumbers.Known()

    init(database: Database, names: NameNumbers) {
        self.database = database
        self.names = names
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
        try names.number(of: stream, in: self, making: false)
    }

    /// The number of a stream, made where nothing of it is stored.
    func makeNumber(of stream: StreamName) throws(GatewayError) -> Int64 {
        guard let number = try names.number(of: stream, in: self, making: true) else {
            throw .store(.corrupt(what: "the stream '\(stream)' has no number"))
        }
        return number
    }
}

/// Numbers of fields and streams, kept between transactions.
///
/// Only what is durable is kept here: a number that an undone transaction gave may be given to another name next.
final class NameNumbers: Sendable {
    struct Known {
        var fields: [FieldID: Int64] = [:]
        var streams: [StreamName: Int64] = [:]
    }

    private let known = Mutex(Known())

    func number(
        of field: FieldID, in transaction: HomeTransaction, making: Bool
    ) throws(GatewayError) -> Int64? {
        if let number = transaction.made.fields[field] { return number }
        if let number = known.withLock({ $0.fields[field] }) { return number }
        let (number, isNew) = try transaction.numbered(
            "SELECT number FROM field WHERE name = ?", "INSERT INTO field (name) VALUES (?)",
            [field.text], making: making)
        if isNew {
            transaction.made.fields[field] = number
        } else if let number {
            known.withLock { $0.fields[field] = number }
        }
        return number
    }

    func number(
        of stream: StreamName, in transaction: HomeTransaction, making: Bool
    ) throws(GatewayError) -> Int64? {
        if let number = transaction.made.streams[stream] { return number }
        if let number = known.withLock({ $0.streams[stream] }) { return number }
        let (number, isNew) = try transaction.numbered(
            "SELECT number FROM stream WHERE source = ? AND name = ?",
            "INSERT INTO stream (source, name) VALUES (?, ?)",
            [stream.source.text, stream.stream], making: making)
        if isNew {
            transaction.made.streams[stream] = number
        } else if let number {
            known.withLock { $0.streams[stream] = number }
        }
        return number
    }

    /// Takes over what a transaction has made that has ended well.
    func learn(_ made: Known) {
        known.withLock { known in
            known.fields.merge(made.fields) { $1 }
            known.streams.merge(made.streams) { $1 }
        }
    }
}

extension HomeTransaction {
    /// The number that a name has, or is given where `making` is true.
    fileprivate func numbered(
        _ select: String, _ insert: String, _ name: StatementArguments, making: Bool
    ) throws(GatewayError) -> (number: Int64?, isNew: Bool) {
        let found = try rows(select, name) { row throws(GatewayError) in
            try integer(row, "number")
        }.first
        guard found == nil, making else { return (found, false) }
        try execute(insert, name)
        return (database.lastInsertedRowID, true)
    }
}
