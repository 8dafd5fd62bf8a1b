import ResidentModel
import TestSupport
import Testing

/// GB 11643-1999: layout, check character and the forms in which people write a number.
@Suite("Citizen numbers")
struct CitizenNumberTests {
    private static let today = CalendarDate(dayNumber: 20_517)  // 2026-03-05

    private func number(_ text: String) throws(CitizenNumberError) -> CitizenNumber {
        try CitizenNumber(text, today: Self.today)
    }

    @Test("The standard's samples are valid")
    func takesSamples() throws {
        let first = try number("11010519491231002X")
        #expect(first.digits == "11010519491231002X")
        #expect(first.birthDate == CalendarDate(year: 1949, month: 12, day: 31))
        #expect(first.sex == .female)
        #expect(first.division == "110105")
        let day = try #require(CalendarDate(year: 1999, month: 7, day: 1))
        let second = try CitizenNumber("440524188001010014", today: day)
        #expect(second.sex == .male)
        #expect(second.birthDate.year == 1880)
    }

    @Test("A number of 130 years is possible, an older one is not")
    func refusesTooOld() throws {
        #expect(throws: CitizenNumberError.tooOld) {
            try CitizenNumber(
                "440524188001010014", today: #require(CalendarDate(year: 2011, month: 1, day: 1)))
        }
        let day = try #require(CalendarDate(year: 2010, month: 12, day: 31))
        #expect(try CitizenNumber("440524188001010014", today: day).birthDate.year == 1880)
    }

    @Test("A 15-digit number gains its century and check character")
    func upgradesOldNumbers() throws {
        #expect(try number("110105491231002").digits == "11010519491231002X")
        #expect(try number("１１０１０５４９１２３１００２").digits == "11010519491231002X")
    }

    @Test("Sequences 996 to 999 of a 15-digit number belong to people born in the 19th century")
    func upgradesCentenarians() throws {
        let day = try #require(CalendarDate(year: 1990, month: 1, day: 1))
        for sequence in ["996", "997", "998", "999"] {
            #expect(
                try CitizenNumber("110105890101\(sequence)", today: day).birthDate.year == 1889)
        }
        #expect(try CitizenNumber("110105890101995", today: day).birthDate.year == 1989)
    }

    @Test(
        "Full-width digits, spaces and every way to write X are read",
        arguments: [
            "11010519491231002x", "11010519491231002×", "11010519491231002Ｘ", "11010519491231002ｘ",
            "１１０１０５１９４９１２３１００２Ｘ", " 110105 19491231 002X ", "110105\u{3000}19491231\u{A0}002X",
            "110105\t19491231002X",
        ])
    func normalises(text: String) throws {
        #expect(try number(text).digits == "11010519491231002X")
    }

    @Test(
        "What is wrong is said by its first failing check",
        arguments: [
            ("", CitizenNumberError.length(found: 0)),
            ("   ", .length(found: 0)),
            ("1101051949123100", .length(found: 16)),
            ("11010519491231002", .length(found: 17)),
            ("11010519491231002X0", .length(found: 19)),
            ("110105********002X", .character(position: 7)),
            ("1101051949123100-X", .character(position: 17)),
            ("X1010519491231002X", .character(position: 1)),
            ("1101051949123X002X", .character(position: 14)),
            ("11010549123100X", .character(position: 15)),
            ("110105194912310021", .checkCharacter),
            ("000000000000000000", .checkCharacter),
            ("111111111111111111", .checkCharacter),
            ("999999999999999", .birthDate),
        ])
    func refuses(text: String, expected: CitizenNumberError) {
        #expect(throws: expected) { try number(text) }
    }

    @Test("A date that the calendar lacks, a future one and a division from 0 are refused")
    func refusesWrongContent() {
        #expect(throws: CitizenNumberError.birthDate) { try number(complete("11010519490230002")) }
        #expect(throws: CitizenNumberError.birthDate) { try number(complete("11010519491331002")) }
        #expect(throws: CitizenNumberError.birthInFuture) {
            try number(complete("11010520260306002"))
        }
        #expect(throws: CitizenNumberError.division) { try number(complete("01010519491231002")) }
    }

    @Test("Somebody born today has a number")
    func takesBirthsOfToday() throws {
        #expect(try number(complete("11010520260305002")).birthDate == Self.today)
    }

    @Test("Every wrong digit and every swap of neighbours is noticed")
    func noticesErrors() throws {
        var generator = SeededRandom(seed: 11_643)
        let digits = Array("0123456789X".utf8)
        var wrongDigits = 0
        var swaps = 0
        var missed = 0
        for _ in 0..<1_000 {
            let bytes = Array(randomNumber(&generator).utf8)
            #expect(isValid(bytes))
            for place in bytes.indices {
                for digit in digits where digit != bytes[place] && (digit != 0x58 || place == 17) {
                    var wrong = bytes
                    wrong[place] = digit
                    wrongDigits += 1
                    if isValid(wrong) { missed += 1 }
                }
            }
            for place in 0..<17 where bytes[place] != bytes[place + 1] {
                var wrong = bytes
                wrong.swapAt(place, place + 1)
                swaps += 1
                if isValid(wrong) { missed += 1 }
            }
        }
        print("citizen numbers: \(wrongDigits) wrong digits, \(swaps) swaps, \(missed) missed")
        #expect(wrongDigits > 150_000 && swaps > 12_500)
        #expect(missed == 0)
    }

    @Test("A number shows itself nowhere: not in text, not in a mirror, not in an error")
    func hidesItself() throws {
        let text = "11010519491231002X"
        let number = try number(text)
        var dumped = ""
        dump(number, to: &dumped)
        let shown = ["\(number)", String(reflecting: number), String(describing: number), dumped]
        for output in shown {
            #expect(!output.contains("1949") && !output.contains("110105"))
        }
        #expect("\(number)" == "<redacted>")
        var errorCount = 0
        for wrong in ["110105194912310021", "11010519491331002X", "110105********002X", text + "7"]
        {
            do throws(CitizenNumberError) {
                _ = try self.number(wrong)
            } catch {
                errorCount += 1
                for output in ["\(error)", String(reflecting: error), error.code] {
                    #expect(!output.contains("1949") && !output.contains("1101"))
                }
            }
        }
        #expect(errorCount == 4)
    }

    private func isValid(_ bytes: [UInt8]) -> Bool {
        CitizenNumber.checkCharacter(of: bytes[0..<17]) == bytes[17]
            && bytes[0..<17].allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    private func complete(_ seventeen: String) -> String {
        let bytes = Array(seventeen.utf8)
        return seventeen
            + String(decoding: [CitizenNumber.checkCharacter(of: bytes[...])], as: UTF8.self)
    }

    private func randomNumber(_ generator: inout SeededRandom) -> String {
        let born = CalendarDate(dayNumber: Int.random(in: -20_000...20_000, using: &generator))
        let (year, month, day) = born.parts
        let date = year * 10_000 + month * 100 + day
        let division = Int.random(in: 780_101...789_999, using: &generator)
        let sequence = String(
            Int.random(in: 1_000...1_999, using: &generator).description.dropFirst())
        return complete("\(division)\(date)\(sequence)")
    }
}
