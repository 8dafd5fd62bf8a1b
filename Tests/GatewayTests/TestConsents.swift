import Consent
import ResidentModel

import Gateway

extension TestGateway {
    /// Registers what a resident said at the counter.
    func agree(
        _ number: String, purpose: String = "review", items: [String] = [],
        state: ConsentState = .given, until: CalendarDate? = nil, frequency: String? = nil,
        keepDays: Int? = nil,
        saying change: (inout ConsentBook.Saying) -> Void = { _ in }
    ) throws -> ConsentRecord {
        var saying = ConsentBook.Saying(channel: .counter, registeredBy: "o-1", language: "zh")
        change(&saying)
        let month = CalendarDate(dayNumber: clock.gatewayClock.today.dayNumber + 30)
        var draft = ConsentBook.Draft(
            purpose: purpose, recipient: "civil", until: until ?? month, saying: saying)
        draft.items = items
        draft.state = state
        draft.frequency = frequency.flatMap { AskingFrequency(parsing: $0) }
        draft.dataLifeDays = keepDays
        return try ConsentBook(parts: parts).register(draft, citizenNumber: number)
    }

    /// Takes a step as an officer at the counter.
    func take(
        _ step: ConsentStep, of id: String, by officer: String = "o-1"
    ) throws -> ConsentRecord {
        try ConsentBook(parts: parts).take(
            step, of: id,
            saying: ConsentBook.Saying(channel: .counter, registeredBy: officer, language: "zh"))
    }
}
