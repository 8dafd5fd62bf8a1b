import Consent
import ResidentModel

extension ConsentBook {
    /// Records of every consent that has ended by itself that it has, each with its own entry in the log.
    ///
    /// A decision needs none of this: it compares the day itself. It is there so that the log tells when a consent was
    /// over, and that nobody took it away.
    ///
    /// - Returns: How many have ended.
    package func recordEnded() throws(GatewayError) -> Int {
        var count = 0
        while true {
            let ids = try parts.store.read { reader throws(GatewayError) in
                try reader.endedConsents(before: parts.clock.today, limit: Self.endedMax)
            }
            if ids.isEmpty { return count }
            count += try parts.write { writer throws(GatewayError) in
                var ended = 0
                for id in ids where try recordEnd(of: id, in: writer) { ended += 1 }
                return ended
            }
        }
    }

    /// How many ended consents one transaction takes.
    private static let endedMax = 256

    /// - Returns: Whether the consent has ended now; one that another process has ended already has not.
    private func recordEnd(
        of id: String, in writer: any StoreWriter
    ) throws(GatewayError) -> Bool {
        guard let sealed = try writer.consent(id),
            let resident = try writer.residentIDs(of: [sealed.resident])[sealed.resident],
            let located = try Locate.unlessForgotten(
                LocatedResident(number: sealed.resident, id: resident), parts: parts)
        else {
            // Of somebody who is about to be forgotten: nothing opens, and the rest goes with them.
            try writer.setOpen(id, of: ResidentNumber(0), until: nil)
            return false
        }
        let record = try open(sealed, of: located)
        guard let day = record.lastOpenDay, day < parts.clock.today else {
            try writer.setOpen(id, of: located.number, until: record.lastOpenDay)
            return false
        }
        let next = try inConsent { () throws(ConsentError) in
            try record.taking(
                .expire, statement: record.statement, on: parts.clock.today, isHighRisk: false)
        }
        try keep(next, of: located, in: writer)
        return true
    }
}
