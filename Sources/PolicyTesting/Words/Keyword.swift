/// The keys of a scenario file, each in English and in Chinese; a file may mix both.
package enum Keyword: String, Sendable, CaseIterable {
    case suite, clock, policy, use, scenarios, invariants, given, when, then, name, id, law, because
    case becauseIncludes = "because_includes"
    case notBecause = "not_because"
    case obligations, resident, consent, household, who, department, officer, purpose, fields
    case legalBasis = "legal_basis"
    case caseNumber = "case"
    case table, columns, rows, `else`, timeline, step, at, `do`, expect, but
    case explainContains = "explain_contains"
    case allow, deny, mask, generalize, token, answer, reason, shows
    case to, from, until, via, witness, helper, registeredBy = "registered_by", giver, state, said
    case evidence
    case value, observed, source, confirmed
    case residents, consents, calendar, holidays, workdays
    case renew, give, refuse, withdraw, pause, resume, confirm
    case notifyResident = "notify_resident"
    case humanConfirmation = "human_confirmation"
    case retainAtMost = "retain_at_most"
    case forAll = "for_all"
    case compare, change, result, field, never, always
    case item, emergency, subject

    /// The key as Chinese files write it.
    package var chinese: String { Self.chineseWords[self] ?? rawValue }

    /// Either spelling.
    package var spellings: [String] { [rawValue, chinese] }

    /// The keyword that a key spells, in either language.
    package init?(spelling: String) {
        guard let found = Self.bySpelling[spelling] else { return nil }
        self = found
    }

    private static let bySpelling: [String: Keyword] = Dictionary(
        allCases.flatMap { word in word.spellings.map { ($0, word) } },
        uniquingKeysWith: { first, _ in first })

    private static let chineseWords: [Keyword: String] = [
        .suite: "测试集", .clock: "时钟", .policy: "规则", .use: "引用", .scenarios: "场景",
        .invariants: "不变式", .given: "假如", .when: "当", .then: "那么", .name: "名称", .id: "编号",
        .law: "法条", .because: "依据", .becauseIncludes: "依据包含", .notBecause: "并非因为",
        .obligations: "附带义务", .resident: "居民", .consent: "同意", .household: "家庭成员",
        .who: "谁", .department: "部门", .officer: "经办人", .purpose: "目的", .fields: "字段",
        .legalBasis: "法律依据", .caseNumber: "办理编号", .table: "表", .columns: "列", .rows: "行",
        .else: "其余", .timeline: "时间线", .step: "步骤", .at: "时刻", .do: "发生", .expect: "应当",
        .but: "但是", .explainContains: "说明包含", .allow: "允许", .deny: "拒绝", .mask: "掩码",
        .generalize: "泛化", .token: "令牌化", .answer: "答复", .reason: "原因", .shows: "显示",
        .to: "提供给", .from: "自", .until: "至", .via: "方式", .witness: "见证人", .helper: "协助人",
        .registeredBy: "登记人", .giver: "同意人", .state: "状态", .said: "表示时间",
        .evidence: "凭据", .value: "值", .observed: "观测日期", .source: "来源", .confirmed: "已核实",
        .residents: "居民名册", .consents: "同意名册", .calendar: "日历", .holidays: "节假日",
        .workdays: "调休工作日", .renew: "续签", .give: "给予", .refuse: "不同意", .withdraw: "撤回",
        .pause: "暂停", .resume: "恢复", .confirm: "确认", .notifyResident: "告知本人",
        .humanConfirmation: "人工核实", .retainAtMost: "最多保存", .forAll: "对所有", .compare: "比较",
        .change: "改变", .result: "结果", .field: "项", .never: "绝不", .always: "总是", .item: "事项",
        .emergency: "紧急访问", .subject: "主体",
    ]
}

/// What a resident may have said, in one word.
enum ConsentWord: String, CaseIterable {
    case none, granted, expired, withdrawn, refused, paused, requested, awaiting, replaced
    case notYet = "not-yet"
    case byGuardian = "granted-by-guardian"
    case byDelegate = "granted-by-delegate"

    var chinese: String {
        switch self {
        case .none: "无"
        case .granted: "已同意"
        case .expired: "已过期"
        case .withdrawn: "已撤回"
        case .refused: "已拒绝"
        case .paused: "已暂停"
        case .requested: "待答复"
        case .awaiting: "待确认"
        case .replaced: "已被替代"
        case .notYet: "未生效"
        case .byGuardian: "监护人已同意"
        case .byDelegate: "受托人已同意"
        }
    }

    init?(spelling: String) {
        guard
            let found = Self.allCases.first(where: { [$0.rawValue, $0.chinese].contains(spelling) })
        else { return nil }
        self = found
    }

    static var spellings: [String] { allCases.flatMap { [$0.rawValue, $0.chinese] } }
}

/// What may be supposed of the person asked about, and of what was asked about them before.
enum SubjectWord: String, CaseIterable {
    case child, deceased, protected
    case askedTooOften = "asked-too-often"
    case askedMoreThanAgreed = "asked-more-than-agreed"
    case tooManyQuestions = "too-many-questions"

    var chinese: String {
        switch self {
        case .child: "儿童"
        case .deceased: "已故"
        case .protected: "需要保护"
        case .askedTooOften: "查询过频"
        case .askedMoreThanAgreed: "超过同意的次数"
        case .tooManyQuestions: "问题过多"
        }
    }

    init?(spelling: String) {
        guard
            let found = Self.allCases.first(where: { [$0.rawValue, $0.chinese].contains(spelling) })
        else { return nil }
        self = found
    }

    static var spellings: [String] { allCases.flatMap { [$0.rawValue, $0.chinese] } }
}
