import Cedar

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

    static func outcome(_ outcome: PolicyOutcome) -> Message {
        let id = outcome.policyID.text
        switch outcome.cause {
        case .satisfied:
            return Message(
                "  \(outcome.position)：\(id)：满足", "  \(outcome.position): \(id): satisfied")
        case .scope(let part):
            let chinese =
                switch part {
                case .principal: "主体"
                case .action: "操作"
                case .resource: "资源"
                }
            return Message(
                "  \(outcome.position)：\(id)：说的是别的\(chinese)",
                "  \(outcome.position): \(id): is about another \(part.rawValue)")
        case .condition(let text, let place):
            let isUnless = outcome.part?.isUnless ?? false
            return Message(
                "  \(place)：\(id)：\(isUnless ? "unless 成立" : "when 不成立")，因为 \(text)",
                "  \(place): \(id): \(isUnless ? "'unless' holds" : "'when' does not hold") because of "
                    + text)
        case .failed(let fault, let place):
            return Message(
                "  \(place)：\(id)：出错：\(chinese(fault))", "  \(place): \(id): failed: \(fault)")
        }
    }

    static func failedPart(_ part: DecisivePart) -> Message {
        Message("    出错的部分：\(part.text)", "    the part that failed: \(part.text)")
    }

    static func seen(_ value: SeenValue) -> Message {
        let place = "\(value.position.line):\(value.position.column)"
        switch value.finding {
        case .shown(let shown):
            return Message(
                "    \(place) \(value.text) 是 \(shown)", "    \(place) \(value.text) is \(shown)")
        case .redacted(let kind):
            return Message(
                "    \(place) \(value.text) 是 <\(kind.rawValue)，未显示>",
                "    \(place) \(value.text) is <\(kind.rawValue), not shown>")
        case .failed(let fault):
            return Message(
                "    \(place) \(value.text) 读不到：\(chinese(fault))",
                "    \(place) \(value.text) was not read: \(fault)")
        }
    }

    static let moreSeen = Message("    其余略", "    and more")

    private static func chinese(_ fault: EvaluationFault) -> String {
        switch fault {
        case .typeMismatch(let expected, let found): "应为 \(expected)，实为 \(found.rawValue)"
        case .missingAttribute(let name, "the context"): "context 没有属性 '\(name)'"
        case .missingAttribute(let name, "the record"): "记录没有属性 '\(name)'"
        case .missingAttribute(let name, let owner): "\(owner) 没有属性 '\(name)'"
        case .missingTag(let type): "类型为 \(type) 的实体没有这个标签"
        case .missingEntity(let type): "没有这个类型为 \(type) 的实体"
        case .overflow(let operation): "'\(operation)' 的结果超出 64 位"
        case .extensionFailure(let what): "扩展函数拒绝了参数：\(what)"
        }
    }

    static func wouldChange(_ file: String) -> Message {
        Message("\(file)：需要重新排版", "\(file): is laid out otherwise")
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
