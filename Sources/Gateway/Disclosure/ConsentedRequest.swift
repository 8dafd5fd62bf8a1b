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

    fileprivate init(
        located: LocatedRequest, standings: [FieldID: ConsentStanding], isConsentRequired: Bool,
        mandatesRequired: Int, mandatesGiven: [FieldID: Int], consents: [ConsentPointer]
    ) {
        self.located = located
        self.standings = standings
        self.isConsentRequired = isConsentRequired
        self.mandatesRequired = mandatesRequired
        self.mandatesGiven = mandatesGiven
        self.consents = consents
    }
}

/// One version of one consent.
package struct ConsentPointer: Hashable, Sendable, Comparable {
    package let id: String
    package let version: Int

    package static func < (left: Self, right: Self) -> Bool {
        (left.id, left.version) < (right.id, right.version)
    }
}

/// Fourth stage: what have the resident and the household agreed to, at this moment.
struct ConsentStage {
    let parts: GatewayParts

    func attach(
        to located: LocatedRequest, store: any StoreReader
    ) throws(GatewayError) -> ConsentedRequest {
        var residents = located.householdAdults
        if let resident = located.resident, !residents.contains(resident) {
            residents.append(resident)
        }
        let book = ConsentBook(parts: parts)
        return Self.attach(to: located, records: try book.newest(of: residents, store: store))
    }

    /// The same from consents that are opened already.
    static func attach(
        to located: LocatedRequest, records: [ResidentNumber: [ConsentRecord]]
    ) -> ConsentedRequest {
        let admitted = located.based.admitted
        let isRequired = located.based.legalBasis?.kind.needsConsent ?? true
        var pointers: Set<ConsentPointer> = []
        func standing(_ item: FieldID, of resident: LocatedResident) -> ConsentStanding {
            let standing = ConsentRegister.standing(
                of: item, purpose: admitted.request.purpose,
                recipient: admitted.request.department, on: admitted.day,
                records: records[resident.number] ?? [])
            if let consent = standing.consent {
                pointers.insert(ConsentPointer(id: consent.id, version: consent.version))
            }
            return standing
        }
        var standings: [FieldID: ConsentStanding] = [:]
        var given: [FieldID: Int] = [:]
        for item in admitted.items {
            if let resident = located.resident { standings[item] = standing(item, of: resident) }
            given[item] =
                located.householdAdults
                .filter { standing(item, of: $0).status == .inForce }.count
        }
        return ConsentedRequest(
            located: located, standings: standings, isConsentRequired: isRequired,
            mandatesRequired: located.householdAdults.count, mandatesGiven: given,
            consents: pointers.sorted())
    }
}
