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
    /// - Parameter url: The file `hangu.db`.
    /// - Throws: ``GatewayError/store(_:)``.
    package init(at url: URL) throws(GatewayError) {
        queue = try openDatabase(at: url, schema: Schema.store, format: Schema.storeFormat)
    }

    package func read<Result>(
        _ body: (any StoreReader) throws(GatewayError) -> Result
    ) throws(GatewayError) -> Result {
        try transaction(.deferred) { transaction throws(GatewayError) in try body(transaction) }
    }

    package func write<Result>(
        _ body: (any StoreWriter) throws(GatewayError) -> Result
    ) throws(GatewayError) -> Result {
        do {
            return try transaction(.immediate) { transaction throws(GatewayError) in
                try body(transaction)
            }
        } catch {
            names.forget()
            throw error
        }
    }

    private func transaction<Result>(
        _ kind: Database.TransactionKind,
        _ body: (HomeTransaction) throws(GatewayError) -> Result
    ) throws(GatewayError) -> Result {
        try inStore {
            var result: Result?
            try queue.inTransaction(kind) { database in
                result = try body(HomeTransaction(database: database, names: names))
                return .commit
            }
            guard let result else { preconditionFailure("the transaction has run") }
            return result
        }
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
