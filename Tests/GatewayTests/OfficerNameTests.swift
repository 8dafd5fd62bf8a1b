import Consent
import ResidentModel
import TestSupport
import Testing

import Gateway

/// Names of officers stand in the log for good, so each desk takes the same.
struct OfficerNameTests {
    private let gateway: TestGateway
    private let number = citizenNumber()

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([row("r-1", ["dead": "1"])])
    }

    @Test(
        "No desk takes an officer's name that is too long or has control characters",
        arguments: ["li\nforged line", "li\u{7F}", String(repeating: "长", count: 43)])
    func refused(_ officer: String) throws {
        let parts = gateway.parts
        let size = try gateway.logSize
        let review = try #require(try gateway.reviews(.confirmation).first)
        let until = CalendarDate(dayNumber: parts.clock.today.dayNumber + 30)
        let saying = ConsentBook.Saying(channel: .counter, registeredBy: officer, language: "zh")
        let draft = ConsentBook.Draft(
            purpose: "review", recipient: "civil", until: until, saying: saying)
        let order = Forgetting.Order(officer: officer, reason: "2026-17")
        let reason = Forgetting.Order(officer: "o-1", reason: officer)
        let desks: [(String, () throws -> Void)] = [
            (
                "consent",
                { _ = try ConsentBook(parts: parts).register(draft, citizenNumber: number) }
            ),
            ("forgetting", { _ = try Forgetting(parts).forget(citizenNumber: number, order) }),
            ("reason", { _ = try Forgetting(parts).forget(citizenNumber: number, reason) }),
            (
                "review",
                { try ReviewDesk(parts).decide(review.number, as: .confirmed, officer: officer) }
            ),
            (
                "hand-over",
                {
                    _ = try HandOver(parts).give(
                        "p", from: "civil", to: "school", officer: officer)
                }
            ),
            (
                "take-over",
                { _ = try HandOver(parts).take("t", department: "civil", officer: officer) }
            ),
            ("reading", { _ = try AuditReading(officer: officer, reason: .inspection) }),
        ]
        for (name, desk) in desks {
            let error = #expect(throws: GatewayError.self, "\(name)", performing: desk)
            let text = error.map { "\($0)" } ?? ""
            #expect(
                text.contains("longer than 128 bytes") || text.contains("control characters"),
                "\(name): \(text)")
            #expect(!text.contains(officer), "\(name)")
        }
        #expect(try gateway.logSize == size)
    }
}
