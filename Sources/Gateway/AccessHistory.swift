import FieldCrypto
import ResidentModel

/// Who looked at one resident: every decision about them, allowed or refused, and what became of it.
package struct AccessHistory: Sendable {
    let parts: GatewayParts
    /// How many entries are given at most; older ones follow from an index on.
    package static let entriesMax = 1_000

    package init(_ parts: GatewayParts) { self.parts = parts }

    /// The row of a resident, or nil where nobody is known by that number.
    package func row(
        citizenNumber: String, in reader: any StoreReader
    ) throws(GatewayError) -> ResidentNumber? {
        let number = try CitizenNumber(asked: citizenNumber, today: parts.clock.today)
        return try Locate.find(number, parts: parts, store: reader)?.number
    }

    /// The newest entries about a resident, newest first.
    ///
    /// - Parameters:
    ///   - citizenNumber: Whose they are, as the caller wrote it.
    ///   - index: Entries before this one; nil for the newest.
    /// - Returns: The entries, each with what can be opened of it, and of what the law withholds until later only that.
    /// - Throws: ``GatewayError``, also where the log is not the one that was signed, or is older than it once was.
    package func entries(
        citizenNumber: String, before index: UInt64? = nil
    ) throws(GatewayError) -> [OpenedEntry] {
        try parts.store.read { reader throws(GatewayError) in
            _ = try parts.log.head(of: reader)
            guard let resident = try row(citizenNumber: citizenNumber, in: reader) else {
                throw .request(.noSuchResident)
            }
            var opened: [OpenedEntry] = []
            let entries = try reader.entries(
                of: resident, before: index ?? .max, limit: Self.entriesMax)
            for entry in entries {
                let whole = try OpenedEntry(entry, details: parts.log.details, reader: reader)
                let withheld = try Withholding.of(
                    whole, on: parts.clock.today, details: parts.log.details, reader: reader)
                opened.append(
                    withheld.map {
                        OpenedEntry(withheld: $0, index: whole.index, leaf: whole.leaf)
                    } ?? whole)
            }
            return opened
        }
    }
}
