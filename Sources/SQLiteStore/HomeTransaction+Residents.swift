import Foundation
import GRDB
import Gateway
import ResidentModel

extension HomeTransaction {
    func insertResident(_ id: ResidentID) throws(GatewayError) -> ResidentNumber {
        try execute("INSERT INTO resident (id) VALUES (?)", [Data(id.bytes)])
        return ResidentNumber(database.lastInsertedRowID)
    }

    func insertIndex(
        _ index: String, entry: BlindIndexEntry, resident: ResidentNumber
    ) throws(GatewayError) {
        try execute(
            "INSERT OR IGNORE INTO blind_index (name, version, bits, resident) VALUES (?, ?, ?, ?)",
            [index, Int64(entry.version), Data(entry.bits), resident.value])
    }

    func residents(
        index: String, entries: [BlindIndexEntry]
    ) throws(GatewayError) -> [BlindIndexEntry: [ResidentNumber]] {
        var found: [BlindIndexEntry: [ResidentNumber]] = [:]
        for entry in entries where found[entry] == nil {
            var numbers: [ResidentNumber] = []
            try inStore {
                let statement = try RawStatement(
                    database,
                    """
                    SELECT resident FROM blind_index WHERE name = ? AND version = ? AND bits = ?
                    ORDER BY resident
                    """)
                try statement.bind(index, at: 1)
                try statement.bind(Int64(entry.version), at: 2)
                try statement.bind(entry.bits, at: 3)
                try statement.forEachRow { numbers.append(ResidentNumber($0.integer(0))) }
            }
            if !numbers.isEmpty { found[entry] = numbers }
        }
        return found
    }

    func residentIDs(
        of numbers: [ResidentNumber]
    ) throws(GatewayError) -> [ResidentNumber: ResidentID] {
        var found: [ResidentNumber: ResidentID] = [:]
        for number in numbers {
            var ids: [[UInt8]] = []
            try inStore {
                let statement = try RawStatement(
                    database, "SELECT id FROM resident WHERE number = ?")
                try statement.bind(number.value, at: 1)
                try statement.forEachRow { ids.append($0.bytes(0)) }
            }
            guard let id = ids.first else { continue }
            guard let resident = ResidentID(bytes: id) else {
                throw .store(.corrupt(what: "a resident's id is not 16 bytes"))
            }
            found[number] = resident
        }
        return found
    }

    func resident(_ id: ResidentID) throws(GatewayError) -> ResidentNumber? {
        try rows("SELECT number FROM resident WHERE id = ?", [Data(id.bytes)]) {
            row throws(GatewayError) in ResidentNumber(try integer(row, "number"))
        }.first
    }

    func residentCount() throws(GatewayError) -> Int {
        let counts = try rows("SELECT count(*) AS count FROM resident") {
            row throws(GatewayError) in Int(try integer(row, "count"))
        }
        return counts.first ?? 0
    }
}
