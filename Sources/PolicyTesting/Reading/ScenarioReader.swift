import Gateway
import ResidentModel
import StrictYAML

/// Reads one scenario into its cases: a story with its variants, a table, or a timeline.
struct ScenarioReader {
    let suite: String
    let file: String
    let rules: [String]
    let law: [String]
    let load: SuiteReader.Load

    static let whyWords: [Keyword] = [
        .because, .becauseIncludes, .notBecause, .obligations, .explainContains,
    ]

    /// - Parameters:
    ///   - node: One element of `scenarios`.
    ///   - number: Its place in the list, from 1.
    ///   - setting: What the suite says.
    /// - Returns: At least one case.
    /// - Throws: ``ScenarioFault``.
    func cases(
        of node: YAMLNode, number: Int, in setting: Setting
    ) throws(ScenarioFault) -> [TestCase] {
        let fields = try KeywordFields(
            node,
            [
                .name, .id, .law, .clock, .given, .when, .then, .but, .table, .else, .timeline,
            ] + Self.whyWords)
        var setting = setting
        try setting.override(with: fields)
        var head = CaseHead(
            suite: suite, name: try fields.required(.name).scenarioText(),
            id: try fields.text(.id) ?? "\(stem)-\(number)", position: node.position, law: law,
            rules: rules)
        for element in try fields.optional(.law)?.listOrOne() ?? [] {
            head.law.append(try element.scenarioText())
        }
        let forms: [Keyword] = [.then, .table, .timeline].filter { fields.optional($0) != nil }
        guard forms.count == 1, let form = forms.first else {
            throw ScenarioFault(
                .missing, at: node.position, "一个场景要有“那么”“表”“时间线”中的一个",
                "a scenario has one of 'then', 'table' and 'timeline'")
        }
        if form != .then, fields.optional(.but) != nil {
            throw ScenarioFault(
                .form, at: fields.place(of: .but), "“但是”只跟在“那么”后面", "'but' follows 'then' only")
        }
        if form != .table, fields.optional(.else) != nil {
            throw ScenarioFault(
                .form, at: fields.place(of: .else), "“其余”只用在表里", "'else' belongs to a table")
        }
        switch form {
        case .table:
            return try TableReader(head: head, setting: setting, file: file, load: load).cases(
                fields)
        case .timeline:
            return try TimelineReader(head: head, setting: setting).cases(fields)
        default: return try story(fields, head: head, setting: setting)
        }
    }

    private var stem: String {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        return String(name.prefix { $0 != "." })
    }

    /// A story, and each of its variants with what it changes.
    private func story(
        _ fields: KeywordFields, head: CaseHead, setting: Setting
    ) throws(ScenarioFault) -> [TestCase] {
        var cases = [try head.made(fields, in: setting)]
        for (number, node) in try (fields.optional(.but)?.list() ?? []).enumerated() {
            let variant = try KeywordFields(
                node, [.name, .id, .law, .clock, .given, .when, .then] + Self.whyWords)
            var changed = setting
            try changed.override(with: variant)
            var own = head
            own.position = node.position
            own.name += " / " + (try variant.required(.name).scenarioText())
            own.id = try variant.text(.id) ?? "\(head.id)/\(number + 1)"
            for element in try variant.optional(.law)?.listOrOne() ?? [] {
                own.law.append(try element.scenarioText())
            }
            cases.append(try own.made(variant, in: changed))
        }
        return cases
    }
}

/// What all cases of one scenario share.
struct CaseHead {
    var suite: String
    var name: String
    var id: String
    var position: YAMLPosition
    var law: [String]
    var rules: [String]

    /// Makes the case that `then` and its neighbours describe.
    func made(_ fields: KeywordFields, in setting: Setting) throws(ScenarioFault) -> TestCase {
        let cells = try cells(
            fields.required(.then), fields, asked: setting.items(), in: setting)
        return try made(cells, sentences: sentences(fields), in: setting)
    }

