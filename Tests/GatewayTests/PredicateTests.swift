import StrictYAML
import Testing

import Gateway
import ResidentModel

struct PredicateTests {
    static let day = CalendarDate(dayNumber: 20_517)

    /// A predicate over a small catalogue.
    private func definition(_ ask: String, confirmed: Bool = false) throws -> PredicateDefinition {
        let extra =
            "\n  test.it: {title: {zh: 问, en: Q}, ask: \(ask), needs-confirmation: \(confirmed)}"
        let fields = TestPolicies.fields.replacing("\npredicates:", with: "\npredicates:" + extra)
        return try #require(
            try TestPolicies.catalogue(fields: fields).predicates[FieldID("test.it")])
    }

    private func evidence(_ texts: [String], daysOld: [Int] = []) -> [PredicateEvidence] {
        texts.enumerated().map { index, text in
            let age = index < daysOld.count ? daysOld[index] : 0
            return PredicateEvidence(
                text: text, source: "source-\(index)",
                observedAt: CalendarDate(dayNumber: Self.day.dayNumber - age))
        }
    }

    private func ask(
        _ definition: PredicateDefinition, _ texts: [String], daysOld: [Int] = [],
        fresh: Int? = nil
    ) -> PredicateResult {
        definition.result(
            from: [definition.field: evidence(texts, daysOld: daysOld)],
            freshnessDays: { _ in fresh }, on: Self.day)
    }

    private func ask(
        _ text: String, _ texts: [String], daysOld: [Int] = [], fresh: Int? = nil
    ) throws -> PredicateResult {
        ask(try definition(text), texts, daysOld: daysOld, fresh: fresh)
    }

    private func holds(_ test: ValueTest, _ text: String) -> Bool? {
        test.holds(for: text, on: Self.day)
    }

    @Test(
        "An age is reached on the birthday, and a date of which parts are unknown tells only where it must",
        arguments: [
            ("1966-03-05", true), ("1966-03-06", false), ("1966-03-04", true), ("1966-02", true),
            ("1966-04", false), ("1965", true), ("1967", false), ("1966", nil), ("1966-03", nil),
            ("2000-02-29", false), ("not a date", nil), ("", nil),
        ] as [(String, Bool?)])
    func years(birth: String, expected: Bool?) {
        #expect(holds(.years(NumberBound(.atLeast, 60)), birth) == expected)
        #expect(holds(.years(NumberBound(.less, 60)), birth) == expected.map(!))
    }

    @Test("One who was born on 29 February reaches an age on 1 March")
    func leapDay() throws {
        let last = try #require(CalendarDate(year: 2026, month: 2, day: 28))
        let next = try #require(CalendarDate(year: 2026, month: 3, day: 1))
        let isOfAge = ValueTest.years(NumberBound(.atLeast, 18))
        #expect(isOfAge.holds(for: "2008-02-29", on: last) == false)
        #expect(isOfAge.holds(for: "2008-02-29", on: next) == true)
        #expect(isOfAge.holds(for: "2008-02", on: last) == nil)
    }

    @Test(
        "A decimal is compared with its fraction",
        arguments: [
            ("3000", true, true), ("3000.0", true, true), ("3000.01", false, true),
            ("2999.99", true, false), ("0", true, false), (".5", true, false),
            ("-0.5", true, false),
            ("3000.", true, true), ("-3000", true, false), ("03000", true, true),
        ])
    func amounts(text: String, atMost: Bool, atLeast: Bool) {
        #expect(holds(.number(NumberBound(.atMost, 3_000)), text) == atMost)
        #expect(holds(.number(NumberBound(.atLeast, 3_000)), text) == atLeast)
    }

    @Test("A fraction below one is less than one, and one below nothing less than nothing")
    func smallAmounts() {
        #expect(holds(.number(NumberBound(.atLeast, 1)), ".5") == false)
        #expect(holds(.number(NumberBound(.atLeast, 1)), "0.999") == false)
        #expect(holds(.number(NumberBound(.atLeast, 0)), "-0.5") == false)
        #expect(holds(.number(NumberBound(.atLeast, 0)), "-.5") == false)
        #expect(holds(.number(NumberBound(.atMost, 0)), ".5") == false)
        #expect(holds(.number(NumberBound(.atMost, 0)), "many") == nil)
        #expect(holds(.number(NumberBound(.atMost, 0)), "") == nil)
    }

    @Test("Flags, codes, divisions and days answer for what they say")
    func otherTests() {
        #expect(holds(.flag(true), "true") == true && holds(.flag(true), "false") == false)
        #expect(holds(.flag(false), "false") == true && holds(.flag(false), "maybe") == nil)
        #expect(holds(.code(["1", "2"]), "2") == true && holds(.code(["1", "2"]), "21") == false)
        #expect(holds(.within("7801"), "780102") == true)
        #expect(holds(.within("7801"), "781001") == false)
        let recent = ValueTest.days(NumberBound(.atMost, 30))
        #expect(holds(recent, "2026-03-05") == true && holds(recent, "2026-02-03") == true)
        #expect(holds(recent, "2026-02-02") == false && holds(recent, "2026-02") == nil)
        #expect(holds(recent, "2026-03") == true)
    }

    @Test("A date that is still to come tells of nothing that has happened")
    func future() {
        for test in [
            ValueTest.days(NumberBound(.atMost, 30)), .months(NumberBound(.less, 3)),
            .years(NumberBound(.less, 14)),
        ] { #expect(holds(test, "2026-03-06") == nil) }
    }

    @Test(
        "Months are full months, and parts that are unknown leave the answer open near the bound",
        arguments: [
            ("2025-03-05", true), ("2025-03-06", false), ("2025-03", nil), ("2025-02", true),
            ("2025-04", false), ("2024", true),
        ] as [(String, Bool?)])
    func months(date: String, expected: Bool?) {
        #expect(holds(.months(NumberBound(.atLeast, 12)), date) == expected)
    }

    @Test("Every comparison of a number and of a date holds where its sign says so")
    func comparisons() throws {
        let day = try #require(CalendarDate(year: 2000, month: 1, day: 15))
        for comparison in Comparison.allCases {
            for (order, number, date) in [
                (-1, "4", "2000-01-14"), (0, "5", "2000-01-15"), (1, "6", "2000-01-16"),
            ] {
                let expected = comparison.holds(order: order)
                #expect(holds(.number(NumberBound(comparison, 5)), number) == expected)
                #expect(holds(.date(comparison, day), date) == expected)
            }
            #expect(holds(.date(comparison, day), "2000-01") == nil)
        }
        #expect(holds(.number(NumberBound(.equal, 5)), "5.1") == false)
        #expect(holds(.date(.less, day), "1999") == true)
        #expect(holds(.date(.atLeast, day), "2001-02") == true)
    }

    @Test("No value answers unknown, except where its absence is the question")
    func noValue() throws {
        #expect(try ask("vital.deceased = true", []).reason == .noValue)
        #expect(try ask("exists(vital.death-date)", []).answer == .no)
        #expect(try ask("not exists(vital.death-date)", []).answer == .yes)
        #expect(try ask("not exists(vital.death-date)", ["2020-01-01"]).answer == .no)
        #expect(try ask("exists(contact.phone)", ["x"]).answer == .yes)
        #expect(try ask("count(contact.phone) >= 2", ["x", "x"]).answer == .no)
        #expect(try ask("count(contact.phone) >= 2", ["x", "y"]).answer == .yes)
        #expect(try ask("count(contact.phone) = 0", []).answer == .yes)
    }

    @Test(
        "Evidence counts up to its last fresh day, and stale evidence answers unknown for every test"
    )
    func stale() throws {
        for text in [
            "vital.deceased = true", "exists(vital.deceased)", "not exists(vital.deceased)",
        ] {
            let result = try ask(text, ["true"], daysOld: [366], fresh: 365)
            #expect(result == PredicateResult(answer: .unknown, asOf: nil, reason: .stale))
        }
        let dead = "vital.deceased = true"
        #expect(try ask(dead, ["true"], daysOld: [365], fresh: 365).answer == .yes)
        #expect(try ask(dead, ["true"], daysOld: [9_999]).answer == .yes)
    }

    @Test(
        "A stale source has no voice beside a fresh one, and the answer is as old as its oldest evidence"
    )
    func staleBesideFresh() throws {
        let result = try ask(
            "vital.deceased = true", ["false", "true", "true"], daysOld: [400, 3, 9], fresh: 365)
        #expect(result.answer == .yes)
        #expect(result.asOf == CalendarDate(dayNumber: Self.day.dayNumber - 9))
    }

    @Test("Sources that differ answer unknown where agreement is asked, whatever their order")
    func disagreement() throws {
        let dead = try definition("vital.deceased = true")
        for texts in [["true", "false"], ["false", "true"], ["true", "true", "false"]] {
            let result = ask(dead, texts)
            #expect(result.answer == .unknown && result.reason == .sourcesDisagree)
        }
        #expect(ask(dead, ["true", "true"]).answer == .yes)
        #expect(ask(dead, ["false", "false"]).answer == .no)
    }

    @Test("Any: one yes is enough; all: one no is enough; what does not tell leaves the rest open")
    func anyAndAll() throws {
        func answers(_ combine: String, _ texts: [String]) throws -> PredicateAnswer {
            try ask("\(combine) age(identity.birth-date) >= 60", texts).answer
        }
        #expect(try answers("any", ["2000", "1950"]) == .yes)
        #expect(try answers("any", ["2000", "2001"]) == .no)
        #expect(try answers("any", ["1966", "1950"]) == .yes)
        #expect(try answers("any", ["1966", "2000"]) == .unknown)
        #expect(try answers("all", ["1950", "1951"]) == .yes)
        #expect(try answers("all", ["1950", "2000"]) == .no)
        #expect(try answers("all", ["1966", "2000"]) == .no)
        #expect(try answers("all", ["1950", "1966"]) == .unknown)
        #expect(try answers("", ["1950", "1966"]) == .unknown)
        #expect(
            try ask("all age(identity.birth-date) >= 60", ["1966", "1950"]).reason
                == .undetermined)
    }

    @Test("As many sources must agree as are asked for, and one that differs is enough to stop it")
    func agreed() throws {
        let two = try definition("agreed-by 2 vital.deceased = true")
        #expect(ask(two, ["true"]).reason == .tooFewSources)
        #expect(ask(two, ["true", "true"]).answer == .yes)
        #expect(ask(two, ["false", "false"]).answer == .no)
        #expect(ask(two, ["true", "true", "false"]).reason == .sourcesDisagree)
        let once = evidence(["true"])[0]
        let twice = two.result(
            from: [two.field: [once, once]], freshnessDays: { _ in nil }, on: Self.day)
        #expect(twice.reason == .tooFewSources, "one source that says it twice is one source")
    }

    @Test("Tests of several fields are joined by Kleene's logic")
    func joined() throws {
        let both = try definition(
            "income.monthly <= 3000 and (household.member-count >= 3 or not exists(account.number))"
        )
        let (income, members) = (FieldID("income.monthly"), FieldID("household.member-count"))
        func ask(_ values: [FieldID: [String]]) -> PredicateResult {
            both.result(
                from: values.mapValues { evidence($0) }, freshnessDays: { _ in nil }, on: Self.day)
        }
        #expect(both.fields.count == 3)
        #expect(ask([income: ["2000"], members: ["4"]]).answer == .yes)
        #expect(ask([income: ["9000"]]).answer == .no)
        #expect(ask([members: ["4"]]).reason == .noValue)
        #expect(ask([income: ["2000"], members: ["2"]]).answer == .yes)
        #expect(
            ask([income: ["2000"], members: ["2"], FieldID("account.number"): ["1"]]).answer == .no)
        #expect(both.field == FieldID("account.number"), "the most sensitive field carries it")
    }

    @Test("A yes that needs a person's confirmation waits for it; a no does not")
    func confirmation() throws {
        let death = try definition("any vital.deceased = true", confirmed: true)
        func ask(_ text: String, isConfirmed: Bool) -> PredicateResult {
            death.result(
                from: [
                    death.field: [
                        PredicateEvidence(
                            text: text, source: "s", observedAt: Self.day, isConfirmed: isConfirmed)
                    ]
                ], freshnessDays: { _ in nil }, on: Self.day)
        }
        #expect(ask("true", isConfirmed: false).reason == .notConfirmed)
        #expect(ask("true", isConfirmed: true).answer == .yes)
        #expect(ask("false", isConfirmed: false).answer == .no)
        #expect(self.ask(death, []).reason == .noValue)
    }

    @Test(
        "What is asked is checked when it is read, and a fault is named with its column",
        arguments: [
            ("age(identity.name) >= 3", 0, "needs a date"),
            ("age(identity.birthday) >= 3", 4, "'identity.birthday' is not a field"),
            ("age(identity.birth-date) >= x", 28, "expected a whole number"),
            ("age(identity.birth-date) >= -1", 28, "expected a whole number"),
            ("age(identity.birth-date) is 3", 25, "expected one of ="),
            ("identity.sex = 7", 15, "is not a code of 'sex'"),
            ("identity.sex = 男", 15, "is not a code of 'sex'"),
            ("identity.sex in (1 7)", 19, "is not a code of 'sex'"),
            ("identity.sex < 1", 13, "cannot be asked"),
            ("vital.deceased = yes", 17, "expected true or false"),
            ("vital.deceased", 14, "it ends here"), ("identity.name = x", 14, "cannot be asked"),
            ("residence.division within 7", 26, "division code"),
            ("vital.death-date < soon", 19, "expected a date"),
            ("exists(contact.phone) contact.phone", 22, "too much here"),
            ("(exists(contact.phone)", 22, "expected ')'"),
            ("any count(contact.phone) > 1", 4, "a count is over all values"),
            ("agreed-by 0 vital.deceased = true", 10, "expected a whole number"),
            ("income.monthly <= 3000 or", 25, "it ends here"),
        ])
    func faults(text: String, offset: Int, problem: String) throws {
        let error = #expect(throws: YAMLError.self) { try definition(text) }
        #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
        let start = "  test.it: {title: {zh: 问, en: Q}, ask: ".count + 1
        #expect(error?.position.column == start + offset)
        #expect(error?.position.file == "fields.yaml")
    }

    @Test(
        "A confirmation of what is not there is refused when it is read, since nobody can give it")
    func absence() throws {
        for text in [
            "not exists(vital.death-date)", "count(contact.phone) < 2",
            "vital.deceased = true or not exists(vital.death-date)",
        ] {
            let error = #expect(throws: YAMLError.self) { try definition(text, confirmed: true) }
            #expect(error?.problem.contains("nobody can confirm what is not there") == true)
        }
        #expect(try definition("exists(vital.death-date)", confirmed: true).needsConfirmation)
    }

    @Test("The codes of reasons are stable")
    func codes() {
        #expect(
            UnknownReason.allCases.map(\.rawValue) == [
                "predicate.no-value", "predicate.stale", "predicate.sources-disagree",
                "predicate.too-few-sources", "predicate.not-confirmed", "predicate.undetermined",
            ])
    }
}
