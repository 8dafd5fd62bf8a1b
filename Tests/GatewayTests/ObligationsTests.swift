import TestSupport
import Testing

import Gateway

struct ObligationsTests {
    private static let words = [
        "clear", "round:10", "band:1000", "truncate-date:year", "division:4", "code-category:3",
        "mask:ends", "mask:last4", "token", "predicate-only", "denied", "notify-resident",
        "human-confirmation", "retain-at-most:30d",
        "retain-at-most:7d",
    ]

    private static func random(_ random: SeededRandom) throws -> Obligations {
        let chosen = words.filter { _ in random.below(4) == 0 }
        return try Obligations(parsing: chosen.joined(separator: " "))
    }

    @Test(
        "Combining obligations is commutative, associative and idempotent, and nothing is the neutral one"
    )
    func lattice() throws {
        let random = SeededRandom(seed: 21)
        for _ in 0..<5_000 {
            let first = try Self.random(random)
            let second = try Self.random(random)
            let third = try Self.random(random)
            #expect(first.combined(with: second) == second.combined(with: first))
            #expect(
                first.combined(with: second).combined(with: third)
                    == first.combined(with: second.combined(with: third)))
            #expect(first.combined(with: first) == first)
            #expect(first.combined(with: .none) == first)
        }
    }

    @Test("Each part of a combination is at least as strict as in either")
    func neverWider() throws {
        let random = SeededRandom(seed: 22)
        for _ in 0..<5_000 {
            let first = try Self.random(random)
            let second = try Self.random(random)
            let both = first.combined(with: second)
            for one in [first, second] {
                #expect(both.notifiesResident || !one.notifiesResident)
                #expect(both.needsHumanConfirmation || !one.needsHumanConfirmation)
                #expect(both.retainDaysMax ?? .max <= one.retainDaysMax ?? .max)
                #expect(both.form.stricter(one.form) == both.form)
            }
        }
    }

    @Test("Words of one rule combine as those of several rules do, in any order")
    func oneRule() throws {
        let random = SeededRandom(seed: 23)
        for _ in 0..<2_000 {
            let chosen = Self.words.filter { _ in random.below(3) == 0 }
            let whole = try Obligations(parsing: chosen.joined(separator: " "))
            var generator = random
            let parts = try chosen.shuffled(using: &generator).map { try Obligations(parsing: $0) }
            #expect(parts.reduce(.none) { $0.combined(with: $1) } == whole)
        }
    }

    @Test(
        "A word that is not known, or a number that is none, is refused and named",
        arguments: [
            "mask", "mask:middle", "Mask:ends", "round:0", "round:-5", "round:", "round:1.5",
            "round:+5",
            "round:９", "band:x", "band:99999999999999999999", "division:3", "division:12",
            "code-category:0", "truncate-date:day", "retain-at-most:30", "retain-at-most:d",
            "retain-at-most:0d", "retain-at-most:-1d", "retain-at-most:+1d", "withheld", "notify",
            "mask:ends,notify-resident", "clear\u{A0}clear", "clear\tround:5",
        ])
    func unknownWord(word: String) {
        #expect(throws: ObligationError.self) { try Obligations(parsing: "clear \(word)") }
    }

    @Test("An error says which word and what is allowed")
    func errorText() {
        let error = #expect(throws: ObligationError.self) {
            try Obligations(parsing: "clear msak:ends")
        }
        #expect(error?.word == "msak:ends")
        #expect(error?.description.contains("'msak:ends'") == true)
    }
}
