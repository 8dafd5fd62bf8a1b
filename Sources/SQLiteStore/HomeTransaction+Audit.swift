import Foundation
import GRDB
import Gateway

extension HomeTransaction {
    func treeSize() throws(GatewayError) -> UInt64 {
        try inStore {
            let statement = try RawStatement(
                database, "SELECT ifnull(max(number) + 1, 0) FROM audit_entry")
            var size: Int64 = 0
            try statement.forEachRow { size = $0.integer(0) }
            return UInt64(clamping: size)
        }
    }

    func tile(level: Int, index: UInt64) throws(GatewayError) -> [UInt8]? {
        try inStore {
            let statement = try RawStatement(
                database, "SELECT hashes FROM audit_tile WHERE level = ? AND number = ?")
            try statement.bind(Int64(level), at: 1)
            try statement.bind(Int64(clamping: index), at: 2)
            var found: [UInt8]?
            try statement.forEachRow { found = $0.bytes(0) }
            return found
        }
    }

    func putTile(level: Int, index: UInt64, hashes: [UInt8]) throws(GatewayError) {
        try execute(
            "INSERT OR REPLACE INTO audit_tile (level, number, hashes) VALUES (?, ?, ?)",
            [level, Int64(index), Data(hashes)])
    }

    func newestCheckpoint() throws(GatewayError) -> StoredCheckpoint? {
        try inStore {
            let statement = try RawStatement(
                database, "SELECT size, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1")
            var found: StoredCheckpoint?
            try statement.forEachRow {
                found = StoredCheckpoint(size: UInt64(clamping: $0.integer(0)), note: $0.text(1))
            }
            return found
        }
    }

    func checkpoints(from size: UInt64, limit: Int) throws(GatewayError) -> [StoredCheckpoint] {
        try rows(
            "SELECT size, note FROM audit_checkpoint WHERE size >= ? ORDER BY size LIMIT ?",
            [Int64(clamping: size), limit], checkpoint)
    }

    func checkpoint(_ row: Row) throws(GatewayError) -> StoredCheckpoint {
        StoredCheckpoint(size: try unsigned(row, "size"), note: try text(row, "note"))
    }

    func putCheckpoint(_ checkpoint: StoredCheckpoint) throws(GatewayError) {
        try execute(
            "INSERT INTO audit_checkpoint (size, note) VALUES (?, ?)",
            [Int64(checkpoint.size), checkpoint.note])
    }

    func append(_ entry: AuditEntry) throws(GatewayError) {
        try inStore {
            let statement = try RawStatement(
                database,
                """
                INSERT INTO audit_entry (number, leaf, operational, subject, resident)
                VALUES (?, ?, ?, ?, ?)
                """)
            try statement.bind(Int64(entry.index), at: 1)
            try statement.bind(entry.leaf, at: 2)
            try statement.bind(entry.operational, at: 3)
            if let subject = entry.subject {
                try statement.bind(subject, at: 4)
            } else {
                try statement.bindNull(at: 4)
            }
            if let resident = entry.resident {
                try statement.bind(resident.value, at: 5)
            } else {
                try statement.bindNull(at: 5)
            }
            try statement.run()
        }
    }

    func leaves(
        from index: UInt64, limit: Int, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(GatewayError) -> Int {
        try inStore {
            let statement = try RawStatement(
                database,
                "SELECT number, leaf FROM audit_entry WHERE number >= ? ORDER BY number LIMIT ?")
            try statement.bind(Int64(clamping: index), at: 1)
            try statement.bind(Int64(limit), at: 2)
            var next = Int64(clamping: index)
            try statement.forEachRow { row in
                guard row.integer(0) == next else {
                    throw GatewayError.store(.corrupt(what: "the log's entry \(next) is missing"))
                }
                row.withBytes(1, body)
                next += 1
            }
            return Int(next - Int64(clamping: index))
        }
    }

    func entries(from index: UInt64, limit: Int) throws(GatewayError) -> [AuditEntry] {
        try rows(
            "SELECT * FROM audit_entry WHERE number >= ? ORDER BY number LIMIT ?",
            [Int64(clamping: index), limit], entry)
    }

    func entries(
        of resident: ResidentNumber, before index: UInt64, limit: Int
    ) throws(GatewayError) -> [AuditEntry] {
        try rows(
            """
            SELECT * FROM audit_entry WHERE resident = ? AND number < ?
            ORDER BY number DESC LIMIT ?
            """, [resident.value, Int64(clamping: index), limit], entry)
    }

    private func entry(_ row: Row) throws(GatewayError) -> AuditEntry {
        AuditEntry(
            index: try unsigned(row, "number"), leaf: try bytes(row, "leaf"),
            operational: try bytes(row, "operational"),
            subject: (row["subject"] as Data?).map { [UInt8]($0) },
            resident: (row["resident"] as Int64?).map { ResidentNumber($0) })
    }

    func chain(of resident: ResidentNumber) throws(GatewayError) -> [UInt8]? {
        try inStore {
            let statement = try RawStatement(
                database,
                "SELECT chain FROM resident WHERE number = ? AND chain IS NOT NULL")
            try statement.bind(resident.value, at: 1)
            var found: [UInt8]?
            try statement.forEachRow { found = $0.bytes(0) }
            return found
        }
    }

    func setChain(_ chain: [UInt8], of resident: ResidentNumber) throws(GatewayError) {
        try inStore {
            let statement = try RawStatement(
                database, "UPDATE resident SET chain = ? WHERE number = ?")
            try statement.bind(chain, at: 1)
            try statement.bind(resident.value, at: 2)
            try statement.run()
        }
    }

    func chainRestarts() throws(GatewayError) -> [ResidentNumber: [UInt8]] {
        let restarts = try rows("SELECT resident, chain FROM audit_restart") {
            row throws(GatewayError) in
            (ResidentNumber(try integer(row, "resident")), try bytes(row, "chain"))
        }
        return Dictionary(uniqueKeysWithValues: restarts)
    }

    func removeEntries(below index: UInt64) throws(GatewayError) {
        // The chain is the last part of a leaf; beside max(), SQLite takes a bare column from that row.
        try execute(
            """
            INSERT OR REPLACE INTO audit_restart (resident, chain)
            SELECT resident, chain FROM (
                SELECT resident, substr(leaf, 81, 32) AS chain, max(number) FROM audit_entry
                WHERE number < ? AND resident IS NOT NULL GROUP BY resident)
            """, [Int64(clamping: index)])
        try execute("DELETE FROM audit_entry WHERE number < ?", [Int64(clamping: index)])
    }

    func chainCount() throws(GatewayError) -> Int {
        let counts = try rows("SELECT count(*) AS count FROM resident WHERE chain IS NOT NULL") {
            row throws(GatewayError) in Int(try integer(row, "count"))
        }
        return counts.first ?? 0
    }

    func policyEpoch() throws(GatewayError) -> PolicyEpoch? {
        try inStore {
            let statement = try RawStatement(
                database,
                "SELECT number, bundle_hash FROM policy_epoch ORDER BY number DESC LIMIT 1")
            var found: PolicyEpoch?
            try statement.forEachRow {
                found = PolicyEpoch(
                    number: UInt32(clamping: $0.integer(0)), bundleHash: $0.text(1))
            }
            return found
        }
    }

    func startPolicyEpoch(_ epoch: PolicyEpoch) throws(GatewayError) {
        try execute(
            "INSERT INTO policy_epoch (number, bundle_hash) VALUES (?, ?)",
            [Int64(epoch.number), epoch.bundleHash])
    }
}
