import Foundation
import GRDB
import Gateway
import ResidentModel

extension HomeTransaction {
    func sealedCells(_ filter: SealedFilter) throws(GatewayError) -> [SealedCell] {
        guard let walk = try SealedWalk(filter, in: self) else { return [] }
        var cells: [SealedCell] = []
        try inStore {
            let statement = try RawStatement(database, walk.sql)
            let after = filter.after ?? SealedPlace(-1)
            statement.bind(after.first, at: 1)
            statement.bind(Int64(filter.limit), at: 2)
            if let prefix = filter.notUnder { statement.bind(prefix, at: 3) }
            switch filter.column {
            case .fieldValue:
                statement.bind(after.second, at: 4)
                statement.bind(after.third, at: 5)
            case .consent, .matter: statement.bind(after.name, at: 4)
            default: break
            }
            try statement.forEachRow { cells.append(walk.cell($0)) }
        }
        return cells
    }

    func sealedCounts(_ column: SealedColumn) throws(GatewayError) -> [SealedCount] {
        let (table, name) = column.tableAndColumn
        let field = column == .fieldValue ? "(SELECT name FROM field WHERE number = t.field)" : "''"
        let grouping = column == .fieldValue ? "field" : "''"
        return try rows(
            """
            SELECT \(field) AS field, prefix, count FROM (
                SELECT \(grouping) AS field, substr(\(name), 2, 3) AS prefix, count(*) AS count
                FROM \(table) WHERE length(\(name)) > 0 GROUP BY 1, 2) t
            """
        ) { row throws(GatewayError) in
            let prefix = try bytes(row, "prefix")
            guard prefix.count == 3 else {
                throw .store(.corrupt(what: "'\(column.rawValue)' holds no sealed value"))
            }
            return SealedCount(
                field: try text(row, "field"), suite: prefix[0],
                version: UInt16(prefix[1]) << 8 | UInt16(prefix[2]),
                count: Int(try integer(row, "count")))
        }
    }

    func replaceSealed(
        _ column: SealedColumn, _ replacements: [SealedReplacement]
    ) throws(GatewayError) -> Int {
        let (table, name) = column.tableAndColumn
        let place =
            switch column {
            case .fieldValue: "resident = ?3 AND field = ?4 AND record = ?5"
            case .consent, .matter: "id = ?4 AND version = ?3"
            default: "number = ?3"
            }
        var replaced = 0
        try inStore {
            let statement = try RawStatement(
                database, "UPDATE \(table) SET \(name) = ?1 WHERE \(place) AND \(name) = ?2")
            for item in replacements {
                statement.bind(item.place.first, at: 3)
                switch column {
                case .fieldValue:
                    statement.bind(item.place.second, at: 4)
                    statement.bind(item.place.third, at: 5)
                case .consent, .matter: statement.bind(item.place.name, at: 4)
                default: break
                }
                try statement.run(binding: item.new, at: 1, and: item.old, at: 2)
                replaced += database.changesCount
            }
        }
        return replaced
    }
}

extension SealedColumn {
    var tableAndColumn: (table: String, column: String) {
        let parts = rawValue.split(separator: ".").map(String.init)
        return (parts[0], parts[1])
    }
}

/// How the sealed values of one column are read in order, each with what its address needs.
private struct SealedWalk {
    let sql: String
    private let column: SealedColumn
    /// Fields' names by number.
    private let fields: [Int64: String]

    /// Nil where no such field is stored.
    init?(_ filter: SealedFilter, in transaction: HomeTransaction) throws(GatewayError) {
        column = filter.column
        let (_, name) = filter.column.tableAndColumn
        let isOld = filter.notUnder == nil ? "" : "AND substr(t.\(name), 2, 3) <> ?3"
        switch filter.column {
        case .fieldValue:
            var names: [Int64: String] = [:]
            _ = try transaction.rows("SELECT number, name FROM field") { row throws(GatewayError) in
                names[try integer(row, "number")] = try text(row, "name")
            }
            var isWanted = ""
            if let wanted = filter.fields {
                let texts = Set(wanted.map(\.text))
                names = names.filter { texts.contains($1) }
                if names.isEmpty { return nil }
                let numbers = names.keys.sorted().map(String.init).joined(separator: ",")
                isWanted = "AND t.field IN (\(numbers))"
            }
            fields = names
            sql = """
                SELECT t.resident, t.field, t.record, r.version, t.sealed FROM field_value t
                CROSS JOIN record r ON r.number = t.record
                WHERE (t.resident, t.field, t.record) > (?1, ?4, ?5) \(isWanted) \(isOld)
                ORDER BY t.resident, t.field, t.record LIMIT ?2
                """
        case .recordKey:
            fields = [0: "record.key"]
            sql = """
                SELECT t.number, t.resident, t.version, t.sealed_key FROM record t
                WHERE t.number > ?1 AND length(t.sealed_key) > 0 \(isOld)
                ORDER BY t.number LIMIT ?2
                """
        case .consent:
            fields = [:]
            sql = """
                SELECT t.version, t.resident, t.id, t.sealed FROM consent t
                WHERE (t.id, t.version) > (?4, ?1) \(isOld) ORDER BY t.id, t.version LIMIT ?2
                """
        case .matter:
            fields = [:]
            sql = """
                SELECT t.version, t.resident, t.id, t.sealed FROM matter t
                WHERE (t.id, t.version) > (?4, ?1) \(isOld) ORDER BY t.id, t.version LIMIT ?2
                """
        case .quarantine:
            fields = [0: "cells"]
            sql = """
                SELECT t.number, NULL, t.version, t.sealed FROM quarantine t
                WHERE t.number > ?1 AND t.sealed IS NOT NULL \(isOld) ORDER BY t.number LIMIT ?2
                """
        case .operationalDetail:
            fields = [0: "operational"]
            sql = """
                SELECT t.number, NULL, t.number, t.operational FROM audit_entry t
                WHERE t.number > ?1 \(isOld) ORDER BY t.number LIMIT ?2
                """
        case .subjectDetail:
            fields = [0: "subject"]
            sql = """
                SELECT t.number, t.resident, t.number, t.subject FROM audit_entry t
                WHERE t.number > ?1 AND t.subject IS NOT NULL \(isOld)
                ORDER BY t.number LIMIT ?2
                """
        }
    }

    func cell(_ row: RawStatement.Columns) -> SealedCell {
        switch column {
        case .fieldValue:
            SealedCell(
                place: SealedPlace(row.integer(0), row.integer(1), row.integer(2)),
                resident: ResidentNumber(row.integer(0)), field: fields[row.integer(1)] ?? "",
                recordVersion: row.integer(3), sealed: row.bytes(4))
        case .consent, .matter:
            SealedCell(
                place: SealedPlace(row.integer(0), name: row.text(2)),
                resident: ResidentNumber(row.integer(1)), field: row.text(2),
                recordVersion: row.integer(0), sealed: row.bytes(3))
        case .quarantine, .operationalDetail:
            SealedCell(
                place: SealedPlace(row.integer(0)), resident: nil, field: fields[0] ?? "",
                recordVersion: row.integer(2), sealed: row.bytes(3))
        case .recordKey, .subjectDetail:
            SealedCell(
                place: SealedPlace(row.integer(0)), resident: ResidentNumber(row.integer(1)),
                field: fields[0] ?? "", recordVersion: row.integer(2), sealed: row.bytes(3))
        }
    }
}
