import Gateway
import ResidentModel
import StrictYAML

/// Reads a statement about all requests.
struct InvariantReader {
    let vocabulary: Vocabulary

    func invariant(_ node: YAMLNode) throws(ScenarioFault) -> Invariant {
        let fields = try KeywordFields(
            node, [.name, .forAll, .when, .field, .fields, .never, .always, .compare])
        var limits = Invariant.Limits()
        for element in try fields.optional(.forAll)?.list() ?? [] {
            try narrow(&limits, by: element)
        }
        if let when = fields.optional(.when) { try narrow(&limits, when: when) }
        for keyword in [Keyword.field, .fields] {
            if let items = fields.optional(keyword) {
                limits.items = .init(names: try names(items, .field), isExclusion: false)
            }
        }
        return Invariant(
            name: try fields.required(.name).scenarioText(), position: node.position,
            claim: try claim(fields), limits: limits)
    }

    private func claim(_ fields: KeywordFields) throws(ScenarioFault) -> Invariant.Claim {
        let ways = [Keyword.never, .always, .compare].filter { fields.optional($0) != nil }
        guard ways.count == 1, let way = ways.first, let node = fields.optional(way) else {
            throw ScenarioFault(
                .missing, at: fields.position, "不变式要有“绝不”“总是”“比较”中的一个",
                "an invariant has one of 'never', 'always' and 'compare'")
        }
        switch way {
        case .never:
            return .never(
                try node.oneOf(
                    Keyword.allow.spellings + ["clear", "anything"], chinese: "“绝不”的结果",
                    english: "outcome of 'never'"
                ) { word in
                    Keyword.allow.spellings.contains(word) || word == "clear"
                        ? Invariant.Visibility.clear : word == "anything" ? .anything : nil
                })
        case .always: return .always(try consequence(node))
        default:
            let compare = try KeywordFields(node, [.change, .result])
            let change = try KeywordFields(compare.required(.change), [.consent])
            let word = try change.required(.consent).oneOf(
                ConsentWord.spellings + Keyword.withdraw.spellings, chinese: "同意的状态",
                english: "state of a consent"
            ) { word in
                Keyword.withdraw.spellings.contains(word)
                    ? ConsentWord.withdrawn : ConsentWord(spelling: word)
            }
            let result = try compare.required(.result)
            guard try result.scenarioText() == "never_more_visible" else {
                throw ScenarioFault(
                    .unknownWord, at: result.position, "结果只能写 never_more_visible",
                    "the result is never_more_visible")
            }
            return .neverMoreVisible(than: ConsentWord.granted.rawValue, after: word.rawValue)
        }
    }

    private func consequence(_ node: YAMLNode) throws(ScenarioFault) -> Invariant.Consequence {
        if node.isText {
            return try node.oneOf(
                Keyword.deny.spellings, chinese: "“总是”的结果", english: "outcome of 'always'"
            ) { Keyword.deny.spellings.contains($0) ? Invariant.Consequence.denied : nil }
        }
        let fields = try KeywordFields(node, [.obligations])
        let duties = try ExpectationReader(vocabulary: vocabulary)
            .duties(fields.required(.obligations))
        switch duties.first {
        case .notifyResident(true)? where duties.count == 1: return .notifiesResident
        case .humanConfirmation(true)? where duties.count == 1: return .needsHumanConfirmation
        case .retainDays(let days?)? where duties.count == 1: return .retainsAtMost(days: days)
        default:
            throw ScenarioFault(
                .form, at: node.position, "这里写一项必须有的义务", "expected one duty that must be there")
        }
    }

    /// `department`, or `department not in [civil-affairs]`, or `purpose in [dibao-review]`.
    private func narrow(
        _ limits: inout Invariant.Limits, by node: YAMLNode
    ) throws(ScenarioFault) {
        let text = try node.scenarioText()
        let words = text.replacing("[", with: " ").replacing("]", with: " ").replacing(
            ",", with: " "
        )
        .split(separator: " ").map(String.init)
        guard let first = words.first, let keyword = Keyword(spelling: first),
            [.resident, .department, .purpose, .field, .item, .consent, .legalBasis, .caseNumber]
                .contains(keyword)
        else {
            throw ScenarioFault(
                .unknownKeyword, at: node.position, "“\(text)”不是可以遍历的维度",
                "'\(text)' is no dimension",
                meant: NearestWord.to(
                    words.first ?? text,
                    among: ["resident", "department", "purpose", "field", "consent", "legal_basis"])
            )
        }
        guard words.count > 1 else { return }
        let isExclusion = words[1] == "not"
        let start = isExclusion ? 3 : 2
        guard words.count > start, words[start - 1] == "in" else {
            throw ScenarioFault(
                .form, at: node.position, "写成 department not in [civil-affairs]",
                "expected one like: department not in [civil-affairs]")
        }
        var names: Set<String> = []
        for word in words[start...] {
            names.formUnion(
                try self.names(
                    YAMLNode(content: .scalar(word), position: node.position), keyword))
        }
        set(&limits, keyword, .init(names: names, isExclusion: isExclusion))
    }

    private func narrow(
        _ limits: inout Invariant.Limits, when node: YAMLNode
    ) throws(ScenarioFault) {
        let fields = try KeywordFields(
            node, [.department, .purpose, .legalBasis, .consent, .caseNumber])
        for keyword in [Keyword.department, .purpose, .legalBasis, .consent] {
            guard let value = fields.optional(keyword) else { continue }
            set(&limits, keyword, .init(names: try names(value, keyword), isExclusion: false))
        }
        if let value = fields.optional(.caseNumber) {
            limits.isCaseGiven = !["none", "无"].contains(try value.scenarioText())
        }
    }

    private func set(
        _ limits: inout Invariant.Limits, _ keyword: Keyword, _ limit: Invariant.NameLimit
    ) {
        switch keyword {
        case .department: limits.departments = limit
        case .purpose: limits.purposes = limit
        case .legalBasis: limits.bases = limit
        case .consent: limits.consents = limit
        default: limits.items = limit
        }
    }

    private func names(
        _ node: YAMLNode, _ keyword: Keyword
    ) throws(ScenarioFault) -> Set<String> {
        var names: Set<String> = []
        for element in try node.listOrOne() {
            switch keyword {
            case .department: names.insert(try vocabulary.department(element))
            case .purpose: names.insert(try vocabulary.purpose(element))
            case .legalBasis: names.insert(try vocabulary.legalBasis(element))
            case .consent:
                names.insert(
                    try element.oneOf(
                        ConsentWord.spellings, chinese: "同意的状态", english: "state of a consent"
                    ) { ConsentWord(spelling: $0) }.rawValue)
            default:
                names.formUnion(try vocabulary.items(matching: element, within: "").map(\.text))
            }
        }
        return names
    }
}
