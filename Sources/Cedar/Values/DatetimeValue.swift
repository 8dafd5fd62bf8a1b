/// An instant: milliseconds since 1970-01-01T00:00:00Z in the proleptic Gregorian calendar.
public struct DatetimeValue: Hashable, Sendable, Comparable {
    /// Milliseconds since 1970, negative before it.
    public let milliseconds: Int64

    static let dayMilliseconds: Int64 = 86_400_000

    /// Makes an instant from milliseconds since 1970.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Reads `YYYY-MM-DD`, or that with `Thh:mm:ss`, optional `.SSS`, and `Z` or `±hhmm`; nil for anything else.
    public init?(_ text: String) {
        var reader = DigitReader(bytes: Array(text.utf8))
        guard let year = reader.number(digits: 4), reader.take("-"),
            let month = reader.number(digits: 2),
            reader.take("-"), let day = reader.number(digits: 2), (1...12).contains(month),
            day >= 1,
            day <= Self.dayCount(year: year, month: month)
        else { return nil }
        let midnight = Self.daysSince1970(year: year, month: month, day: day) * Self.dayMilliseconds
        if reader.isAtEnd {
            milliseconds = midnight
            return
        }
        guard reader.take("T"), let hour = reader.number(digits: 2), reader.take(":"),
            let minute = reader.number(digits: 2), reader.take(":"),
            let second = reader.number(digits: 2),
            hour <= 23, minute <= 59, second <= 59
        else { return nil }
        var fraction: Int64 = 0
        if reader.take(".") {
            guard let read = reader.number(digits: 3) else { return nil }
            fraction = read
        }
        var offsetMinutes: Int64 = 0
        if !reader.take("Z") {
            let isBehind = reader.take("-")
            guard isBehind || reader.take("+"), let hours = reader.number(digits: 2),
                let minutes = reader.number(digits: 2), hours <= 23, minutes <= 59
            else { return nil }
            offsetMinutes = (hours * 60 + minutes) * (isBehind ? -1 : 1)
        }
        guard reader.isAtEnd else { return nil }
        let seconds = (hour * 60 + minute) * 60 + second - offsetMinutes * 60
        milliseconds = midnight + seconds * 1_000 + fraction
    }

    private static func dayCount(year: Int64, month: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    // Counts in eras of 400 years that start on 1 March, so that the leap day is the last of its year.
    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// This instant moved by a length of time; nil on overflow.
    public func offset(by duration: DurationValue) -> DatetimeValue? {
        milliseconds.checkedAdd(duration.milliseconds).map(DatetimeValue.init(milliseconds:))
    }

    /// The time from `start` to this instant; nil on overflow.
    public func duration(since start: DatetimeValue) -> DurationValue? {
        let (difference, overflow) = milliseconds.subtractingReportingOverflow(start.milliseconds)
        return overflow ? nil : DurationValue(milliseconds: difference)
    }

    /// Midnight at the start of the day, also before 1970; nil on overflow.
    public var date: DatetimeValue? {
        let (start, overflow) = milliseconds.subtractingReportingOverflow(time.milliseconds)
        return overflow ? nil : DatetimeValue(milliseconds: start)
    }

    /// The time since midnight, never negative.
    public var time: DurationValue {
        let remainder = milliseconds % Self.dayMilliseconds
        return DurationValue(
            milliseconds: remainder < 0 ? remainder + Self.dayMilliseconds : remainder)
    }

    /// Whether `left` is the earlier instant.
    public static func < (left: DatetimeValue, right: DatetimeValue) -> Bool {
        left.milliseconds < right.milliseconds
    }
}

private struct DigitReader {
    let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: scalar) else { return false }
        position += 1
        return true
    }

    mutating func number(digits: Int) -> Int64? {
        guard position + digits <= bytes.count else { return nil }
        var total: Int64 = 0
        for byte in bytes[position..<position + digits] {
            guard let digit = ASCII.digit(byte) else { return nil }
            total = total * 10 + digit
        }
        position += digits
        return total
    }
}
