import Consent
import ResidentModel

extension ConsentState {
    var message: Message {
        switch self {
        case .requested: Message("已征求，尚未答复", "asked, not answered yet")
        case .awaitingConfirmation: Message("待第二人确认", "waits for a second person")
        case .given: Message("同意", "agreed")
        case .refused: Message("不同意", "refused")
        case .paused: Message("已暂停", "paused")
        case .withdrawn: Message("已撤回", "withdrawn")
        case .expired: Message("已过期", "expired")
        case .replaced: Message("已被新的同意取代", "replaced by a newer one")
        }
    }
}

extension Messages {
    /// What a step has led to, and what is to be done next.
    static func consentStepped(_ record: ConsentRecord) -> Message {
        let id = record.id
        let until = record.terms.until.description
        switch record.state {
        case .given:
            return Message("已登记，编号 \(id)，到 \(until) 为止", "registered as \(id), until \(until)")
        case .refused:
            return Message("已登记本人不同意，编号 \(id)", "registered the refusal as \(id)")
        case .requested:
            return Message(
                "已登记征求意见，编号 \(id)；本人答复后：hangu consent answer \(id)",
                "registered as asked, \(id); when the resident answers: hangu consent answer \(id)")
        case .awaitingConfirmation:
            let last = record.confirmBy?.description ?? until
            return Message(
                "已登记，编号 \(id)，还没有生效：须由另一人在 \(last) 前确认：hangu consent confirm \(id)",
                "registered as \(id), without effect yet: another person confirms it by \(last): "
                    + "hangu consent confirm \(id)")
        case .paused:
            return Message("已暂停 \(id)，下一次请求起生效", "paused \(id); it holds from the next request on")
        case .withdrawn:
            return Message(
                "已撤回 \(id)，下一次请求起生效", "withdrew \(id); it holds from the next request on")
        case .expired, .replaced:
            let state = record.state.message
            return Message("\(id)：\(state.chinese)", "\(id): \(state.english)")
        }
    }

    static func consentsEnded(_ count: Int) -> Message {
        Message("已登记 \(count) 份同意到期", "recorded the end of \(count) consents")
    }

    static func receiptWritten(_ id: String, code: String) -> Message {
        Message("回执 \(id)，代号 \(code)", "receipt of \(id), code \(code)")
    }

    static func receiptVerified(_ id: String, entry: UInt64) -> Message {
        Message(
            "回执真实：\(id) 由日志的密钥签名，见日志第 \(entry) 条",
            "the receipt is genuine: \(id), signed by the log's key, is entry \(entry) of the log")
    }

    /// One line of a list.
    static func consentLine(_ record: ConsentRecord) -> Message {
        let state = record.state.message
        let rest =
            "\(record.scope.purpose) → \(record.scope.recipient)  \(record.terms.from) … "
            + "\(record.terms.until)  \(record.statement.channel.rawValue)"
        return Message(
            "\(record.id)  \(state.chinese)  \(rest)", "\(record.id)  \(state.english)  \(rest)")
    }
}
