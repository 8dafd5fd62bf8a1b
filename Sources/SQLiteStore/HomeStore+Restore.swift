package import FieldCrypto
import Foundation
import GRDB
package import Gateway

/// What the data says about keys that are to be restored.
extension HomeStore {
    /// Every resident the data has.
    package func residentIDs() throws(GatewayError) -> Set<ResidentKeyID> {
        try ids("SELECT id FROM resident")
    }

    /// Residents whose forgetting is recorded here, finished or ordered: no copy of the keys may bring theirs back.
    package func residentsToStayForgotten() throws(GatewayError) -> Set<ResidentKeyID> {
        try ids(
            """
            SELECT id FROM resident WHERE number IN (
                SELECT resident FROM forgotten
                UNION SELECT resident FROM key_job WHERE kind = 'shred' AND resident IS NOT NULL)
            """, needs: "forgotten")
    }

    /// The versions of class keys that values are sealed under, by field.
    package func classVersionsInUse() throws(GatewayError) -> [String: Set<UInt16>] {
        try inStore {
            try withQueue { queue in
                try queue.read { database in
                    var found: [String: Set<UInt16>] = [:]
                    // Bytes 3 and 4 of an envelope are the version of its class key.
                    let rows = try Row.fetchCursor(
                        database,
                        sql: """
                            SELECT DISTINCT f.name AS name, substr(v.sealed, 3, 2) AS version
                            FROM field_value v JOIN field f ON f.number = v.field
                            """)
                    while let row = try rows.next() {
                        let version = [UInt8](row["version"] as Data)
                        guard version.count == 2 else { continue }
                        found[row["name"], default: []].insert(
                            UInt16(version[0]) << 8 | UInt16(version[1]))
                    }
                    return found
                }
            }
        }
    }

    private func ids(
        _ sql: String, needs table: String? = nil
    ) throws(GatewayError) -> Set<ResidentKeyID> {
        try inStore {
            try withQueue { queue in
                try queue.read { database in
                    if let table, try !database.tableExists(table) { return [] }
                    return Set(
                        try Data.fetchAll(database, sql: sql).compactMap {
                            ResidentKeyID(bytes: [UInt8]($0))
                        })
                }
            }
        }
    }
}
