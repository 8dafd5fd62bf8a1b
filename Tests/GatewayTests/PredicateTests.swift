import StrictYAML
import Testing

import Gateway
import ResidentModel

struct PredicateTests {
    static let day = CalendarDate(dayNumber: 20_517)

    private func definition(_ id: String) throws -> PredicateDefinition {
        try #require(try TestPolicies.catalogue().predicates[FieldID(id)])
    }

    /// A predicate over a text, with another way of combining sources.
    private func definition(
        _ test: PredicateTest, _ combine: SourceCombination = .agreement, confirmed: Bool = false
    ) -> PredicateDefinition {
        PredicateDefinition(
            id: FieldID("test.it"), title: Title(chinese: "", english: ""), field: .name,
            test: test,
            combine: combine, needsConfirmation: confirmed)
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
        fresh: Int? = nil, isConfirmed: Bool = false
    ) -> PredicateResult {
        definition.result(
            from: evidence(texts, daysOld: daysOld), freshnessDays: fresh, on: Self.day,
            isConfirmed: isConfirmed)
    }

    @Test(
        "An age is reached on the birthday, and a date of which parts are unknown tells only where it must",
        arguments: [
            ("1966-03-05", true), ("1966-03-06", false), ("1966-03-04", true), ("1966-02", true),
            ("1966-04", false), ("1965", true), ("1967", false), ("1966", nil), ("1966-03", nil),
            ("2000-02-29", false), ("not a date", nil), ("", nil),
        ] as [(String, Bool?)])
    func years(birth: String, expected: Bool?) {
        #expect(PredicateTest.yearsAtLeast(60).holds(for: birth, on: Self.day) == expected)
        #expect(PredicateTest.yearsBelow(60).holds(for: birth, on: Self.day) == expected.map(!))
    }

    @Test("One who was born on 29 February reaches an age on 1 March")
    func leapDay() throws {
        let last = try #require(CalendarDate(year: 2026, month: 2, day: 28))
        let next = try #require(CalendarDate(year: 2026, month: 3, day: 1))
        #expect(PredicateTest.yearsAtLeast(18).holds(for: "2008-02-29", on: last) == false)
        #expect(PredicateTest.yearsAtLeast(18).holds(for: "2008-02-29", on: next) == true)
        #expect(PredicateTest.yearsAtLeast(18).holds(for: "2008-02", on: last) == nil)
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
        #expect(PredicateTest.atMost(3_000).holds(for: text, on: Self.day) == atMost)
        #expect(PredicateTest.atLeast(3_000).holds(for: text, on: Self.day) == atLeast)
    }

    @Test("A fraction below one is less than one, and one below nothing less than nothing")
    func smallAmounts() {
        #expect(PredicateTest.atLeast(1).holds(for: ".5", on: Self.day) == false)
        #expect(PredicateTest.atLeast(1).holds(for: "0.999", on: Self.day) == false)
        #expect(PredicateTest.atLeast(0).holds(for: "-0.5", on: Self.day) == false)
        #expect(PredicateTest.atLeast(0).holds(for: "-.5", on: Self.day) == false)
        #expect(PredicateTest.atMost(0).holds(for: ".5", on: Self.day) == false)
        #expect(PredicateTest.atMost(0).holds(for: "many", on: Self.day) == nil)
        #expect(PredicateTest.atMost(0).holds(for: "", on: Self.day) == nil)
    }

