package import ResidentModel
package import StrictYAML

/// A fault of a scenario file: one line, with its place and what was probably meant.
///
/// Everything that goes wrong in this module before a test runs is one of these.
package struct ScenarioFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of fault; the raw values are stable.
    package enum Code: String, Hashable, Sendable, CaseIterable {
        case yaml
        case unknownKeyword = "unknown-keyword"
        case unknownName = "unknown-name"
        case unknownWord = "unknown-word"
        case missing
        case twice
        case form
        case date
        case row
        case cycle
        case empty
        case file
        case rule
    }

    package let code: Code
    package let position: YAMLPosition
    /// What is wrong and what was expected.
    package let problem: Title
    /// The nearest word that would have been right.
    package let meant: String?

    package init(
        _ code: Code, at position: YAMLPosition, _ chinese: String, _ english: String,
        meant: String? = nil
    ) {
        self.code = code
        self.position = position
        problem = Title(chinese: chinese, english: english)
        self.meant = meant
    }

    package init(_ error: YAMLError) {
        code = .yaml
        position = error.position
        let hint = error.hint.map { "; \($0)" } ?? ""
        problem = Title(
            chinese: error.chineseProblem ?? error.problem + hint, english: error.problem + hint)
        meant = nil
    }

    /// One line: `file:line:column: code: what is wrong`, and what may have been meant.
    package func line(in language: ReportLanguage) -> String {
        let question = meant.map {
            language == .chinese ? "；是不是想写“\($0)”？" : "; did you mean '\($0)'?"
        }
        return "\(position): \(code.rawValue): \(problem.text(in: language))\(question ?? "")"
    }

    package var description: String { line(in: .english) }
}

/// In which of the two languages a report is written.
package enum ReportLanguage: String, Sendable, CaseIterable {
    case chinese = "zh"
    case english = "en"
}

extension Title {
    /// The text in one language.
    package func text(in language: ReportLanguage) -> String {
        language == .chinese ? chinese : english
    }
}

/// Runs what may find a fault of YAML.
func inYAML<Value>(_ body: () throws(YAMLError) -> Value) throws(ScenarioFault) -> Value {
    do { return try body() } catch { throw ScenarioFault(error) }
}
