import ResidentModel
import TestSupport
import Testing

import Gateway

/// What a rule's form does to real values, and where no form can be shown.
struct FormRefusalTests {
    private let number = citizenNumber()

    private func gateway(_ rules: String) throws -> TestGateway {
        let gateway = try TestGateway(rules: rules)
        try gateway.pull([row("r-1", ["income": "2950.5", "division": "780102", "sex": "1"])])
        return gateway
    }

    private func rule(_ id: String, _ words: String, _ scope: String = "resource") -> String {
        "@id(\"\(id)\") @obligation(\"\(words)\") permit (principal, action, \(scope));\n"
    }

    private func outcome(_ gateway: TestGateway, _ item: String) throws -> AnswerItem {
        try #require(try gateway.answer(gateway.request([item], of: number)).items.first)
    }

    private func reasons(_ item: AnswerItem) -> [RefusalReason] {
        if case .refused(let reasons) = item.outcome { reasons } else { [] }
    }

    @Test("Forms of two kinds on one value let no value leave, and a question may still be asked")
    func incomparable() throws {
        let gateway = try gateway(rule("a", "band:1000") + rule("b", "token"))
        let income = try outcome(gateway, "income.monthly")
        #expect(reasons(income) == [.predicateOnly] && income.rules == ["a", "b"])
        let low = try outcome(gateway, "income.low")
        guard case .predicate(let result) = low.outcome else {
            Issue.record("a question is answered")
            return
        }
        #expect(result.answer == .yes)
    }

    @Test("Denied lets neither a value nor an answer leave")
    func denied() throws {
        let gateway = try gateway(rule("a", "clear") + rule("b", "denied"))
        #expect(reasons(try outcome(gateway, "income.monthly")) == [.noForm])
        #expect(reasons(try outcome(gateway, "income.low")) == [.noForm])
    }

    @Test("A form that says nothing about a field's values lets none of them leave")
    func misfit() throws {
        let gateway = try gateway(rule("a", "truncate-date:month"))
        #expect(reasons(try outcome(gateway, "identity.name")) == [.noForm])
        #expect(reasons(try outcome(gateway, "income.monthly")) == [.noForm])
        #expect(reasons(try outcome(gateway, "income.low")).isEmpty)
    }

    @Test("A form that cannot fit the field that its rule names is refused when it is read")
    func misfitAtLoad() throws {
        let scopes = [
            "permit (principal, action, resource == Hangu::Field::\"identity.name\");",
            "permit (principal, action, resource) when { [Hangu::Field::\"identity.name\"].contains(resource) };",
            "permit (principal, action, resource) when { context.case.given && resource == Hangu::Field::\"identity.name\" };",
        ]
        for scope in scopes {
            let error = #expect(throws: GatewayError.self) {
                try TestPolicies.bundle(
                    "\n@id(\"a\") @obligation(\"truncate-date:year\")\n\(scope)")
            }
            #expect(
                error?.description.hasPrefix(
                    "rules/test.cedar:2:10: 'truncate-date:year' is no form of 'identity.name'")
                    == true, "\(error.map { "\($0)" } ?? "")")
        }
        _ = try TestPolicies.bundle(
            "@id(\"a\") @obligation(\"truncate-date:year\") permit (principal, action, resource) "
                + "unless { resource == Hangu::Field::\"identity.name\" };")
    }

    @Test("A token is the same for equal values of one department and field, and tells no value")
    func tokens() throws {
        let gateway = try gateway(rule("a", "token"))
        try gateway.pull([
            row("r-1", ["income": "2950.5"]),
            row("r-2", citizenNumber("19600101", 124), name: "李四", ["income": "2950.5"]),
        ])
        func token(_ item: String, _ number: String, _ department: String = "civil") throws
            -> String?
        {
            let request = gateway.request(
                [item], of: number, department: department,
                basis: department == "civil" ? "duty" : "entrusted")
            let answer = try gateway.answer(request)
            guard case .values(let values, _)? = answer.items.first?.outcome else { return nil }
            return values.first?.text
        }
        let other = citizenNumber("19600101", 124)
        let first = try #require(try token("income.monthly", number))
        #expect(first.count == 32 && !first.contains("2950"))
        #expect(try token("income.monthly", other) == first)
        #expect(try token("identity.name", number) != token("identity.name", other))
        let elsewhere = try #require(try token("income.monthly", number, "school"))
        #expect(elsewhere != first)
    }

    @Test("Under a purpose that can refuse a benefit, a person confirms, whatever the rules say")
    func adversePurpose() throws {
        let gateway = try gateway(rule("a", "clear"))
        let item = try outcome(gateway, "income.low")
        #expect(item.obligations.duties == ["human-confirmation"])
    }
}

/// A person confirms content, not a field.
struct ConfirmationBindingTests {
    private let gateway: TestGateway
    private let number = citizenNumber()

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([row("r-1", ["dead": "1"])])
    }

    private func death() throws -> PredicateResult? {
        let answer = try gateway.answer(gateway.request(["vital.death-confirmed"], of: number))
        guard case .predicate(let result)? = answer.items.first?.outcome else { return nil }
        return result
    }

    private func confirm() throws {
        let review = try #require(try gateway.reviews(.confirmation).first)
        try ReviewDesk(gateway.parts).decide(review.number, as: .confirmed, officer: "o-1")
    }

    @Test("A confirmation outlives a change of other columns, and not a change of the value")
    func bound() throws {
        try confirm()
        #expect(try death()?.answer == .yes)
        try gateway.pull([row("r-1", ["dead": "1", "phone": "13800138000"])])
        #expect(try death()?.answer == .yes)
        #expect(try gateway.reviews(.confirmation).isEmpty, "nothing new is to be confirmed")
        try gateway.pull([row("r-1", ["dead": "0"])])
        #expect(try death()?.answer == .no)
        try gateway.pull([row("r-1", ["dead": "1"])])
        #expect(try death()?.answer == .yes, "the content that was confirmed is there again")
    }

    @Test("A value of another record does not count as confirmed because one of the same field is")
    func otherContent() throws {
        let gateway = try TestGateway(
            fields: TestPolicies.fields.replacing(
                "ask: not exists(vital.death-date)",
                with: "ask: exists(vital.death-date), needs-confirmation: true"))
        try gateway.pull([row("r-1", ["died": "2026-01-01"])])
        func recorded() throws -> PredicateResult? {
            let answer = try gateway.answer(gateway.request(["vital.no-death-date"], of: number))
            guard case .predicate(let result)? = answer.items.first?.outcome else { return nil }
            return result
        }
        #expect(try recorded()?.reason == .notConfirmed)
        let first = try #require(try gateway.reviews(.confirmation).first)
        try gateway.pull([row("r-1", ["died": "2026-02-02"])])
        #expect(throws: GatewayError.self) {
            try ReviewDesk(gateway.parts).decide(first.number, as: .confirmed, officer: "o-1")
        }
        let second = try #require(try gateway.reviews(.confirmation).first)
        #expect(second.number != first.number)
        try ReviewDesk(gateway.parts).decide(second.number, as: .confirmed, officer: "o-1")
        #expect(try recorded()?.answer == .yes)
        try gateway.pull([row("r-1", ["died": "2026-03-01"])])
        #expect(try recorded()?.reason == .notConfirmed)
        #expect(try gateway.reviews(.confirmation).count == 1)
    }
}
