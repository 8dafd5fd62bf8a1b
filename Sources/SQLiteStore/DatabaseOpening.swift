import Foundation
import GRDB
import Gateway

/// Opens a database of a home, with settings under which a commit that returned survives a power cut.
///
/// Deleted content is overwritten at once, so that no free page keeps what was to go.
///
/// - Parameters:
///   - url: The file; it is created where absent.
///   - schema: What makes each format out of the one before it; a file of an older format is brought to the newest.
///   - busySeconds: How long to wait for another process that is writing.
///   - pageLimit: The most pages of 4,096 bytes that the file may grow to, or nil for as many as the disk has.
/// - Returns: The opened database.
/// - Throws: ``GatewayError``.
func openDatabase(
    at url: URL, schema: [String], busySeconds: Double, pageLimit: Int? = nil
) throws(GatewayError) -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(busySeconds)
    configuration.journalMode = .wal
    configuration.prepareDatabase { database in
        try database.execute(sql: "PRAGMA secure_delete = ON")
        try database.execute(sql: "PRAGMA cache_size = -32768")
        try database.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
        try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
        if let pageLimit { try database.execute(sql: "PRAGMA max_page_count = \(pageLimit)") }
    }
    return try inStore {
        // The log and the shared memory take over the file's mode when they are made, so it comes first.
        if !FileManager.default.fileExists(atPath: url.path) {
            _ = FileManager.default.createFile(
                atPath: url.path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        let queue = try DatabaseQueue(path: url.path, configuration: configuration)
        // Only now: the layer itself sets NORMAL when it turns on the write-ahead log, after everything above, and
        // then a commit that returned could be lost by a power cut.
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2 else {
                throw GatewayError.store(.unreadable(why: "full synchronisation cannot be set"))
            }
        }
        try queue.inTransaction(.immediate) { database in
            let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            if found > schema.count {
                throw GatewayError.store(.newerFormat(found: found, known: schema.count))
            }
            if found < schema.count {
                for step in schema[found...] { try database.execute(sql: step) }
                try database.execute(sql: "PRAGMA user_version = \(schema.count)")
            }
            return .commit
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: url.path)
        return queue
    }
}
