import Foundation
import GRDB
import Gateway
import ResidentModel

extension HomeTransaction {
    func consents(
        of residents: [ResidentNumber]
    ) throws(GatewayError) -> [ResidentNumber: [SealedConsent]] {
        var found: [ResidentNumber: [SealedConsent]] = [:]
        for resident in residents {
            found[resident] = try rows(
                """
                SELECT id, max(version) AS version, resident, sealed FROM consent
                WHERE resident = ? GROUP BY id ORDER BY id
                """, [resident.value], consent)
        }
        return found
    }

    func consent(_ id: String) throws(GatewayError) -> SealedConsent? {
        try rows(
            "SELECT * FROM consent WHERE id = ? ORDER BY version DESC LIMIT 1", [id], consent
        ).first
    }

    func consent(_ row: Row) throws(GatewayError) -> SealedConsent {
        SealedConsent(
            id: try text(row, "id"), version: Int(try integer(row, "version")),
            resident: ResidentNumber(try integer(row, "resident")),
            sealed: try bytes(row, "sealed"))
    }

    func insert(_ consent: SealedConsent) throws(GatewayError) {
        try execute(
            "INSERT INTO consent (id, version, resident, sealed) VALUES (?, ?, ?, ?)",
            [consent.id, consent.version, consent.resident.value, Data(consent.sealed)])
    }

    func endedConsents(before day: CalendarDate, limit: Int) throws(GatewayError) -> [String] {
        try rows(
            "SELECT id FROM consent_open WHERE last_day < ? ORDER BY last_day, id LIMIT ?",
            [day.dayNumber, limit]
        ) { row throws(GatewayError) in try text(row, "id") }
    }

    func setOpen(
        _ id: String, of resident: ResidentNumber, until day: CalendarDate?
    ) throws(GatewayError) {
        guard let day else { return try execute("DELETE FROM consent_open WHERE id = ?", [id]) }
        try execute(
            "INSERT OR REPLACE INTO consent_open (id, resident, last_day) VALUES (?, ?, ?)",
            [id, resident.value, day.dayNumber])
    }

    func askedCount(_ slot: AskingSlot) throws(GatewayError) -> Int {
        var count: Int64 = 0
        try inStore {
            let statement = try RawStatement(
                database, "SELECT count FROM asked WHERE version = ? AND bits = ?")
            try statement.bind(Int64(slot.entry.version), at: 1)
            try statement.bind(slot.entry.bits, at: 2)
            try statement.forEachRow { count = $0.integer(0) }
        }
        return Int(count)
    }

    func countAsking(_ slot: AskingSlot, on day: CalendarDate) throws(GatewayError) {
        try execute(
            "DELETE FROM asked WHERE resident = ? AND last_day < ?",
            [slot.resident.value, day.dayNumber])
        try execute(
            """
            INSERT INTO asked (version, bits, resident, last_day, count) VALUES (?, ?, ?, ?, 1)
            ON CONFLICT (version, bits) DO UPDATE SET count = count + 1
            """,
            [
                Int64(slot.entry.version), Data(slot.entry.bits), slot.resident.value,
                slot.lastDay.dayNumber,
            ])
    }
}
