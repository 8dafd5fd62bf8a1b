import Foundation
import GRDB
import Gateway
import ResidentModel

extension HomeTransaction {
    func ringGeneration() throws(GatewayError) -> Int64 {
        var generation: Int64 = 0
        try inStore {
            let statement = try RawStatement(database, "SELECT generation FROM ring")
            try statement.forEachRow { generation = $0.integer(0) }
        }
        return generation
    }

    func advanceRing() throws(GatewayError) {
        try execute("UPDATE ring SET generation = generation + 1")
    }

    func keyJobs() throws(GatewayError) -> [KeyJob] {
        try rows("SELECT * FROM key_job ORDER BY number", [], job)
    }

    private func job(_ row: Row) throws(GatewayError) -> KeyJob {
        guard let kind = KeyJobKind(rawValue: try text(row, "kind")),
            let state = KeyJobState(rawValue: try text(row, "state"))
        else { throw .store(.corrupt(what: "a job on keys has an unknown kind or state")) }
        return KeyJob(
            number: try integer(row, "number"), kind: kind, name: try text(row, "name"),
            version: UInt32(clamping: try integer(row, "version")),
            resident: (row["resident"] as Int64?).map { ResidentNumber($0) }, state: state,
            position: try integer(row, "position"), done: try integer(row, "done"),
            startedAt: try integer(row, "started_minute"),
            finishedAt: row["finished_minute"] as Int64?)
    }

    func startJob(
        _ kind: KeyJobKind, name: String, version: UInt32, resident: ResidentNumber?,
        at minute: Int64
    ) throws(GatewayError) -> KeyJob {
        try execute(
            """
            INSERT INTO key_job (kind, name, version, resident, state, position, done,
                started_minute) VALUES (?, ?, ?, ?, 'running', 0, 0, ?)
            """, [kind.rawValue, name, Int64(version), resident?.value, minute])
        return KeyJob(
            number: database.lastInsertedRowID, kind: kind, name: name, version: version,
            resident: resident, state: .running, position: 0, done: 0, startedAt: minute,
            finishedAt: nil)
    }

    func keep(_ job: KeyJob) throws(GatewayError) {
        try execute(
            """
            UPDATE key_job SET state = ?, position = ?, done = ?, finished_minute = ?
            WHERE number = ?
            """, [job.state.rawValue, job.position, job.done, job.finishedAt, job.number])
    }

    func indexCounts() throws(GatewayError) -> [String: [UInt32: Int]] {
        try counts("SELECT name, version, count(*) AS count FROM blind_index GROUP BY 1, 2")
    }

    func pseudonymCounts() throws(GatewayError) -> [String: [UInt32: Int]] {
        try counts(
            "SELECT department AS name, version, count(*) AS count FROM pseudonym GROUP BY 1, 2")
    }

    private func counts(_ sql: String) throws(GatewayError) -> [String: [UInt32: Int]] {
        var counts: [String: [UInt32: Int]] = [:]
        _ = try rows(sql) { row throws(GatewayError) in
            let version = UInt32(clamping: try integer(row, "version"))
            counts[try text(row, "name"), default: [:]][version] = Int(try integer(row, "count"))
        }
        return counts
    }

    func hasIndex(
        _ index: String, entry: BlindIndexEntry, resident: ResidentNumber
    ) throws(GatewayError) -> Bool {
        var isThere = false
        try inStore {
            let statement = try RawStatement(
                database,
                """
                SELECT 1 FROM blind_index WHERE name = ? AND version = ? AND bits = ?
                    AND resident = ?
                """)
            try statement.bind(index, at: 1)
            try statement.bind(Int64(entry.version), at: 2)
            try statement.bind(entry.bits, at: 3)
            try statement.bind(resident.value, at: 4)
            try statement.forEachRow { _ in isThere = true }
        }
        return isThere
    }

    func removeIndex(
        _ index: String, version: UInt32, limit: Int
    ) throws(GatewayError) -> Int {
        try execute(
            """
            DELETE FROM blind_index WHERE (name, version, bits, resident) IN (
                SELECT name, version, bits, resident FROM blind_index
                WHERE name = ? AND version = ? LIMIT ?)
            """, [index, Int64(version), limit])
        return database.changesCount
    }

    func resident(
        department: String, pseudonym: BlindIndexEntry
    ) throws(GatewayError) -> ResidentNumber? {
        try rows(
            "SELECT resident FROM pseudonym WHERE department = ? AND version = ? AND bits = ?",
            [department, Int64(pseudonym.version), Data(pseudonym.bits)]
        ) { row throws(GatewayError) in ResidentNumber(try integer(row, "resident")) }.first
    }

    func insertPseudonym(
        _ pseudonym: BlindIndexEntry, department: String, resident: ResidentNumber
    ) throws(GatewayError) {
        try execute(
            """
            INSERT OR IGNORE INTO pseudonym (department, version, bits, resident)
            VALUES (?, ?, ?, ?)
            """, [department, Int64(pseudonym.version), Data(pseudonym.bits), resident.value])
    }

    func removePseudonyms(department: String, version: UInt32) throws(GatewayError) -> Int {
        try execute(
            "DELETE FROM pseudonym WHERE department = ? AND version = ?",
            [department, Int64(version)])
        return database.changesCount
    }

    func logKeys() throws(GatewayError) -> [LogKeyName] {
        try rows("SELECT name, since, note FROM log_key ORDER BY number") {
            row throws(GatewayError) in
            LogKeyName(
                name: try text(row, "name"), since: try unsigned(row, "since"),
                note: try text(row, "note"))
        }
    }

    func addLogKey(_ key: LogKeyName) throws(GatewayError) {
        try execute(
            "INSERT INTO log_key (name, since, note) VALUES (?, ?, ?)",
            [key.name, Int64(key.since), key.note])
    }
}
