import StrictYAML
import Testing

import ResidentModel

/// What an index may be declared for, and what of a value stands in it.
struct IndexDefinitionTests {
    @Test("A year stands for a date, a band for a number, and what has neither stands nowhere")
    func terms() {
        let year = IndexDefinition(shape: .year, bits: 16, partitions: 1)
        #expect(year.term(of: "1958-03-04") == "1958" && year.term(of: "1958") == "1958")
        #expect(year.term(of: "") == nil && year.term(of: "58") == nil)
        let band = IndexDefinition(shape: .band(width: 1_000), bits: 8, partitions: 1)
        for (text, term) in [
            ("0", "0"), ("999.99", "0"), ("1000", "1"), ("-1", "-1"), ("-0.5", "-1"),
            ("-1000", "-1"), ("-1000.5", "-2"), ("-.5", "-1"), (".5", "0"),
            ("\(Int.max)", "\(Int.max / 1_000)"), ("\(Int.min)", "\(Int.min / 1_000 - 1)"),
        ] {
            #expect(band.term(of: text) == term, "\(text)")
        }
        #expect(band.term(of: "much") == nil)
        #expect(band.term(of: "99999999999999999999") == nil)
        #expect(band.term(of: "\(Int.min).5") == nil && band.key(of: "\(Int.min).5") == nil)
        #expect(band.term(of: "3.x") == nil && band.key(of: "-3.25") == -4)
    }

    @Test("Every value within a range has its term among those of the range")
    func ranges() {
        let band = IndexDefinition(shape: .band(width: 300), bits: 8, partitions: 1)
        var compared = 0
        for low in stride(from: -1_000, to: 1_000, by: 37) {
            let high = low + 901
            let terms = band.terms(from: low, to: high, max: 10) ?? []
            for value in stride(from: low, through: high, by: 11) {
                #expect(terms.contains(band.term(of: "\(value)") ?? ""))
                compared += 1
            }
        }
        #expect(compared > 4_000)
        #expect(band.terms(from: 0, to: 100_000, max: 200) == nil, "too many")
        #expect(band.terms(from: 5, to: 4, max: 200) == [])
        #expect(band.terms(from: .min, to: .max, max: 200) == nil)
        #expect(band.terms(from: .max - 1, to: .max, max: 1) == ["\(Int.max / 300)"])
        let year = IndexDefinition(shape: .year, bits: 16, partitions: 1)
        #expect(year.terms(from: .min, to: .max, max: 9) == nil, "further apart than a number")
        #expect(year.terms(from: 998, to: 1_001, max: 9) == ["0998", "0999", "1000", "1001"])
    }
}
