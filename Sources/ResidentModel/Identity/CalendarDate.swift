/// A day of the proleptic Gregorian calendar, without time and zone.
package struct CalendarDate: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Days since 1 January 1970; negative before.
    package let dayNumber: Int

    /// Makes the day, or nil where the calendar has no such day.
    ///
    /// - Parameters:
    ///   - year: 1 to 9999.
    ///   - month: 1 to 12.
    ///   - day: 1 to the length of the month.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.length(ofMonth: month, year: year)
        else { return nil }
        dayNumber = Self.dayNumber(year: year, month: month, day: day)
    }

    /// - Parameter dayNumber: Days since 1 January 1970.
    package init(dayNumber: Int) { self.dayNumber = dayNumber }

    package var year: Int { parts.year }
    package var month: Int { parts.month }
    package var day: Int { parts.day }

    /// `1958-03-04`.
    package var description: String {
        let (year, month, day) = parts
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    package static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        left.dayNumber < right.dayNumber
    }

    /// How many days a month has.
    package static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The full years lived on a day; the birthday itself counts, and 29 February waits for 1 March.
    ///
    /// - Parameter day: The day on which the age is asked.
    /// - Returns: How many; negative before the birth.
    package func fullYears(on day: CalendarDate) -> Int {
        let (birthYear, birthMonth, birthDay) = parts
        let (year, month, dayOfMonth) = day.parts
        let hasHadBirthday =
            month > birthMonth || (month == birthMonth && dayOfMonth >= birthDay)
        return year - birthYear - (hasHadBirthday ? 0 : 1)
    }

    /// The full months passed on a day; one that begins on the 31st is full on the last day of a shorter month's next.
    ///
    /// - Parameter day: The day on which it is asked.
    /// - Returns: How many; negative before the date.
    package func fullMonths(on day: CalendarDate) -> Int {
        let (startYear, startMonth, startDay) = parts
        let (year, month, dayOfMonth) = day.parts
        return (year - startYear) * 12 + month - startMonth - (dayOfMonth >= startDay ? 0 : 1)
    }

    /// Year, month and day; after Howard Hinnant's `civil_from_days`.
    package var parts: (year: Int, month: Int, day: Int) {
        let shifted = dayNumber + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func dayNumber(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
}
