import Glibc
package import ResidentModel
import Synchronization

/// Reads the tables of a SQLite database file, or of a plain SQL dump (`.sql`, `.sql.gz`) of one.
///
/// A stream's location is a table. Rows come in the order of the change column, the keyset columns, and then of what
/// tells equal rows apart. After a complete pass, nothing is read while the file stays as it is. Where it has changed,
/// a table with a change column is read again from the last change value on, that value included, together with
/// every row without a change value; any other table is read again whole. Rows that have been deleted are not seen.
///
/// A database file is opened read-only. A dump is loaded once, at the first opening of a stream, into a private
/// database that SQLite removes by itself; of its statements only those that create tables and indexes and insert
/// literal rows are run.
package final class SQLiteSource: RecordSource {
    package let name: SourceName
    private let path: String
    private let makeDigest: DigestFactory
    /// The loaded dump; whoever comes while it is loading waits.
    private let dump = Mutex<LoadedDump?>(nil)

    /// - Parameters:
    ///   - name: The source's name.
    ///   - path: The database or dump.
    ///   - makeDigest: Makes the digest that tells one dump from another.
    package init(name: SourceName, path: String, makeDigest: @escaping DigestFactory) {
        self.name = name
        self.path = path
        self.makeDigest = makeDigest
    }

    package func open(
        _ request: StreamRequest, after cursor: SourceCursor?, limits: ReadLimits
    ) throws(SourceError) -> any RecordReader {
        let (connection, fingerprint) = try connected()
        let layout = try TableLayout(request, on: connection)
        let fresh = SQLiteCursor(
            fingerprint: fingerprint, order: [layout.table] + layout.order, rowCount: 0,
            isComplete: false, since: .null, lastChange: .null)
        var place = fresh
        if let cursor {
            place = try Self.place(
                after: SQLiteCursor(cursor, container: request.location), fresh: fresh,
                hasChangeColumn: layout.changeColumn != nil)
        }
        let reader = try SQLiteReader(
            on: connection, layout: layout, request: request,
            recordBytesMax: limits.recordBytesMax, place: place)
        return BatchingReader(reader, limits: limits)
    }

    /// Where to go on: in the same pass while the file is the same, else at the start of that pass or of the next.
    private static func place(
        after earlier: SQLiteCursor, fresh: SQLiteCursor, hasChangeColumn: Bool
    ) -> SQLiteCursor {
        guard earlier.order == fresh.order else { return fresh }
        if earlier.fingerprint == fresh.fingerprint { return earlier }
        guard hasChangeColumn else { return fresh }
        var place = fresh
        place.since = earlier.isComplete ? earlier.lastChange : earlier.since
        place.lastChange = place.since
        return place
    }

    private func connected() throws(SourceError) -> (SQLiteConnection, fingerprint: String) {
        if let loaded = try loadedDump() { return (loaded.connection, loaded.fingerprint) }
        let fingerprint = try fileFingerprint()
        return (try SQLiteConnection(readingFrom: path), fingerprint)
    }

    private func loadedDump() throws(SourceError) -> LoadedDump? {
        guard try !isDatabase() else { return nil }
        return try dump.withLock { loaded throws(SourceError) in
            if let loaded { return loaded }
            let fresh = try LoadedDump(path: path, digest: makeDigest())
            loaded = fresh
            return fresh
        }
    }

    private func isDatabase() throws(SourceError) -> Bool {
        do throws(InputFault) {
            let start = try LineBuffer(FileInput(path: path), digest: makeDigest())
            return try start.starts(with: Array("SQLite format 3\0".utf8))
        } catch {
            throw error.sourceError(container: fileName(path), afterRecord: 0)
        }
    }

    /// Size and time of the file and of its write-ahead log.
    ///
    /// Gap: a file replaced by one of the same size and the same time to the nanosecond counts as the same.
    private func fileFingerprint() throws(SourceError) -> String {
        var parts: [String] = []
        for file in [path, path + "-wal"] {
            var status = stat()
            guard stat(file, &status) == 0 else { continue }
            let time = status.st_mtim
            parts.append("\(status.st_size)@\(time.tv_sec).\(time.tv_nsec)")
        }
        guard !parts.isEmpty else { throw .absent(container: fileName(path)) }
        return parts.joined(separator: "+")
    }
}
