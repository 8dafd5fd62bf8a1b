import ResidentModel
import Testing

/// GB 32100-2015: the check character and what the first two characters tell.
@Suite("Unified social credit codes")
struct CreditCodeTests {
    @Test(
        "Codes whose check character fits are taken",
        arguments: [
            ("91350100M000100Y43", "91"), ("91110000600037341L", "91"),
            ("11780000002701011M", "11"), ("12780102MB17111111", "12"),
        ])
    func takesValidCodes(text: String, kind: String) throws {
        let code = try #require(UnifiedCreditCode(text))
        #expect(code.kind == kind)
        #expect(code.mayHoldStatutoryDuty == (kind == "11" || kind == "12"))
        #expect(code.description == text)
    }

    @Test("Every wrong single character is noticed")
    func noticesSingleErrors() {
        let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
        let code = Array("91350100M000100Y43")
        var tried = 0
        for place in code.indices {
            for character in alphabet where character != code[place] {
                var wrong = code
                wrong[place] = character
                tried += 1
                #expect(UnifiedCreditCode(String(wrong)) == nil)
            }
        }
        print("credit codes: \(tried) single-character errors, all noticed")
        #expect(tried == 18 * 30)
    }

    @Test(
        "Wrong length, alphabet and case are refused",
        arguments: [
            "", "91350100M000100Y4", "91350100M000100Y430", "91350100m000100y43",
            "9135O100M000100Y43", "91350100M000100Y4I", "９1350100M000100Y43", "91350100M000100Y4 ",
        ])
    func refusesOtherForms(text: String) {
        #expect(UnifiedCreditCode(text) == nil)
    }
}
