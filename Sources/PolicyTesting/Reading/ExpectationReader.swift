import Gateway
import ResidentModel
import StrictYAML

/// Reads what is expected of one item, in its short and its long form.
struct ExpectationReader {
    let vocabulary: Vocabulary

    private static let allowWords = Keyword.allow.spellings
    private static let denyWords = Keyword.deny.spellings

    /// `allow`, `deny`, a reason code, the words of obligations, or a mapping.
    func expectation(_ node: YAMLNode) throws(ScenarioFault) -> Expectation {
        guard node.isText else { return try long(node) }
        return try short(node.scenarioText(), at: node.position)
    }

    /// The short form alone, as a cell of a table has it.
    func short(_ text: String, at position: YAMLPosition) throws(ScenarioFault) -> Expectation {
        if Self.allowWords.contains(text) { return Expectation(outcome: .allowed(.clear)) }
        if Self.denyWords.contains(text) { return Expectation(outcome: .denied) }
        if RefusalReason(rawValue: text) != nil {
            var expectation = Expectation(outcome: .denied)
            expectation.because.reasons = [text]
            return expectation
        }
        if let (answer, reason) = Self.answers[text] {
            var expectation = Expectation(outcome: .allowed(.clear), answer: answer)
            expectation.unknownReason = reason
            return expectation
        }
        do { return Expectation(outcome: .exactly(try Obligations(parsing: text))) } catch {
            let words =
                Self.allowWords + Self.denyWords + RefusalReason.allCases.map(\.rawValue)
                + Self.answers.keys + Obligations.exampleWords
            throw ScenarioFault(
                .unknownWord, at: position, "“\(error.word)”既不是允许、拒绝，也不是原因代码或附带义务",
                "'\(error.word)' is neither allow nor deny, no reason code, no answer and no obligation",
                meant: NearestWord.to(error.word, among: words))
        }
    }

    private static let answers: [String: (PredicateAnswer, UnknownReason?)] = {
        var words: [String: (PredicateAnswer, UnknownReason?)] = [
            "yes": (.yes, nil), "no": (.no, nil), "unknown": (.unknown, nil), "是": (.yes, nil),
            "否": (.no, nil), "不清楚": (.unknown, nil),
        ]
        for reason in UnknownReason.allCases { words[reason.rawValue] = (.unknown, reason) }
        return words
    }()

    private func long(_ node: YAMLNode) throws(ScenarioFault) -> Expectation {
        let fields = try KeywordFields(
            node,
            [
                .allow, .deny, .mask, .generalize, .token, .answer, .reason, .shows, .because,
                .becauseIncludes, .notBecause, .obligations,
            ])
        var expectation = try outcome(fields)
        if let answer = fields.optional(.answer) {
            let found = try short(answer.scenarioText(), at: answer.position)
            guard found.answer != nil else {
                throw ScenarioFault(
                    .unknownWord, at: answer.position, "答复只能是“是”“否”“不清楚”",
                    "an answer is 'yes', 'no' or 'unknown'")
            }
            expectation.answer = found.answer
            expectation.unknownReason = found.unknownReason
        }
        if let reason = fields.optional(.reason) {
            expectation.unknownReason = try reason.oneOf(
                UnknownReason.allCases.map(\.rawValue), chinese: "原因代码", english: "reason"
            ) { UnknownReason(rawValue: $0) }
        }
        expectation.shows = try fields.text(.shows)
        if let node = fields.optional(.because) { try add(node, to: &expectation.because) }
        try addFurther(fields, to: &expectation.because)
        if let node = fields.optional(.obligations) { expectation.duties = try duties(node) }
        return expectation
    }

