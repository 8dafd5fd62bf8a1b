import Consent
import DemoData
import Gateway
import ResidentModel

/// An old-age allowance that nobody had to apply for: three answers, and no value leaves.
struct AllowanceScene {
    let stage: DemoStage
    let elder: TownStory.Person

    func play() throws {
        stage.scene(DemoText.allowance)
        try stage.ask(
            DisclosureRequest(
                department: "civil-affairs", officer: "zhao", purpose: "old-age-allowance",
                legalBasis: "elder-rights-33", caseID: "GL-2026-0001",
                items: ["age.at-least-80", "residence.in-town", "vital.alive"],
                citizenNumber: elder.citizenNumber.digits, channel: "demo"))
        stage.console.say(DemoText.allowanceMoral)
    }
}

/// A dibao check, before and after every adult of the household has agreed, and after one has withdrawn.
struct DibaoScene {
    let stage: DemoStage
    let household: TownStory.Household

    func play() throws {
        guard let applicant = household.members.first else { return }
        stage.scene(DemoText.dibao)
        try ask(about: applicant)
        var last: String?
        for member in household.members {
            last = try stage.agree(member, purpose: "dibao-review", to: "civil-affairs").id
        }
        stage.console.say(DemoText.dibaoAgreed(household.members.count))
        try ask(about: applicant)
        guard let last else { return }
        _ = try ConsentBook(parts: stage.home.parts).take(
            .withdraw, of: last,
            saying: ConsentBook.Saying(
                channel: .counter, registeredBy: "community-office/wang",
                language: stage.console.language.rawValue))
        stage.scene(DemoText.withdrawn)
        try ask(about: applicant)
    }

    private func ask(about person: TownStory.Person) throws {
        try stage.ask(
            DisclosureRequest(
                department: "civil-affairs", officer: "sun", purpose: "dibao-review",
                legalBasis: "social-assistance-58-request", caseID: "DB-2026-0014",
                items: [
                    "income.within-dibao-standard", "pension.is-paid", "household.monthly-income",
                ],
                citizenNumber: person.citizenNumber.digits, channel: "demo"))
    }
}

/// A diagnosis that dibao has no use for: refused, and why.
struct DiagnosisScene {
    let stage: DemoStage
    let patient: TownStory.Person

    func play() throws {
        stage.scene(DemoText.diagnosis)
        try stage.ask(
            DisclosureRequest(
                department: "civil-affairs", officer: "sun", purpose: "dibao-review",
                legalBasis: "social-assistance-58-request", caseID: "DB-2026-0015",
                items: ["health.diagnosis"], citizenNumber: patient.citizenNumber.digits,
                channel: "demo"))
    }
}

/// A death that one source reports stops no pension before a person has confirmed it.
struct PensionScene {
    let stage: DemoStage
    let pensioner: TownStory.Person

    func play() throws {
        stage.scene(DemoText.pension)
        try ask()
        let desk = ReviewDesk(stage.home.parts)
        let numbers = try stage.home.parts.store.read { reader throws(GatewayError) in
            try openReviews(in: reader)
        }
        guard !numbers.isEmpty else {
            throw GatewayError.store(.corrupt(what: "the death is not in the review list"))
        }
        stage.console.say(DemoText.pensionReview(numbers))
        for number in numbers {
            try desk.decide(number, as: .confirmed, officer: "social-security/qian")
        }
        stage.console.say(DemoText.pensionConfirmed)
        try ask()
    }

    private func ask() throws {
        try stage.ask(
            DisclosureRequest(
                department: "social-security", officer: "qian", purpose: "pension-eligibility",
                legalBasis: "social-insurance-handling-26", caseID: "YL-2026-0007",
                items: ["pension.is-paid", "vital.alive", "vital.death-confirmed"],
                citizenNumber: pensioner.citizenNumber.digits, channel: "demo"))
    }

    /// What waits to be confirmed of the pensioner: that a death is marked, and its date.
    private func openReviews(in reader: any StoreReader) throws(GatewayError) -> [Int64] {
        let resident = try AccessHistory(stage.home.parts).row(
            citizenNumber: pensioner.citizenNumber.digits, in: reader)
        var numbers: [Int64] = []
        var after: Int64 = 0
        while true {
            let page = try reader.reviews(ReviewFilter(kind: .confirmation, after: after))
            guard let last = page.last else { return numbers }
            numbers += page.filter { $0.resident == resident }.map(\.number)
            after = last.number
        }
    }
}

/// What the resident sees: who looked, why, by which right, and who was refused.
struct ResidentScene {
    let stage: DemoStage
    let household: TownStory.Household

    func play() throws {
        guard let applicant = household.members.first else { return }
        stage.scene(DemoText.resident)
        let entries = try AccessHistory(stage.home.parts).entries(
            citizenNumber: applicant.citizenNumber.digits)
        AccessView(home: stage.home, console: stage.console).show(entries)
    }
}
