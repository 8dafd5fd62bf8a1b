import Foundation
import GRDB
import Gateway
import ResidentModel

extension HomeTransaction {
    func quarantine(
        _ record: QuarantinedRecord, of stream: StreamName
    ) throws(GatewayError) -> Bool {
        let number = try makeNumber(of: stream)
        let findings = record.findings.map(\.description).joined(separator: "\n")
        let digest = record.keyDigest.map { Data($0) }
        let place = record.position
        // Each of the two has an index of its own.
        var same = "stream = ? AND key_digest = ?"
        var name: StatementArguments = [number, digest]
        if digest == nil {
            same = "stream = ? AND container = ? AND record = ? AND key_digest IS NULL"
            name = [number, place.container, place.record]
        }
        let known = try rows("SELECT findings FROM quarantine WHERE \(same)", name) {
            row throws(GatewayError) in try text(row, "findings")
        }.first
        if known == findings { return false }
        if known != nil { try execute("DELETE FROM quarantine WHERE \(same)", name) }
        try execute(
            """
            INSERT INTO quarantine
                (stream, container, record, line, key_digest, findings, sealed, version)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                number, place.container, place.record, place.line, digest, findings,
                record.sealed.map { Data($0) }, record.version,
            ])
        return true
    }

    func releaseFromQuarantine(
        keyDigests: [[UInt8]], of stream: StreamName
    ) throws(GatewayError) {
        let number = try makeNumber(of: stream)
        try inStore {
            let statement = try RawStatement(
                database, "DELETE FROM quarantine WHERE stream = ? AND key_digest = ?")
            try statement.bind(number, at: 1)
            for digest in keyDigests {
                try statement.bind(digest, at: 2)
                try statement.run()
            }
        }
    }

    func quarantinedKeys(
        of stream: StreamName, among keyDigests: [[UInt8]]
    ) throws(GatewayError) -> Set<[UInt8]> {
        guard let number = try number(of: stream) else { return [] }
        var found: Set<[UInt8]> = []
        for digest in keyDigests {
            let count = try rows(
                "SELECT 1 AS found FROM quarantine WHERE stream = ? AND key_digest = ?",
                [number, Data(digest)]
            ) { row throws(GatewayError) in try integer(row, "found") }.count
            if count > 0 { found.insert(digest) }
        }
        return found
    }

    func quarantineList(
        after: Int64, limit: Int
    ) throws(GatewayError) -> [QuarantineItem] {
        try rows(
            """
            SELECT q.number, q.container, q.record, q.line, q.findings, s.source, s.name
            FROM quarantine q JOIN stream s ON s.number = q.stream
            WHERE q.number > ? ORDER BY q.number LIMIT ?
            """, [after, limit]
        ) { row throws(GatewayError) in
            QuarantineItem(
                number: try integer(row, "number"),
                stream: StreamName(
                    source: SourceName(try text(row, "source")), stream: try text(row, "name")),
                position: RecordPosition(
                    container: try text(row, "container"), record: Int(try integer(row, "record")),
                    line: row["line"] as Int?),
                findings: try text(row, "findings").split(separator: "\n").map(String.init))
        }
    }

    func openReview(_ draft: ReviewDraft) throws(GatewayError) {
        try execute(
            """
            UPDATE review SET state = 'replaced', decided_minute = ?
            WHERE kind = ? AND record = ? AND field = ? AND state = 'open' AND digest IS NOT ?
            """,
            [
                draft.openedAt, draft.kind.rawValue, draft.record, draft.field?.text,
                draft.digest.map { Data($0) },
            ])
        try execute(
            """
            INSERT OR IGNORE INTO review (kind, resident, candidate, record, stream, field, reasons,
                opened_minute, state, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open', ?)
            """,
            [
                draft.kind.rawValue, draft.resident.value, draft.candidate?.value, draft.record,
                try makeNumber(of: draft.stream), draft.field?.text,
                draft.reasons.joined(separator: " "), draft.openedAt,
                draft.digest.map { Data($0) },
            ])
    }

    func decideReview(
        _ number: Int64, as decision: ReviewState, by officer: String, at minute: Int64,
        digest: [UInt8]?
    ) throws(GatewayError) -> Bool {
        try execute(
            """
            UPDATE review SET state = ?, decided_by = ?, decided_minute = ?,
                digest = ifnull(digest, ?)
            WHERE number = ? AND state = 'open'
            """, [decision.rawValue, officer, minute, digest.map { Data($0) }, number])
        return database.changesCount == 1
    }

    func confirmedDigests(
        of field: FieldID, resident: ResidentNumber
    ) throws(GatewayError) -> Set<[UInt8]> {
        let found = try rows(
            """
            SELECT digest FROM review WHERE resident = ? AND field = ? AND digest IS NOT NULL
                AND kind = 'confirmation' AND state = 'confirmed'
            """, [resident.value, field.text]
        ) { row throws(GatewayError) in try bytes(row, "digest") }
        return Set(found)
    }

    func reviews(_ filter: ReviewFilter) throws(GatewayError) -> [Review] {
        try rows(
            """
            SELECT v.*, s.source, s.name FROM review v JOIN stream s ON s.number = v.stream
            WHERE v.number > ? AND (? IS NULL OR v.kind = ?) AND (? IS NULL OR v.state = ?)
                AND (? IS NULL OR v.resident = ?)
            ORDER BY v.number LIMIT ?
            """,
            [
                filter.after, filter.kind?.rawValue, filter.kind?.rawValue,
                filter.state?.rawValue, filter.state?.rawValue, filter.resident?.value,
                filter.resident?.value, filter.limit,
            ], review)
    }

    private func review(_ row: Row) throws(GatewayError) -> Review {
        guard let kind = ReviewKind(rawValue: try text(row, "kind")),
            let state = ReviewState(rawValue: try text(row, "state"))
        else { throw .store(.corrupt(what: "a review has an unknown kind or state")) }
        return Review(
            number: try integer(row, "number"), kind: kind,
            resident: ResidentNumber(try integer(row, "resident")),
            candidate: (row["candidate"] as Int64?).map { ResidentNumber($0) },
            stream: StreamName(
                source: SourceName(try text(row, "source")), stream: try text(row, "name")),
            record: try integer(row, "record"),
            field: (row["field"] as String?).map { FieldID($0) },
            reasons: try text(row, "reasons").split(separator: " ").map(String.init),
            openedAt: try integer(row, "opened_minute"), state: state,
            decidedBy: row["decided_by"] as String?,
            digest: (row["digest"] as Data?).map { [UInt8]($0) })
    }
}
