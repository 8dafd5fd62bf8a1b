package import Consent
package import ResidentModel

/// A request with what residents have agreed to right now; only ``ConsentStage`` makes one.
package struct ConsentedRequest: Sendable {
    package let located: LocatedRequest
    /// By item; only where the legal basis needs the resident's agreement.
    package let standings: [FieldID: ConsentStanding]
    package let isConsentRequired: Bool
    /// How many adult members of the household must have agreed, and how many have, by item.
    package let mandatesRequired: Int
    package let mandatesGiven: [FieldID: Int]
    /// Every consent that a standing or a mandate rests on.
    package let consents: [ConsentPointer]
    /// Where the purpose's own requests are counted; nil where resident or purpose is unknown.
    let asking: AskingSlot?
    let isAskingWithinPurpose: Bool
    /// What the consents behind each item add.
    let limits: [FieldID: AgreedLimits]

    fileprivate init(
        _ reading: StandingReading, of located: LocatedRequest, asking: AskingSlot?,
        isAskingWithinPurpose: Bool
    ) {
        self.located = located
        standings = reading.standings
        isConsentRequired = reading.isConsentRequired
        mandatesRequired = located.householdAdults.count
        mandatesGiven = reading.given
        consents = reading.pointers.sorted()
        self.asking = asking
        self.isAskingWithinPurpose = isAskingWithinPurpose
        limits = reading.limits
    }

    /// The slots that a request uses up which is permitted these items.
    func slots(of items: [FieldID]) -> Set<AskingSlot> {
        var slots = Set(items.flatMap { limits[$0]?.slots ?? [] })
        if let asking, !items.isEmpty { slots.insert(asking) }
        return slots
    }
}

/// What the consents behind one item say of how often it may be asked for and how long it may be kept.
struct AgreedLimits: Hashable, Sendable {
    /// One for each consent that has a limit of its own.
    var slots: Set<AskingSlot> = []
    /// Whether the resident's own consent has requests left in its period.
    var isWithin = true
    /// The fewest days of keeping that any of the consents allows; nil where none says.
    var keepDays: Int?
}

/// One version of one consent.
package struct ConsentPointer: Hashable, Sendable, Comparable {
    package let id: String
    package let version: Int

    package static func < (left: Self, right: Self) -> Bool {
        (left.id, left.version) < (right.id, right.version)
    }
}

/// Fourth stage: what have the resident and the household agreed to, at this moment, and how often was it used.
struct ConsentStage {
    let parts: GatewayParts

    /// What stands against items that were permitted, looked at again just before values are opened.
    ///
    /// A decision is durable before its values are opened, so a resident can say no in between: what is still sealed
    /// then stays sealed. Requests are not counted again.
    ///
    /// - Parameters:
    ///   - decided: The decision.
    ///   - store: The state of the store that values would be read from.
    /// - Returns: The reason by item; nothing for what may be opened.
    /// - Throws: ``GatewayError``.
    func objections(
        to decided: DecidedRequest, store: any StoreReader
    ) throws(GatewayError) -> [FieldID: RefusalReason] {
        let consented = decided.consented
        guard consented.isConsentRequired || consented.mandatesRequired > 0 else { return [:] }
        let items = decided.allowedItems
        let now = try reading(of: items, consented.located, store: store, counting: nil)
        var found: [FieldID: RefusalReason] = [:]
        for item in items {
            if now.given[item] ?? 0 < consented.mandatesRequired {
                found[item] = .mandateIncomplete
            }
            if consented.isConsentRequired {
                found[item] = now.standings[item]?.status.refusal ?? found[item]
            }
        }
        return found
    }

    func attach(
        to located: LocatedRequest, store: any StoreReader
    ) throws(GatewayError) -> ConsentedRequest {
        let admitted = located.based.admitted
        let count = AskingCount(parts: parts, day: admitted.day)
        let reading = try reading(of: admitted.items, located, store: store, counting: count)
        var asking: AskingSlot?
        if let resident = located.resident, let purpose = located.based.purpose {
            asking = try count.slot(
                of: purpose, department: admitted.request.department, resident: resident)
        }
        return ConsentedRequest(
            reading, of: located, asking: asking,
            isAskingWithinPurpose: try asking?.isFree(in: store) ?? true)
    }

    /// The same from consents that are opened already, of requests that are not counted but supposed to be within limits
    /// or not.
    static func attach(
        to located: LocatedRequest, records: [ResidentNumber: [ConsentRecord]],
        isAskingWithinPurpose: Bool = true, isAskingWithinConsent: Bool = true
    ) throws(GatewayError) -> ConsentedRequest {
        let admitted = located.based.admitted
        var reading = StandingReading(located, day: admitted.day, records: records, counting: nil)
        reading.isWithinUncounted = isAskingWithinConsent
        for item in admitted.items { try reading.read(item) }
        return ConsentedRequest(
            reading, of: located, asking: nil, isAskingWithinPurpose: isAskingWithinPurpose)
    }

