/// The texts of the Cedar tools for people, in Chinese and English.
enum CedarMessages {
    static func parsed(_ file: String, policies: Int, templates: Int) -> Message {
        Message(
            "\(file)：策略 \(policies) 条，模板 \(templates) 个",
            "\(file): \(policies) policies, \(templates) templates")
    }

    static func warning(_ text: String) -> Message { Message("警告：\(text)", "warning: \(text)") }

    static func validated(policies: Int, errors: Int, warnings: Int) -> Message {
        Message(
            "共 \(policies) 条策略：错误 \(errors) 处，警告 \(warnings) 处",
            "\(policies) policies: \(errors) errors, \(warnings) warnings")
    }

    static func decision(isAllowed: Bool) -> Message {
        isAllowed ? Message("允许 (allow)", "allow") : Message("拒绝 (deny)", "deny")
    }

    static let noneDetermining = Message("  没有策略允许", "  no policy permits it")

    static func determining(_ policy: String, at place: String) -> Message {
        Message("  由 \(place) 的 \(policy) 决定", "  determined by \(policy) at \(place)")
    }

    static func failed(_ text: String) -> Message { Message("  出错：\(text)", "  failed: \(text)") }

    static let couldHaveMattered = Message("本可改变结果的策略：", "policies that could have mattered:")

    static func wouldChange(_ file: String) -> Message {
        Message("\(file)：格式不对", "\(file): is laid out otherwise")
    }

    static func answered(_ subject: String, isYes: Bool) -> Message {
        isYes
            ? Message("\(subject)：是（已证明）", "\(subject): yes, proved")
            : Message("\(subject)：否", "\(subject): no")
    }

    static func undecided(_ subject: String, why: String) -> Message {
        Message("\(subject)：未能判定：\(why)", "\(subject): undecided: \(why)")
    }

    static func shownBy(request: String) -> Message {
        Message("  反例请求：\(request)", "  shown by the request \(request)")
    }

    static func shownIn(entities: String) -> Message {
        Message("  反例实体：\(entities)", "  among the entities \(entities)")
    }

    static func notRun(items: Int) -> Message {
        Message(
            "有 \(items) 个分析问题没有运行：没有安装求解器 cvc5（apt-get install cvc5）",
            "\(items) questions of analysis were not run: the solver cvc5 is not installed (apt-get install cvc5)"
        )
    }
}
