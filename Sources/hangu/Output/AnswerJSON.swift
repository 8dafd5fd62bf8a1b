import Gateway
import ResidentModel

/// An answer as `--json` prints it.
struct AnswerJSON: Encodable {
    struct Item: Encodable {
        let item: String
        let status: String
        let reasons: [String]?
        let values: [Value]?
        let conflict: Bool?
        let answer: String?
        let asOf: String?
        let why: String?
        let rules: [String]
        let form: String
        /// What the receiver must do before acting on it, or about the resident.
        let duties: [String]
        let withheld: Int?
        let explanation: [Reason]?
        /// The smallest change that would permit it; absent where none was asked for or there is none.
        let change: Change?
    }

    struct Reason: Encodable {
        let code: String
        let rules: [String]
        let cites: [String]
    }

    struct Change: Encodable {
        let zh: String
        let en: String
    }

    struct Value: Encodable {
        let value: String
        let source: String
        let asOf: String
    }

    let request: String
    let outcome: String
    let entry: UInt64
    let checkpoint: String
    let retainDays: Int?
    let pseudonym: String?
    let items: [Item]

    init(_ answer: Answer, catalogue: Catalogue) {
        request = answer.requestID
        outcome = answer.outcome.rawValue
        entry = answer.receipt.index
        checkpoint = answer.receipt.checkpoint
        retainDays = answer.retainDays
        pseudonym = answer.pseudonym
        items = answer.items.map { item in
            Self.item(
                item, answer.explanations.first { $0.item == item.item }, catalogue: catalogue)
        }
    }

    private static func item(
        _ item: AnswerItem, _ explanation: RefusalExplanation?, catalogue: Catalogue
    ) -> Item {
        var status = "given"
        var reasons: [String]?
        var values: [Value]?
        var conflict: Bool?
        var result: PredicateResult?
        switch item.outcome {
        case .refused(let codes):
            status = "refused"
            reasons = codes.map(\.rawValue)
        case .predicate(let answered):
            status = "answered"
            result = answered
        case .values(let given, let hasConflict):
            values = given.map {
                Value(
                    value: $0.text, source: $0.source.text, asOf: $0.observedAt.description)
            }
            conflict = hasConflict
        }
        return Item(
            item: item.item.text, status: status, reasons: reasons, values: values,
            conflict: conflict, answer: result?.answer.rawValue, asOf: result?.asOf?.description,
            why: result?.reason?.rawValue, rules: item.rules, form: item.obligations.form.name,
            duties: item.isRefused ? [] : item.obligations.duties,
            withheld: item.withheldCount > 0 ? item.withheldCount : nil,
            explanation: explanation?.reasons.map { reason in
                Reason(
                    code: reason.code.rawValue, rules: reason.rules.map(\.id),
                    cites: reason.rules.compactMap(\.cite)
                        + [reason.article?.english].compactMap(\.self))
            },
            change: explanation?.change.map {
                let words = ExplanationText.words($0, catalogue: catalogue)
                return Change(zh: words.chinese, en: words.english)
            })
    }
}
