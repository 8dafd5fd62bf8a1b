import FieldCrypto
package import ResidentModel

/// A request whose resident has been looked for; only ``Locate`` makes one.
package struct LocatedRequest: Sendable {
    package let based: BasedRequest
    /// nil where nobody is known by that number.
    package let resident: LocatedResident?
    /// The adult members of the resident's household, the resident among them; empty where the purpose needs
    /// no mandate of the household.
    package let householdAdults: [LocatedResident]
    /// Whether an emergency access carries the request; looked at only for a basis of that kind.
    let emergency: EmergencyStanding
    /// What officers have found of the resident.
    let standing: PersonStanding
    /// What sources say of age and life; looked at only where somebody has to agree.
    let facts: PersonFacts?

    fileprivate init(
        based: BasedRequest, resident: LocatedResident?, householdAdults: [LocatedResident],
        emergency: EmergencyStanding, standing: PersonStanding, facts: PersonFacts?
    ) {
        self.based = based
        self.resident = resident
        self.householdAdults = householdAdults
        self.emergency = emergency
        self.standing = standing
        self.facts = facts
    }
}

/// Third stage of a rehearsal: residents who are supposed and not looked for.
///
/// The first is the one asked about; where the purpose needs the household's mandate, all are its adults.
struct SupposedResidents {
    let residents: [LocatedResident]
    var person = SupposedPerson()

    func locate(_ based: BasedRequest, catalogue: Catalogue) -> LocatedRequest {
        let needsMandate = based.purpose?.needsHouseholdMandate == true
        var standing = PersonStanding.unknown
        var facts: PersonFacts?
        var emergency = EmergencyStanding.none
        if !residents.isEmpty {
            if !person.isProtected { standing.protection = .notProtected }
            if based.legalBasis?.kind.needsConsent == true {
                facts = PersonFacts(
                    years: person.isChild ? 7 : PersonFacts.adultYears,
                    life: person.isDeceased ? .deathConfirmed : .alive)
            }
            emergency = .supposed(person.emergency, for: based, catalogue: catalogue)
        }
        return LocatedRequest(
            based: based, resident: residents.first,
            householdAdults: needsMandate ? residents : [], emergency: emergency,
            standing: standing, facts: facts)
    }
}

/// What is supposed of the person asked about, beside what they have said.
package struct SupposedPerson: Hashable, Sendable {
    /// Whether they need protection, or nobody has looked.
    package var isProtected = false
    /// Below 14 years.
    package var isChild = false
    /// Confirmed dead.
    package var isDeceased = false
    package var emergency = Emergency.none
    /// Whether the purpose's limit of requests in a period is reached.
    package var isAskedTooOften = false
    /// Whether the limit of the residents' own consents is.
    package var isAskedMoreThanAgreed = false
    /// Whether the department has asked as many different questions about the field as it may.
    package var hasSpentQuestions = false

    /// Whether an emergency access is open for the officer, case and resident of the request.
    package enum Emergency: String, Hashable, Sendable, CaseIterable {
        case none
        case open
        case expired
    }

    package init() {}
}

/// A resident, by row and by identifier.
package struct LocatedResident: Sendable, Hashable {
    package let number: ResidentNumber
    package let id: ResidentID

    package init(number: ResidentNumber, id: ResidentID) {
        self.number = number
        self.id = id
    }
}

/// Third stage: who is asked about.
///
/// Whether a number is known is itself about a person: the answer shows it only for items that were permitted.
struct Locate {
    let parts: GatewayParts
    private static let adultYears = 18

    func locate(
        _ based: BasedRequest, store: any StoreReader
    ) throws(GatewayError) -> LocatedRequest {
        let request = based.admitted.request
        let resident: LocatedResident?
        switch request.subject {
        case .citizenNumber(let text):
            let number = try CitizenNumber(asked: text, today: based.admitted.day)
            resident = try Self.find(number, parts: parts, store: store)
        case .pseudonym(let text):
            resident = try Self.find(
                pseudonym: text, of: request.department, parts: parts, store: store)
        }
        var adults: [LocatedResident] = []
        if let resident, based.purpose?.needsHouseholdMandate == true {
            adults = try householdAdults(of: resident, day: based.admitted.day, store: store)
        }
        var standing = PersonStanding.unknown
        var facts: PersonFacts?
        if let resident {
            standing = try PersonStanding(of: resident, parts: parts, reader: store)
            if based.legalBasis?.kind.needsConsent == true {
                facts = try PersonFacts(
                    of: resident, on: based.admitted.day, parts: parts, reader: store)
            }
        }
        return LocatedRequest(
            based: based, resident: resident, householdAdults: adults,
            emergency: try EmergencyStanding(
                for: based, resident: resident, parts: parts, reader: store), standing: standing,
            facts: facts)
    }

