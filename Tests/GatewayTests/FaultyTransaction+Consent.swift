import Gateway
import ResidentModel

/// The calls of the consent register, each of which can be made to fail.
extension FaultyTransaction {
    func endedConsents(before day: CalendarDate, limit: Int) throws(GatewayError) -> [String] {
        try asking { base throws(GatewayError) in
            try base.endedConsents(before: day, limit: limit)
        }
    }
    func askedCount(_ slot: AskingSlot) throws(GatewayError) -> Int {
        try asking { base throws(GatewayError) in try base.askedCount(slot) }
    }
    func insert(_ consent: SealedConsent) throws(GatewayError) {
        try changing { base throws(GatewayError) in try base.insert(consent) }
    }
    func setOpen(
        _ id: String, of resident: ResidentNumber, until day: CalendarDate?
    ) throws(GatewayError) {
        try changing { base throws(GatewayError) in
            try base.setOpen(id, of: resident, until: day)
        }
    }
    func countAsking(_ slot: AskingSlot, on day: CalendarDate) throws(GatewayError) {
        try changing { base throws(GatewayError) in try base.countAsking(slot, on: day) }
    }
}
