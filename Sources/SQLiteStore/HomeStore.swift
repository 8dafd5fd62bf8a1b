package import Foundation
import GRDB
package import Gateway

/// The embedded store: one SQLite file in WAL mode with full synchronisation, for one machine.
///
/// Vault, consents, review list and audit log share the file, because everything of one batch and its audit entry
/// must become durable together.
package final class HomeStore: GatewayStore {
    private let queue: DatabaseQueue
    private let names = NameNumbers()

    /// Opens the store, or makes an empty one.
    ///
    /// - Parameters:
    ///   - url: The file `hangu.db`.
    ///   - busySeconds: How long to wait for another process that is writing.
    ///   - pageLimit: The most pages of 4,096 bytes that the file may grow to, or nil for as many as the disk has;
    ///     a transaction that needs more fails as on a full disk.
    /// - Throws: ``GatewayError/store(_:)``.
    package init(at url: URL, busySeconds: Double = 30, pageLimit: Int? = nil) throws(GatewayError)
    {
        queue = try openDatabase(
            at: url, schema: Schema.store, busySeconds: busySeconds, pageLimit: pageLimit)
    }

    package func read<Result>(
        _ body: (any StoreReader) throws(GatewayError) -> Result
    ) throws(GatewayError) -> Result {
        try transaction(.deferred) { transaction throws(GatewayError) in try body(transaction) }
    }

    package func write<Result>(
        _ body: (any StoreWriter) throws(GatewayError) -> Result
    ) throws(GatewayError) -> Result {
        try transaction(.immediate) { transaction throws(GatewayError) in
            try body(transaction)
        }
    }

    private func transaction<Result>(
        _ kind: Database.TransactionKind,
        _ body: (HomeTransaction) throws(GatewayError) -> Result
    ) throws(GatewayError) -> Result {
        try inStore {
            var result: Result?
            var made = NameNumbers.Known()
            try queue.inTransaction(kind) { database in
                let transaction = HomeTransaction(database: database, names: names)
                result = try body(transaction)
                made = transaction.made
                return .commit
            }
            names.learn(made)
            guard let result else { preconditionFailure("the transaction has run") }
            return result
        }
    }

    /// Lends the connection for what no path of the gateway asks for.
    func withQueue<Result>(_ body: (DatabaseQueue) throws -> Result) rethrows -> Result {
        try body(queue)
    }

    /// Closes the file, moving the write-ahead log into it.
    package func close() throws(GatewayError) {
        try inStore {
            try queue.writeWithoutTransaction { database in
                _ = try database.checkpoint(.truncate)
            }
            try queue.close()
        }
    }
}
