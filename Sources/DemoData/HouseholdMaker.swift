import ResidentModel

/// Makes the town's households, one after the other.
struct HouseholdMaker {
    private let employerCount: Int
    private let today: CalendarDate
    private var issuer = CitizenNumberIssuer()
    private var householdCount = 0

    init(employers: [Employer], today: CalendarDate) {
        employerCount = employers.count
        self.today = today
    }

    private struct Draft {
        let home: Address
        var facts: HouseholdFacts
        /// One of ``PersonNames/minorities`` where the household's names come from another language.
        var minority: String?
        var members: [Resident] = []
    }

    /// The next household: that of the story where it has roles, else one of chance.
    mutating func household(_ roles: [StoryRole], random: inout TownRandom) -> [Resident] {
        householdCount += 1
        let facts = HouseholdFacts(number: "H" + digits(householdCount, 8))
        guard roles.isEmpty else { return storyHousehold(roles, facts, random: &random) }
        var draft = Draft(home: Address(random: &random), facts: facts)
        draft.facts.hasAllowance = random.hits(perMille: draft.home.isRural ? 60 : 25)
        if random.hits(perMille: 60) { draft.minority = random.pick(PersonNames.minorities) }
        fill(&draft, random: &random)
        declareIncome(&draft, random: &random)
        for index in draft.members.indices {
            draft.members[index].household = draft.facts
            settle(&draft.members[index], random: &random)
        }
        return draft.members
    }

    private mutating func fill(_ draft: inout Draft, random: inout TownRandom) {
        let someone: Sex = random.hits(perMille: 500) ? .male : .female
        switch random.below(100) {
        case ..<11: add(someone, age: random.within(19...39), to: &draft, random: &random)
        case ..<20:
            add(someone, age: random.within(66...94), to: &draft, random: &random)
            draft.members[0].livesAlone = true
            draft.members[0].maritalStatus = random.pick(["30", "30", "30", "40", "10"])
            draft.facts.hasExtremePovertySupport = random.hits(perMille: 30)
        case ..<34:
            let age = random.within(62...90)
            add(.male, age: age, to: &draft, random: &random)
            add(.female, age: age + random.within(-5...2), to: &draft, random: &random)
            marry(&draft)
        default:
            let age = random.within(27...63)
            add(.male, age: age, to: &draft, random: &random)
            add(.female, age: max(23, age + random.within(-4...3)), to: &draft, random: &random)
            marry(&draft)
            addChildren(to: &draft, random: &random)
            if random.hits(perMille: 200) {
                add(.female, age: age + random.within(22...31), to: &draft, random: &random)
                draft.members[draft.members.count - 1].maritalStatus = "30"
            }
        }
    }

    private mutating func addChildren(to draft: inout Draft, random: inout TownRandom) {
        let isRural = draft.home.isRural
        let family = draft.minority == nil ? draft.members[0].name.family : nil
        var age = draft.members[1].age(on: today) - random.within(22...30)
        for _ in 0..<random.pick([0, 1, 1, 1, 1, 2, 2, 3]) where age >= 0 {
            let sex: Sex = random.hits(perMille: 515) ? .male : .female
            add(sex, age: age, family: family, to: &draft, random: &random)
            let isLeftBehind = isRural && age < 16 && random.hits(perMille: 180)
            draft.members[draft.members.count - 1].isLeftBehind = isLeftBehind
            age -= random.within(2...6)
        }
    }

    private func marry(_ draft: inout Draft) {
        for (index, other) in [(0, 1), (1, 0)] {
            draft.members[index].maritalStatus = "20"
            draft.members[index].spouseName = draft.members[other].name.text
        }
    }

