package import StrictYAML

/// Which days are working days: `catalogue/calendar.yaml`, after the State Council's notice for each year.
///
/// Days of a year that no notice covers yet count by the week alone: a deadline then ends no later than by the notice,
/// except for weekends that are worked on.
package struct WorkingCalendar: Hashable, Sendable {
    /// Years with a notice, without a gap; empty where there is none.
    package let years: ClosedRange<Int>?
    private let holidays: Set<CalendarDate>
    private let workedWeekends: Set<CalendarDate>

    /// Weekends are free, nothing else.
    package static let weekdaysOnly = WorkingCalendar(
        years: nil, holidays: [], workedWeekends: [])

    private init(
        years: ClosedRange<Int>?, holidays: Set<CalendarDate>, workedWeekends: Set<CalendarDate>
    ) {
        self.years = years
        self.holidays = holidays
        self.workedWeekends = workedWeekends
    }

    package func isWorkingDay(_ day: CalendarDate) -> Bool {
        if holidays.contains(day) { return false }
        return !day.isWeekend || workedWeekends.contains(day)
    }

    /// The day on which so many working days have passed; the day it starts from is not counted.
    ///
    /// - Parameters:
    ///   - count: 1 to 1,000.
    ///   - day: The day it starts from.
    /// - Returns: A working day.
    package func day(workingDays count: Int, after day: CalendarDate) -> CalendarDate {
        precondition((1...1_000).contains(count), "a deadline is at least one working day away")
        var left = count
        var next = day
        while left > 0 {
            next = CalendarDate(dayNumber: next.dayNumber + 1)
            if isWorkingDay(next) { left -= 1 }
        }
        return next
    }
}

extension WorkingCalendar {
    /// Reads `format: hangu/calendar/1` and `years`: year → `source`, `holidays` (days or ranges `a/b`) and
    /// `worked-weekends`.
    ///
    /// - Throws: ``YAMLError`` with the place of the first fault: a year that does not follow the one before, a day of
    ///   another year, a day twice, a range that ends before it starts, a worked weekend that is no weekend or free.
    package init(_ root: YAMLNode) throws(YAMLError) {
        var fields = try YAMLFields(root)
        try checkFormat(&fields, name: "calendar", version: 1)
        let section = try fields.required("years")
        var first: Int?
        var last: Int?
        var holidays: Set<CalendarDate> = []
        var worked: Set<CalendarDate> = []
        for entry in try section.entries() {
            guard let year = Int(entry.key), (2_000...2_200).contains(year) else {
                throw YAMLError("'\(entry.key)' is no year", at: entry.keyPosition)
            }
            guard last == nil || last == year - 1 else {
                throw YAMLError(
                    "the calendar has a gap: \(year) does not follow \(last ?? 0)",
                    at: entry.keyPosition)
            }
            first = first ?? year
            last = year
            var notice = try YAMLFields(entry.value)
            _ = try Title(notice.required("source"))
            for node in try notice.required("holidays").sequence() {
                for day in try Self.days(node, of: year) {
                    guard holidays.insert(day).inserted else {
                        throw YAMLError("\(day) stands here twice", at: node.position)
                    }
                }
            }
            for node in try notice.required("worked-weekends").sequence() {
                let day = try calendarDate(node)
                guard day.parts.year == year, day.isWeekend, !holidays.contains(day),
                    worked.insert(day).inserted
                else {
                    throw YAMLError(
                        "\(day) is no weekend of \(year) that is worked on", at: node.position)
                }
            }
            try notice.finish()
        }
        guard let first, let last else {
            throw YAMLError("the calendar has no year", at: section.position)
        }
        try fields.finish()
        self.init(years: first...last, holidays: holidays, workedWeekends: worked)
    }

    private static func days(
        _ node: YAMLNode, of year: Int
    ) throws(YAMLError) -> [CalendarDate] {
        let ends = try node.text().split(separator: "/", omittingEmptySubsequences: false)
            .map { PartialDate(parsing: String($0))?.fullDate }
        guard (1...2).contains(ends.count), let start = ends[0], let end = ends[ends.count - 1],
            start <= end, start.parts.year == year, end.parts.year == year
        else {
            throw YAMLError(
                "expected a day of \(year) such as \(year)-05-01, or a range \(year)-05-01/\(year)-05-05",
                at: node.position)
        }
        return (start.dayNumber...end.dayNumber).map { CalendarDate(dayNumber: $0) }
    }
}

extension CalendarDate {
    /// Saturday or Sunday; day 0, 1 January 1970, was a Thursday.
    package var isWeekend: Bool {
        let weekday = ((dayNumber + 3) % 7 + 7) % 7
        return weekday >= 5
    }
}
