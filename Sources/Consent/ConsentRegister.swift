package import ResidentModel

/// The rules of giving consent, and what is in force at one moment.
package enum ConsentRegister {
    /// The longest that a consent may hold (no infinity).
    package static let daysMax = 1_096

    /// Makes the first version of a consent within what its purpose can need.
    ///
    /// - Throws: ``ConsentError`` where the scope or the time is not allowed.
    package static func opened(
        _ draft: ConsentRecord, purpose: Purpose
    ) throws(ConsentError) -> ConsentRecord {
        guard draft.until >= draft.from else { throw .endsBeforeItStarts }
        guard draft.until.dayNumber - draft.from.dayNumber < daysMax else {
            throw .tooLong(daysMax: daysMax)
        }
        guard purpose.departments.contains(draft.recipient) else { throw .recipientOutsidePurpose }
        guard !draft.items.isEmpty else { throw .noItems }
        if let outside = draft.items.sorted().first(where: { !purpose.fields.contains($0) }) {
            throw .itemOutsidePurpose(outside)
        }
        return draft
    }

    /// What the register says of one item on one day.
    ///
    /// Nothing is cached: each decision asks anew, so a withdrawal acts on the next one.
    ///
    /// - Parameters:
    ///   - item: The field or predicate asked for.
    ///   - purpose: The purpose of the request.
    ///   - recipient: The department that asks.
    ///   - day: Today, in the gateway's zone.
    ///   - records: The newest version of each of the resident's consents.
    /// - Returns: What is in force, or the resident's newest word.
    package static func standing(
        of item: FieldID, purpose: String, recipient: String, on day: CalendarDate,
        records: [ConsentRecord]
    ) -> ConsentStanding {
        var best = ConsentStanding(status: .none, consent: nil)
        for record in records
        where record.purpose == purpose && record.recipient == recipient
            && record.items.contains(item)
        {
            let standing = ConsentStanding(status: status(of: record, on: day), consent: record)
            if standing.outranks(best) { best = standing }
        }
        return best
    }

    private static func status(of record: ConsentRecord, on day: CalendarDate) -> ConsentStatus {
        switch record.state {
        case .refused: return .refused
        case .withdrawn: return .withdrawn
        case .given:
            if day < record.from { return .notYet }
            return day > record.until ? .expired : .inForce
        }
    }
}

/// Whether there is an agreement now, and which record says so.
/// - Returns: What is in force, or the resident's newest word.
package struct ConsentStanding: Sendable {
    package let status: ConsentStatus
    package let consent: ConsentRecord?

    /// A consent in force outranks any other; else the newest word of the resident counts.
    fileprivate func outranks(_ other: ConsentStanding) -> Bool {
        if (status == .inForce) != (other.status == .inForce) { return status == .inForce }
        return (consent?.recordedAt ?? .min) > (other.consent?.recordedAt ?? .min)
    }
}

/// What the register says.
///
/// The raw values enter policies and are stable.
package enum ConsentStatus: String, Hashable, Sendable, CaseIterable {
    case none
    case inForce = "in-force"
    case notYet = "not-yet"
    case expired
    case withdrawn
    case refused
}
