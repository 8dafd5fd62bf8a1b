import ResidentModel
import Testing

import Gateway

/// The order of forms over a domain small enough to be tried whole.
@Suite("Lattice of forms")
struct FormLatticeTests {
    /// Every form that has no argument, and each argument of the others that can make a difference here.
    private static let forms: [ValueForm] = {
        var forms: [ValueForm] = [
            .clear, .truncateDate(.month), .truncateDate(.year), .maskLast4, .maskEnds, .token,
            .predicateOnly, .denied,
        ]
        for width in [1, 2, 10, 25, 60, Int.max - 1, Int.max] {
            forms += [.round(width), .band(width)]
        }
        forms += [2, 4, 6, 9].map { .division($0) }
        forms += (1...4).map { .codeCategory($0) }
        return forms
    }()

    /// Whether one form shows no more than another, by the meet itself.
    private func isBelow(_ one: ValueForm, _ other: ValueForm) -> Bool {
        one.stricter(other) == one
    }

    @Test("The meet is commutative, associative and idempotent over every triple of forms")
    func laws() {
        var triples = 0
        for first in Self.forms {
            #expect(first.stricter(first) == first)
            for second in Self.forms {
                let both = first.stricter(second)
                #expect(both == second.stricter(first), "\(first) \(second)")
                for third in Self.forms {
                    triples += 1
                    if both.stricter(third) != first.stricter(second.stricter(third)) {
                        Issue.record("\(first) \(second) \(third)")
                    }
                }
            }
        }
        print("triples of forms: \(triples)")
        #expect(triples == Self.forms.count * Self.forms.count * Self.forms.count)
    }

    @Test("The meet is below both, and nothing that is below both is above it")
    func greatest() {
        for first in Self.forms {
            for second in Self.forms {
                let both = first.stricter(second)
                #expect(isBelow(both, first) && isBelow(both, second))
                for third in Self.forms where isBelow(third, first) && isBelow(third, second) {
                    if !isBelow(third, both) { Issue.record("\(third) is between, \(both) is not") }
                }
            }
        }
    }

    @Test(
        "Two generalisations of one kind have a common one, and those of two kinds show no value",
        arguments: [
            ("round:10", "round:25", "round:50"), ("round:10", "band:25", "band:50"),
            ("truncate-date:month", "division:4", "predicate-only"),
            ("mask:ends", "mask:last4", "predicate-only"), ("token", "band:10", "predicate-only"),
            ("token", "clear", "token"), ("predicate-only", "denied", "denied"),
            ("round:\(Int.max)", "round:2", "predicate-only"),
        ])
    func named(left: String, right: String, both: String) throws {
        let meet = try ValueForm(parsing: left).stricter(try ValueForm(parsing: right))
        #expect(meet.name == both)
    }

    @Test("A form of one kind of values fits no other")
    func kinds() {
        let kinds: [FieldKind] = [
            .text, .citizenNumber, .code(set: "s"), .date, .flag, .integer, .decimal, .division,
            .telephone,
        ]
        func fitting(_ form: ValueForm) -> [String] {
            kinds.filter(form.fits).map(\.word)
        }
        #expect(fitting(.round(5)) == ["integer", "decimal"])
        #expect(fitting(.truncateDate(.year)) == ["date"])
        #expect(fitting(.division(4)) == ["division"] && fitting(.codeCategory(1)) == ["code"])
        #expect(fitting(.maskEnds) == ["text", "citizen-number", "telephone"])
        for form in [ValueForm.clear, .token, .predicateOnly, .denied] {
            #expect(fitting(form).count == kinds.count)
        }
    }
}