    func made(
        _ cells: [TestCell], sentences: [ReportLanguage: String] = [:], in setting: Setting
    ) throws(ScenarioFault) -> TestCase {
        let resolved = try setting.resolved(items: cells.map(\.item), at: position)
        return TestCase(
            suite: suite, name: name, id: id, position: position, law: law,
            request: resolved.request, clock: resolved.clock, world: resolved.world,
            values: resolved.values, sentences: sentences, rules: rules, cells: cells)
    }

    func sentences(_ fields: KeywordFields) throws(ScenarioFault) -> [ReportLanguage: String] {
        guard let node = fields.optional(.explainContains) else { return [:] }
        var sentences: [ReportLanguage: String] = [:]
        for entry in try node.pairs() {
            guard let language = ReportLanguage(rawValue: entry.key) else {
                throw ScenarioFault(
                    .unknownKeyword, at: entry.keyPosition, "这里只有 zh 和 en", "expected zh or en")
            }
            sentences[language] = try entry.value.scenarioText()
        }
        return sentences
    }

    /// The cells of a mapping from items to what is expected; `*` stands for every item asked that it does not name.
    func cells(
        _ node: YAMLNode, _ fields: KeywordFields,
        asked: [(item: FieldID, position: YAMLPosition)]?, in setting: Setting
    ) throws(ScenarioFault) -> [TestCell] {
        let reader = ExpectationReader(vocabulary: setting.vocabulary)
        var cells: [TestCell] = []
        var rest: YAMLNode?
        for entry in try node.pairs() {
            if entry.key == "*" {
                rest = entry.value
                continue
            }
            let item = try setting.vocabulary.item(entry.key, at: entry.keyPosition)
            if let asked, !asked.contains(where: { $0.item == item }) {
                throw ScenarioFault(
                    .form, at: entry.keyPosition, "“\(item)”没有列在“字段”里",
                    "'\(item)' is not among the fields that are asked for")
            }
            cells.append(
                TestCell(
                    item: item, position: entry.keyPosition,
                    expectation: try reader.expectation(entry.value)))
        }
        for (item, position) in asked ?? [] where !cells.contains(where: { $0.item == item }) {
            guard let rest else {
                throw ScenarioFault(
                    .missing, at: position, "没有写“\(item)”应当怎样", "nothing is expected of '\(item)'")
            }
            cells.append(
                TestCell(
                    item: item, position: rest.position,
                    expectation: try reader.expectation(rest)))
        }
        guard !cells.isEmpty else {
            throw ScenarioFault(.empty, at: node.position, "这里什么也没有期望", "nothing is expected here")
        }
        try addReasons(fields, to: &cells, reader)
        return cells
    }

    /// Adds what the scenario says of all its cells, or of single ones, beside their outcomes.
    private func addReasons(
        _ fields: KeywordFields, to cells: inout [TestCell], _ reader: ExpectationReader
    ) throws(ScenarioFault) {
        if let node = fields.optional(.because) {
            if node.isMapping {
                for entry in try node.pairs() {
                    let item = FieldID(entry.key)
                    guard let index = cells.firstIndex(where: { $0.item == item }) else {
                        throw ScenarioFault(
                            .unknownName, at: entry.keyPosition, "“\(entry.key)”不在“那么”里",
                            "'\(entry.key)' is not under 'then'",
                            meant: NearestWord.to(entry.key, among: cells.map(\.item.text)))
                    }
                    try reader.add(entry.value, to: &cells[index].expectation.because)
                }
            } else {
                for index in cells.indices {
                    try reader.add(node, to: &cells[index].expectation.because)
                }
            }
        }
        for index in cells.indices {
            try reader.addFurther(fields, to: &cells[index].expectation.because)
        }
        guard let node = fields.optional(.obligations) else { return }
        let duties = try reader.duties(node)
        for index in cells.indices where cells[index].expectation.outcome != .denied {
            cells[index].expectation.duties += duties
        }
    }
}
