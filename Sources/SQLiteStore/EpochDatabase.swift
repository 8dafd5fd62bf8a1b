import FieldCrypto
import Foundation
import GRDB
import Gateway

/// The keys of epochs, in a file of their own beside `keys.db`.
///
/// A copy of `keys.db` holds residents' keys wrapped by epochs' keys, but not those: it opens only with this file as it
/// is now. So a key that is destroyed here is destroyed for every copy of `keys.db`, however old. This file itself is
/// copied over its last copy, never beside it.
final class EpochDatabase: Sendable {
    private let queue: DatabaseQueue

    init(at url: URL, busySeconds: Double) throws(GatewayError) {
        queue = try openDatabase(at: url, schema: Schema.epochs, busySeconds: busySeconds)
    }

    /// The keys that a root key wraps; a change of the root key that was cut off has left others.
    func keys(under root: RootKeyName?) throws(KeyStoreError) -> [WrappedKey] {
        try run { database in
            try Self.keys(in: database).filter { root == nil || $0.rootKey == root }
        }
    }

    private static func keys(in database: Database) throws -> [WrappedKey] {
        try Row.fetchAll(database, sql: "SELECT * FROM epoch_key").map { row in
            WrappedKey(
                name: KeyName(kind: .epoch, name: "", version: row["version"]),
                suite: row["suite"],
                rootKey: RootKeyName(id: row["root_id"], version: row["root_version"]),
                wrapped: [UInt8](row["wrapped"] as Data))
        }
    }

    /// Adds keys, or puts them in the place of the same keys under the same root key.
    func put(_ keys: [WrappedKey], isReplacement: Bool) throws(KeyStoreError) {
        try run { database in
            for key in keys {
                let count = try Int.fetchOne(
                    database, sql: "SELECT count(*) FROM epoch_key WHERE version = ?",
                    arguments: [Int64(key.name.version)])
                if count != 0, !isReplacement {
                    throw KeyStoreError.alreadyThere(key.name.description)
                }
                try database.execute(
                    sql: """
                        INSERT OR REPLACE INTO epoch_key
                            (version, suite, root_id, root_version, wrapped, uses)
                        VALUES (?1, ?2, ?3, ?4, ?5,
                            ifnull((SELECT max(uses) FROM epoch_key WHERE version = ?1), 0))
                        """,
                    arguments: [
                        Int64(key.name.version), key.suite, key.rootKey.id, key.rootKey.version,
                        Data(key.wrapped),
                    ])
            }
        }
    }

    /// Destroys every key but those that are to be kept, in one transaction.
    ///
    /// - Parameters:
    ///   - needed: Keys that must be among the kept ones; where one of them is not there, or none is to be kept, nothing
    ///     is destroyed: residents' keys could not be opened without it.
    ///   - isKept: Whether a key stays.
    /// - Throws: ``KeyStoreError/corrupt(_:)`` where a needed key is not there.
    func keepOnly(
        _ needed: [WrappedKey], _ isKept: (WrappedKey) -> Bool
    ) throws(KeyStoreError) {
        let isOther = try run { database in
            let all = try Self.keys(in: database)
            let kept = Set(all.filter(isKept))
            guard !kept.isEmpty || all.isEmpty, kept.isSuperset(of: needed) else {
                throw KeyStoreError.corrupt(
                    "epochs.db: a key that is in use is not there, so no other was destroyed")
            }
            for key in all where !kept.contains(key) {
                try database.execute(
                    sql: """
                        DELETE FROM epoch_key
                        WHERE version = ? AND root_id = ? AND root_version = ?
                        """,
                    arguments: [
                        Int64(key.name.version), key.rootKey.id, key.rootKey.version,
                    ])
            }
            return kept.count < all.count
        }
        if isOther { try truncateLog() }
    }

    /// Destroys a key, under every root key.
    func remove(version: UInt32) throws(KeyStoreError) {
        try run { database in
            try database.execute(
                sql: "DELETE FROM epoch_key WHERE version = ?", arguments: [Int64(version)])
        }
        try truncateLog()
    }

    func addUses(_ count: Int64, of version: UInt32) throws(KeyStoreError) -> Int64 {
        try run { database in
            try database.execute(
                sql: "UPDATE epoch_key SET uses = uses + ? WHERE version = ?",
                arguments: [count, Int64(version)])
            let uses = try Int64.fetchOne(
                database, sql: "SELECT max(uses) FROM epoch_key WHERE version = ?",
                arguments: [Int64(version)])
            guard let uses else { throw KeyStoreError.corrupt("epochs.db: no epoch \(version)") }
            return uses
        }
    }

    private func run<Result>(_ body: (Database) throws -> Result) throws(KeyStoreError) -> Result {
        do {
            var result: Result?
            try queue.inTransaction(.immediate) { database in
                result = try body(database)
                return .commit
            }
            guard let result else { preconditionFailure("the transaction has run") }
            return result
        } catch { throw KeyDatabase.translated(error, file: "epochs.db") }
    }

    private func truncateLog() throws(KeyStoreError) {
        do {
            try queue.writeWithoutTransaction { database in
                _ = try database.checkpoint(.truncate)
            }
        } catch { throw KeyDatabase.translated(error, file: "epochs.db") }
    }
}
