package import JSONText
package import ResidentModel
import TransparencyLog

/// Why an entry is not shown to its resident yet, and from which day on it is.
///
/// The entry is counted and its commitments are shown, so it can be held against what is shown later; who asked, for
/// what and which fields are not.
package struct Withholding: Hashable, Sendable {
    /// The legal basis by its name in the catalogue.
    package let basis: String
    /// The article as it was recorded with the decision.
    package let article: String
    package let visibleFrom: CalendarDate

    /// What is told in place of the entry's details.
    package var notice: JSONValue {
        .object([
            "format": .string("hangu/withheld/1"), "basis": .string(basis),
            "article": .string(article), "visibleFrom": .string(visibleFrom.description),
        ])
    }

    /// Reads it from a decision's record; nil where nothing is withheld on that day.
    init?(decision: JSONValue, on day: CalendarDate) {
        guard let text = decision["visibleFrom"]?.string,
            let date = PartialDate(parsing: text)?.fullDate, day < date
        else { return nil }
        basis = decision["basis"]?.string ?? ""
        article = decision["article"]?.string ?? ""
        visibleFrom = date
    }

    /// Whether an entry is withheld: a decision by its own record, an outcome by that of its decision.
    static func of(
        _ entry: OpenedEntry, on day: CalendarDate, details: AuditDetails, reader: any StoreReader
    ) throws(GatewayError) -> Withholding? {
        switch entry.leaf.type {
        case .decision: return Withholding(decision: entry.operational, on: day)
        case .outcome:
            guard let number = entry.operational["entry"]?.integer,
                let index = UInt64(exactly: number),
                let decision = try reader.entries(from: index, limit: 1).first,
                decision.index == index
            else { throw .store(.corrupt(what: "an outcome belongs to no decision")) }
            let leaf = try inLog { () throws(TransparencyLogError) in
                try AuditLeaf(bytes: decision.leaf)
            }
            return Withholding(
                decision: try details.operational(of: decision, leaf: leaf).value, on: day)
        default: return nil
        }
    }
}
