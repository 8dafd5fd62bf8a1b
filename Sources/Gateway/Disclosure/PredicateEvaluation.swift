package import ResidentModel

/// The answer to a predicate.
package enum PredicateAnswer: String, Hashable, Sendable, CaseIterable {
    case yes
    case no
    case unknown
}

/// Why a predicate is answered unknown.
///
/// The raw values are stable.
package enum UnknownReason: String, Hashable, Sendable, CaseIterable {
    case noValue = "predicate.no-value"
    case stale = "predicate.stale"
    case sourcesDisagree = "predicate.sources-disagree"
    /// Fewer sources say so than must agree.
    case tooFewSources = "predicate.too-few-sources"
    case notConfirmed = "predicate.not-confirmed"
    /// The value does not tell: a birth date without its day, near the bound.
    case undetermined = "predicate.undetermined"
}

/// What one value says, with its source and age.
package struct PredicateEvidence: Sendable {
    package let text: String
    package let source: String
    package let observedAt: CalendarDate
    /// Whether a person has confirmed this very value.
    package let isConfirmed: Bool

    package init(
        text: String, source: String, observedAt: CalendarDate, isConfirmed: Bool = false
    ) {
        self.text = text
        self.source = source
        self.observedAt = observedAt
        self.isConfirmed = isConfirmed
    }
}

/// An answer with the day as of which it holds.
package struct PredicateResult: Hashable, Sendable {
    package let answer: PredicateAnswer
    package let asOf: CalendarDate?
    package let reason: UnknownReason?

    package init(answer: PredicateAnswer, asOf: CalendarDate?, reason: UnknownReason?) {
        self.answer = answer
        self.asOf = asOf
        self.reason = reason
    }
}

extension Catalogue {
    /// Answers a predicate about a resident, by the age that values may have for the field and for the purpose.
    ///
    /// - Parameters:
    ///   - predicate: What is asked.
    ///   - evidence: Every value of every field that is asked about.
    ///   - isResidentKnown: False where nobody is known by the number; then nothing is known of them either.
    ///   - purpose: What it is asked for.
    ///   - day: Today.
    /// - Returns: The answer, or unknown with its reason.
    package func answer(
        to predicate: PredicateDefinition, from evidence: [FieldID: [PredicateEvidence]],
        isResidentKnown: Bool, purpose: Purpose?, on day: CalendarDate
    ) -> PredicateResult {
        guard isResidentKnown else {
            return PredicateResult(answer: .unknown, asOf: nil, reason: .noValue)
        }
        return predicate.result(
            from: evidence,
            freshnessDays: { id in
                [field(id)?.freshnessDays, purpose?.freshnessDays].compactMap(\.self).min()
            }, on: day)
    }
}

extension PredicateDefinition {
    /// Answers from what the sources say.
    ///
    /// Stale evidence counts for nothing: an answer from it would be worse than none. A yes that needs a person's
    /// confirmation must follow from the confirmed values alone.
    ///
    /// - Parameters:
    ///   - evidence: Every value of every field that is asked about.
    ///   - freshnessDays: How old evidence of a field may be; nil where it does not age.
    ///   - day: Today.
    /// - Returns: The answer, or unknown with its reason. It holds as of the oldest evidence that it rests on.
    package func result(
        from evidence: [FieldID: [PredicateEvidence]], freshnessDays: (FieldID) -> Int?,
        on day: CalendarDate
    ) -> PredicateResult {
        let found = expression.result(from: evidence, freshnessDays: freshnessDays, on: day)
        guard found.answer == .yes, needsConfirmation else { return found }
        let confirmed = evidence.mapValues { $0.filter(\.isConfirmed) }
        let again = expression.result(from: confirmed, freshnessDays: freshnessDays, on: day)
        if again.answer == .yes { return found }
        return PredicateResult(answer: .unknown, asOf: found.asOf, reason: .notConfirmed)
    }
}

extension PredicateExpression {
    /// Answers from what the sources say, whether or not anybody has confirmed it.
    func result(
        from evidence: [FieldID: [PredicateEvidence]], freshnessDays: (FieldID) -> Int?,
        on day: CalendarDate
    ) -> PredicateResult {
        var asOf: CalendarDate?
        var reason: UnknownReason?
        let answer = combined { test in
            let found = test.result(
                from: evidence[test.field] ?? [], freshnessDays: freshnessDays(test.field), on: day)
            if let date = found.asOf { asOf = min(date, asOf ?? date) }
            if reason == nil { reason = found.reason }
            return found.answer == .unknown ? nil : found.answer == .yes
        }
        guard let answer else {
            return PredicateResult(answer: .unknown, asOf: asOf, reason: reason ?? .undetermined)
        }
        return PredicateResult(answer: answer ? .yes : .no, asOf: asOf, reason: nil)
    }
}

