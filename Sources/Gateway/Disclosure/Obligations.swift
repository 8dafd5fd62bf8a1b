/// What must be done to a value before it leaves, and what its receiver owes afterwards.
///
/// Obligations of several rules combine by ``combined(with:)``, which is commutative, associative and idempotent:
/// the strictest wins, whatever the order of rules. Written in a rule as `@obligation("band:1000
/// retain-at-most:30d")`.
package struct Obligations: Hashable, Sendable {
    /// How much of the value is shown.
    package var form: ValueForm
    package var notifiesResident: Bool
    package var needsHumanConfirmation: Bool
    /// nil where no rule limits it beyond the purpose.
    package var retainDaysMax: Int?

    package static let none = Obligations(
        form: .clear, notifiesResident: false, needsHumanConfirmation: false, retainDaysMax: nil)

    package init(
        form: ValueForm, notifiesResident: Bool, needsHumanConfirmation: Bool, retainDaysMax: Int?
    ) {
        self.form = form
        self.notifiesResident = notifiesResident
        self.needsHumanConfirmation = needsHumanConfirmation
        self.retainDaysMax = retainDaysMax
    }

    /// Reads the words of a rule.
    ///
    /// - Throws: ``ObligationError`` at a word that is not known: an obligation is never skipped.
    package init(parsing text: String) throws(ObligationError) {
        self = .none
        for part in text.split(separator: " ") {
            let word = String(part)
            switch word {
            case "notify-resident": notifiesResident = true
            case "human-confirmation": needsHumanConfirmation = true
            default:
                if let days = Self.number(after: "retain-at-most:", in: word, suffix: "d") {
                    retainDaysMax = min(days, retainDaysMax ?? days)
                } else {
                    form = form.stricter(try ValueForm(parsing: word))
                }
            }
        }
    }

    /// What both ask for, at its strictest.
    package func combined(with other: Obligations) -> Obligations {
        let days = [retainDaysMax, other.retainDaysMax].compactMap(\.self).min()
        return Obligations(
            form: form.stricter(other.form),
            notifiesResident: notifiesResident || other.notifiesResident,
            needsHumanConfirmation: needsHumanConfirmation || other.needsHumanConfirmation,
            retainDaysMax: days)
    }

    /// What the receiver owes, as the answer names it.
    package var duties: [String] {
        (needsHumanConfirmation ? ["human-confirmation"] : [])
            + (notifiesResident ? ["notify-resident"] : [])
    }

    static func number(after prefix: String, in word: String, suffix: String = "") -> Int? {
        guard word.hasPrefix(prefix), word.hasSuffix(suffix) else { return nil }
        let digits = word.dropFirst(prefix.count).dropLast(suffix.count)
        guard digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int(digits),
            number > 0
        else { return nil }
        return number
    }
}

extension Obligations {
    /// One word of each kind, to compare a misspelt one with.
    package static let exampleWords = [
        "clear", "round:1000", "band:1000", "truncate-date:year", "truncate-date:month",
        "division:9", "code-category:3", "mask:ends", "mask:last4", "token", "predicate-only",
        "denied", "notify-resident", "human-confirmation", "retain-at-most:30d",
    ]
}

/// A word of an obligation that is not known.
package struct ObligationError: Error, Hashable, Sendable, CustomStringConvertible {
    package let word: String

    package var description: String {
        "'\(word)' is no obligation; expected clear, round:N, band:N, truncate-date:year|month, "
            + "division:2|4|6|9, code-category:N, mask:ends|last4, token, predicate-only, denied, "
            + "notify-resident, human-confirmation or retain-at-most:Nd"
    }
}