    private mutating func add(
        _ sex: Sex, age: Int, family: String? = nil, to draft: inout Draft,
        random: inout TownRandom
    ) {
        let birthDate = birthDate(age: age, random: &random)
        var name = PersonNames.han(
            sex: sex, birthYear: birthDate.year, family: family, random: &random)
        var ethnicity = random.hits(perMille: 940) ? "01" : random.pick(["03", "07", "08", "11"])
        if let minority = draft.minority {
            name = PersonNames.minority(minority, sex: sex, random: &random)
            ethnicity = minority
        }
        let division = registration(home: draft.home, random: &random)
        draft.members.append(
            Resident(
                name: name,
                citizenNumber: issuer.issue(
                    division: division, birthDate: birthDate, sex: sex, random: &random),
                sex: sex, birthDate: birthDate, ethnicity: ethnicity, maritalStatus: "10",
                phone: age >= 11 ? phone(random: &random) : nil, home: draft.home,
                household: draft.facts))
    }

    /// What comes to each member by chance: death, work, disability, allowances.
    private func settle(_ resident: inout Resident, random: inout TownRandom) {
        let age = resident.age(on: today)
        if random.hits(perMille: age > 60 ? 4 * (age - 58) : 2) {
            let earliest = max(resident.birthDate.dayNumber, today.dayNumber - 5 * 365)
            resident.deathDate = CalendarDate(
                dayNumber: random.within(earliest...today.dayNumber))
        }
        if (20...60).contains(age), random.hits(perMille: 620) {
            resident.employer = random.below(employerCount)
        }
        if random.hits(perMille: age > 65 ? 75 : 35) {
            resident.disability = (random.within(1...7), random.within(1...4))
        }
        resident.hasOldAgeAllowance =
            age >= 80 && resident.deathDate == nil && random.hits(perMille: 900)
    }

    private func declareIncome(_ draft: inout Draft, random: inout TownRandom) {
        let count = draft.members.count
        if draft.facts.hasAllowance || draft.facts.hasExtremePovertySupport {
            draft.facts.monthlyIncome = random.within(20...65) * 10 * count
        } else if random.hits(perMille: 300) {
            draft.facts.monthlyIncome = random.within(90...800) * 10 * count
        }
    }

    private func birthDate(age: Int, random: inout TownRandom) -> CalendarDate {
        let latest = today.dayNumber - age * 365 - age / 4 - 1
        return CalendarDate(dayNumber: latest - random.below(364))
    }

    private func registration(home: Address, random: inout TownRandom) -> String {
        switch random.below(100) {
        case ..<12: random.pick(PlaceNames.elsewhere)
        case ..<88: home.division.code
        default: random.pick(PlaceNames.divisions).code
        }
    }

    private func phone(random: inout TownRandom) -> String {
        random.pick(["160", "161", "163", "164", "168", "169"])
            + digits(random.below(100_000_000), 8)
    }
}

extension HouseholdMaker {
    /// A household of the story, all of it in one district that is not the city of Linhe's.
    private mutating func storyHousehold(
        _ roles: [StoryRole], _ facts: HouseholdFacts, random: inout TownRandom
    ) -> [Resident] {
        var draft = Draft(
            home: Address(division: PlaceNames.divisions[0], random: &random), facts: facts)
        if roles.contains(.allowanceFather) {
            draft.facts.hasAllowance = true
            draft.facts.monthlyIncome = 1_860
        }
        for role in roles {
            let isSon = role == .allowanceSon
            add(
                role.sex, age: role.age, family: isSon ? draft.members[0].name.family : nil,
                to: &draft, random: &random)
            let index = draft.members.count - 1
            draft.members[index].role = role
            draft.members[index].ethnicity = "01"
            draft.members[index].maritalStatus = role.maritalStatus
            draft.members[index].livesAlone = role == .elder
            if isSon || role == .psychiatricPatient {
                draft.members[index].employer = random.below(employerCount)
            }
            if role == .latePensioner {
                draft.members[index].deathDate = CalendarDate(dayNumber: today.dayNumber - 40)
            }
        }
        if roles.contains(.allowanceMother) { marry(&draft) }
        return draft.members
    }
}
