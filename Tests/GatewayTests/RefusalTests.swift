import Consent
import ResidentModel
import TestSupport
import Testing

import Gateway

/// Each reason for which an item can be refused, reached by a request that is right in everything else.
struct RefusalTests {
    private let gateway: TestGateway
    private let number = citizenNumber()

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([
            row("r-1", ["sex": "1", "income": "2950.5", "ethnicity": "x", "division": "780102"])
        ])
    }

    private func reasons(
        _ item: String = "identity.name", department: String = "civil", purpose: String = "review",
        basis: String = "duty", number: String? = nil
    ) throws -> [String] {
        try gateway.reasons(
            gateway.request(
                [item], of: number ?? self.number, department: department, purpose: purpose,
                basis: basis)
        ).map(\.rawValue)
    }

    @Test("The request that all others differ from in one thing is answered")
    func allowed() throws {
        #expect(try reasons().isEmpty)
        #expect(try reasons(basis: "today").isEmpty)
    }

    @Test("What the catalogue does not know refuses")
    func unknown() throws {
        #expect(
            try reasons(department: "nobody")
                == [
                    "admission.unknown-department", "purpose.not-of-department",
                    "basis.no-authority",
                ])
        #expect(try reasons(purpose: "nothing") == ["purpose.unknown"])
        #expect(try reasons(basis: "none") == ["basis.unknown", "consent.missing"])
        #expect(try reasons("identity.shoe-size") == ["item.unknown"])
        #expect(try reasons("Identity.Name") == ["item.unknown"])
    }

    @Test("A purpose refuses a department it does not list, and a basis that cannot carry it")
    func purpose() throws {
        let departments = try reasons("identity.sex", department: "neighbour", purpose: "few")
        #expect(departments == ["purpose.not-of-department", "basis.no-authority"])
        #expect(try reasons(basis: "unlisted") == ["basis.not-for-purpose"])
    }

    @Test(
        "A basis that is repealed, not yet valid or no longer valid refuses",
        arguments: ["repealed", "future", "past"])
    func notInForce(basis: String) throws {
        #expect(try reasons(basis: basis) == ["basis.not-in-force"])
    }

    @Test("A basis comes into force at midnight in China, and ends there")
    func midnight() throws {
        gateway.clock.advance(milliseconds: 14 * 3_600_000 - 1)
        #expect(try reasons(basis: "today").isEmpty)
        #expect(try reasons(basis: "future") == ["basis.not-in-force"])
        gateway.clock.advance(milliseconds: 1)
        #expect(try reasons(basis: "today") == ["basis.not-in-force"])
        #expect(try reasons(basis: "future").isEmpty)
    }

    @Test("A statutory duty asks for the kind of body, the function and the division")
    func authority() throws {
        for department in ["neighbour", "school", "company"] {
            #expect(try reasons(department: department) == ["basis.no-authority"], "\(department)")
        }
        #expect(
            try reasons(department: "clinic") == [
                "purpose.not-of-department", "basis.no-authority",
            ])
        #expect(try reasons(department: "school", basis: "entrusted").isEmpty)
        #expect(try reasons(department: "company", basis: "entrusted").isEmpty)
        #expect(try reasons(basis: "entrusted") == ["basis.no-authority"])
    }

    @Test("A field whose share type is none never leaves, nor does a question about it")
    func neverShared() throws {
        #expect(try reasons("identity.ethnicity") == ["item.never-shared"])
        #expect(try reasons("ethnicity.known") == ["item.never-shared"])
    }

    @Test(
        "An item beyond what the purpose or the basis can need refuses, whatever the rules permit")
    func ceilings() throws {
        #expect(try reasons(purpose: "few") == ["item.outside-purpose"])
        #expect(try reasons("identity.sex", basis: "narrow") == ["item.outside-basis"])
        #expect(try reasons("account.number") == ["item.outside-basis"])
        #expect(
            try reasons("identity.citizen-number") == [
                "item.outside-purpose", "item.outside-basis",
            ])
    }

    @Test("A field of tier 4 is answered by a question and never given as a value")
    func tierFour() throws {
        #expect(try reasons("health.diagnosis") == ["item.predicate-only"])
        #expect(try reasons("health.is-ill").isEmpty)
    }

    @Test("A rule that forbids outweighs every permit, with its own reason where it has one")
    func forbidden() throws {
        #expect(try reasons("vital.deceased") == ["policy.purpose-excludes-item"])
        #expect(try reasons("residence.division") == ["policy.forbidden"])
        let withCase = gateway.request(["residence.division"], of: number, caseID: "case-1")
        #expect(try gateway.reasons(withCase).isEmpty)
    }

    @Test("What no rule permits is refused")
    func noPermit() throws {
        #expect(try reasons("household.member-count") == ["policy.no-permit"])
    }

    @Test(
        "A rule that fails refuses, permit or forbid, and whatever the others say",
        arguments: ["permit", "forbid"])
    func failingRule(effect: String) throws {
        let rules =
            TestPolicies.rules + """

                @id("test.fails")
                \(effect) (principal, action, resource == Hangu::Field::"identity.name")
                when { context.nothingOfThatName == 1 };
                """
        let parts = gateway.parts(policies: try TestPolicies.bundle(rules))
        let path = DisclosurePath(parts)
        let answer = try path.answer(
            gateway.request(["identity.name", "identity.sex"], of: number)
        ) {
            _ in
        }
        guard case .refused(let reasons) = try #require(answer.items.first).outcome else {
            Issue.record("the item must be refused")
            return
        }
        #expect(reasons == [.policyError])
        #expect(answer.items.last?.isRefused == false)
        #expect(answer.outcome == .partlyAllowed)
    }

    @Test("Consent is asked for by its basis alone, and each of its states has its reason")
    func consentStates() throws {
        #expect(try reasons(basis: "agreed") == ["consent.missing"])
        func register(_ state: ConsentState, days: Int) throws -> String {
            gateway.clock.advance(milliseconds: 1)
            return try gateway.agree(
                number, items: ["identity.name"], state: state,
                until: CalendarDate(
                    dayNumber: gateway.clock.gatewayClock.today.dayNumber + days)
            ).id
        }
        _ = try register(.refused, days: 10)
        #expect(try reasons(basis: "agreed") == ["consent.refused"])
        let id = try register(.given, days: 2)
        #expect(try reasons(basis: "agreed").isEmpty)
        #expect(try reasons("identity.sex", basis: "agreed") == ["consent.missing"])
        #expect(try reasons(department: "company", basis: "agreed") == ["consent.missing"])
        gateway.clock.advance(days: -1)
        #expect(try reasons(basis: "agreed") == ["consent.not-yet"])
        gateway.clock.advance(days: 3)
        #expect(try reasons(basis: "agreed").isEmpty)
        gateway.clock.advance(days: 1)
        #expect(try reasons(basis: "agreed") == ["consent.expired"])
        gateway.clock.advance(days: -1)
        _ = try gateway.take(.pause, of: id)
        #expect(try reasons(basis: "agreed") == ["consent.paused"])
        _ = try gateway.take(.resume, of: id)
        #expect(try reasons(basis: "agreed").isEmpty)
        _ = try gateway.take(.withdraw, of: id)
        #expect(try reasons(basis: "agreed") == ["consent.withdrawn"])
        #expect(try reasons().isEmpty, "a duty does not ask for consent")
    }

    @Test("Every reason that a refusal can give is reached by one of these requests")
    func everyReason() throws {
        var reached: Set<String> = []
        let requests: [(item: String, department: String, purpose: String, basis: String)] = [
            ("identity.name", "nobody", "nothing", "none"), ("x.y", "neighbour", "few", "repealed"),
            ("identity.name", "civil", "review", "unlisted"),
            ("identity.ethnicity", "civil", "few", "narrow"),
            ("health.diagnosis", "civil", "review", "duty"),
            ("vital.deceased", "civil", "review", "duty"),
            ("residence.division", "civil", "review", "duty"),
            ("household.member-count", "civil", "review", "duty"),
            ("identity.name", "school", "dibao", "duty"),
        ]
        for request in requests {
            reached.formUnion(
                try reasons(
                    request.item, department: request.department, purpose: request.purpose,
                    basis: request.basis))
        }
        // Reached by the two tests above, and by ConsentBookTests, EmergencyTests and ProtectionTests.
        reached.formUnion([
            "consent.refused", "consent.withdrawn", "consent.expired", "consent.not-yet",
            "consent.paused", "consent.awaiting-confirmation", "consent.not-of-guardian",
            // By QuestionBudgetTests and FormRefusalTests.
            "predicate.budget-exhausted", "policy.no-form",
            "policy.error", "consent.resident-deceased", "emergency.not-open", "emergency.expired",
            "emergency.outside-scope",
            // By AskingTests.
            "purpose.asked-too-often", "consent.asked-too-often", "consent.assurance-too-low",
        ])
        #expect(Set(RefusalReason.allCases.map(\.rawValue)).symmetricDifference(reached).isEmpty)
        print("reasons reached: \(reached.count)")
    }

    @Test("Reasons come in one order, the most basic first, whatever the order of items and rules")
    func order() throws {
        let item = "identity.ethnicity"
        let expected = [
            "admission.unknown-department", "purpose.not-of-department", "basis.unknown",
            "basis.not-for-purpose", "item.never-shared", "item.outside-purpose", "consent.missing",
        ]
        let found = try reasons(item, department: "nobody", purpose: "few", basis: "none")
        #expect(found == expected.filter { $0 != "basis.not-for-purpose" })
        let all = RefusalReason.allCases.map(\.rawValue)
        #expect(found == all.filter(found.contains))
        for items in [[item, "x.y"], ["x.y", item]] {
            let answer = try gateway.answer(
                gateway.request(
                    items, of: number, department: "nobody", purpose: "few", basis: "none"))
            #expect(answer.items.map(\.item.text) == items)
            let outcome = try #require(answer.items.first { $0.item.text == item }).outcome
            guard case .refused(let again) = outcome else { continue }
            #expect(again.map(\.rawValue) == found)
        }
    }

    @Test(
        "An unknown number is refused as a known one is, and answered by nothing where items are permitted"
    )
    func unknownNumber() throws {
        let nobody = citizenNumber("19600101", 124)
        for basis in ["agreed", "repealed", "none"] {
            #expect(try reasons(basis: basis, number: nobody) == (try reasons(basis: basis)))
        }
        let request = gateway.request(["identity.name", "age.at-least-60"], of: nobody)
        let answer = try gateway.answer(request)
        guard case .values(let values, let hasConflict) = answer.items[0].outcome,
            case .predicate(let result) = answer.items[1].outcome
        else {
            Issue.record("permitted items are answered")
            return
        }
        #expect(values.isEmpty && !hasConflict)
        #expect(result == PredicateResult(answer: .unknown, asOf: nil, reason: .noValue))
        let absent = try gateway.answer(gateway.request(["vital.no-death-date"], of: nobody))
        guard case .predicate(let alive) = absent.items[0].outcome else { return }
        #expect(alive.answer == .unknown, "nothing is known of somebody who is not known")
    }

    @Test("Nothing of whether a number is known is told where everything is refused")
    func existenceIsHidden() throws {
        let known = try gateway.answer(
            gateway.request(["identity.name"], of: number, basis: "repealed"))
        let unknown = try gateway.answer(
            gateway.request(
                ["identity.name"], of: citizenNumber("19600101", 124), basis: "repealed"))
        #expect(known.outcome == .refused && unknown.outcome == .refused)
        #expect(known.isResidentKnown == unknown.isResidentKnown)
    }
}
