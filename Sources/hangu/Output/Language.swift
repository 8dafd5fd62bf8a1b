import Foundation

/// The two languages of the product.
enum Language: String, CaseIterable, Sendable {
    case chinese = "zh"
    case english = "en"

    /// The language of the environment: Chinese where `LC_ALL`, `LC_MESSAGES` or `LANG` says so, else English.
    static var ofEnvironment: Language {
        let environment = ProcessInfo.processInfo.environment
        for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
            guard let value = environment[name], !value.isEmpty else { continue }
            return value.lowercased().hasPrefix("zh") ? .chinese : .english
        }
        return .english
    }
}

/// A text that people read, in both languages.
struct Message: Sendable {
    let chinese: String
    let english: String

    init(_ chinese: String, _ english: String) {
        self.chinese = chinese
        self.english = english
    }

    func text(in language: Language) -> String {
        language == .chinese ? chinese : english
    }
}
