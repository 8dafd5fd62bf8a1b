import ResidentModel

/// How often a department writes something down with a fault, in times out of a thousand.
struct NoiseRates {
    var numberMissing: Int
    var numberWrong: Int
    /// Of people born before 1985.
    var numberOf15Digits: Int
    var numberFormat: Int
    var nameSpelling: Int
    var nameSpaces: Int
    /// Of names with a middle dot.
    var nameDot: Int
    var sexMissing: Int
    var birthMissing: Int
    var birthYearOnly: Int
    var phoneMissing: Int
    var addressMissing: Int
    var divisionMissing: Int
    /// Of deaths.
    var deathUnreported: Int

    static let civilAffairs = NoiseRates(
        numberMissing: 25, numberWrong: 12, numberOf15Digits: 60, numberFormat: 25,
        nameSpelling: 15, nameSpaces: 25, nameDot: 350, sexMissing: 5, birthMissing: 8,
        birthYearOnly: 8, phoneMissing: 220, addressMissing: 20, divisionMissing: 20,
        deathUnreported: 100)
    static let socialSecurity = NoiseRates(
        numberMissing: 5, numberWrong: 5, numberOf15Digits: 40, numberFormat: 8, nameSpelling: 10,
        nameSpaces: 10, nameDot: 500, sexMissing: 4, birthMissing: 4, birthYearOnly: 15,
        phoneMissing: 180, addressMissing: 110, divisionMissing: 40, deathUnreported: 300)
    static let health = NoiseRates(
        numberMissing: 80, numberWrong: 20, numberOf15Digits: 15, numberFormat: 20,
        nameSpelling: 20, nameSpaces: 10, nameDot: 400, sexMissing: 10, birthMissing: 10,
        birthYearOnly: 12, phoneMissing: 80, addressMissing: 60, divisionMissing: 80,
        deathUnreported: 500)
}

/// A resident's identity as one department has written it down; empty where it has nothing.
struct WrittenIdentity {
    var number: String
    var name: String
    var sex: Sex?
    /// Month and day are absent where only the year is known.
    var birth: PartialDate?
    var phone: String
    var address: String
    var division: String
    var updated: CalendarDate
    /// nil also where the department has not heard of the death.
    var deathDate: CalendarDate?

    init(
        of resident: Resident, rates: NoiseRates, today: CalendarDate, random: inout TownRandom
    ) {
        let birth = resident.birthDate.parts
        number = resident.citizenNumber
        name = resident.name.text
        sex = resident.sex
        self.birth = PartialDate(year: birth.year, month: birth.month, day: birth.day)
        phone = resident.phone ?? ""
        address = resident.home.text(style: random.below(60))
        division = resident.home.division.code
        deathDate = resident.deathDate
        let daysAgo = resident.role == nil ? random.below(900) : random.within(5...60)
        updated = max(resident.birthDate, CalendarDate(dayNumber: today.dayNumber - daysAgo))
        if resident.role == nil { addFaults(resident, rates, &random) }
    }

    private mutating func addFaults(
        _ resident: Resident, _ rates: NoiseRates, _ random: inout TownRandom
    ) {
        addNumberFaults(rates, bornBefore1985: resident.birthDate.year < 1985, &random)
        addNameFaults(resident.name, rates, &random)
        if random.hits(perMille: rates.sexMissing) { sex = nil }
        if random.hits(perMille: rates.birthMissing) {
            birth = nil
        } else if random.hits(perMille: rates.birthYearOnly) {
            birth = PartialDate(year: resident.birthDate.year)
        }
        if random.hits(perMille: rates.phoneMissing) { phone = "" }
        if random.hits(perMille: rates.addressMissing) { address = "" }
        if random.hits(perMille: rates.divisionMissing) {
            division = ""
        } else if random.hits(perMille: 80) {
            division += digits(random.within(1...12), 3)
        }
        if random.hits(perMille: rates.deathUnreported) { deathDate = nil }
    }

    private mutating func addNumberFaults(
        _ rates: NoiseRates, bornBefore1985: Bool, _ random: inout TownRandom
    ) {
        if random.hits(perMille: rates.numberMissing) {
            number = random.pick(["", "", "", "无", "000000000000000000", "不详"])
            return
        }
        var characters = Array(number)
        if random.hits(perMille: rates.numberWrong) {
            let index = random.within(6...16)
            let digit = characters[index].wholeNumberValue ?? 0
            characters[index] = Character(String((digit + random.within(1...9)) % 10))
        } else if bornBefore1985, random.hits(perMille: rates.numberOf15Digits) {
            characters = Array(characters[0..<6] + characters[8..<17])
        }
        number = String(characters)
        guard random.hits(perMille: rates.numberFormat) else { return }
        switch random.below(4) {
        case 0: number = number.lowercased()
        case 1: number = number.prefix(6) + " " + number.dropFirst(6)
        case 2: number = fullWidth(number)
        default: number = " " + number
        }
    }

    private mutating func addNameFaults(
        _ parts: PersonName, _ rates: NoiseRates, _ random: inout TownRandom
    ) {
        if !parts.dot.isEmpty {
            if random.hits(perMille: rates.nameDot) {
                let dot = random.pick(["•", ".", "．", "・", "‧", " ", ""])
                name = parts.family + dot + parts.given
            }
            return
        }
        var characters = Array(name)
        if random.hits(perMille: rates.nameSpelling) {
            let index = random.below(characters.count)
            if let others = PersonNames.confusions[characters[index]], !others.isEmpty {
                characters[index] = random.pick(others)
            }
        }
        name = String(characters)
        if random.hits(perMille: rates.nameSpaces) {
            name = String(characters[0]) + random.pick([" ", "　"]) + String(characters[1...])
        }
    }

    private func fullWidth(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append(Unicode.Scalar(scalar.value + 0xFEE0) ?? scalar)
        }
        return String(result)
    }
}

/// In how many records of a department a resident stands: mostly one, some in none, a few in two.
func recordCount(
    of resident: Resident, perMilleByAge: (child: Int, adult: Int, elder: Int),
    twicePerMille: Int, today: CalendarDate, random: inout TownRandom
) -> Int {
    if resident.role != nil { return 1 }
    let age = resident.age(on: today)
    let present =
        age < 18 ? perMilleByAge.child : age < 60 ? perMilleByAge.adult : perMilleByAge.elder
    guard random.hits(perMille: present) else { return 0 }
    return random.hits(perMille: twicePerMille) ? 2 : 1
}