    /// Reads standings now; `count` is nil where nothing is counted.
    private func reading(
        of items: [FieldID], _ located: LocatedRequest, store: any StoreReader,
        counting count: AskingCount?
    ) throws(GatewayError) -> StandingReading {
        var residents = located.householdAdults
        if let resident = located.resident { residents.append(resident) }
        // The clock's day, not the request's: what ended at midnight has ended for a request from before it.
        let day = count == nil ? parts.clock.today : located.based.admitted.day
        var reading = StandingReading(
            located, day: day,
            records: try ConsentBook(parts: parts).newest(of: residents, store: store),
            counting: count.map { ($0, store) })
        for item in items { try reading.read(item) }
        return reading
    }
}

/// The reading of standings for the items of one request.
private struct StandingReading {
    let located: LocatedRequest
    let day: CalendarDate
    let records: [ResidentNumber: [ConsentRecord]]
    let isConsentRequired: Bool
    let assuranceMin: Int
    /// nil where nothing is counted.
    let counting: (count: AskingCount, store: any StoreReader)?
    /// What is supposed where nothing is counted.
    var isWithinUncounted = true
    var standings: [FieldID: ConsentStanding] = [:]
    var given: [FieldID: Int] = [:]
    var limits: [FieldID: AgreedLimits] = [:]
    var pointers: Set<ConsentPointer> = []
    /// By consent: its slot, and whether that is free.
    private var known: [String: (slot: AskingSlot?, isFree: Bool)] = [:]

    init(
        _ located: LocatedRequest, day: CalendarDate,
        records: [ResidentNumber: [ConsentRecord]],
        counting: (count: AskingCount, store: any StoreReader)?
    ) {
        self.located = located
        self.day = day
        self.records = records
        isConsentRequired = located.based.legalBasis?.kind.needsConsent ?? true
        assuranceMin = located.based.purpose?.assuranceMin ?? 1
        self.counting = counting
    }

    mutating func read(_ item: FieldID) throws(GatewayError) {
        var agreed = AgreedLimits()
        if let resident = located.resident {
            let standing = standing(of: item, resident)
            standings[item] = standing
            if isConsentRequired, standing.status == .inForce, let consent = standing.consent {
                agreed.isWithin = try add(consent, of: resident, to: &agreed)
            }
        }
        var mandates = 0
        for adult in located.householdAdults {
            let standing = standing(of: item, adult)
            guard standing.status == .inForce, let consent = standing.consent,
                consent.statement.assurance >= assuranceMin,
                try add(consent, of: adult, to: &agreed)
            else { continue }
            mandates += 1
        }
        given[item] = mandates
        limits[item] = agreed
    }

    private mutating func standing(
        of item: FieldID, _ resident: LocatedResident
    ) -> ConsentStanding {
        let request = located.based.admitted.request
        let standing = ConsentRegister.standing(
            of: item, purpose: request.purpose, recipient: request.department, on: day,
            records: records[resident.number] ?? [])
        if let consent = standing.consent {
            pointers.insert(ConsentPointer(id: consent.id, version: consent.version))
        }
        return standing
    }

    /// Adds what a consent limits.
    ///
    /// - Returns: Whether its period holds one request more.
    private mutating func add(
        _ consent: ConsentRecord, of resident: LocatedResident, to agreed: inout AgreedLimits
    ) throws(GatewayError) -> Bool {
        agreed.keepDays = [agreed.keepDays, consent.terms.dataLifeDays].compactMap(\.self).min()
        guard let (count, store) = counting else { return isWithinUncounted }
        if known[consent.id] == nil {
            let slot = try count.slot(of: consent, resident: resident)
            known[consent.id] = (slot, try slot?.isFree(in: store) ?? true)
        }
        guard let (slot, isFree) = known[consent.id] else { return false }
        if let slot { agreed.slots.insert(slot) }
        return isFree
    }
}

extension ConsentStatus {
    /// Why nothing may be opened; nil where the consent is in force.
    fileprivate var refusal: RefusalReason? {
        switch self {
        case .inForce: nil
        case .refused: .consentRefused
        case .withdrawn: .consentWithdrawn
        case .expired: .consentExpired
        case .notYet: .consentNotYet
        case .paused: .consentPaused
        case .awaiting: .consentAwaiting
        case .none, .requested, .replaced: .consentMissing
        }
    }
}
