import FieldCrypto
package import Foundation
import GRDB
package import Gateway
package import ResidentModel

/// The embedded key store: `keys.db`, apart from the data, with deleted content overwritten at once.
package final class KeyDatabase: KeyStore {
    private let queue: DatabaseQueue
    /// Where epochs' keys are, if they are not with the others.
    let epochs: EpochDatabase?

    /// Opens the store, or makes an empty one.
    ///
    /// - Parameters:
    ///   - url: The file `keys.db`.
    ///   - epochs: The file `epochs.db` of a home, into which the keys of epochs go; nil for a copy that is one file.
    ///   - busySeconds: How long to wait for another process that is writing.
    /// - Throws: ``GatewayError/store(_:)``.
    package init(
        at url: URL, epochs: URL? = nil, busySeconds: Double = 30
    ) throws(GatewayError) {
        queue = try openDatabase(
            at: url, schema: Schema.keys, busySeconds: busySeconds)
        self.epochs = try epochs.map { url throws(GatewayError) in
            try EpochDatabase(at: url, busySeconds: busySeconds)
        }
        do { try separateEpochs() } catch { throw .crypto(.store(error)) }
    }

    /// Lends the connection for what is no reading or writing of rows.
    func withQueue<Result>(_ body: (DatabaseQueue) throws -> Result) rethrows -> Result {
        try body(queue)
    }

    func read<Result>(_ body: (Database) throws -> Result) throws(KeyStoreError) -> Result {
        do { return try queue.read(body) } catch { throw Self.translated(error) }
    }

    func write<Result>(_ body: (Database) throws -> Result) throws(KeyStoreError) -> Result {
        do {
            var result: Result?
            try queue.inTransaction(.immediate) { database in
                result = try body(database)
                return .commit
            }
            guard let result else { preconditionFailure("the transaction has run") }
            return result
        } catch { throw Self.translated(error) }
    }

    /// Moves the write-ahead log into the file and empties it, so that no deleted row survives there.
    func truncateLog() throws(KeyStoreError) {
        do {
            try queue.writeWithoutTransaction { database in
                _ = try database.checkpoint(.truncate)
            }
        } catch { throw Self.translated(error) }
    }

    /// Removes residents' keys that a crash left behind: made for a batch that was never stored.
    ///
    /// - Parameters:
    ///   - storedCount: How many residents the vault has; where as many have keys, nothing is searched.
    ///   - isStored: Whether the vault knows the resident.
    /// - Returns: How many were removed.
    /// - Throws: ``GatewayError``.
    package func removeOrphans(
        storedCount: Int, isStored: (ResidentID) throws(GatewayError) -> Bool
    ) throws(GatewayError) -> Int {
        try inStore {
            let count = try read { database in
                try Int.fetchOne(
                    database, sql: "SELECT count(DISTINCT resident) FROM resident_key") ?? 0
            }
            guard count != storedCount else { return 0 }
            let known = try read { database in
                try Data.fetchAll(database, sql: "SELECT DISTINCT resident FROM resident_key")
            }
            var orphans: [Data] = []
            for id in known {
                guard let resident = ResidentID(bytes: [UInt8](id)) else { continue }
                if try !isStored(resident) { orphans.append(id) }
            }
            try write { database in
                for id in orphans { try Self.deleteKeys(of: id, in: database) }
            }
            return orphans.count
        }
    }

    static func deleteKeys(of resident: Data, in database: Database) throws {
        try database.cachedStatement(sql: "DELETE FROM resident_key WHERE resident = ?")
            .execute(arguments: [resident])
        try database.cachedStatement(sql: "DELETE FROM commitment WHERE resident = ?")
            .execute(arguments: [resident])
    }

    static func translated(_ error: any Error, file: String = "keys.db") -> KeyStoreError {
        if let error = error as? KeyStoreError { return error }
        guard let error = error as? DatabaseError else { return .unavailable(file) }
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: return .corrupt("\(file): \(error.resultCode)")
        default: return .unavailable("\(file): SQLite reports \(error.resultCode)")
        }
    }
}
