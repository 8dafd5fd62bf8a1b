import Gateway
package import ResidentModel

/// In what an item is not as expected.
package enum Miss: Hashable, Sendable {
    case outcome(expected: String, got: String)
    case rules(expected: [String], got: [String])
    case reasons(expected: [String], got: [String])
    case consents(expected: [String], got: [String])
    case lacks(String)
    case has(String)
    case duty(expected: String, got: String)
    case answer(expected: String, got: String)
    case shows(expected: String, got: [String])
    case sentence(words: String, language: ReportLanguage)

    /// A stable word for each kind, such as a JUnit failure's type.
    package var kind: String {
        switch self {
        case .outcome: "outcome"
        case .rules, .lacks, .has: "because"
        case .reasons: "reason"
        case .consents: "consent"
        case .duty: "obligation"
        case .answer: "answer"
        case .shows: "value"
        case .sentence: "sentence"
        }
    }

    package var text: Title {
        func listed(_ names: [String]) -> String {
            names.isEmpty ? "-" : names.sorted().joined(separator: " + ")
        }
        switch self {
        case .outcome(let expected, let got):
            return Title(
                chinese: "应为 \(expected)，得到 \(got)", english: "expected \(expected), got \(got)")
        case .rules(let expected, let got):
            return Title(
                chinese: "应由 \(listed(expected)) 决定，实际由 \(listed(got)) 决定",
                english: "expected because of \(listed(expected)), got because of \(listed(got))")
        case .reasons(let expected, let got):
            return Title(
                chinese: "原因应为 \(listed(expected))，得到 \(listed(got))",
                english: "expected the reason \(listed(expected)), got \(listed(got))")
        case .consents(let expected, let got):
            return Title(
                chinese: "应依据同意 \(listed(expected))，实际依据 \(listed(got))",
                english: "expected to rest on consent \(listed(expected)), got \(listed(got))")
        case .lacks(let name):
            return Title(chinese: "应当也因为 \(name)", english: "expected also because of \(name)")
        case .has(let name):
            return Title(chinese: "不应当因为 \(name)", english: "expected not because of \(name)")
        case .duty(let expected, let got):
            return Title(
                chinese: "义务应为 \(expected)，得到 \(got)", english: "expected \(expected), got \(got)")
        case .answer(let expected, let got):
            return Title(
                chinese: "答复应为 \(expected)，得到 \(got)",
                english: "expected the answer \(expected), got \(got)")
        case .shows(let expected, let got):
            return Title(
                chinese: "应显示 \(expected)，实际显示 \(listed(got))",
                english: "expected to show \(expected), got \(listed(got))")
        case .sentence(let words, _):
            return Title(chinese: "说明里没有“\(words)”", english: "no sentence has '\(words)'")
        }
    }
}

/// Compares what is expected of an item with what the engine said.
struct Judgement {
    private let expectation: Expectation
    private let observed: Observed

    init(_ expectation: Expectation, _ observed: Observed) {
        self.expectation = expectation
        self.observed = observed
    }

    var misses: [Miss] { [outcome].compactMap(\.self) + because + duties + values }

    private var outcome: Miss? {
        let isMet: Bool
        switch expectation.outcome {
        case .denied: isMet = !observed.isAllowed
        case .allowed(let form): isMet = observed.isAllowed && observed.obligations.form == form
        case .exactly(let wanted): isMet = observed.isAllowed && observed.obligations == wanted
        }
        return isMet ? nil : .outcome(expected: expectation.outcome.words, got: observed.words)
    }

    private var because: [Miss] {
        let wanted = expectation.because
        var misses: [Miss] = []
        if let rules = wanted.rules, rules != Set(observed.rules) {
            misses.append(.rules(expected: rules.sorted(), got: observed.rules))
        }
        if let reasons = wanted.reasons, reasons != Set(observed.reasons) {
            misses.append(.reasons(expected: reasons.sorted(), got: observed.reasons))
        }
        if let consents = wanted.consents, consents != observed.consents {
            misses.append(
                .consents(expected: consents.sorted(), got: observed.consents.sorted()))
        }
        let all = Set(observed.rules + observed.reasons)
        misses += wanted.includes.subtracting(all).sorted().map { .lacks($0) }
        misses += wanted.excludes.intersection(all).sorted().map { .has($0) }
        return misses
    }

    private var duties: [Miss] {
        guard observed.isAllowed else { return [] }
        return expectation.duties.compactMap { duty in
            switch duty {
            case .notifyResident(let wanted):
                observed.obligations.notifiesResident == wanted
                    ? nil : .duty(expected: "notify-resident: \(wanted)", got: "\(!wanted)")
            case .humanConfirmation(let wanted):
                observed.obligations.needsHumanConfirmation == wanted
                    ? nil : .duty(expected: "human-confirmation: \(wanted)", got: "\(!wanted)")
            case .retainDays(let wanted):
                observed.obligations.retainDaysMax == wanted
                    ? nil
                    : .duty(
                        expected: "retain-at-most: \(wanted.map { "\($0)d" } ?? "none")",
                        got: observed.obligations.retainDaysMax.map { "\($0)d" } ?? "none")
            }
        }
    }

    private var values: [Miss] {
        var misses: [Miss] = []
        if let wanted = expectation.answer, observed.isAllowed {
            let reason = expectation.unknownReason
            let isMet =
                observed.answer?.answer == wanted
                && (reason == nil || observed.answer?.reason == reason)
            if !isMet {
                func words(_ answer: PredicateAnswer?, _ reason: UnknownReason?) -> String {
                    (answer?.rawValue ?? "-") + (reason.map { " (\($0.rawValue))" } ?? "")
                }
                misses.append(
                    .answer(
                        expected: words(wanted, reason),
                        got: words(observed.answer?.answer, observed.answer?.reason)))
            }
        }
        if let wanted = expectation.shows, observed.isAllowed, observed.shown != [wanted] {
            misses.append(.shows(expected: wanted, got: observed.shown))
        }
        return misses
    }
}

extension Expectation.Outcome {
    /// As a file would write it.
    package var words: String {
        switch self {
        case .denied: "deny"
        case .allowed(let form): form == .clear ? "allow" : form.name
        case .exactly(let obligations): obligations.words
        }
    }
}
