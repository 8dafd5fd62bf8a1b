import ResidentModel
import TestSupport
import Testing

/// Days of the calendar, and the dates that registers hold without month or day.
@Suite("Dates")
struct DateTests {
    @Test("Every day of four centuries has its number and back")
    func countsDays() throws {
        let first = try #require(CalendarDate(year: 1700, month: 1, day: 1))
        let last = try #require(CalendarDate(year: 2100, month: 12, day: 31))
        var (year, month, day) = (1700, 1, 1)
        var count = 0
        for number in first.dayNumber...last.dayNumber {
            let date = CalendarDate(dayNumber: number)
            if date.year != year || date.month != month || date.day != day {
                Issue.record("day \(number) is \(date), expected \(year)-\(month)-\(day)")
                return
            }
            count += 1
            day += 1
            if day > CalendarDate.length(ofMonth: month, year: year) {
                (day, month) = (1, month + 1)
            }
            if month > 12 { (month, year) = (1, year + 1) }
        }
        print("calendar: \(count) days")
        #expect(count == 146_462)
        #expect(CalendarDate(dayNumber: 0).description == "1970-01-01")
    }

    @Test(
        "Days that the calendar lacks are none",
        arguments: [
            (2026, 2, 29), (1900, 2, 29), (2026, 4, 31), (2026, 13, 1), (2026, 0, 1), (2026, 1, 0),
            (0, 1, 1),
        ])
    func refusesOtherDays(year: Int, month: Int, day: Int) {
        #expect(CalendarDate(year: year, month: month, day: day) == nil)
    }

    @Test("Leap days of 2000 and 2024 exist")
    func takesLeapDays() {
        #expect(CalendarDate(year: 2000, month: 2, day: 29) != nil)
        #expect(CalendarDate(year: 2024, month: 2, day: 29) != nil)
    }

    @Test("A year is full on the birthday, and a birthday on 29 February waits for 1 March")
    func countsYears() throws {
        let born = try #require(CalendarDate(year: 1946, month: 3, day: 5))
        let leap = try #require(CalendarDate(year: 1944, month: 2, day: 29))
        func age(_ born: CalendarDate, _ year: Int, _ month: Int, _ day: Int) throws -> Int {
            born.fullYears(on: try #require(CalendarDate(year: year, month: month, day: day)))
        }
        #expect(try age(born, 2026, 3, 4) == 79)
        #expect(try age(born, 2026, 3, 5) == 80)
        #expect(try age(born, 2026, 12, 31) == 80)
        #expect(try age(leap, 2026, 2, 28) == 81)
        #expect(try age(leap, 2026, 3, 1) == 82)
        #expect(try age(leap, 2024, 2, 29) == 80)
    }

    @Test(
        "Every form of the departments is read",
        arguments: [
            ("1958-03-04", "1958-03-04"), ("1958-3-4", "1958-03-04"), ("1958/3/4", "1958-03-04"),
            ("1958.03.04", "1958-03-04"), ("1958年3月4日", "1958-03-04"),
            ("１９５８年３月４日", "1958-03-04"), ("19580304", "1958-03-04"),
            ("１９５８０３０４", "1958-03-04"), ("19580300", "1958-03"), ("19580000", "1958"),
            ("195803", "1958-03"), ("1958-03", "1958-03"), ("1958年3月", "1958-03"),
            ("1958", "1958"), ("1958年", "1958"), ("2021-11-30T08:00:00+08:00", "2021-11-30"),
            ("2021-11-30 08:00:00", "2021-11-30"), ("2020/7/9", "2020-07-09"),
        ])
    func reads(text: String, expected: String) {
        #expect(PartialDate(parsing: text)?.description == expected)
    }

    @Test(
        "Other texts and impossible days are none",
        arguments: [
            "", "-", "无", "不详", "1958-13-01", "1958-02-30", "19580230", "1958年2月30日", "19581301",
            "19580004", "58-03-04", "03-04-1958", "1958-03-04-05", "1958--03", "195",
            "1958030", "195800", "123456789", "1958-003-04", "1958T03", "农历1958年", "1958年3月4日晚",
        ])
    func refuses(text: String) {
        #expect(PartialDate(parsing: text) == nil)
    }

    @Test("Dates agree where nothing known of them differs")
    func agrees() throws {
        func date(_ text: String) throws -> PartialDate { try #require(PartialDate(parsing: text)) }
        #expect(try date("1958").agrees(with: date("1958-03-04")))
        #expect(try date("1958-03-04").agrees(with: date("195803")))
        #expect(try date("1958-03-04").agrees(with: date("1958-03-04")))
        #expect(try !date("1958-04").agrees(with: date("1958-03-04")))
        #expect(try !date("1959").agrees(with: date("1958-03-04")))
        #expect(try !date("1958-03-05").agrees(with: date("1958-03-04")))
    }

    @Test("Only a date with its day is a full one")
    func knowsFullDates() {
        #expect(PartialDate(parsing: "19580304")?.fullDate?.description == "1958-03-04")
        #expect(PartialDate(parsing: "195803")?.fullDate == nil)
        #expect(PartialDate(year: 1958, month: nil, day: 4) == nil)
    }

    @Test("Every date of a seeded sample reads back from each form")
    func roundTrips() {
        var generator = SeededRandom(seed: 1958)
        var count = 0
        for _ in 0..<5_000 {
            let day = CalendarDate(dayNumber: Int.random(in: -40_000...25_000, using: &generator))
            let (year, month, dayOfMonth) = day.parts
            let compact = String(year * 10_000 + month * 100 + dayOfMonth)
            for text in [
                day.description, compact, "\(year)年\(month)月\(dayOfMonth)日",
                "\(year)/\(month)/\(dayOfMonth)",
            ] {
                count += 1
                #expect(PartialDate(parsing: text)?.fullDate == day)
            }
        }
        print("dates: \(count) forms read back")
        #expect(count == 20_000)
    }
}
