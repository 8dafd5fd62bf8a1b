import ResidentModel
import Testing

/// The spellings that occur in deliveries, and the codes they stand for.
@Suite("Code sets")
struct CodeSetTests {
    private let catalogue: Catalogue

    init() throws { catalogue = try PolicyFolder.catalogue() }

    private func code(_ spelling: String, in set: String) throws -> String? {
        try #require(catalogue.codeSets[set]).code(for: spelling)
    }

    @Test(
        "A spelling of the deliveries stands for its code",
        arguments: [
            ("sex", "男", "1"), ("sex", "F", "2"), ("sex", "female", "2"), ("sex", "unknown", "0"),
            ("sex", "9", "9"), ("marital-status", "丧偶", "30"), ("marital-status", "20", "20"),
            ("marital-status", "S", "10"), ("ethnic-group", "维吾尔族", "05"),
            ("ethnic-group", "彝", "07"), ("ethnic-group", "01", "01"),
            ("disability-type", "多重", "7"), ("disability-type", "43", "4"),
            ("disability-grade", "四级", "4"), ("disability-grade", "43", "3"),
            ("insurance-kind", "110", "110"), ("insurance-status", "1", "1"),
            ("icd-10", "I25.1", "I25.1"), ("icd-10", "38341003", "I10"),
            ("loinc", "85354-9", "85354-9"),
            ("snomed-ct", "26929004", "26929004"), ("vaccine", "2101", "2101"),
            ("unit", "mm[Hg]", "mm[Hg]"), ("unit", "mmol/L", "mmol/L"),
            ("unit", "{score}", "{score}"),
            ("unit", "IU/L", "[IU]/L"),
        ])
    func translates(set: String, spelling: String, expected: String) throws {
        #expect(try code(spelling, in: set) == expected)
    }

    @Test(
        "Another spelling stands for nothing",
        arguments: [
            ("sex", "3"), ("sex", "男 "), ("sex", ""), ("marital-status", "1"),
            ("ethnic-group", "1"),
            ("ethnic-group", "57"), ("disability-type", "8"), ("disability-grade", "五级"),
            ("insurance-kind", "999"), ("icd-10", "高血压"), ("icd-10", ""), ("loinc", "a b"),
        ])
    func refusesOtherSpellings(set: String, spelling: String) throws {
        #expect(try code(spelling, in: set) == nil)
    }

    @Test("GB/T 3304 has 56 groups and two further codes, each by its name with and without 族")
    func ethnicGroups() throws {
        let set = try #require(catalogue.codeSets["ethnic-group"])
        #expect(set.values.count == 58)
        for number in 1...56 {
            let code = number < 10 ? "0\(number)" : "\(number)"
            let name = try #require(set.values[code]).chinese
            #expect(set.code(for: name) == code)
            #expect(set.code(for: String(name.dropLast())) == code)
        }
    }

    @Test("Each two-digit code of a disability gives its kind and its grade")
    func disabilityCodes() throws {
        var checked = 0
        for kind in 1...7 {
            for grade in 1...4 {
                #expect(try code("\(kind)\(grade)", in: "disability-type") == "\(kind)")
                #expect(try code("\(kind)\(grade)", in: "disability-grade") == "\(grade)")
                checked += 1
            }
        }
        #expect(checked == 28)
    }
}
