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
    case notConfirmed = "predicate.not-confirmed"
    /// The value does not tell: a birth date without its day, near the bound.
    case undetermined = "predicate.undetermined"
}

/// What one value says, with its source and age.
package struct PredicateEvidence: Sendable {
    package let text: String
    package let source: String
    package let observedAt: CalendarDate

    package init(text: String, source: String, observedAt: CalendarDate) {
        self.text = text
        self.source = source
        self.observedAt = observedAt
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
    /// Answers a predicate about a resident, by the age that its field's values may have.
    ///
    /// - Parameters:
    ///   - predicate: What is asked.
    ///   - evidence: Every value of the field that answers.
    ///   - isResidentKnown: False where nobody is known by the number; then nothing is known of them either.
    ///   - isConfirmed: Whether a person has confirmed what the field says.
    ///   - day: Today.
    /// - Returns: The answer, or unknown with its reason.
    package func answer(
        to predicate: PredicateDefinition, from evidence: [PredicateEvidence],
        isResidentKnown: Bool, isConfirmed: Bool, on day: CalendarDate
    ) -> PredicateResult {
        guard isResidentKnown else {
            return PredicateResult(answer: .unknown, asOf: nil, reason: .noValue)
        }
        return predicate.result(
            from: evidence, freshnessDays: field(predicate.field)?.freshnessDays, on: day,
            isConfirmed: isConfirmed)
    }
}

extension PredicateDefinition {
    /// Answers from what the sources say.
    ///
    /// Stale evidence counts for nothing: an answer from it would be worse than none.
    ///
    /// - Parameters:
    ///   - evidence: Every value of the field.
    ///   - freshnessDays: How old evidence may be; nil where the field does not age.
    ///   - day: Today.
    ///   - isConfirmed: Whether a person has confirmed what the field says.
    /// - Returns: The answer, or unknown with its reason.
    package func result(
        from evidence: [PredicateEvidence], freshnessDays: Int?, on day: CalendarDate,
        isConfirmed: Bool
    ) -> PredicateResult {
        let fresh = evidence.filter { item in
            freshnessDays.map { day.dayNumber - item.observedAt.dayNumber <= $0 } ?? true
        }
        let asOf = fresh.map(\.observedAt).min()
        if fresh.isEmpty, !evidence.isEmpty {
            return PredicateResult(answer: .unknown, asOf: nil, reason: .stale)
        }
        if test == .isPresent || test == .isAbsent {
            let holds = fresh.isEmpty == (test == .isAbsent)
            return finished(holds, asOf: asOf ?? day, isConfirmed: isConfirmed)
        }
        guard !fresh.isEmpty else {
            return PredicateResult(answer: .unknown, asOf: nil, reason: .noValue)
        }
        let answers = fresh.map { test.holds(for: $0.text, on: day) }
        switch combine {
        case .any:
            if answers.contains(true) {
                return finished(true, asOf: asOf, isConfirmed: isConfirmed)
            }
        case .all:
            if answers.contains(false) {
                return finished(false, asOf: asOf, isConfirmed: isConfirmed)
            }
        case .agreement:
            if answers.contains(true), answers.contains(false) {
                return PredicateResult(answer: .unknown, asOf: asOf, reason: .sourcesDisagree)
            }
        }
        guard let first = answers.first, let holds = first, !answers.contains(nil) else {
            return PredicateResult(answer: .unknown, asOf: asOf, reason: .undetermined)
        }
        return finished(holds, asOf: asOf, isConfirmed: isConfirmed)
    }

    private func finished(
        _ holds: Bool, asOf: CalendarDate?, isConfirmed: Bool
    ) -> PredicateResult {
        if holds, needsConfirmation, !isConfirmed {
            return PredicateResult(answer: .unknown, asOf: asOf, reason: .notConfirmed)
        }
        return PredicateResult(answer: holds ? .yes : .no, asOf: asOf, reason: nil)
    }
}

extension PredicateTest {
    /// Whether the test holds for one value; nil where the value does not tell.
    package func holds(for text: String, on day: CalendarDate) -> Bool? {
        switch self {
        case .isPresent: return true
        case .isAbsent: return false
        case .isTrue: return text == "true"
        case .isFalse: return text == "false"
        case .isCode(let codes): return codes.contains(text)
        case .isWithinDivision(let prefix): return text.hasPrefix(prefix)
        case .atMost(let bound): return compare(text, bound).map { $0 <= 0 }
        case .atLeast(let bound): return compare(text, bound).map { $0 >= 0 }
        case .yearsAtLeast(let years): return reached(years, text, day)
        case .yearsBelow(let years): return reached(years, text, day).map { !$0 }
        case .withinDays(let days):
            guard let date = PartialDate(parsing: text)?.fullDate else { return nil }
            return date <= day && day.dayNumber - date.dayNumber <= days
        }
    }

    /// Whether so many full years have passed since a date of which parts may be unknown.
    private func reached(_ years: Int, _ text: String, _ day: CalendarDate) -> Bool? {
        guard let date = PartialDate(parsing: text),
            let earliest = CalendarDate(year: date.year, month: date.month ?? 1, day: date.day ?? 1)
        else { return nil }
        let lastMonth = date.month ?? 12
        let lastDay = date.day ?? CalendarDate.length(ofMonth: lastMonth, year: date.year)
        guard let latest = CalendarDate(year: date.year, month: lastMonth, day: lastDay) else {
            return nil
        }
        let atMost = earliest.fullYears(on: day) >= years
        let atLeast = latest.fullYears(on: day) >= years
        return atMost == atLeast ? atMost : nil
    }

    /// -1, 0 or 1; the fraction of a decimal counts.
    private func compare(_ text: String, _ bound: Int) -> Int? {
        guard let number = DecimalText(text) else { return nil }
        if number.floor != bound { return number.floor < bound ? -1 : 1 }
        return number.hasFraction ? 1 : 0
    }
}