    @Test("Flags, codes, divisions and days answer for what they say")
    func otherTests() {
        func holds(_ test: PredicateTest, _ text: String) -> Bool? {
            test.holds(for: text, on: Self.day)
        }
        #expect(holds(.isTrue, "true") == true && holds(.isTrue, "false") == false)
        #expect(holds(.isFalse, "false") == true && holds(.isFalse, "true") == false)
        #expect(
            holds(.isCode(["1", "2"]), "2") == true && holds(.isCode(["1", "2"]), "21") == false)
        #expect(holds(.isWithinDivision("7801"), "780102") == true)
        #expect(holds(.isWithinDivision("7801"), "781001") == false)
        #expect(holds(.isPresent, "") == true && holds(.isAbsent, "x") == false)
        #expect(holds(.withinDays(30), "2026-03-05") == true)
        #expect(holds(.withinDays(30), "2026-02-03") == true)
        #expect(holds(.withinDays(30), "2026-02-02") == false)
        #expect(holds(.withinDays(30), "2026-03-06") == false)
        #expect(holds(.withinDays(30), "2026-02") == nil)
    }

    @Test("No value answers unknown, except where its absence is the question")
    func noValue() {
        #expect(ask(definition(.isTrue), []).reason == .noValue)
        #expect(ask(definition(.isPresent), []).answer == .no)
        #expect(ask(definition(.isAbsent), []).answer == .yes)
        #expect(ask(definition(.isAbsent), ["2020-01-01"]).answer == .no)
        #expect(ask(definition(.isPresent), ["x"]).answer == .yes)
    }

    @Test(
        "Evidence counts up to its last fresh day, and stale evidence answers unknown for every test"
    )
    func stale() {
        for test in [PredicateTest.isTrue, .isPresent, .isAbsent] {
            let result = ask(definition(test), ["true"], daysOld: [366], fresh: 365)
            #expect(result == PredicateResult(answer: .unknown, asOf: nil, reason: .stale))
        }
        #expect(ask(definition(.isTrue), ["true"], daysOld: [365], fresh: 365).answer == .yes)
        #expect(ask(definition(.isTrue), ["true"], daysOld: [9_999]).answer == .yes)
    }

    @Test(
        "A stale source has no voice beside a fresh one, and the answer is as old as its oldest evidence"
    )
    func staleBesideFresh() {
        let result = ask(
            definition(.isTrue), ["false", "true", "true"], daysOld: [400, 3, 9], fresh: 365)
        #expect(result.answer == .yes)
        #expect(result.asOf == CalendarDate(dayNumber: Self.day.dayNumber - 9))
    }

    @Test("Sources that differ answer unknown where agreement is asked, whatever their order")
    func disagreement() {
        for texts in [["true", "false"], ["false", "true"], ["true", "true", "false"]] {
            let result = ask(definition(.isTrue), texts)
            #expect(result.answer == .unknown && result.reason == .sourcesDisagree)
        }
        #expect(ask(definition(.isTrue), ["true", "true"]).answer == .yes)
        #expect(ask(definition(.isTrue), ["false", "false"]).answer == .no)
    }

    @Test("Any: one yes is enough; all: one no is enough; what does not tell leaves the rest open")
    func anyAndAll() {
        let ofAge = PredicateTest.yearsAtLeast(60)
        func answers(_ combine: SourceCombination, _ texts: [String]) -> PredicateAnswer {
            ask(definition(ofAge, combine), texts).answer
        }
        #expect(answers(.any, ["2000", "1950"]) == .yes && answers(.any, ["2000", "2001"]) == .no)
        #expect(answers(.any, ["1966", "1950"]) == .yes)
        #expect(
            answers(.any, ["1966", "2000"]) == .unknown
                && answers(.any, ["2000", "1966"]) == .unknown)
        #expect(answers(.all, ["1950", "1951"]) == .yes && answers(.all, ["1950", "2000"]) == .no)
        #expect(answers(.all, ["1966", "2000"]) == .no)
        #expect(answers(.all, ["1950", "1966"]) == .unknown && answers(.all, ["1966"]) == .unknown)
        #expect(answers(.agreement, ["1950", "1966"]) == .unknown)
        #expect(ask(definition(ofAge, .all), ["1966", "1950"]).reason == .undetermined)
    }

    @Test("A yes that needs a person's confirmation waits for it; a no does not")
    func confirmation() throws {
        let death = try definition("vital.death-confirmed")
        #expect(ask(death, ["true"]).reason == .notConfirmed)
        #expect(ask(death, ["true"]).answer == .unknown)
        #expect(ask(death, ["true"], isConfirmed: true).answer == .yes)
        #expect(ask(death, ["false"]).answer == .no)
        #expect(ask(death, ["false"], isConfirmed: true).answer == .no)
        #expect(ask(death, [], isConfirmed: true).reason == .noValue)
        let absent = definition(.isAbsent, confirmed: true)
        #expect(ask(absent, []).reason == .notConfirmed)
    }

    @Test("The codes of reasons are stable")
    func codes() {
        #expect(
            UnknownReason.allCases.map(\.rawValue) == [
                "predicate.no-value", "predicate.stale", "predicate.sources-disagree",
                "predicate.not-confirmed", "predicate.undetermined",
            ])
    }
}
