package import Foundation
import GRDB
package import Gateway

/// The least that keeping entries durably costs.
///
/// A loop over SQLite with the store's settings and table, without hashing, sealing, tiles or checkpoints. Only
/// measurements use it, as what to compare the log's writer with.
package final class BareAuditLog {
    private let queue: DatabaseQueue
    private var next: Int64 = 0

    /// - Throws: ``GatewayError/store(_:)``.
    package init(at url: URL) throws(GatewayError) {
        queue = try openDatabase(
            at: url, schema: Schema.store, busySeconds: 5)
    }

    /// Inserts rows of the given lengths in one transaction and waits until they are durable.
    ///
    /// - Throws: ``GatewayError/store(_:)``.
    package func commit(
        _ residents: [Int64], operational: [UInt8], subject: [UInt8]
    ) throws(GatewayError) {
        let leaf = [UInt8](repeating: 1, count: 112)
        try inStore {
            try queue.inTransaction(.immediate) { database in
                let statement = try RawStatement(
                    database,
                    """
                    INSERT INTO audit_entry (number, leaf, operational, subject, resident)
                    VALUES (?, ?, ?, ?, ?)
                    """)
                for resident in residents {
                    try statement.bind(next, at: 1)
                    try statement.bind(leaf, at: 2)
                    try statement.bind(operational, at: 3)
                    try statement.bind(subject, at: 4)
                    try statement.bind(resident, at: 5)
                    try statement.run()
                    next += 1
                }
                return .commit
            }
        }
    }
}
