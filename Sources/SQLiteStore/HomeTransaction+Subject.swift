import Foundation
import GRDB
import Gateway
import ResidentModel

extension HomeTransaction {
    func consentVersions(of resident: ResidentNumber) throws(GatewayError) -> [SealedConsent] {
        try rows(
            "SELECT * FROM consent WHERE resident = ? ORDER BY id, version", [resident.value],
            consent)
    }

    func departmentsKnowing(_ resident: ResidentNumber) throws(GatewayError) -> [String] {
        try rows(
            "SELECT DISTINCT department FROM pseudonym WHERE resident = ? ORDER BY department",
            [resident.value]
        ) { row throws(GatewayError) in try text(row, "department") }
    }

    func matter(_ id: String) throws(GatewayError) -> SealedMatter? {
        try rows("SELECT * FROM matter WHERE id = ?", [id], matter).first
    }

    func matters(_ filter: MatterFilter) throws(GatewayError) -> [SealedMatter] {
        // Each condition stands only where it is asked for, so that the index over it is used.
        var conditions = ["(opened_minute, id) > (?, ?)"]
        let after = filter.after ?? (Int64.min, "")
        var arguments: StatementArguments = [after.openedAt, after.id]
        if let resident = filter.resident {
            conditions.append("resident = ?")
            arguments += [resident.value]
        }
        if let kind = filter.kind {
            conditions.append("kind = ?")
            arguments += [kind.rawValue]
        }
        if !filter.includesClosed { conditions.append("state <> 'closed'") }
        arguments += [filter.limit]
        return try rows(
            """
            SELECT * FROM matter WHERE \(conditions.joined(separator: " AND "))
            ORDER BY opened_minute, id LIMIT ?
            """, arguments, matter)
    }

    func keep(_ matter: SealedMatter) throws(GatewayError) {
        let known = try self.matter(matter.id)?.version ?? 0
        guard matter.version == known + 1 else {
            throw .store(.corrupt(what: "a matter was changed by somebody else meanwhile"))
        }
        try execute(
            """
            INSERT OR REPLACE INTO matter
                (id, version, kind, resident, state, opened_minute, due_day, sealed)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                matter.id, matter.version, matter.kind.rawValue, matter.resident.value,
                matter.state.rawValue, matter.openedAt, matter.due?.dayNumber, Data(matter.sealed),
            ])
    }

    private func matter(_ row: Row) throws(GatewayError) -> SealedMatter {
        guard let kind = MatterKind(rawValue: try text(row, "kind")),
            let state = MatterState(rawValue: try text(row, "state"))
        else { throw .store(.corrupt(what: "a matter has an unknown kind or state")) }
        return SealedMatter(
            id: try text(row, "id"), version: Int(try integer(row, "version")), kind: kind,
            resident: ResidentNumber(try integer(row, "resident")), state: state,
            openedAt: try integer(row, "opened_minute"),
            due: (row["due_day"] as Int?).map { CalendarDate(dayNumber: $0) },
            sealed: try bytes(row, "sealed"))
    }
}
