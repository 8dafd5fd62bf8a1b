import Consent
import DemoData
import Gateway
import ResidentModel

/// What the scenes act with: departments ask, residents agree, and the answers are shown as they are.
struct DemoStage {
    let home: OpenHome
    let console: Console

    func scene(_ title: Message) {
        console.say("")
        console.say("── " + title.text(in: console.language))
    }

    /// Asks as a department would, and shows question and answer.
    @discardableResult
    func ask(_ request: DisclosureRequest) throws -> Answer {
        let catalogue = home.parts.catalogue
        let text = AnswerText(catalogue: catalogue, language: console.language)
        let department = catalogue.departments[request.department]?.title
        let who = console.language == .chinese ? department?.chinese : department?.english
        let what = request.items.map { text.title(of: FieldID($0)) }
        console.say(DemoText.asks(who ?? request.department, what: what))
        return try DisclosurePath(home.parts).answer(request) { answer in
            for line in text.lines(of: answer) { console.say(line) }
            if let duty = text.duty(of: answer) { console.say("  " + duty) }
            console.say(DisclosureMessages.receipt(answer))
        }
    }

    /// Registers that a resident agrees to all that a purpose can need.
    func agree(_ person: TownStory.Person, purpose: String, to recipient: String) throws
        -> ConsentRecord
    {
        let days = 30
        var saying = ConsentBook.Saying(
            channel: .homeVisit, registeredBy: "community-office/wang",
            language: console.language.rawValue)
        saying.helper = "social-worker-li"
        let draft = ConsentBook.Draft(
            purpose: purpose, recipient: recipient,
            until: CalendarDate(dayNumber: home.parts.clock.today.dayNumber + days), saying: saying)
        let book = ConsentBook(parts: home.parts)
        let record = try book.register(draft, citizenNumber: person.citizenNumber.digits)
        guard record.state == .awaitingConfirmation else { return record }
        saying = ConsentBook.Saying(
            channel: .phone, registeredBy: "community-office/zhao",
            language: console.language.rawValue)
        return try book.take(.confirm, of: record.id, saying: saying)
    }
}
