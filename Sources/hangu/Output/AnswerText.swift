import Gateway
import ResidentModel

/// An answer in words, in the resident's or officer's language.
struct AnswerText {
    let catalogue: Catalogue
    let language: Language

    /// One line for each item.
    func lines(of answer: Answer) -> [String] {
        answer.items.map { "  \(title(of: $0.item)): \(outcome(of: $0))" }
    }

    /// What must be done before anything is decided upon the answer; nil where nothing must.
    func duty(of answer: Answer) -> String? {
        let given = answer.items.filter { !$0.isRefused }
        let bound = given.filter(\.obligations.needsHumanConfirmation)
        if bound.isEmpty { return nil }
        let titles = bound.map { title(of: $0.item) }
        let whole = Message(
            "据此停发或拒绝前，须由人核实", "a person confirms before anything is stopped or refused by it")
        let part = Message(
            "据“\(titles.joined(separator: "”“"))”停发或拒绝前，须由人核实",
            "a person confirms before anything is stopped or refused by: "
                + titles.joined(separator: "; "))
        return (bound.count == given.count ? whole : part).text(in: language)
    }

    /// The title of a field or predicate; its name where the catalogue has none.
    func title(of item: FieldID) -> String {
        let title = catalogue.field(item)?.title ?? catalogue.predicates[item]?.title
        guard let title else { return item.text }
        return language == .chinese ? title.chinese : title.english
    }

    func outcome(of item: AnswerItem) -> String {
        switch item.outcome {
        case .refused(let reasons):
            let texts = reasons.map { ReasonText.text(of: $0).text(in: language) }
            return Message("拒绝：", "refused: ").text(in: language)
                + texts.joined(separator: language == .chinese ? "；" : "; ")
        case .predicate(let result): return predicate(result)
        case .values(let values, let hasConflict):
            let withheld = item.withheldCount
            let kept = Message(
                "\(withheld) 个值不适用所要求的形式，没有提供",
                "\(withheld) values fit no form that may be shown, and stay")
            if values.isEmpty, withheld > 0 { return kept.text(in: language) }
            if values.isEmpty { return Message("没有记录", "nothing on record").text(in: language) }
            let shown = values.map { value in
                Message(
                    "\(value.text)（\(value.source)，\(value.observedAt)）",
                    "\(value.text) (\(value.source), \(value.observedAt))"
                ).text(in: language)
            }
            let conflict = Message("各来源不一致：", "sources disagree: ").text(in: language)
            return (hasConflict ? conflict : "")
                + shown.joined(separator: language == .chinese ? "；" : "; ")
        }
    }

    private func predicate(_ result: PredicateResult) -> String {
        let word: Message =
            switch result.answer {
            case .yes: Message("是", "yes")
            case .no: Message("否", "no")
            case .unknown: Message("不清楚", "unknown")
            }
        var text = word.text(in: language)
        if let asOf = result.asOf {
            text += Message("（截至 \(asOf)）", " (as of \(asOf))").text(in: language)
        }
        if let reason = result.reason {
            text +=
                Message("：", ": ").text(in: language)
                + ReasonText.text(of: reason).text(in: language)
        }
        return text
    }
}

/// The sentence behind each stable reason code.
enum ReasonText {
    static func text(of reason: RefusalReason) -> Message {
        switch reason {
        case .unknownDepartment: Message("没有登记的部门", "the department is not registered")
        case .unknownPurpose: Message("没有这个目的", "there is no such purpose")
        case .purposeNotOfDepartment:
            Message("这个目的不属于该部门", "the purpose is not one of this department")
        case .unknownBasis: Message("没有这个法律依据", "there is no such legal basis")
        case .basisNotInForce: Message("法律依据已废止或不在有效期", "the legal basis is not in force")
        case .basisNotForPurpose:
            Message("这个法律依据不能用于该目的", "the legal basis does not carry this purpose")
        case .noAuthority:
            Message("该部门无权引用这个法律依据", "this department may not invoke the legal basis")
        case .emergencyNotOpen:
            Message("没有为此开启紧急查看", "no emergency access is open for this officer, case and resident")
        case .emergencyExpired: Message("紧急查看已到期", "the emergency access is over")
        case .emergencyScope:
            Message("超出紧急查看的范围", "the emergency access does not reach so far")
        case .unknownItem: Message("目录里没有这一项", "the catalogue has no such item")
        case .neverShared: Message("这一项不予共享", "this item is never shared")
        case .outsidePurpose: Message("超出目的所需", "the purpose never needs it")
        case .outsideBasis: Message("超出法律依据的范围", "the legal basis does not reach so far")
        case .predicateOnly:
            Message("只能回答是否，不能给出内容", "only yes or no may be answered, never the value")
        case .askedTooOften:
            Message(
                "本期查询次数已用完，下一期再问",
                "the purpose's requests of this period are used up; ask in the next")
        case .consentRefused: Message("本人不同意", "the resident has refused")
        case .consentWithdrawn: Message("本人已撤回同意", "the resident has withdrawn the consent")
        case .consentExpired: Message("同意已过期", "the consent has expired")
        case .consentNotYet: Message("同意还没有生效", "the consent does not hold yet")
        case .consentPaused: Message("本人已暂停同意", "the resident has paused the consent")
        case .consentAwaiting:
            Message("同意还没有由第二人确认", "no second person has confirmed the consent yet")
        case .consentAssuranceTooLow:
            Message(
                "同意的方式不够可靠，请当面再次征求",
                "the consent is not sure enough for this purpose; take it in person")
        case .consentAskedTooOften:
            Message("本人同意的次数已用完", "the resident has agreed to no more requests in this period")
        case .consentNotOfGuardian:
            Message("需要监护人同意", "the guardian has to agree, not somebody else")
        case .consentDeceased:
            Message("本人已去世，同意随之终止", "the resident has died, and the consent ended with them")
        case .consentMissing: Message("本人还没有同意", "the resident has not agreed")
        case .mandateIncomplete:
            Message("家庭成员还没有全部授权", "not every adult of the household has agreed")
        case .excludedByRule: Message("规则把这一项排除在该目的之外", "a rule keeps this item from the purpose")
        case .forbiddenByRule: Message("有规则禁止", "a rule forbids it")
        case .noForm:
            Message("规则要求的呈现形式不适用，内容不提供", "no form that the rules ask for fits it, so it stays")
        case .budgetExhausted:
            Message(
                "一年内对这一字段问了太多不同的问题", "too many different questions about this field within a year")
        case .policyError: Message("规则出错，按拒绝处理", "a rule failed, which counts as a refusal")
        case .noPermit: Message("没有规则允许", "no rule permits it")
        }
    }

    static func text(of reason: UnknownReason) -> Message {
        switch reason {
        case .noValue: Message("没有记录", "nothing on record")
        case .stale: Message("数据太旧", "the data is too old")
        case .tooFewSources: Message("来源太少", "too few sources say so")
        case .sourcesDisagree: Message("各来源不一致", "the sources disagree")
        case .notConfirmed: Message("还没有人工核实", "nobody has confirmed it yet")
        case .undetermined: Message("记录不足以判断", "the record does not tell")
        }
    }
}
