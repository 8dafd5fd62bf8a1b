import FieldCrypto
import Foundation
import GRDB
import Gateway
import ResidentModel

extension HomeTransaction {
    func sealedCells(_ filter: SealedFilter) throws(GatewayError) -> SealedCells {
        guard var walk = try SealedWalk(filter, in: self) else { return SealedCells(fields: []) }
        try inStore {
            let statement = try RawStatement(database, walk.sql)
            let versions = try RawStatement(
                database, "SELECT version FROM record WHERE number = ?")
            let after = filter.after ?? SealedPlace(-1)
            try statement.bind(after.first, at: 1)
            try statement.bind(Int64(filter.limit), at: 2)
            if let prefix = filter.notUnder { try statement.bind(prefix, at: 3) }
            switch filter.column {
            case .fieldValue:
                try statement.bind(after.second, at: 4)
                try statement.bind(after.third, at: 5)
            case .recordKey: try statement.bind(after.second, at: 4)
            case .consent, .matter: try statement.bind(after.name, at: 4)
            default: break
            }
            try statement.forEachRow { try walk.take($0, recordVersions: versions) }
        }
        return walk.cells
    }

    func sealedCounts(_ column: SealedColumn) throws(GatewayError) -> [SealedCount] {
        let (table, name) = column.tableAndColumn
        let field = column == .fieldValue ? "field" : "0"
        /// By field number, then suite and version as they stand in the envelope. Counted here, since SQLite would
        /// sort every row to group them.
        var counts: [Int64: [UInt32: Int]] = [:]
        try inStore {
            let statement = try RawStatement(
                database, "SELECT \(field), \(name) FROM \(table) WHERE length(\(name)) > 0")
            try statement.forEachRow { row in
                var prefix: UInt32?
                row.withBytes(1) { bytes in
                    guard bytes.count > 4 else { return }
                    prefix = UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)) & 0xFF_FFFF
                }
                guard let prefix else {
                    throw GatewayError.store(
                        .corrupt(what: "'\(column.rawValue)' holds no sealed value"))
                }
                counts[row.integer(0), default: [:]][prefix, default: 0] += 1
            }
        }
        var fields: [Int64: String] = [:]
        if column == .fieldValue { fields = try fieldNames() }
        return counts.flatMap { number, versions in
            versions.map { prefix, count in
                SealedCount(
                    field: fields[number] ?? "", suite: UInt8(prefix >> 16),
                    version: UInt16(truncatingIfNeeded: prefix), count: count)
            }
        }
    }

    /// The names of the fields that have or had values, by number.
    fileprivate func fieldNames() throws(GatewayError) -> [Int64: String] {
        var names: [Int64: String] = [:]
        _ = try rows("SELECT number, name FROM field") { row throws(GatewayError) in
            names[try integer(row, "number")] = try text(row, "name")
        }
        return names
    }

    func replaceSealed(
        _ column: SealedColumn, _ cells: SealedCells, by envelopes: PackedBytes
    ) throws(GatewayError) -> Int {
        let (table, name) = column.tableAndColumn
        let place =
            switch column {
            case .fieldValue: "resident = ?3 AND field = ?4 AND record = ?5"
            case .recordKey: "number = ?4"
            case .consent, .matter: "id = ?4 AND version = ?3"
            default: "number = ?3"
            }
        var replaced = 0
        try inStore {
            let statement = try RawStatement(
                database, "UPDATE \(table) SET \(name) = ?1 WHERE \(place) AND \(name) = ?2")
            defer { statement.unbind() }
            try envelopes.bytes.withUnsafeBytes { new in
                try cells.sealed.bytes.withUnsafeBytes { old in
                    for (index, cell) in cells.cells.enumerated() {
                        let range = envelopes.range(of: index)
                        if range.isEmpty { continue }
                        try statement.bind(
                            inPlace: UnsafeRawBufferPointer(rebasing: new[range]), at: 1)
                        let before = cells.sealed.range(of: index)
                        try statement.bind(
                            inPlace: UnsafeRawBufferPointer(rebasing: old[before]), at: 2)
                        try statement.bind(cell.place.first, at: 3)
                        switch column {
                        case .fieldValue:
                            try statement.bind(cell.place.second, at: 4)
                            try statement.bind(cell.place.third, at: 5)
                        case .recordKey: try statement.bind(cell.place.second, at: 4)
                        case .consent, .matter: try statement.bind(cell.place.name, at: 4)
                        default: break
                        }
                        try statement.run()
                        replaced += database.changesCount
                    }
                }
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
    /// What was taken so far.
    private(set) var cells: SealedCells
    /// Positions of the fields' names in `cells`, by number.
    private var fields: [Int64: Int] = [:]
    /// Versions of the records met so far: a record's fields stand apart, each behind those of other records.
    private var versions: [Int64: Int64] = [:]

    /// Nil where no such field is stored.
    init?(_ filter: SealedFilter, in transaction: HomeTransaction) throws(GatewayError) {
        column = filter.column
        let (_, name) = filter.column.tableAndColumn
        let isOld = filter.notUnder == nil ? "" : "AND substr(t.\(name), 2, 3) <> ?3"
        switch filter.column {
        case .fieldValue:
            var names = try transaction.fieldNames()
            var isWanted = ""
            if let wanted = filter.fields {
                let texts = Set(wanted.map(\.text))
                names = names.filter { texts.contains($1) }
                if names.isEmpty { return nil }
                let numbers = names.keys.sorted().map(String.init).joined(separator: ",")
                isWanted = "AND t.field IN (\(numbers))"
            }
            cells = SealedCells(fields: [])
            for (number, name) in names { fields[number] = cells.addField(name) }
            sql = """
                SELECT t.resident, t.field, t.record, t.sealed FROM field_value t
                WHERE (t.resident, t.field, t.record) > (?1, ?4, ?5) \(isWanted) \(isOld)
                ORDER BY t.resident, t.field, t.record LIMIT ?2
                """
        case .recordKey:
            cells = SealedCells(fields: ["record.key"])
            sql = """
                SELECT t.number, t.resident, t.version, t.sealed_key FROM record t
                WHERE (t.resident, t.number) > (?1, ?4) AND length(t.sealed_key) > 0 \(isOld)
                ORDER BY t.resident, t.number LIMIT ?2
                """
        case .consent:
            cells = SealedCells(fields: [])
            sql = """
                SELECT t.version, t.resident, t.id, t.sealed FROM consent t
                WHERE (t.id, t.version) > (?4, ?1) \(isOld) ORDER BY t.id, t.version LIMIT ?2
                """
        case .matter:
            cells = SealedCells(fields: [])
            sql = """
                SELECT t.version, t.resident, t.id, t.sealed FROM matter t
                WHERE (t.id, t.version) > (?4, ?1) \(isOld) ORDER BY t.id, t.version LIMIT ?2
                """
        case .quarantine:
            cells = SealedCells(fields: ["cells"])
            sql = """
                SELECT t.number, NULL, t.version, t.sealed FROM quarantine t
                WHERE t.number > ?1 AND t.sealed IS NOT NULL \(isOld) ORDER BY t.number LIMIT ?2
                """
        case .operationalDetail:
            cells = SealedCells(fields: ["operational"])
            sql = """
                SELECT t.number, NULL, t.number, t.operational FROM audit_entry t
                WHERE t.number > ?1 \(isOld) ORDER BY t.number LIMIT ?2
                """
        case .subjectDetail:
            cells = SealedCells(fields: ["subject"])
            sql = """
                SELECT t.number, t.resident, t.number, t.subject FROM audit_entry t
                WHERE t.number > ?1 AND t.subject IS NOT NULL \(isOld)
                ORDER BY t.number LIMIT ?2
                """
        }
    }

    /// Adds the row at hand; `recordVersions` gives the version of a record by its number.
    mutating func take(
        _ row: RawStatement.Columns, recordVersions: RawStatement
    ) throws {
        let cell =
            switch column {
            case .fieldValue:
                SealedCell(
                    place: SealedPlace(row.integer(0), row.integer(1), row.integer(2)),
                    resident: ResidentNumber(row.integer(0)),
                    fieldIndex: fields[row.integer(1)] ?? 0,
                    recordVersion: try version(of: row.integer(2), recordVersions))
            case .consent, .matter:
                SealedCell(
                    place: SealedPlace(row.integer(0), name: row.text(2)),
                    resident: ResidentNumber(row.integer(1)),
                    fieldIndex: cells.addField(row.text(2)), recordVersion: row.integer(0))
            case .quarantine, .operationalDetail:
                SealedCell(
                    place: SealedPlace(row.integer(0)), resident: nil, fieldIndex: 0,
                    recordVersion: row.integer(2))
            case .recordKey:
                SealedCell(
                    place: SealedPlace(row.integer(1), row.integer(0)),
                    resident: ResidentNumber(row.integer(1)), fieldIndex: 0,
                    recordVersion: row.integer(2))
            case .subjectDetail:
                SealedCell(
                    place: SealedPlace(row.integer(0)), resident: ResidentNumber(row.integer(1)),
                    fieldIndex: 0, recordVersion: row.integer(2))
            }
        row.withBytes(3) { cells.append(cell, copying: $0) }
    }

    private mutating func version(of record: Int64, _ statement: RawStatement) throws -> Int64 {
        if let known = versions[record] { return known }
        try statement.bind(record, at: 1)
        var found: Int64?
        try statement.forEachRow { found = $0.integer(0) }
        guard let found else {
            throw GatewayError.store(.corrupt(what: "a value belongs to no record"))
        }
        versions[record] = found
        return found
    }
}
