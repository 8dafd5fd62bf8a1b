import Cedar
import Gateway
import ResidentModel
import StrictYAML

/// Reads the dates and moments of scenarios; no clock of the machine is ever looked at.
enum Moments {
    static let minutesOfZone: Int64 = 8 * 60

    /// Milliseconds since 1970 of `2026-03-05T09:00:00+08:00`, or of the first moment of a day in Beijing.
    static func moment(_ node: YAMLNode) throws(ScenarioFault) -> Int64 {
        let text = try node.scenarioText()
        if let day = PartialDate(parsing: text)?.fullDate, text.utf8.count == 10 {
            return start(of: day)
        }
        // Cedar reads the zone without its colon.
        var plain = text
        if plain.utf8.count > 6, let colon = plain.lastIndex(of: ":"),
            plain.distance(from: colon, to: plain.endIndex) == 3,
            let sign = plain.dropLast(5).last, sign == "+" || sign == "-"
        {
            plain.remove(at: colon)
        }
        guard plain.contains("T"), let value = DatetimeValue(plain) else {
            throw ScenarioFault(
                .date, at: node.position, "“\(text)”不是时刻；应写成 2026-03-05T09:00:00+08:00",
                "'\(text)' is no moment; expected one like 2026-03-05T09:00:00+08:00")
        }
        return value.milliseconds
    }

    static func day(_ node: YAMLNode) throws(ScenarioFault) -> CalendarDate {
        let text = try node.scenarioText()
        guard text.utf8.count == 10, let day = PartialDate(parsing: text)?.fullDate else {
            throw ScenarioFault(
                .date, at: node.position, "“\(text)”不是日期；应写成 2026-03-05",
                "'\(text)' is no date; expected one like 2026-03-05")
        }
        return day
    }

    /// Midnight in Beijing.
    static func start(of day: CalendarDate) -> Int64 {
        Int64(day.dayNumber) * 86_400_000 - minutesOfZone * 60_000
    }

    /// `2026-03-05T09:00:00+08:00`.
    static func text(of milliseconds: Int64) -> String {
        let day = GatewayClock.day(atMilliseconds: milliseconds)
        let rest = milliseconds - start(of: day)
        let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60)
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(day)T\(two(hour)):\(two(minute)):\(two(second))+08:00"
    }
}

/// Working days: weekdays without the holidays, and the weekend days that are worked in their place (调休).
struct WorkCalendar: Sendable {
    var holidays: Set<CalendarDate> = []
    var workdays: Set<CalendarDate> = []

    func isWorked(_ day: CalendarDate) -> Bool {
        if workdays.contains(day) { return true }
        // 1 January 1970 was a Thursday.
        let weekday = ((day.dayNumber + 3) % 7 + 7) % 7
        return weekday < 5 && !holidays.contains(day)
    }

    /// The day that comes so many working days after another.
    func day(_ count: Int, after start: CalendarDate) -> CalendarDate {
        var day = start
        var left = count
        while left > 0 {
            day = CalendarDate(dayNumber: day.dayNumber + 1)
            if isWorked(day) { left -= 1 }
        }
        return day
    }
}
