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
            """)
    }

    /// The versions of class keys that values are sealed under, by field.
    package func classVersionsInUse() throws(GatewayError) -> [String: Set<UInt16>] {
        let counts = try read { reader throws(GatewayError) in
            try reader.sealedCounts(.fieldValue)
        }
        return counts.reduce(into: [:]) { $0[$1.field, default: []].insert($1.version) }
    }

    private func ids(_ sql: String) throws(GatewayError) -> Set<ResidentKeyID> {
        try inStore {
            try withQueue { queue in
                try queue.read { database in
                    Set(
                        try Data.fetchAll(database, sql: sql).map { bytes in
                            guard let id = ResidentKeyID(bytes: [UInt8](bytes)) else {
                                throw GatewayError.store(
                                    .corrupt(what: "hangu.db: a resident's id is not 16 bytes"))
                            }
                            return id
                        })
                }
            }
        }
    }
}