    /// The resident who is known by a citizen number, or nil.
    static func find(
        _ number: CitizenNumber, parts: GatewayParts, store: any StoreReader
    ) throws(GatewayError) -> LocatedResident? {
        let entries = try blindIndexEntries(
            of: number.digits, index: Linker.citizenNumberIndex, keyring: parts.keyring)
        let found = try store.residents(index: Linker.citizenNumberIndex, entries: entries)
        guard let row = found.values.lazy.flatMap({ $0 }).min() else { return nil }
        guard let id = try store.residentIDs(of: [row])[row] else {
            throw .store(.corrupt(what: "an index entry belongs to no resident"))
        }
        return try unlessForgotten(LocatedResident(number: row, id: id), parts: parts)
    }

    /// The resident whom a department knows by one of its own pseudonyms, or nil.
    ///
    /// Another department's pseudonym names nobody here.
    static func find(
        pseudonym text: String, of department: String, parts: GatewayParts,
        store: any StoreReader
    ) throws(GatewayError) -> LocatedResident? {
        let rows = try inCrypto { () throws(FieldCryptoError) in
            try parts.keyring.pseudonymRows(of: text, department: department)
        }
        for row in rows {
            let entry = BlindIndexEntry(version: row.version, bits: row.bytes)
            guard let number = try store.resident(department: department, pseudonym: entry)
            else { continue }
            guard let id = try store.residentIDs(of: [number])[number] else {
                throw .store(.corrupt(what: "a pseudonym belongs to no resident"))
            }
            return try unlessForgotten(LocatedResident(number: number, id: id), parts: parts)
        }
        return nil
    }

    /// Nobody, where the resident's keys are destroyed and the rest is about to go.
    static func unlessForgotten(
        _ resident: LocatedResident, parts: GatewayParts
    ) throws(GatewayError) -> LocatedResident? {
        let shredded = try inCrypto { () throws(FieldCryptoError) in
            try parts.keyring.shredded(among: [resident.id.keyID])
        }
        return shredded.isEmpty ? resident : nil
    }

    private func householdAdults(
        of resident: LocatedResident, day: CalendarDate, store: any StoreReader
    ) throws(GatewayError) -> [LocatedResident] {
        let numbers = Set(
            try opened([.householdNumber], of: [resident], store: store).map(\.text))
        var rows: Set<ResidentNumber> = [resident.number]
        for number in numbers {
            let entries = try blindIndexEntries(
                of: number, index: Linker.householdIndex, keyring: parts.keyring)
            let found = try store.residents(index: Linker.householdIndex, entries: entries)
            for residents in found.values { rows.formUnion(residents) }
        }
        var ids = try store.residentIDs(of: rows.sorted())
        let keys = ids.values.map(\.keyID)
        let shredded = try inCrypto { () throws(FieldCryptoError) in
            try parts.keyring.shredded(among: keys)
        }
        ids = ids.filter { !shredded.contains($1.keyID) }
        let indexed = rows.sorted().compactMap { row in
            ids[row].map { LocatedResident(number: row, id: $0) }
        }
        // The index keeps who ever was a member; the values say who is one now.
        var members: Set<ResidentNumber> = [resident.number]
        for value in try opened([.householdNumber], of: indexed, store: store)
        where numbers.contains(value.text) {
            members.insert(value.stored.resident)
        }
        let present = indexed.filter { members.contains($0.number) }
        let children = try children(among: present, day: day, store: store)
        return present.filter { !children.contains($0.number) || $0 == resident }
    }

    /// Those who are children by everything that is known of their birth; in doubt, somebody is an adult.
    private func children(
        among members: [LocatedResident], day: CalendarDate, store: any StoreReader
    ) throws(GatewayError) -> Set<ResidentNumber> {
        var children: Set<ResidentNumber> = []
        var adults: Set<ResidentNumber> = []
        for value in try opened([.birthDate, .citizenNumber], of: members, store: store) {
            guard let birth = birthDate(in: value, day: day) else { continue }
            if birth.fullYears(on: day) < Self.adultYears {
                children.insert(value.stored.resident)
            } else {
                adults.insert(value.stored.resident)
            }
        }
        return children.subtracting(adults)
    }

    /// The earliest birth date that a value allows: of a date of which parts are unknown, the first day.
    private func birthDate(in value: OpenedValue, day: CalendarDate) -> CalendarDate? {
        if value.stored.field == .citizenNumber {
            do { return try CitizenNumber(value.text, today: day).birthDate } catch { return nil }
        }
        guard let born = PartialDate(parsing: value.text) else { return nil }
        return CalendarDate(year: born.year, month: born.month ?? 1, day: born.day ?? 1)
    }

    private func opened(
        _ fields: [FieldID], of residents: [LocatedResident], store: any StoreReader
    ) throws(GatewayError) -> [OpenedValue] {
        let opener = ValueOpener(
            keyring: parts.keyring, catalogue: parts.catalogue, tenant: parts.tenant)
        let values = try store.values(of: residents.map(\.number), fields: fields)
        return try opener.open(values) { row in residents.first { $0.number == row }?.id }
    }
}
