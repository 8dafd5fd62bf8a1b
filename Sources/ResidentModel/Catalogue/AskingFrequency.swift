import StrictYAML

/// How often one department may ask about one resident for one purpose.
package struct AskingFrequency: Hashable, Sendable, CustomStringConvertible {
    /// From 1.
    package let times: Int
    package let per: Period

    /// The calendar period over which requests are counted, in the gateway's zone.
    package enum Period: String, Hashable, Sendable, CaseIterable {
        case day
        case month
        case year
    }

    /// The most requests that one period may hold; there is no frequency without an end.
    package static let timesMax = 1_000

    /// - Returns: nil where the number is not from 1 to ``timesMax``.
    package init?(times: Int, per: Period) {
        guard (1...Self.timesMax).contains(times) else { return nil }
        self.times = times
        self.per = per
    }

    /// Reads the form that ``description`` writes, such as `4/month`.
    package init?(parsing text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let times = Int(parts[0]), "\(times)" == parts[0],
            let period = Period(rawValue: String(parts[1]))
        else { return nil }
        self.init(times: times, per: period)
    }

    init(_ node: YAMLNode) throws(YAMLError) {
        let text = try node.text()
        guard let frequency = AskingFrequency(parsing: text) else {
            throw YAMLError(
                "'\(text)' is no frequency; expected 1 to \(Self.timesMax) per day, month or year, "
                    + "such as 4/month", at: node.position)
        }
        self = frequency
    }

    package var description: String { "\(times)/\(per.rawValue)" }

    /// The last day of the period that a day lies in.
    package func lastDay(of day: CalendarDate) -> CalendarDate {
        let (year, month, _) = day.parts
        let last: CalendarDate? =
            switch per {
            case .day: day
            case .month:
                CalendarDate(
                    year: year, month: month, day: CalendarDate.length(ofMonth: month, year: year))
            case .year: CalendarDate(year: year, month: 12, day: 31)
            }
        return last ?? day
    }

    /// The period that a day lies in, as text that names it: `2026-11-22`, `2026-11` or `2026`.
    package func period(of day: CalendarDate) -> String {
        let text = day.description
        switch per {
        case .day: return text
        case .month: return String(text.prefix(7))
        case .year: return String(text.prefix(4))
        }
    }
}
