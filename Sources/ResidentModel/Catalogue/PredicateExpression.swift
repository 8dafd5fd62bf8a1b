/// What a predicate asks: tests of fields, joined by `and`, `or` and `not`.
///
/// Every part answers yes, no or unknown. Unknown spreads as in Kleene's strong logic: `no and unknown` is no,
/// `yes or unknown` is yes, everything else with an unknown part is unknown.
package indirect enum PredicateExpression: Hashable, Sendable {
    case test(FieldTest)
    case not(PredicateExpression)
    case and([PredicateExpression])
    case or([PredicateExpression])

    /// The tests, in the order of the text.
    package var tests: [FieldTest] {
        switch self {
        case .test(let test): [test]
        case .not(let part): part.tests
        case .and(let parts), .or(let parts): parts.flatMap(\.tests)
        }
    }

    /// The answer where nothing is recorded of any field; nil for unknown.
    package var answerOfNothing: Bool? {
        combined { test in
            if case .count(let bound) = test.measure { bound.holds(for: 0...0) } else { nil }
        }
    }

    /// Joins the answers of the tests.
    ///
    /// - Parameter answer: What one test says; nil for unknown. Asked of every test, also where others have decided.
    /// - Returns: What all of it says; nil for unknown.
    package func combined(_ answer: (FieldTest) -> Bool?) -> Bool? {
        switch self {
        case .test(let test): return answer(test)
        case .not(let part): return part.combined(answer).map { !$0 }
        case .and(let parts): return Self.joined(parts.map { $0.combined(answer) }, deciding: false)
        case .or(let parts): return Self.joined(parts.map { $0.combined(answer) }, deciding: true)
        }
    }

    private static func joined(_ answers: [Bool?], deciding: Bool) -> Bool? {
        if answers.contains(deciding) { return deciding }
        return answers.contains(nil) ? nil : !deciding
    }
}

/// A question about one field.
package struct FieldTest: Hashable, Sendable {
    package let field: FieldID
    package let measure: Measure
    /// How the answers of several values combine.
    package let combine: SourceCombination

    package init(field: FieldID, measure: Measure, combine: SourceCombination = .agreement) {
        self.field = field
        self.measure = measure
        self.combine = combine
    }

    package enum Measure: Hashable, Sendable {
        /// How many different values there are; `exists` is one or more.
        case count(NumberBound)
        case value(ValueTest)
    }
}

/// What is asked of one value.
package enum ValueTest: Hashable, Sendable {
    /// Full years since the date.
    case years(NumberBound)
    /// Full months since the date.
    case months(NumberBound)
    case days(NumberBound)
    case number(NumberBound)
    case date(Comparison, CalendarDate)
    case flag(Bool)
    /// Whether the code is one of these.
    case code(Set<String>)
    /// Whether the division is this one or lies within it, by code prefix.
    case within(String)
}

/// A comparison with a whole number.
package struct NumberBound: Hashable, Sendable {
    package let comparison: Comparison
    package let number: Int

    package init(_ comparison: Comparison, _ number: Int) {
        self.comparison = comparison
        self.number = number
    }

    /// Whether every number of a range fulfils it; nil where some do and some do not.
    package func holds(for range: ClosedRange<Int>) -> Bool? {
        switch comparison {
        case .less: decided(range.upperBound < number, range.lowerBound >= number)
        case .atMost: decided(range.upperBound <= number, range.lowerBound > number)
        case .greater: decided(range.lowerBound > number, range.upperBound <= number)
        case .atLeast: decided(range.lowerBound >= number, range.upperBound < number)
        case .equal: decided(range == number...number, !range.contains(number))
        case .notEqual: decided(!range.contains(number), range == number...number)
        }
    }

    private func decided(_ isYes: Bool, _ isNo: Bool) -> Bool? {
        isYes ? true : isNo ? false : nil
    }
}

/// How two things are compared.
package enum Comparison: String, Hashable, Sendable, CaseIterable {
    case less = "<"
    case atMost = "<="
    case greater = ">"
    case atLeast = ">="
    case equal = "="
    case notEqual = "!="

    /// Whether it holds for two things of a known order: -1, 0 or 1.
    package func holds(order: Int) -> Bool {
        switch self {
        case .less: order < 0
        case .atMost: order <= 0
        case .greater: order > 0
        case .atLeast: order >= 0
        case .equal: order == 0
        case .notEqual: order != 0
        }
    }
}

/// How the values of several sources combine into one answer.
package enum SourceCombination: Hashable, Sendable {
    /// Values that differ in their answer make it unknown.
    case agreement
    /// Yes where any value says yes.
    case any
    /// Yes only where every value says yes.
    case all
    /// At least so many sources must say the same, and none another thing.
    case agreed(Int)
}
