/// A date of which the month or the day may be unknown, as registers hold them: `1958`, `1958-03`, `1958-03-04`.
package struct PartialDate: Hashable, Sendable, CustomStringConvertible {
    package let year: Int
    package let month: Int?
    package let day: Int?

    /// Makes the date, or nil where the calendar has none.
    package init?(year: Int, month: Int? = nil, day: Int? = nil) {
        guard CalendarDate(year: year, month: month ?? 1, day: day ?? 1) != nil,
            month != nil || day == nil
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads `1958-03-04`, `1958-03`, `1958`, `19580304`, `195803`, `19580000`, `1958年3月4日`, `1958/3/4`,
    /// and the date part of an instant; full-width digits too.
    ///
    /// It is nil where the text has another form or names no day of the calendar.
    ///
    /// - Parameter untrusted: The text of the source field.
    package init?(parsing untrusted: String) {
        var numbers: [Int] = []
        var digitCounts: [Int] = []
        var isInNumber = false
        scan: for scalar in untrusted.unicodeScalars {
            let digit: Int
            switch scalar.value {
            case 0x30...0x39: digit = Int(scalar.value) - 0x30
            case 0xFF10...0xFF19: digit = Int(scalar.value) - 0xFF10
            case 0x2D, 0x2F, 0x2E, 0x5E74, 0x6708, 0x65E5, 0xFF0F, 0xFF0D:
                guard isInNumber || numbers.count == 3 else { return nil }
                isInNumber = false
                continue
            case 0x54, 0x20:
                guard numbers.count == 3 else { return nil }
                break scan
            default: return nil
            }
            if isInNumber {
                guard digitCounts[digitCounts.count - 1] < 8 else { return nil }
                numbers[numbers.count - 1] = numbers[numbers.count - 1] * 10 + digit
                digitCounts[digitCounts.count - 1] += 1
            } else {
                guard numbers.count < 3 else { return nil }
                numbers.append(digit)
                digitCounts.append(1)
                isInNumber = true
            }
        }
        self.init(numbers: numbers, digitCounts: digitCounts)
    }

    private init?(numbers: [Int], digitCounts: [Int]) {
        switch digitCounts.first {
        case 4 where digitCounts.dropFirst().allSatisfy({ $0 <= 2 }):
            self.init(
                year: numbers[0], month: numbers.count > 1 ? numbers[1] : nil,
                day: numbers.count > 2 ? numbers[2] : nil)
        case 8 where numbers.count == 1:
            let (year, month, day) = (numbers[0] / 10_000, numbers[0] / 100 % 100, numbers[0] % 100)
            guard month != 0 || day == 0 else { return nil }
            self.init(year: year, month: month == 0 ? nil : month, day: day == 0 ? nil : day)
        case 6 where numbers.count == 1:
            self.init(year: numbers[0] / 100, month: numbers[0] % 100)
        default:
            return nil
        }
    }

    /// The day, where all of it is known.
    package var fullDate: CalendarDate? {
        guard let month, let day else { return nil }
        return CalendarDate(year: year, month: month, day: day)
    }

    /// Whether nothing known of the two dates differs.
    package func agrees(with other: PartialDate) -> Bool {
        guard year == other.year else { return false }
        guard let month, let otherMonth = other.month else { return true }
        guard month == otherMonth else { return false }
        guard let day, let otherDay = other.day else { return true }
        return day == otherDay
    }

    /// ISO 8601 with what is known: `1958-03`.
    package var description: String {
        var text = padded(year, 4)
        if let month { text += "-" + padded(month, 2) }
        if let day { text += "-" + padded(day, 2) }
        return text
    }
}
