import ResidentModel

/// What sources say of a person that decides who may act for them: their age, and whether they live.
///
/// In doubt about age somebody is a child, in doubt about death alive: each is the side that protects.
package struct PersonFacts: Hashable, Sendable {
    /// What is known of a death.
    package enum Life: String, Hashable, Sendable, CaseIterable {
        case alive
        /// A source says so, and nobody has made sure.
        case deathReported = "death-reported"
        /// A person has confirmed it.
        case deathConfirmed = "death-confirmed"
    }

    /// Full years by the latest birth date that any source gives; nil where none gives one.
    package let years: Int?
    package let life: Life

    /// PIPL article 31: below it a guardian acts.
    package static let guardianYears = 14
    package static let adultYears = 18

    /// Whether a guardian must act: below 14, or of unknown age.
    package var needsGuardian: Bool { years.map { $0 < Self.guardianYears } ?? true }
    package var mayHaveGuardian: Bool { years.map { $0 < Self.adultYears } ?? true }
}

extension PersonFacts {
    /// Reads them from what is stored.
    init(
        of resident: LocatedResident, on day: CalendarDate, parts: GatewayParts,
        reader: any StoreReader
    ) throws(GatewayError) {
        let opener = ValueOpener(
            keyring: parts.keyring, catalogue: parts.catalogue, tenant: parts.tenant)
        let fields = [FieldID.citizenNumber, .birthDate, .deceased, .deathDate]
            .filter { parts.catalogue.field($0) != nil }
        let stored = try reader.values(of: [resident.number], fields: fields)
        var births: [CalendarDate] = []
        var isReported = false
        var isConfirmed = false
        let confirmed = try reader.confirmedDigests(of: .deceased, resident: resident.number)
        for value in try opener.open(stored, resident: { _ in resident.id }) {
            switch value.stored.field {
            case .deceased where value.text == "true":
                isReported = true
                if isConfirmed || confirmed.isEmpty { continue }
                isConfirmed = confirmed.contains(
                    try ValueDigest.of(
                        value.text, field: .deceased, resident: resident.id, keyring: parts.keyring)
                )
            case .deceased: continue
            case .deathDate: isReported = true
            default: if let birth = Self.latestBirth(in: value, day: day) { births.append(birth) }
            }
        }
        years = births.max()?.fullYears(on: day)
        life = isConfirmed ? .deathConfirmed : isReported ? .deathReported : .alive
    }

    /// The latest birth date that a value allows: of a date of which parts are unknown, the last day.
    private static func latestBirth(in value: OpenedValue, day: CalendarDate) -> CalendarDate? {
        if value.stored.field == .citizenNumber {
            do { return try CitizenNumber(value.text, today: day).birthDate } catch { return nil }
        }
        guard let born = PartialDate(parsing: value.text) else { return nil }
        let month = born.month ?? 12
        for last in stride(from: 31, through: 28, by: -1) {
            if let date = CalendarDate(year: born.year, month: month, day: born.day ?? last) {
                return date
            }
        }
        return nil
    }
}
