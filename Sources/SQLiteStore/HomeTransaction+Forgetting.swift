import Foundation
import GRDB
import Gateway
import ResidentModel

extension HomeTransaction {
    func forgotten(
        among residents: [ResidentNumber]
    ) throws(GatewayError) -> Set<ResidentNumber> {
        var found: Set<ResidentNumber> = []
        try inStore {
            let statement = try RawStatement(
                database, "SELECT 1 FROM forgotten WHERE resident = ?")
            for resident in residents {
                try statement.bind(resident.value, at: 1)
                try statement.forEachRow { _ in found.insert(resident) }
            }
        }
        return found
    }

    func forgottenResidents() throws(GatewayError) -> [ResidentNumber: UInt64] {
        var found: [ResidentNumber: UInt64] = [:]
        _ = try rows("SELECT resident, entry FROM forgotten") { row throws(GatewayError) in
            found[ResidentNumber(try integer(row, "resident"))] = try unsigned(row, "entry")
        }
        return found
    }

    func remains(of resident: ResidentNumber) throws(GatewayError) -> Int {
        let counts = try rows(
            """
            SELECT (SELECT count(*) FROM field_value WHERE resident = ?1)
                + (SELECT count(*) FROM record WHERE resident = ?1 AND length(sealed_key) > 0)
                + (SELECT count(*) FROM consent WHERE resident = ?1)
                + (SELECT count(*) FROM matter WHERE resident = ?1)
                + (SELECT count(*) FROM consent_open WHERE resident = ?1)
                + (SELECT count(*) FROM asked WHERE resident = ?1)
                + (SELECT count(*) FROM blind_index WHERE resident = ?1)
                + (SELECT count(*) FROM pseudonym WHERE resident = ?1)
                + (SELECT count(*) FROM question WHERE resident = ?1)
                + (SELECT count(*) FROM review WHERE resident = ?1 OR candidate = ?1) AS count
            """, [resident.value]
        ) { row throws(GatewayError) in Int(try integer(row, "count")) }
        return counts.first ?? 0
    }

    func removeQuarantined(_ numbers: [Int64]) throws(GatewayError) -> Int {
        var removed = 0
        for number in numbers {
            try execute("DELETE FROM quarantine WHERE number = ?", [number])
            removed += database.changesCount
        }
        return removed
    }

    func forget(
        _ resident: ResidentNumber, entry: UInt64
    ) throws(GatewayError) -> ForgottenCounts {
        func removing(
            _ sql: String, _ arguments: StatementArguments? = nil
        ) throws(GatewayError) -> Int {
            try execute(sql, arguments ?? [resident.value])
            return database.changesCount
        }
        var counts = ForgottenCounts()
        counts.quarantined = try removing(
            """
            DELETE FROM quarantine WHERE number IN (
                SELECT q.number FROM record r CROSS JOIN quarantine q
                    ON q.stream = r.stream AND q.key_digest = r.key_digest
                WHERE r.resident = ?)
            """)
        counts.values = try removing("DELETE FROM field_value WHERE resident = ?")
        // The digest of a record's name stays, so that the same record is refused when it is delivered again.
        counts.records = try removing(
            """
            UPDATE record SET sealed_key = zeroblob(0), content_digest = zeroblob(0),
                observed_day = 0, stored_minute = NULL WHERE resident = ? AND length(sealed_key) > 0
            """)
        counts.consents = try removing("DELETE FROM consent WHERE resident = ?")
        _ = try removing("DELETE FROM consent_open WHERE resident = ?")
        _ = try removing("DELETE FROM asked WHERE resident = ?")
        counts.indexEntries = try removing("DELETE FROM blind_index WHERE resident = ?")
        counts.pseudonyms = try removing("DELETE FROM pseudonym WHERE resident = ?")
        _ = try removing("DELETE FROM question WHERE resident = ?")
        counts.matters = try removing("DELETE FROM matter WHERE resident = ?")
        counts.reviews = try removing("DELETE FROM review WHERE resident = ?")
        _ = try removing("UPDATE review SET candidate = NULL WHERE candidate = ?")
        let details = try rows(
            """
            SELECT count(*) AS count FROM audit_entry
            WHERE resident = ? AND subject IS NOT NULL
            """, [resident.value]
        ) { row throws(GatewayError) in Int(try integer(row, "count")) }
        counts.details = details.first ?? 0
        try execute(
            "INSERT OR REPLACE INTO forgotten (resident, entry) VALUES (?, ?)",
            [resident.value, Int64(entry)])
        return counts
    }
}
