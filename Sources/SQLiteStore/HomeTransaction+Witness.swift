import FieldCrypto
import Foundation
import GRDB
import Gateway
import TransparencyLog

extension HomeTransaction {
    func cosigned(below size: UInt64, limit: Int) throws(GatewayError) -> [StoredCheckpoint] {
        try rows(
            "SELECT size, note FROM audit_cosigned WHERE size < ? ORDER BY size DESC LIMIT ?",
            [Int64(clamping: size), limit], checkpoint)
    }

    func cosigned(of size: UInt64) throws(GatewayError) -> StoredCheckpoint? {
        try rows(
            "SELECT size, note FROM audit_cosigned WHERE size = ?", [Int64(clamping: size)],
            checkpoint
        ).first
    }

    func putCosigned(_ checkpoint: StoredCheckpoint) throws(GatewayError) {
        try execute(
            "INSERT OR REPLACE INTO audit_cosigned (size, note) VALUES (?, ?)",
            [Int64(checkpoint.size), checkpoint.note])
    }

    func witnessStandings() throws(GatewayError) -> [WitnessStanding] {
        try rows("SELECT * FROM audit_witness ORDER BY key") { row throws(GatewayError) in
            guard let outcome = WitnessOutcome(text: try text(row, "outcome")) else {
                throw .store(.corrupt(what: "what came of asking a witness cannot be read"))
            }
            return WitnessStanding(
                key: try text(row, "key"), size: try unsigned(row, "size"), outcome: outcome,
                failures: Int(try integer(row, "failures")),
                notBefore: try integer(row, "not_before"), askedAt: try integer(row, "asked_at"))
        }
    }

    func putWitnessStanding(_ standing: WitnessStanding) throws(GatewayError) {
        try execute(
            """
            INSERT OR REPLACE INTO audit_witness
                (key, size, outcome, failures, not_before, asked_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                standing.key, Int64(clamping: standing.size), standing.outcome.text,
                standing.failures, standing.notBefore, standing.askedAt,
            ])
    }
}

extension HomeTransaction {
    func mapEntry(of resident: ResidentNumber) throws(GatewayError) -> MapEntry? {
        try rows(
            "SELECT place, count, chain FROM audit_map_entry WHERE resident = ?",
            [resident.value], mapEntry
        ).first
    }

    func mapEntries(inBucket bucket: UInt16) throws(GatewayError) -> [MapEntry] {
        let first = [UInt8(bucket >> 8), UInt8(bucket & 0xFF)]
        // No place of 32 bytes sorts between the bucket's last and this one.
        let last = first + [UInt8](repeating: 0xFF, count: 31)
        return try rows(
            "SELECT place, count, chain FROM audit_map_entry WHERE place >= ? AND place < ?",
            [Data(first), Data(last)], mapEntry)
    }

    private func mapEntry(_ row: Row) throws(GatewayError) -> MapEntry {
        guard let key = SHA256Digest(try bytes(row, "place")),
            let chain = SHA256Digest(try bytes(row, "chain"))
        else { throw .store(.corrupt(what: "an entry of the residents' map is not 32 bytes")) }
        return MapEntry(key: key, count: try unsigned(row, "count"), chain: chain)
    }

    func putMapEntry(_ entry: MapEntry, of resident: ResidentNumber) throws(GatewayError) {
        try execute(
            """
            INSERT INTO audit_map_entry (place, resident, count, chain) VALUES (?, ?, ?, ?)
            ON CONFLICT (place) DO UPDATE SET count = excluded.count, chain = excluded.chain
            """,
            [
                Data(entry.key.bytes), resident.value, Int64(clamping: entry.count),
                Data(entry.chain.bytes),
            ])
    }

    func mapPage(_ number: Int) throws(GatewayError) -> [UInt8]? {
        try rows("SELECT subtrees FROM audit_map_page WHERE number = ?", [number]) {
            row throws(GatewayError) in try bytes(row, "subtrees")
        }.first
    }

    func putMapPage(_ number: Int, _ bytes: [UInt8]) throws(GatewayError) {
        try execute(
            "INSERT OR REPLACE INTO audit_map_page (number, subtrees) VALUES (?, ?)",
            [number, Data(bytes)])
    }

    func newestMapRoot() throws(GatewayError) -> StoredMapRoot? {
        try rows("SELECT entry, root FROM audit_map_root ORDER BY entry DESC LIMIT 1") {
            row throws(GatewayError) in
            StoredMapRoot(index: try unsigned(row, "entry"), root: try bytes(row, "root"))
        }.first
    }

    func putMapRoot(_ root: StoredMapRoot) throws(GatewayError) {
        try execute(
            "INSERT INTO audit_map_root (entry, root) VALUES (?, ?)",
            [Int64(clamping: root.index), Data(root.root)])
    }

    func entryCounts(
        from index: UInt64
    ) throws(GatewayError) -> [(resident: ResidentNumber, count: UInt64)] {
        try rows(
            """
            SELECT resident, count(*) AS count FROM audit_entry
            WHERE number >= ? AND resident IS NOT NULL GROUP BY resident
            """, [Int64(clamping: index)]
        ) { row throws(GatewayError) in
            (ResidentNumber(try integer(row, "resident")), try unsigned(row, "count"))
        }
    }
}
