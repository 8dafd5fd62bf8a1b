import ResidentModel
import StrictYAML
import Testing

/// Working days and emergency templates as the catalogue declares them.
@Suite("Calendar and emergencies of the catalogue")
struct EmergencyTemplateTests {
    private func calendar(_ years: String) throws -> WorkingCalendar {
        try WorkingCalendar(
            YAMLReader.read("format: hangu/calendar/1\nyears:\n" + years, file: "calendar.yaml"))
    }

    private func year(
        _ year: Int, holidays: String = "", worked: String = ""
    ) -> String {
        "  \"\(year)\": {source: {zh: 通知, en: Notice}, holidays: [\(holidays)], worked-weekends: [\(worked)]}\n"
    }

    private func date(_ text: String) throws -> CalendarDate {
        try #require(PartialDate(parsing: text)?.fullDate)
    }

    @Test("Holidays are free, worked weekends are not, and a deadline counts only working days")
    func counting() throws {
        let calendar = try calendar(
            year(2026, holidays: "\"2026-10-01/2026-10-07\"", worked: "\"2026-10-10\""))
        #expect(try !calendar.isWorkingDay(date("2026-10-01")))
        #expect(try calendar.isWorkingDay(date("2026-10-10")))
        #expect(try !calendar.isWorkingDay(date("2026-10-11")))
        let due = try calendar.day(workingDays: 3, after: date("2026-09-30"))
        #expect(due.description == "2026-10-10", "the 8th, the 9th and the worked Saturday")
    }

    @Test("Days beyond the last notice count by the week alone")
    func beyond() throws {
        let calendar = try calendar(year(2026))
        #expect(
            try calendar.day(workingDays: 2, after: date("2026-12-31")).description
                == "2027-01-04")
        #expect(try WorkingCalendar.weekdaysOnly.isWorkingDay(date("2026-10-01")))
    }

    @Test(
        "A calendar that is not whole is refused with the place of the fault",
        arguments: [
            (
                "  \"2025\": {source: {zh: 通, en: Notice}, holidays: [], worked-weekends: []}\n"
                    + "  \"2027\": {source: {zh: 通, en: Notice}, holidays: [], worked-weekends: []}\n",
                4, "gap"
            ),
            (
                "  \"2026\": {source: {zh: 通, en: Notice}, holidays: [\"2025-01-01\"], worked-weekends: []}\n",
                3,
                "2026"
            ),
            (
                "  \"2026\": {source: {zh: 通, en: Notice}, holidays: [\"2026-05-05/2026-05-01\"], worked-weekends: []}\n",
                3, "range"
            ),
            (
                "  \"2026\": {source: {zh: 通, en: Notice}, holidays: [\"2026-05-01\", \"2026-05-01/2026-05-02\"], "
                    + "worked-weekends: []}\n", 3, "twice"
            ),
            (
                "  \"2026\": {source: {zh: 通, en: Notice}, holidays: [], worked-weekends: [\"2026-05-04\"]}\n",
                3,
                "weekend"
            ),
        ])
    func faults(years: String, line: Int, what: String) throws {
        do {
            _ = try calendar(years)
            Issue.record("it was read")
        } catch let error as YAMLError {
            #expect(error.position.line == line && "\(error)".contains(what), "\(error)")
        }
    }

    @Test(
        "The notices that come with the program: eight days of Spring Festival in 2025, nine in 2026"
    )
    func shipped() throws {
        let catalogue = try PolicyFolder.catalogue()
        let calendar = catalogue.calendar
        #expect(calendar.years == 2025...2026)
        func free(_ from: String, _ days: Int) throws -> Int {
            let start = try date(from).dayNumber
            return (start..<start + days).count {
                !calendar.isWorkingDay(CalendarDate(dayNumber: $0))
            }
        }
        #expect(try free("2025-01-28", 8) == 8 && free("2026-02-15", 9) == 9)
        #expect(try calendar.isWorkingDay(date("2026-02-14")))
        #expect(try calendar.isWorkingDay(date("2025-10-11")))
        let template = try #require(catalogue.emergencies["urgent-relief"])
        #expect(template.items.allSatisfy { (catalogue.field($0)?.tier ?? .t1) < .t4 })
    }

    @Test(
        "A template that reaches too far is refused with its file, line and column",
        arguments: [
            ("[identity.name,", "[health.severe-mental-disorder,", "health.severe", "T4"),
            ("[identity.name,", "[identity.nickname,", "identity.nick", "not a field"),
            ("[social-assistance-48-emergency]", "[pipl-13-consent]", "[pipl", "kind 'emergency'"),
            ("hours: 24", "hours: 73", "73", "72"),
            ("[civil-affairs, community-office]", "[nobody]", "nobody", "department"),
        ])
    func templates(old: String, new: String, at: String, says: String) throws {
        let name = "catalogue/emergencies.yaml"
        let text = try PolicyFolder.text(name).replacing(old, with: new)
        do {
            _ = try PolicyFolder.catalogue(emergencies: YAMLReader.read(text, file: name))
            Issue.record("it was read")
        } catch let error as YAMLError {
            #expect(error.position == CatalogueFaultTests.place(of: at, in: text, file: name))
            #expect("\(error)".contains(says), "\(error)")
        }
    }
}
