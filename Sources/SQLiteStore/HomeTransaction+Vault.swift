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
        try inStore {
            let statement = try RawStatement(
                database,
                """
                SELECT number, resident, content_digest, version FROM record
                WHERE stream = ? AND key_digest = ?
                """)
            try statement.bind(number, at: 1)
            for digest in keyDigests {
                try statement.bind(digest, at: 2)
                try statement.forEachRow { row in
                    found[digest] = StoredRecord(
                        number: row.integer(0), resident: ResidentNumber(row.integer(1)),
                        contentDigest: row.bytes(2), version: row.integer(3))
                }
            }
        }
        return found
    }

    func insert(
        _ record: SealedRecord, of stream: StreamName, resident: ResidentNumber
    ) throws(GatewayError) -> Int64 {
        let streamNumber = try makeNumber(of: stream)
        try inStore {
            let statement = try RawStatement(
                database,
                """
                INSERT INTO record (stream, key_digest, content_digest, resident, version,
                    observed_day, sealed_key, stored_minute) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """)
            try statement.bind(streamNumber, at: 1)
            try statement.bind(record.keyDigest, at: 2)
            try statement.bind(record.contentDigest, at: 3)
            try statement.bind(resident.value, at: 4)
            try statement.bind(record.version, at: 5)
            try statement.bind(Int64(record.observedAt.dayNumber), at: 6)
            try statement.bind(record.sealedKey, at: 7)
            if let minute = record.storedAt {
                try statement.bind(minute, at: 8)
            } else {
                try statement.bindNull(at: 8)
            }
            try statement.run()
        }
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
                sealed_key = ?, stored_minute = ? WHERE number = ?
            """,
            [
                Data(record.contentDigest), resident.value, record.version,
                record.observedAt.dayNumber, Data(record.sealedKey), record.storedAt,
                earlier.number,
            ])
        try insert(record.values, record: earlier.number, resident: resident)
        return earlier.number
    }

    private func insert(
        _ values: [SealedField], record: Int64, resident: ResidentNumber
    ) throws(GatewayError) {
        var rows: [(field: Int64, sealed: ArraySlice<UInt8>)] = []
        rows.reserveCapacity(values.count)
        for value in values {
            guard let field = try names.number(of: value.field, in: self, making: true) else {
                continue
            }
            rows.append((field, value.sealed))
        }
        try inStore {
            let statement = try RawStatement(
                database,
                "INSERT INTO field_value (resident, field, record, sealed) VALUES (?, ?, ?, ?)")
            try statement.bind(resident.value, at: 1)
            try statement.bind(record, at: 3)
            for row in rows {
                try statement.bind(row.field, at: 2)
                try statement.bind(row.sealed, at: 4)
                try statement.run()
            }
        }
    }

    private static let selectValues = """
        SELECT v.record, v.sealed, r.version, r.observed_day, s.source, s.name, r.stored_minute
        FROM field_value v JOIN record r ON r.number = v.record
        JOIN stream s ON s.number = r.stream
        WHERE v.resident = ? AND v.field = ? ORDER BY v.record
        """

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
                try inStore {
                    let statement = try RawStatement(database, Self.selectValues)
                    try statement.bind(resident.value, at: 1)
                    try statement.bind(number, at: 2)
                    try statement.forEachRow { row in
                        values.append(
                            StoredValue(
                                resident: resident, field: field, record: row.integer(0),
                                recordVersion: row.integer(2),
                                stream: StreamName(
                                    source: SourceName(row.text(4)), stream: row.text(5)),
                                observedAt: CalendarDate(dayNumber: Int(row.integer(3))),
                                storedAt: row.integer(6) == 0 ? nil : row.integer(6),
                                sealed: row.bytes(1)))
                    }
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
