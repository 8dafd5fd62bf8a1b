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

    init(_ answer: Answer) {
        request = answer.requestID
        outcome = answer.outcome.rawValue
        entry = answer.receipt.index
        checkpoint = answer.receipt.checkpoint
        retainDays = answer.retainDays
        pseudonym = answer.pseudonym
        items = answer.items.map(Self.item)
    }

    private static func item(_ item: AnswerItem) -> Item {
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
            why: result?.reason?.rawValue, rules: item.rules, form: item.obligations.form.name)
    }
}
