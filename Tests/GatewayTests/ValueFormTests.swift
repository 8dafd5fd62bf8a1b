import TestSupport
import Testing

import Gateway

struct ValueFormTests {
    /// Forms of every kind, as rules write them.
    private static func randomForm(_ random: SeededRandom) throws -> ValueForm {
        let widths = [1, 2, 3, 7, 10, 60, 500, 1_000, 1 << 40, Int.max / 2, Int.max - 1, Int.max]
        let width = widths[random.below(widths.count)]
        let words = [
            "clear", "round:\(width)", "band:\(width)", "truncate-date:month", "truncate-date:year",
            "division:\([2, 4, 6, 9][random.below(4)])", "code-category:\(1 + random.below(4))",
            "mask:last4", "mask:ends", "token", "predicate-only", "denied",
        ]
        return try ValueForm(parsing: words[random.below(words.count)])
    }

    @Test("Combining forms is commutative, associative and idempotent")
    func lattice() throws {
        let random = SeededRandom(seed: 11)
        var cases = 0
        for _ in 0..<20_000 {
            let first = try Self.randomForm(random)
            let second = try Self.randomForm(random)
            let third = try Self.randomForm(random)
            #expect(first.stricter(second) == second.stricter(first), "\(first) \(second)")
            #expect(
                first.stricter(second).stricter(third) == first.stricter(second.stricter(third)),
                "\(first) \(second) \(third)")
            #expect(first.stricter(first) == first)
            #expect(ValueForm.clear.stricter(first) == first)
            #expect(ValueForm.denied.stricter(first) == .denied)
            #expect(first.stricter(second).stricter(second) == first.stricter(second))
            cases += 1
        }
        print("forms combined: \(cases)")
        #expect(cases == 20_000)
    }

    /// The values that a form cannot tell from each other are told even less by a stricter one.
    @Test("Two forms together never tell more than either of them")
    func neverWider() throws {
        let random = SeededRandom(seed: 12)
        let samples = Self.samples(random)
        var cases = 0
        for _ in 0..<3_000 {
            let first = try Self.randomForm(random)
            let second = try Self.randomForm(random)
            let both = first.stricter(second)
            for (left, right) in zip(samples, samples.dropFirst()) {
                let isAlike = [first, second].contains { form in
                    form.applied(to: left) != nil
                        && form.applied(to: left) == form.applied(to: right)
                }
                if isAlike, both.applied(to: left) != both.applied(to: right),
                    both.applied(to: left) != nil, both.applied(to: right) != nil
                {
                    Issue.record("\(first) and \(second) make \(both): \(left) \(right)")
                }
                cases += 1
            }
        }
        print("pairs of values compared: \(cases)")
        #expect(cases > 100_000)
    }

    private static func samples(_ random: SeededRandom) -> [String] {
        var samples: [String] = []
        for _ in 0..<30 {
            samples.append(String(random.below(5_000)))
            samples.append("\(random.below(3_000)).\(random.below(100))")
            samples.append("19\(50 + random.below(3))-0\(1 + random.below(3))-1\(random.below(3))")
            samples.append(["78", "7801", "780102", "780102003"][random.below(4)])
            samples.append(["I10", "I11.9", "E11", "J45"][random.below(4)])
            let names = ["张三", "张三丰", "李三丰", "张四丰", "欧阳三丰", "李阳三丰", "买买提·艾力"]
            samples.append(names[random.below(names.count)])
        }
        return samples.sorted()
    }

    @Test("A form is read back from how it is written")
    func roundTrip() throws {
        let random = SeededRandom(seed: 13)
        for _ in 0..<1_000 {
            let form = try Self.randomForm(random)
            #expect(try ValueForm(parsing: form.name) == form)
        }
        #expect(throws: ObligationError.self) { try ValueForm(parsing: "withheld") }
    }

    @Test(
        "Each form shows what it says",
        arguments: [
            ("clear", "张三丰", "张三丰"), ("round:500", "1234", "1000"),
            ("round:500", "1234.99", "1000"),
            ("round:500", "499", "0"), ("round:500", "-1", "-500"), ("round:500", "-500", "-500"),
            ("round:1", "-3.5", "-4"), ("round:1", ".5", "0"), ("round:1", "-.5", "-1"),
            ("round:1", "-3.0", "-3"), ("band:10", "-0.5", "-10--1"),
            ("round:10", "-10.01", "-20"),
            ("band:1000", "2999.99", "2000-2999"), ("band:1000", "0", "0-999"),
            ("band:1000", "3000", "3000-3999"), ("band:10", "-1", "-10--1"),
            ("truncate-date:month", "1958-03-04", "1958-03"),
            ("truncate-date:year", "1958-03-04", "1958"), ("truncate-date:month", "1958", "1958"),
            ("truncate-date:year", "1958-03", "1958"), ("division:4", "780102", "7801"),
            ("division:6", "780102", "780102"), ("division:6", "7801", "7801"),
            ("code-category:3", "I11.9", "I11"),
            ("code-category:3", "I1", "I1"), ("mask:last4", "13800138000", "*******8000"),
            ("mask:last4", "8000", "****"), ("mask:last4", "张三丰", "***"),
            ("mask:ends", "张三丰", "张*丰"), ("mask:ends", "张三", "**"), ("mask:ends", "张", "*"),
            ("mask:ends", "", ""),
        ])
    func applied(word: String, value: String, shown: String) throws {
        #expect(try ValueForm(parsing: word).applied(to: value) == shown)
    }

    @Test(
        "A value that a form does not fit is withheld",
        arguments: [
            ("round:500", "很多"), ("round:500", ""), ("band:500", "1e3"), ("band:500", "１２"),
            ("round:500", "."), ("round:500", "-"), ("band:5", "1.x"),
            ("round:1", "-9223372036854775808.5"),
            ("band:500", "99999999999999999999"),
            ("truncate-date:month", "not a date"), ("truncate-date:year", "1958-13-01"),
            ("truncate-date:year", ""),
        ])
    func withheld(word: String, value: String) throws {
        #expect(try ValueForm(parsing: word).applied(to: value) == nil)
        for form in [ValueForm.token, .predicateOnly, .denied] {
            #expect(form.applied(to: value) == nil)
        }
    }

    @Test(
        "The largest and the smallest number a field can hold are shown or withheld, and stop nothing",
        arguments: [Int.max, Int.max - 1, Int.min, Int.min + 1, 999_999_999_999_999_999])
    func extremes(value: Int) throws {
        for width in [1, 2, 1_000, Int.max - 1, Int.max] {
            let rounded = ValueForm.round(width).applied(to: String(value))
            let banded = ValueForm.band(width).applied(to: String(value))
            if let rounded, let low = Int(rounded) {
                #expect(low <= value && low % width == 0)
            }
            #expect(banded == nil || rounded != nil, "a band is shown only where its foot is")
        }
    }

    @Test("A mask of both kinds shows nothing that one of them hides")
    func masksTogether() {
        let both = ValueForm.maskEnds.stricter(.maskLast4)
        for text in ["张三丰", "欧阳三丰", "6222021234567890123", "ab"] {
            let shown = both.applied(to: text).map(Array.init) ?? []
            let ends = ValueForm.maskEnds.applied(to: text).map(Array.init) ?? []
            let last = ValueForm.maskLast4.applied(to: text).map(Array.init) ?? []
            for (index, character) in shown.enumerated() where character != "*" {
                #expect(ends[index] == character && last[index] == character)
            }
        }
    }
}
