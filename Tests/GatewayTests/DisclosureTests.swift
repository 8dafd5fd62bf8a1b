import Consent
import JSONText
import ResidentModel
import TestSupport
import Testing
import TransparencyLog

import Gateway

struct DisclosureTests {
    private let gateway: TestGateway
    private let number = citizenNumber()

    init() throws {
        gateway = try TestGateway()
        let cells = [
            "sex": "1", "birth": "1958-03-04", "income": "2950.5", "phone": "13800138000",
            "kind": "dependent", "dead": "1",
        ]
        try gateway.pull([row("r-1", cells)])
    }

    private func texts(_ item: String, basis: String = "duty") throws -> [String] {
        let answer = try gateway.answer(gateway.request([item], of: number, basis: basis))
        guard case .values(let values, _) = try #require(answer.items.first).outcome else {
            return []
        }
        return values.map(\.text)
    }

    @Test("A value leaves in the strictest form that any determining rule asks for")
    func obligations() throws {
        #expect(try texts("identity.name") == ["张三丰"])
        #expect(try texts("contact.phone") == ["*******8000"])
        #expect(try texts("income.monthly") == ["0-2999"])
        let answer = try gateway.answer(gateway.request(["income.monthly"], of: number))
        let item = try #require(answer.items.first)
        #expect(item.obligations.form == .band(3_000) && item.obligations.notifiesResident)
        #expect(item.obligations.retainDaysMax == 40)
        #expect(item.rules == ["test.review", "test.income-band", "test.income-round"])
    }

    @Test(
        "The receiver keeps the answer for the shortest time that purpose and permitted rules allow"
    )
    func retention() throws {
        func days(_ items: [String]) throws -> Int? {
            try gateway.answer(gateway.request(items, of: number)).retainDays
        }
        #expect(try days(["identity.name"]) == 90)
        #expect(try days(["identity.name", "income.monthly"]) == 40)
        #expect(
            try days(["vital.deceased"]) == nil, "nothing is given, so there is nothing to keep")
    }

    @Test("What is answered is exactly what purpose, basis and rules all cover")
    func intersection() throws {
        let catalogue = gateway.parts.catalogue
        let all = catalogue.fields.map(\.id) + catalogue.predicates.keys.sorted()
        for (purpose, basis) in [("review", "duty"), ("review", "narrow"), ("few", "duty")] {
            let answer = try gateway.answer(
                gateway.request(all.map(\.text), of: number, purpose: purpose, basis: basis))
            let ceiling = try #require(catalogue.purposes[purpose]).fields
                .intersection(try #require(catalogue.legalBases[basis]).fields)
            let excluded: Set<String> = [
                "household.member-count", "vital.deceased", "residence.division",
                "health.diagnosis",
                "identity.ethnicity", "ethnicity.known",
            ]
            let expected = ceiling.filter { !excluded.contains($0.text) }
            let given = Set(answer.items.filter { !$0.isRefused }.map(\.item))
            #expect(given == expected, "\(purpose) \(basis)")
            #expect(answer.items.map(\.item) == all, "in the order asked")
        }
    }

    @Test("An item asked for twice is answered once")
    func twice() throws {
        let answer = try gateway.answer(
            gateway.request(["identity.name", "identity.sex", "identity.name"], of: number))
        #expect(answer.items.map(\.item.text) == ["identity.name", "identity.sex"])
    }

    @Test("Sources that differ are a conflict, with both values and where they come from")
    func conflict() throws {
        try gateway.pull([row("r-2", ["income": "5000", "phone": "13900139000"])])
        let answer = try gateway.answer(
            gateway.request(["income.monthly", "contact.phone", "income.low"], of: number))
        guard case .values(let incomes, true) = answer.items[0].outcome,
            case .values(let phones, false) = answer.items[1].outcome,
            case .predicate(let low) = answer.items[2].outcome
        else {
            Issue.record("incomes conflict, telephones repeat")
            return
        }
        #expect(incomes.map(\.text).sorted() == ["0-2999", "3000-5999"])
        #expect(incomes.allSatisfy { $0.source.text == "register" })
        #expect(phones.count == 2)
        #expect(low.reason == .sourcesDisagree)
    }

    @Test("A question is answered with its day, and unknown once its evidence is stale")
    func predicate() throws {
        func income() throws -> PredicateResult? {
            let answer = try gateway.answer(gateway.request(["income.low"], of: number))
            guard case .predicate(let result) = answer.items[0].outcome else { return nil }
            return result
        }
        let fresh = try #require(try income())
        #expect(fresh.answer == .yes && fresh.asOf?.description == "2026-03-01")
        gateway.clock.advance(days: 361)
        #expect(try income()?.answer == .yes)
        gateway.clock.advance(days: 1)
        #expect(try income()?.reason == .stale)
    }

    @Test("A death is told only once a person has confirmed it")
    func confirmation() throws {
        func death() throws -> PredicateResult? {
            let answer = try gateway.answer(gateway.request(["vital.death-confirmed"], of: number))
            guard case .predicate(let result) = answer.items[0].outcome else { return nil }
            return result
        }
        #expect(try death()?.reason == .notConfirmed)
        let review = try #require(try gateway.reviews(.confirmation).first)
        try ReviewDesk(gateway.parts).decide(review.number, as: .confirmed, officer: "o-1")
        #expect(try death()?.answer == .yes)
    }

    @Test("A rejected confirmation confirms nothing")
    func rejected() throws {
        let review = try #require(try gateway.reviews(.confirmation).first)
        try ReviewDesk(gateway.parts).decide(review.number, as: .rejected, officer: "o-1")
        let answer = try gateway.answer(gateway.request(["vital.death-confirmed"], of: number))
        guard case .predicate(let result) = answer.items[0].outcome else { return }
        #expect(result.reason == .notConfirmed)
    }

    @Test("A withdrawal acts on the very next request, and each step is in the log")
    func withdrawal() throws {
        let book = ConsentBook(parts: gateway.parts)
        let until = CalendarDate(dayNumber: gateway.clock.gatewayClock.today.dayNumber + 30)
        let consent = try gateway.agree(number, items: ["identity.name"], until: until)
        #expect(try texts("identity.name", basis: "agreed") == ["张三丰"])
        let size = try gateway.logSize
        let withdrawn = try gateway.take(.withdraw, of: consent.id, by: "o-2")
        #expect(try gateway.logSize == size + 1)
        #expect(try texts("identity.name", basis: "agreed").isEmpty)
        #expect(withdrawn.version == 2)
        #expect(try book.list(citizenNumber: number) == [withdrawn])
        #expect(throws: GatewayError.self) {
            try gateway.take(.withdraw, of: consent.id, by: "o-2")
        }
        #expect(throws: GatewayError.self) { try gateway.take(.withdraw, of: "C-0", by: "o-2") }
        #expect(try gateway.verification().isSound)
    }

    @Test("An answer that could not be delivered is recorded as failed, and not as released")
    func deliveryFails() throws {
        struct Broken: Error {}
        let path = DisclosurePath(gateway.parts)
        #expect(throws: GatewayError.self) {
            try path.answer(gateway.request(["identity.name"], of: number)) { _ in throw Broken() }
        }
        let desk = AuditDesk(gateway.parts)
        let entries = try desk.entries(from: try desk.size() - 2, limit: 2)
        #expect(entries.map(\.leaf.type) == [.decision, .outcome])
        #expect(entries.map(\.leaf.decision) == [.allowed, .failed])
        #expect(entries.last?.operational["released"] == .bool(false))
        #expect(entries.last?.operational["values"]?.integer == 0)
    }

    @Test("Decision and outcome name each other, the rules and the reasons, and hold no value")
    func records() throws {
        let answer = try gateway.answer(
            gateway.request(["identity.name", "vital.deceased"], of: number, caseID: "case-9"))
        let desk = AuditDesk(gateway.parts)
        let decision = try desk.entry(answer.receipt.index)
        let outcome = try desk.entry(answer.receipt.index + 1)
        #expect(decision.leaf.decision == .partlyAllowed && outcome.leaf.decision == .released)
        #expect(outcome.operational["entry"]?.integer == Int(answer.receipt.index))
        let items = try #require(decision.operational["items"]?.array)
        #expect(items.map { $0["allowed"] } == [.bool(true), .bool(false)])
        #expect(
            items.last?["reasons"]?.array?.compactMap(\.string) == ["policy.purpose-excludes-item"])
        #expect(decision.subject?["officer"]?.string == "officer-7")
        #expect(decision.subject?["case"]?.string == "case-9")
        for entry in [decision, outcome] {
            let text = "\(entry.operational) \(entry.subject.map { "\($0)" } ?? "")"
            #expect(!text.contains("张三丰") && !text.contains(number))
        }
        #expect(!"\(decision.operational)".contains("officer-7"))
        #expect(!"\(decision.operational)".contains("case-9"))
        #expect(!"\(answer)".contains("张") && !"\(answer.items.map(\.outcome))".contains("张"))
    }

    @Test("A request without the right form is turned down before anything is decided or logged")
    func form() throws {
        let size = try gateway.logSize
        let good = gateway.request(["identity.name"], of: number)
        let long = String(repeating: "x", count: 129)
        var wrong: [DisclosureRequest] = []
        for change in [
            { $0.department = "" }, { $0.officer = "" }, { $0.purpose = "" },
            { $0.legalBasis = "" },
            { $0.items = [] }, { $0.items = [long] }, { $0.officer = long }, { $0.caseID = long },
            { $0.officer = "a\nb" }, { $0.representedParty = long },
            { $0.subject = .citizenNumber("1") },
            { $0.items = (0...100).map { "f.x\($0)" } }, { $0.channel = long },
        ] as [(inout DisclosureRequest) -> Void] {
            var request = good
            change(&request)
            wrong.append(request)
        }
        for request in wrong {
            let error = #expect(throws: GatewayError.self) { try gateway.answer(request) }
            #expect(error?.category == .caller)
            #expect(error?.description.contains(number) == false)
        }
        #expect(try gateway.logSize == size)
        print("requests of wrong form: \(wrong.count)")
    }
}
