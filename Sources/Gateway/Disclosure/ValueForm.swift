package import ResidentModel

/// How much of a value is shown.
///
/// Forms are partly ordered, from clear down to denied:
///
/// ```
///                          clear
///   round, band   truncate-date   division   code-category   mask:last4   mask:ends   token
///                          predicate-only
///                          denied
/// ```
///
/// Within a column the coarser form is the stricter one; a number's multiple and its range are one column. Two forms
/// of different columns are met by `predicate-only`: whatever one of them shows, the other hides, so no value leaves.
/// ``stricter(_:)`` is the meet of this order: commutative, associative and idempotent, and never above either.
package enum ValueForm: Hashable, Sendable {
    case clear
    /// The number rounded down to a multiple.
    case round(Int)
    /// The range of this width that holds the number.
    case band(Int)
    case truncateDate(DatePart)
    /// The first digits of a division code; a shorter code is coarse enough already.
    case division(Int)
    /// The first characters of a code.
    case codeCategory(Int)
    case maskLast4
    case maskEnds
    /// A keyed hash in place of the value: equal values look equal to one department, and mean nothing to another.
    case token
    /// No value leaves; questions about it may be answered.
    case predicateOnly
    /// Neither a value nor an answer leaves.
    case denied

    package enum DatePart: String, Hashable, Sendable {
        case month
        case year
    }

    package init(parsing word: String) throws(ObligationError) {
        switch word {
        case "clear": self = .clear
        case "mask:last4": self = .maskLast4
        case "mask:ends": self = .maskEnds
        case "token": self = .token
        case "predicate-only": self = .predicateOnly
        case "denied": self = .denied
        case "truncate-date:month": self = .truncateDate(.month)
        case "truncate-date:year": self = .truncateDate(.year)
        default:
            if let width = Obligations.number(after: "round:", in: word) {
                self = .round(width)
            } else if let width = Obligations.number(after: "band:", in: word) {
                self = .band(width)
            } else if let digits = Obligations.number(after: "division:", in: word),
                [2, 4, 6, 9].contains(digits)
            {
                self = .division(digits)
            } else if let count = Obligations.number(after: "code-category:", in: word) {
                self = .codeCategory(count)
            } else {
                throw ObligationError(word: word)
            }
        }
    }

    /// The stricter of two forms: the widest that is not wider than either.
    package func stricter(_ other: ValueForm) -> ValueForm {
        if self == other || other == .clear { return self }
        switch (self, other) {
        case (.clear, _): return other
        case (.denied, _), (_, .denied): return .denied
        case (.round(let left), .round(let right)):
            return leastMultiple(left, right).map { .round($0) } ?? .predicateOnly
        case (.band(let left), .band(let right)), (.round(let left), .band(let right)),
            (.band(let left), .round(let right)):
            return leastMultiple(left, right).map { .band($0) } ?? .predicateOnly
        case (.truncateDate, .truncateDate): return .truncateDate(.year)
        case (.division(let left), .division(let right)): return .division(min(left, right))
        case (.codeCategory(let left), .codeCategory(let right)):
            return .codeCategory(min(left, right))
        default: return .predicateOnly
        }
    }

    /// Whether the form says anything about values of a kind; one that does not lets no such value leave.
    ///
    /// A mask hides nothing of a flag or a one-digit code, and a date cut to its month is no form of a name.
    package func fits(_ kind: FieldKind) -> Bool {
        switch self {
        case .clear, .token, .predicateOnly, .denied: true
        case .round, .band: kind == .integer || kind == .decimal
        case .truncateDate: kind == .date
        case .division: kind == .division
        case .codeCategory: if case .code = kind { true } else { false }
        case .maskLast4, .maskEnds: [.text, .citizenNumber, .telephone].contains(kind)
        }
    }

    /// The value as it may leave; nil where the form does not fit the value, which then stays.
    ///
    /// A token needs a key, which only ``ValueTokens`` has: it is nil here.
    ///
    /// - Parameter text: The value in the form of its ``FieldKind``.
    /// - Returns: What may leave; nil where nothing may.
    package func applied(to text: String) -> String? {
        switch self {
        case .clear: return text
        case .token, .predicateOnly, .denied: return nil
        case .round(let width): return foot(of: text, width: width).map { String($0) }
        case .band(let width):
            guard let low = foot(of: text, width: width) else { return nil }
            let (high, isTooLarge) = low.addingReportingOverflow(width - 1)
            return isTooLarge ? nil : "\(low)-\(high)"
        case .truncateDate(let part):
            guard let date = PartialDate(parsing: text) else { return nil }
            let month = part == .month ? date.month : nil
            return PartialDate(year: date.year, month: month)?.description
        case .division(let digits):
            return String(text.prefix(digits))
        case .codeCategory(let count): return String(text.prefix(count))
        case .maskLast4:
            guard text.count > 4 else { return String(repeating: "*", count: text.count) }
            return String(repeating: "*", count: text.count - 4) + text.suffix(4)
        case .maskEnds:
            guard text.count > 2 else { return String(repeating: "*", count: text.count) }
            return text.prefix(1) + String(repeating: "*", count: text.count - 2) + text.suffix(1)
        }
    }

    /// The form as rules and records write it.
    package var name: String {
        switch self {
        case .clear: "clear"
        case .round(let width): "round:\(width)"
        case .band(let width): "band:\(width)"
        case .truncateDate(let part): "truncate-date:\(part.rawValue)"
        case .division(let digits): "division:\(digits)"
        case .codeCategory(let count): "code-category:\(count)"
        case .maskLast4: "mask:last4"
        case .maskEnds: "mask:ends"
        case .token: "token"
        case .predicateOnly: "predicate-only"
        case .denied: "denied"
        }
    }

    /// The largest multiple of the width that is not above the number; nil where the text is no number, or the
    /// multiple is beyond what a number can hold.
    private func foot(of text: String, width: Int) -> Int? {
        guard let number = DecimalText(text)?.floor else { return nil }
        let remainder = number % width
        let (low, isTooSmall) = number.subtractingReportingOverflow(
            remainder < 0 ? remainder + width : remainder)
        return isTooSmall ? nil : low
    }
}

/// Nil where the multiple is beyond what a number can hold.
private func leastMultiple(_ left: Int, _ right: Int) -> Int? {
    var (first, second) = (left, right)
    while second != 0 { (first, second) = (second, first % second) }
    let (product, isTooLarge) = (left / first).multipliedReportingOverflow(by: right)
    return isTooLarge ? nil : product
}
