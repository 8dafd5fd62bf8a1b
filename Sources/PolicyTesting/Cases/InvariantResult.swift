import JSONText
import ResidentModel
import StrictYAML

/// What came of checking one invariant over the whole domain.
package struct InvariantResult: Sendable {
    package let invariant: Invariant
    /// How many requests were checked.
    package let combinations: Int
    /// How many of them contradict it.
    package let violations: Int
    package let seconds: Double
    /// The first that contradicts it, as a scenario that can be pasted into a file.
    package let counterexample: String?

    package init(
        invariant: Invariant, combinations: Int, violations: Int, seconds: Double,
        counterexample: String?
    ) {
        self.invariant = invariant
        self.combinations = combinations
        self.violations = violations
        self.seconds = seconds
        self.counterexample = counterexample
    }

    package var isPassed: Bool { violations == 0 }

    package func headline(in language: ReportLanguage) -> String {
        Title(
            chinese: "\(invariant.name)：\(combinations) 种组合，\(violations) 个反例",
            english: "\(invariant.name): \(combinations) combinations, \(violations) violations"
        ).text(in: language)
    }

    package func lines(in language: ReportLanguage) -> [String] {
        let mark = isPassed ? "PASS" : "FAIL"
        var lines = ["\(mark) \(headline(in: language))"]
        if let counterexample {
            lines += counterexample.split(separator: "\n", omittingEmptySubsequences: false)
                .map(String.init)
        }
        return lines
    }

    var json: JSONValue {
        .object([
            "type": .string("invariant"), "name": .string(invariant.name),
            "file": .string(invariant.position.file), "line": .integer(invariant.position.line),
            "combinations": .integer(combinations), "violations": .integer(violations),
            "passed": .bool(isPassed), "counterexample": .string(counterexample ?? ""),
        ])
    }
}
