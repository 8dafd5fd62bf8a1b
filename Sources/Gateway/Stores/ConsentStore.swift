package import ResidentModel

/// Reading of the consent register.
package protocol ConsentReader {
    /// The newest version of each consent of some residents.
    func consents(
        of residents: [ResidentNumber]
    ) throws(GatewayError) -> [ResidentNumber: [SealedConsent]]

    /// The newest version of one consent; nil where there is none of that id.
    func consent(_ id: String) throws(GatewayError) -> SealedConsent?

    /// Consents that may have ended by themselves before a day: those whose last open day, as far as it is known, lies
    /// before it.
    func endedConsents(before day: CalendarDate, limit: Int) throws(GatewayError) -> [String]

    /// How many requests a slot has counted; 0 where there is none.
    func askedCount(_ slot: AskingSlot) throws(GatewayError) -> Int
}

/// Adding to the consent register.
package protocol ConsentWriter: ConsentReader {
    /// Adds one version; an id and version stand once.
    func insert(_ consent: SealedConsent) throws(GatewayError)

    /// Keeps until when a consent is open; nil for one that nothing is left of that could end.
    func setOpen(
        _ id: String, of resident: ResidentNumber, until day: CalendarDate?
    ) throws(GatewayError)

    /// Counts one request more in a slot, and lets go of the resident's slots whose period is over.
    func countAsking(_ slot: AskingSlot, on day: CalendarDate) throws(GatewayError)
}

/// Where the requests of one period about one resident are counted, under a keyed hash that names neither department
/// nor purpose.
package struct AskingSlot: Hashable, Sendable {
    package let entry: BlindIndexEntry
    package let resident: ResidentNumber
    /// How many requests the period holds.
    package let timesMax: Int
    /// The last day of the period.
    package let lastDay: CalendarDate

    package init(
        entry: BlindIndexEntry, resident: ResidentNumber, timesMax: Int, lastDay: CalendarDate
    ) {
        self.entry = entry
        self.resident = resident
        self.timesMax = timesMax
        self.lastDay = lastDay
    }
}

/// One version of a consent as it is kept: sealed under the resident's key.
package struct SealedConsent: Sendable {
    package let id: String
    package let version: Int
    package let resident: ResidentNumber
    package let sealed: [UInt8]

    package init(id: String, version: Int, resident: ResidentNumber, sealed: [UInt8]) {
        self.id = id
        self.version = version
        self.resident = resident
        self.sealed = sealed
    }
}
