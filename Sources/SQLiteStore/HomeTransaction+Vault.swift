import Foundation
import GRDB
import Gateway
import ResidentModel

extension HomeTransaction {
    func cursor(of stream: StreamName) throws(GatewayError) -> SourceCursor? {
        let texts = try rows(
            "SELECT cursor FROM stream WHERE source = ? AND name = ?",
            [stream.source.text, stream.stream]
        ) { (row: Row) throws(GatewayError) -> String? in row["cursor"] as String? }
        return texts.first.flatMap { $0 }.map { SourceCursor(text: $0) }
    }

    func setCursor(_ cursor: SourceCursor, of stream: StreamName) throws(GatewayError) {
        let number = try makeNumber(of: stream)
        try execute("UPDATE stream SET cursor = ? WHERE number = ?", [cursor.text, number])
    }

    func nextBatchNumber() throws(GatewayError) -> Int64 {
        let last = try rows("SELECT last FROM batch") { row throws(GatewayError) in
            try integer(row, "last")
        }
        return (last.first ?? 0) + 1
    }

    func finishBatch(_ number: Int64) throws(GatewayError) {
        try execute("UPDATE batch SET last = max(last, ?)", [number])
    }

    func records(
        of stream: StreamName, keyDigests: [[UInt8]]
    ) throws(GatewayError) -> [[UInt8]: StoredRecord] {
        guard let number = try number(of: stream) else { return [:] }
        var found: [[UInt8]: StoredRecord] = [:]
        for digest in keyDigests {
            _ = try rows(
                """
                SELECT number, resident, content_digest, version FROM record
                WHERE stream = ? AND key_digest = ?
                """, [number, Data(digest)]
            ) { row throws(GatewayError) in
                found[digest] = StoredRecord(
                    number: try integer(row, "number"),
                    resident: ResidentNumber(try integer(row, "resident")),
                    contentDigest: try bytes(row, "content_digest"),
                    version: try integer(row, "version"))
            }
        }
        return found
    }

    func insert(
        _ record: SealedRecord, of stream: StreamName, resident: ResidentNumber
    ) throws(GatewayError) -> Int64 {
        try execute(
            """
            INSERT INTO record (stream, key_digest, content_digest, resident, version,
                observed_day, sealed_key) VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                try makeNumber(of: stream), Data(record.keyDigest), Data(record.contentDigest),
                resident.value, record.version, record.observedAt.dayNumber,
                Data(record.sealedKey),
            ])
        let number = database.lastInsertedRowID
        try insert(record.values, record: number, resident: resident)
        return number
    }

    func replace(
        _ record: SealedRecord, of stream: StreamName, resident: ResidentNumber
    ) throws(GatewayError) -> Int64 {
        let earlier = try rows(
            "SELECT number, resident FROM record WHERE stream = ? AND key_digest = ?",
            [try makeNumber(of: stream), Data(record.keyDigest)]
        ) { row throws(GatewayError) in
            (number: try integer(row, "number"), resident: try integer(row, "resident"))
        }.first
        guard let earlier else {
            throw .store(.corrupt(what: "the earlier version of a record of '\(stream)' is gone"))
        }
        try execute(
            "DELETE FROM field_value WHERE resident = ? AND record = ?",
            [earlier.resident, earlier.number])
        try execute(
            """
            UPDATE record SET content_digest = ?, resident = ?, version = ?, observed_day = ?,
                sealed_key = ? WHERE number = ?
            """,
            [
                Data(record.contentDigest), resident.value, record.version,
                record.observedAt.dayNumber, Data(record.sealedKey), earlier.number,
            ])
        try insert(record.values, record: earlier.number, resident: resident)
        return earlier.number
    }

    private func insert(
        _ values: [SealedField], record: Int64, resident: ResidentNumber
    ) throws(GatewayError) {
        for value in values {
            guard let field = try names.number(of: value.field, in: self, making: true) else {
                continue
            }
            try execute(
                "INSERT INTO field_value (resident, field, record, sealed) VALUES (?, ?, ?, ?)",
                [resident.value, field, record, Data(value.sealed)])
        }
    }

    func values(
        of residents: [ResidentNumber], fields wanted: [FieldID]
    ) throws(GatewayError) -> [StoredValue] {
        var numbers: [(number: Int64, id: FieldID)] = []
        for field in wanted {
            if let number = try names.number(of: field, in: self, making: false) {
                numbers.append((number, field))
            }
        }
        var values: [StoredValue] = []
        for resident in residents {
            for (number, field) in numbers {
                values += try rows(
                    """
                    SELECT v.record, v.sealed, r.version, r.observed_day, s.source, s.name
                    FROM field_value v JOIN record r ON r.number = v.record
                    JOIN stream s ON s.number = r.stream
                    WHERE v.resident = ? AND v.field = ? ORDER BY v.record
                    """, [resident.value, number]
                ) { row throws(GatewayError) in
                    StoredValue(
                        resident: resident, field: field, record: try integer(row, "record"),
                        recordVersion: try integer(row, "version"),
                        stream: StreamName(
                            source: SourceName(try text(row, "source")),
                            stream: try text(row, "name")),
                        observedAt: CalendarDate(
                            dayNumber: Int(try integer(row, "observed_day"))),
                        sealed: try bytes(row, "sealed"))
                }
            }
        }
        return values
    }

    func streamTotals() throws(GatewayError) -> [StreamTotals] {
        try rows(
            """
            SELECT source, name,
                (SELECT count(*) FROM record r WHERE r.stream = s.number) AS stored,
                (SELECT count(*) FROM quarantine q WHERE q.stream = s.number) AS quarantined
            FROM stream s ORDER BY number
            """
        ) { row throws(GatewayError) in
            StreamTotals(
                stream: StreamName(
                    source: SourceName(try text(row, "source")), stream: try text(row, "name")),
                stored: Int(try integer(row, "stored")),
                quarantined: Int(try integer(row, "quarantined")))
        }
    }
}
