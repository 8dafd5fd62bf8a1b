import Foundation
import GRDB
import Gateway

extension HomeTransaction {
    func consents(
        of residents: [ResidentNumber]
    ) throws(GatewayError) -> [ResidentNumber: [SealedConsent]] {
        var found: [ResidentNumber: [SealedConsent]] = [:]
        for resident in residents {
            found[resident] = try rows(
                """
                SELECT id, max(version) AS version, resident, sealed FROM consent
                WHERE resident = ? GROUP BY id ORDER BY id
                """, [resident.value], consent)
        }
        return found
    }

    func consent(_ id: String) throws(GatewayError) -> SealedConsent? {
        try rows(
            "SELECT * FROM consent WHERE id = ? ORDER BY version DESC LIMIT 1", [id], consent
        ).first
    }

    func consent(_ row: Row) throws(GatewayError) -> SealedConsent {
        SealedConsent(
            id: try text(row, "id"), version: Int(try integer(row, "version")),
            resident: ResidentNumber(try integer(row, "resident")),
            sealed: try bytes(row, "sealed"))
    }

    func insert(_ consent: SealedConsent) throws(GatewayError) {
        try execute(
            "INSERT INTO consent (id, version, resident, sealed) VALUES (?, ?, ?, ?)",
            [consent.id, consent.version, consent.resident.value, Data(consent.sealed)])
    }
}
