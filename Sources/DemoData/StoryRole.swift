import ResidentModel

/// The parts of the demonstration's story; see ``TownStory`` for who they are.
enum StoryRole: Hashable {
    case elder
    case allowanceFather
    case allowanceMother
    case allowanceSon
    case chronicPatient
    case psychiatricPatient
    case latePensioner

    /// Who lives in a household of the story; empty for every other.
    static func standing(atHousehold index: Int) -> [StoryRole] {
        switch index {
        case 2: [.elder]
        case 5: [.allowanceFather, .allowanceMother, .allowanceSon]
        case 8: [.chronicPatient]
        case 11: [.psychiatricPatient]
        case 14: [.latePensioner]
        default: []
        }
    }

    var sex: Sex {
        switch self {
        case .elder, .allowanceMother, .psychiatricPatient: .female
        default: .male
        }
    }

    var age: Int {
        switch self {
        case .elder: 82
        case .allowanceFather: 58
        case .allowanceMother: 56
        case .allowanceSon: 27
        case .chronicPatient: 61
        case .psychiatricPatient: 45
        case .latePensioner: 78
        }
    }

    var maritalStatus: String {
        switch self {
        case .elder, .latePensioner: "30"
        case .allowanceFather, .allowanceMother: "20"
        case .chronicPatient: "40"
        default: "10"
        }
    }

    /// ICD-10 codes of chronic diseases in care.
    var chronicDiseases: [String] {
        switch self {
        case .elder: ["I10"]
        case .chronicPatient: ["I10", "E11.9"]
        default: []
        }
    }

    var hasFamilyDoctor: Bool {
        switch self {
        case .elder, .chronicPatient, .latePensioner: true
        default: false
        }
    }
}

/// Remembers the people of the story as they are written.
struct StoryCast {
    private var people: [StoryRole: TownStory.Person] = [:]
    private var householdNumber = ""
    private let today: CalendarDate

    init(today: CalendarDate) { self.today = today }

    mutating func note(
        _ resident: Resident, civilAffairs: String?, socialSecurity: String?, health: String?
    ) {
        guard let role = resident.role else { return }
        guard let civilAffairs, let socialSecurity, let health else {
            preconditionFailure("the people of the story have a record everywhere")
        }
        let number: CitizenNumber
        do {
            number = try CitizenNumber(resident.citizenNumber, today: today)
        } catch {
            preconditionFailure("citizen numbers are made sound")
        }
        people[role] = TownStory.Person(
            name: resident.name.text, citizenNumber: number, birthDate: resident.birthDate,
            sex: resident.sex, civilAffairsRecord: civilAffairs,
            socialSecurityRecord: socialSecurity, healthRecord: health)
        if role == .allowanceFather { householdNumber = resident.household.number }
    }

    func story(recordCounts: [String: Int]) -> TownStory {
        func person(_ role: StoryRole) -> TownStory.Person {
            guard let person = people[role] else {
                preconditionFailure("a town has room for all of the story")
            }
            return person
        }
        return TownStory(
            elder: person(.elder),
            allowanceHousehold: TownStory.Household(
                number: householdNumber,
                members: [.allowanceFather, .allowanceMother, .allowanceSon].map(person)),
            chronicPatient: person(.chronicPatient),
            psychiatricPatient: person(.psychiatricPatient),
            latePensioner: person(.latePensioner), recordCounts: recordCounts)
    }
}
