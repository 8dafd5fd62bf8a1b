package import Foundation
import GRDB
package import Gateway
import Glibc

/// The index over the log's details, in a file of its own beside the store.
///
/// It holds keyed hashes, entry numbers and minutes. Whoever deletes the file loses nothing: the next reading makes it
/// anew. It belongs in no backup.
package final class AuditIndexDatabase: AuditIndexStore {
    private let queue: DatabaseQueue

    /// Opens the index; a file that is none, or of another format, is replaced by an empty one.
    ///
    /// - Parameter url: The file `audit-index.db`.
    /// - Throws: ``GatewayError/store(_:)`` where the folder cannot be written.
    package init(at url: URL) throws(GatewayError) {
        do throws(GatewayError) { queue = try Self.open(url) } catch {
            switch error {
            case .store(.corrupt), .store(.newerFormat):
                Self.remove(url)
                queue = try Self.open(url)
            default: throw error
            }
        }
    }

    private static func open(_ url: URL) throws(GatewayError) -> DatabaseQueue {
        try openDatabase(
            at: url, schema: Schema.auditIndex, busySeconds: 30)
    }

    private static func remove(_ url: URL) {
        for suffix in ["", "-wal", "-shm"] { unlink(url.path + suffix) }
    }

    /// Closes the file, moving the write-ahead log into it, so that no removed term survives there.
    package func close() throws(GatewayError) {
        try inStore {
            try queue.writeWithoutTransaction { database in
                _ = try database.checkpoint(.truncate)
            }
            try queue.close()
        }
    }

    package func state() throws(GatewayError) -> AuditIndexState? {
        try inStore { try queue.read { database in try Self.state(in: database) } }
    }

    private static func state(in database: Database) throws -> AuditIndexState? {
        let row = try Row.fetchOne(database, sql: "SELECT * FROM audit_index")
        return row.map { row in
            AuditIndexState(
                size: UInt64(clamping: row["size"] as Int64),
                lastLeaf: [UInt8](row["last_leaf"] as Data),
                keyVersion: UInt32(clamping: row["key_version"] as Int64))
        }
    }

    /// How a term's entries within one block are found.
    ///
    /// By block first, so that filling the index writes at its end and not all over; a term is then looked for block by
    /// block, 153 of them at ten million entries. A walk asks many times, so it is read without a transaction for each
    /// time; what it offers is compared with the store anyway.
    static let postingsQuery = "SELECT entries FROM audit_posting WHERE block = ? AND term = ?"

    package func postings(
        of term: Int64, atOrBelow first: UInt64
    ) throws(GatewayError) -> (block: UInt64, entries: EntrySet)? {
        try inStore {
            try queue.unsafeRead { database in
                let statement = try RawStatement(database, Self.postingsQuery)
                let newest = try Int64.fetchOne(
                    database.cachedStatement(sql: "SELECT max(block) FROM audit_posting"))
                guard let newest, var block = UInt64(exactly: newest) else { return nil }
                block = min(block, first)
                while true {
                    var found: EntrySet?
                    try statement.bind(Int64(block), at: 1)
                    try statement.bind(term, at: 2)
                    try statement.forEachRow { found = try Self.set($0.bytes(0)) }
                    if let found { return (block, found) }
                    guard block > 0 else { return nil }
                    block -= 1
                }
            }
        }
    }

    package func bundle(
        within minutes: ClosedRange<UInt64>, atOrBelow bundle: UInt64
    ) throws(GatewayError) -> UInt64? {
        try inStore {
            try queue.unsafeRead { database in
                var found: UInt64?
                let statement = try RawStatement(
                    database,
                    """
                    SELECT bundle FROM audit_minutes
                    WHERE bundle <= ? AND last >= ? AND first <= ? ORDER BY bundle DESC LIMIT 1
                    """)
                try statement.bind(Int64(clamping: bundle), at: 1)
                try statement.bind(Int64(clamping: minutes.lowerBound), at: 2)
                try statement.bind(Int64(clamping: minutes.upperBound), at: 3)
                try statement.forEachRow { found = UInt64($0.integer(0)) }
                return found
            }
        }
    }

    package func extend(
        _ addition: AuditIndexAddition, after expected: AuditIndexState?
    ) throws(GatewayError) -> Bool {
        try inStore {
            var isExtended = false
            try queue.inTransaction(.immediate) { database in
                guard try Self.state(in: database) == expected else { return .rollback }
                for (block, terms) in addition.postings {
                    try Self.add(terms, to: block, in: database)
                }
                for (bundle, minutes) in addition.minutes {
                    let statement = try RawStatement(
                        database,
                        """
                        INSERT INTO audit_minutes (bundle, first, last) VALUES (?, ?, ?)
                        ON CONFLICT (bundle) DO UPDATE SET
                            first = min(first, excluded.first), last = max(last, excluded.last)
                        """)
                    try statement.bind(Int64(bundle), at: 1)
                    try statement.bind(Int64(clamping: minutes.lowerBound), at: 2)
                    try statement.bind(Int64(clamping: minutes.upperBound), at: 3)
                    try statement.run()
                }
                try database.execute(
                    sql: """
                        INSERT OR REPLACE INTO audit_index (only, size, last_leaf, key_version)
                        VALUES (1, ?, ?, ?)
                        """,
                    arguments: [
                        Int64(addition.state.size), Data(addition.state.lastLeaf),
                        Int64(addition.state.keyVersion),
                    ])
                isExtended = true
                return .commit
            }
            return isExtended
        }
    }

    private static func add(
        _ terms: [Int64: IndexedPosting], to block: UInt64, in database: Database
    ) throws {
        // In the order of the index, so that pages are touched one after another.
        for (term, added) in terms.sorted(by: { $0.key < $1.key }) {
            var posting = added
            let find = try RawStatement(
                database,
                "SELECT entries, of_subject FROM audit_posting WHERE block = ? AND term = ?")
            try find.bind(Int64(block), at: 1)
            try find.bind(term, at: 2)
            try find.forEachRow { row in
                posting.entries = try set(row.bytes(0)).union(posting.entries)
                posting.ofSubject = try set(row.bytes(1)).union(posting.ofSubject)
            }
            try put(posting, of: term, in: block, database)
        }
    }

    private static func put(
        _ posting: IndexedPosting, of term: Int64, in block: UInt64, _ database: Database
    ) throws {
        let statement = try RawStatement(
            database,
            """
            INSERT INTO audit_posting (term, block, entries, of_subject) VALUES (?, ?, ?, ?)
            ON CONFLICT (block, term) DO UPDATE SET
                entries = excluded.entries, of_subject = excluded.of_subject
            """)
        try statement.bind(term, at: 1)
        try statement.bind(Int64(block), at: 2)
        try statement.bind(posting.entries.bytes, at: 3)
        try statement.bind(posting.ofSubject.bytes, at: 4)
        try statement.run()
    }

    package func remove(_ entries: [UInt64]) throws(GatewayError) {
        let byBlock = Dictionary(grouping: entries) { $0 / EntrySet.span }
        try inStore {
            try queue.inTransaction(.immediate) { database in
                for (block, entries) in byBlock {
                    let gone = EntrySet(entries.map { UInt16($0 % EntrySet.span) })
                    try Self.change(block, database) { posting in
                        let lost = posting.ofSubject.intersection(gone)
                        return IndexedPosting(
                            entries: posting.entries.subtracting(lost),
                            ofSubject: posting.ofSubject.subtracting(lost))
                    }
                }
                return .commit
            }
        }
    }

    package func prune(below entry: UInt64) throws(GatewayError) {
        let block = entry / EntrySet.span
        try inStore {
            try queue.inTransaction(.immediate) { database in
                try database.execute(
                    sql: "DELETE FROM audit_posting WHERE block < ?", arguments: [Int64(block)])
                try database.execute(
                    sql: "DELETE FROM audit_minutes WHERE bundle < ?",
                    arguments: [Int64(entry / 256)])
                guard entry % EntrySet.span > 0 else { return .commit }
                let gone = EntrySet(run: 0...UInt16(entry % EntrySet.span - 1))
                try Self.change(block, database) { posting in
                    IndexedPosting(
                        entries: posting.entries.subtracting(gone),
                        ofSubject: posting.ofSubject.subtracting(gone))
                }
                return .commit
            }
        }
    }

    /// Changes every posting of a block; those that have nothing left go.
    private static func change(
        _ block: UInt64, _ database: Database, _ change: (IndexedPosting) -> IndexedPosting
    ) throws {
        for (term, posting) in try postings(inBlock: block, database) {
            let rest = change(posting)
            guard rest != posting else { continue }
            if rest.entries.isEmpty {
                try database.execute(
                    sql: "DELETE FROM audit_posting WHERE block = ? AND term = ?",
                    arguments: [Int64(block), term])
            } else {
                try put(rest, of: term, in: block, database)
            }
        }
    }

    package func postings(
        inBlock block: UInt64
    ) throws(GatewayError) -> [Int64: IndexedPosting] {
        try inStore { try queue.read { try Self.postings(inBlock: block, $0) } }
    }

    private static func postings(
        inBlock block: UInt64, _ database: Database
    ) throws -> [Int64: IndexedPosting] {
        var postings: [Int64: IndexedPosting] = [:]
        let statement = try RawStatement(
            database, "SELECT term, entries, of_subject FROM audit_posting WHERE block = ?")
        try statement.bind(Int64(block), at: 1)
        try statement.forEachRow { row in
            postings[row.integer(0)] = IndexedPosting(
                entries: try set(row.bytes(1)), ofSubject: try set(row.bytes(2)))
        }
        return postings
    }

    package func clear() throws(GatewayError) {
        try inStore {
            try queue.inTransaction(.immediate) { database in
                for table in ["audit_index", "audit_posting", "audit_minutes"] {
                    try database.execute(sql: "DELETE FROM \(table)")
                }
                return .commit
            }
        }
    }

    /// How SQLite will look a term up: tests hold it to the index, so that a page never costs a walk over all rows.
    package func postingsPlan() throws(GatewayError) -> [String] {
        try inStore {
            try queue.read { database in
                try Row.fetchAll(
                    database, sql: "EXPLAIN QUERY PLAN " + Self.postingsQuery, arguments: [1, 1]
                ).map { $0["detail"] as String }
            }
        }
    }

    private static func set(_ bytes: [UInt8]) throws -> EntrySet {
        guard let set = EntrySet(bytes: bytes) else {
            throw GatewayError.store(
                .corrupt(what: "a posting of audit-index.db; delete that file, it is made anew"))
        }
        return set
    }
}
