import ResidentModel

/// One invented resident as they truly are; departments write them down with faults.
struct Resident {
    var name: PersonName
    var citizenNumber: String
    var sex: Sex
    var birthDate: CalendarDate
    /// After GB/T 3304.
    var ethnicity: String
    /// After GB/T 2261.2.
    var maritalStatus: String
    var spouseName: String?
    var phone: String?
    var home: Address
    var household: HouseholdFacts
    var deathDate: CalendarDate?
    var employer: Int?
    /// Type 1 to 7 and grade 1 to 4 after GB/T 26341.
    var disability: (type: Int, grade: Int)?
    var livesAlone = false
    var isLeftBehind = false
    var hasOldAgeAllowance = false
    /// Set for those whom the story needs; their records have no faults of chance.
    var role: StoryRole?

    func age(on day: CalendarDate) -> Int { birthDate.fullYears(on: day) }
}

/// What the members of a household share.
struct HouseholdFacts {
    var number: String
    /// In yuan; nil where the household has declared none.
    var monthlyIncome: Int?
    /// Minimum living allowance, 低保.
    var hasAllowance = false
    /// Support in extreme poverty, 特困.
    var hasExtremePovertySupport = false
}

/// A name, and the parts that departments spell each in their own way.
struct PersonName {
    var family: String
    var given: String
    /// Between the parts of a name from another language; empty where it is written in one.
    var dot = ""

    var text: String { family + dot + given }
    /// Whether the first part is a family name, as FHIR's `family` means it.
    var hasFamilyName = true
}

/// A company or institution of the town.
struct Employer {
    let number: String
    let creditCode: String
    let name: String
    let division: String

    static func all(count: Int, random: inout TownRandom) -> [Employer] {
        (1...count).map { index in
            let division = random.pick(PlaceNames.divisions)
            return Employer(
                number: "DW" + digits(index, 6), creditCode: creditCode(division.code, &random),
                name: random.pick(PlaceNames.cities) + random.pick(PlaceNames.companies)
                    + random.pick(PlaceNames.trades),
                division: division.code)
        }
    }

    /// A code of an enterprise (91) with the check characters of GB 11714 and GB 32100.
    private static func creditCode(_ division: String, _ random: inout TownRandom) -> String {
        let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
        let body = (0..<8).map { _ in random.pick(alphabet) }
        let weights = [3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(body, weights).reduce(0) { sum, pair in
            sum + (Int(String(pair.0), radix: 36) ?? 0) * pair.1
        }
        let check = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "X"][(11 - sum % 11) % 11]
        let start = "91" + division + String(body) + check
        // The last character is the one with which the model takes the code as sound.
        return alphabet.lazy.map { start + String($0) }
            .first { UnifiedCreditCode($0) != nil } ?? start + "0"
    }
}

/// A number with leading zeros.
func digits(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
}
