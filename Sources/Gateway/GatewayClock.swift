package import ResidentModel

/// The one clock of the gateway; passed in, so that a test or a scenario can set it.
package struct GatewayClock: Sendable {
    private let now: @Sendable () -> Int64

    /// - Parameter milliseconds: Milliseconds since 1970, UTC.
    package init(milliseconds: @escaping @Sendable () -> Int64) { now = milliseconds }

    /// Milliseconds since 1970, UTC.
    package var milliseconds: Int64 { now() }

    /// Minutes since 1970, UTC: all that the public part of an audit entry tells of the time.
    package var minute: Int64 { now() / 60_000 }

    /// The day in China Standard Time (UTC+8), by which dates in law and consents are counted.
    package var today: CalendarDate { Self.day(atMilliseconds: now()) }

    /// The day in China Standard Time of a moment.
    package static func day(atMilliseconds milliseconds: Int64) -> CalendarDate {
        let local = milliseconds + 8 * 3_600_000
        let dayLength: Int64 = 86_400_000
        let day = local >= 0 ? local / dayLength : (local - dayLength + 1) / dayLength
        return CalendarDate(dayNumber: Int(day))
    }
}