    private func outcome(_ fields: KeywordFields) throws(ScenarioFault) -> Expectation {
        let ways: [Keyword] = [.allow, .deny, .mask, .generalize, .token]
        let given = ways.filter { fields.optional($0) != nil }
        guard given.count <= 1 else {
            throw ScenarioFault(
                .twice, at: fields.position, "只能写一种结果", "one item has one outcome")
        }
        guard let way = given.first, let node = fields.optional(way) else {
            return Expectation(outcome: .allowed(.clear))
        }
        let text = try node.listOrOne()
        switch way {
        case .deny:
            var expectation = Expectation(outcome: .denied)
            var reasons: Set<String> = []
            for node in text {
                reasons.insert(
                    try node.oneOf(
                        RefusalReason.allCases.map(\.rawValue), chinese: "原因代码", english: "reason"
                    ) { RefusalReason(rawValue: $0) }.rawValue)
            }
            expectation.because.reasons = reasons
            return expectation
        case .mask: return try form("mask:" + node.scenarioText(), at: node)
        case .generalize: return try form(node.scenarioText(), at: node)
        case .token: return try form("token", at: node)
        default: return try short(node.scenarioText(), at: node.position)
        }
    }

    private func form(_ words: String, at node: YAMLNode) throws(ScenarioFault) -> Expectation {
        do { return Expectation(outcome: .allowed(try ValueForm(parsing: words))) } catch {
            throw ScenarioFault(
                .unknownWord, at: node.position, "“\(words)”不是一种给出的形式",
                "'\(words)' is no form of a value",
                meant: NearestWord.to(words, among: Obligations.exampleWords))
        }
    }

    /// Adds `because_includes` and `not_because` of a mapping.
    func addFurther(
        _ fields: KeywordFields, to because: inout Because
    ) throws(ScenarioFault) {
        for (keyword, path) in [
            (Keyword.becauseIncludes, \Because.includes), (.notBecause, \Because.excludes),
        ] {
            guard let node = fields.optional(keyword) else { continue }
            for part in try parts(node) { because[keyPath: path].insert(try known(part)) }
        }
    }

    /// Adds `consent/C1 + dibao.income-band`, or a list of such.
    func add(_ node: YAMLNode, to because: inout Because) throws(ScenarioFault) {
        for part in try parts(node) {
            if part.text.hasPrefix("consent/") {
                let id = String(part.text.dropFirst("consent/".count))
                because.consents = (because.consents ?? []).union([id])
            } else if RefusalReason(rawValue: part.text) != nil {
                because.reasons = (because.reasons ?? []).union([part.text])
            } else {
                because.rules = (because.rules ?? []).union([try known(part)])
            }
        }
    }

    private typealias Part = (text: String, position: YAMLPosition)

    private func parts(_ node: YAMLNode) throws(ScenarioFault) -> [Part] {
        var parts: [Part] = []
        for element in try node.listOrOne() {
            for word in try element.scenarioText().split(separator: " ") where word != "+" {
                parts.append((String(word), element.position))
            }
        }
        return parts
    }

    private func known(_ part: Part) throws(ScenarioFault) -> String {
        if RefusalReason(rawValue: part.text) != nil || vocabulary.rules.contains(part.text) {
            return part.text
        }
        let words = vocabulary.ruleList + RefusalReason.allCases.map(\.rawValue)
        throw ScenarioFault(
            .unknownName, at: part.position, "没有叫“\(part.text)”的规则或原因代码",
            "there is no rule and no reason code '\(part.text)'",
            meant: NearestWord.to(part.text, among: words))
    }

    /// `{notify_resident: true, human_confirmation: false, retain_at_most: 30d}`.
    func duties(_ node: YAMLNode) throws(ScenarioFault) -> [Expectation.Duty] {
        let fields = try KeywordFields(
            node, [.notifyResident, .humanConfirmation, .retainAtMost])
        var duties: [Expectation.Duty] = []
        if let node = fields.optional(.notifyResident) {
            duties.append(.notifyResident(try inYAML { () throws(YAMLError) in try node.flag() }))
        }
        if let node = fields.optional(.humanConfirmation) {
            duties.append(
                .humanConfirmation(try inYAML { () throws(YAMLError) in try node.flag() }))
        }
        if let node = fields.optional(.retainAtMost) {
            let text = try node.scenarioText()
            if text == "none" || text == "无" {
                duties.append(.retainDays(nil))
            } else if text.hasSuffix("d"), let days = Int(text.dropLast()), days > 0 {
                duties.append(.retainDays(days))
            } else {
                throw ScenarioFault(
                    .form, at: node.position, "保存期写成 30d，或“无”", "expected days such as 30d, or none"
                )
            }
        }
        return duties
    }
}