extension FieldTest {
    func result(
        from evidence: [PredicateEvidence], freshnessDays: Int?, on day: CalendarDate
    ) -> PredicateResult {
        let fresh = evidence.filter { item in
            freshnessDays.map { day.dayNumber - item.observedAt.dayNumber <= $0 } ?? true
        }
        let asOf = fresh.map(\.observedAt).min()
        func unknown(_ reason: UnknownReason) -> PredicateResult {
            PredicateResult(answer: .unknown, asOf: asOf, reason: reason)
        }
        if fresh.isEmpty, !evidence.isEmpty { return unknown(.stale) }
        switch measure {
        case .count(let bound):
            let count = Set(fresh.map(\.text)).count
            let holds = bound.holds(for: count...count) ?? false
            return PredicateResult(answer: holds ? .yes : .no, asOf: asOf ?? day, reason: nil)
        case .value(let test):
            if fresh.isEmpty { return unknown(.noValue) }
            let answers = fresh.map { test.holds(for: $0.text, on: day) }
            switch joined(answers, sources: fresh.map(\.source)) {
            case .success(let holds):
                return PredicateResult(answer: holds ? .yes : .no, asOf: asOf, reason: nil)
            case .failure(let open): return unknown(open.reason)
            }
        }
    }

    private struct Open: Error {
        let reason: UnknownReason
    }

    /// One answer out of those of all values; of each source counts what it says, not how often.
    private func joined(_ answers: [Bool?], sources: [String]) -> Result<Bool, Open> {
        let (hasYes, hasNo) = (answers.contains(true), answers.contains(false))
        switch combine {
        case .any where hasYes: return .success(true)
        case .all where hasNo: return .success(false)
        case .agreement where hasYes && hasNo, .agreed where hasYes && hasNo:
            return .failure(Open(reason: .sourcesDisagree))
        default: break
        }
        if case .agreed(let count) = combine {
            let telling = Set(zip(answers, sources).filter { $0.0 != nil }.map(\.1))
            if telling.count < count { return .failure(Open(reason: .tooFewSources)) }
            return .success(hasYes)
        }
        return answers.contains(nil) ? .failure(Open(reason: .undetermined)) : .success(hasYes)
    }
}

extension ValueTest {
    /// Whether the test holds for one value; nil where the value does not tell.
    package func holds(for text: String, on day: CalendarDate) -> Bool? {
        switch self {
        case .flag(let wanted): return ["true": true, "false": false][text].map { $0 == wanted }
        case .code(let codes): return codes.contains(text)
        case .within(let prefix): return text.hasPrefix(prefix)
        case .number(let bound): return holds(bound, text)
        case .date(let comparison, let wanted):
            guard let range = days(in: text) else { return nil }
            let first = comparison.holds(order: order(range.lowerBound, wanted))
            let last = comparison.holds(order: order(range.upperBound, wanted))
            if range.lowerBound < range.upperBound, range.contains(wanted) {
                return comparison == .equal || comparison == .notEqual || first != last
                    ? nil : first
            }
            return first == last ? first : nil
        case .years(let bound):
            return past(text, day).flatMap {
                bound.holds(
                    for: $0.upperBound.fullYears(on: day)...$0.lowerBound.fullYears(on: day))
            }
        case .months(let bound):
            return past(text, day).flatMap {
                bound.holds(
                    for: $0.upperBound.fullMonths(on: day)...$0.lowerBound.fullMonths(on: day))
            }
        case .days(let bound):
            return past(text, day).flatMap {
                bound.holds(
                    for: day.dayNumber - $0.upperBound.dayNumber...day.dayNumber
                        - $0.lowerBound.dayNumber)
            }
        }
    }

    /// The fraction of a decimal counts.
    private func holds(_ bound: NumberBound, _ text: String) -> Bool? {
        guard let number = DecimalText(text) else { return nil }
        let isSame = number.floor == bound.number && !number.hasFraction
        return bound.comparison.holds(order: isSame ? 0 : number.floor < bound.number ? -1 : 1)
    }

    private func order(_ left: CalendarDate, _ right: CalendarDate) -> Int {
        left == right ? 0 : left < right ? -1 : 1
    }

    /// The days that a date of which parts are unknown can be; nil where the text is no date.
    private func days(in text: String) -> ClosedRange<CalendarDate>? {
        guard let date = PartialDate(parsing: text) else { return nil }
        let lastMonth = date.month ?? 12
        let lastDay = date.day ?? CalendarDate.length(ofMonth: lastMonth, year: date.year)
        guard
            let first = CalendarDate(year: date.year, month: date.month ?? 1, day: date.day ?? 1),
            let last = CalendarDate(year: date.year, month: lastMonth, day: lastDay)
        else { return nil }
        return first...last
    }

    /// The same, up to today; nil for a date that is still to come, which tells of nothing that has happened.
    private func past(_ text: String, _ day: CalendarDate) -> ClosedRange<CalendarDate>? {
        guard let range = days(in: text), range.lowerBound <= day else { return nil }
        return range.lowerBound...min(range.upperBound, day)
    }
}
