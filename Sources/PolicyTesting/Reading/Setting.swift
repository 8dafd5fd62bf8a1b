import Consent
import Gateway
import ResidentModel
import StrictYAML

/// Where, when and what a case is about, as the file writes it; a variant, row or step overrides parts of it.
struct Setting {
    let vocabulary: Vocabulary
    let fixtures: Fixtures
    /// By keyword; only those of ``givenWords`` and ``whenWords``, and the clock.
    private var nodes: [Keyword: YAMLNode] = [:]

    static let givenWords: [Keyword] = [
        .resident, .consent, .household, .emergency, .subject,
    ]
    static let whenWords: [Keyword] = [
        .who, .department, .officer, .purpose, .legalBasis, .caseNumber, .fields,
    ]

    init(vocabulary: Vocabulary, fixtures: Fixtures) {
        self.vocabulary = vocabulary
        self.fixtures = fixtures
    }

    /// Takes over what a mapping's `given`, `when` and `clock` say.
    mutating func override(with fields: KeywordFields) throws(ScenarioFault) {
        for (keyword, words) in [(Keyword.given, Self.givenWords), (.when, Self.whenWords)] {
            guard let node = fields.optional(keyword) else { continue }
            let part = try KeywordFields(node, words)
            for word in words { if let node = part.optional(word) { self[word] = node } }
        }
        if let node = fields.optional(.clock) { self[.clock] = node }
    }

    subscript(keyword: Keyword) -> YAMLNode? {
        get { nodes[keyword] }
        set {
            nodes[keyword] = newValue
            // Both say who asks; the later one counts.
            if keyword == .who { nodes[.department] = nil }
            if keyword == .department { nodes[.who] = nil }
        }
    }

    /// The fields that are asked for, where the file lists them.
    func items() throws(ScenarioFault) -> [(item: FieldID, position: YAMLPosition)]? {
        guard let node = nodes[.fields] else { return nil }
        let purpose = try nodes[.purpose]?.scenarioText() ?? ""
        var items: [(FieldID, YAMLPosition)] = []
        for element in try node.listOrOne() {
            for item in try vocabulary.items(matching: element, within: purpose) {
                items.append((item, element.position))
            }
        }
        return items
    }

    /// What a case needs of its setting.
    struct Resolved {
        var request: DisclosureRequest
        var clock: Int64
        var world: Rehearsal.World
        var values: [FieldID: [SupposedValue]]
    }

    /// Works out the request, the world and the clock.
    ///
    /// - Parameters:
    ///   - items: What is asked for.
    ///   - position: Where the case stands, for what is missing.
    /// - Returns: All of it.
    /// - Throws: ``ScenarioFault``.
    func resolved(
        items: [FieldID], at position: YAMLPosition
    ) throws(ScenarioFault) -> Resolved {
        func required(_ keyword: Keyword) throws(ScenarioFault) -> YAMLNode {
            guard let node = nodes[keyword] else {
                throw ScenarioFault(
                    .missing, at: position, "缺少“\(keyword.chinese)”",
                    "'\(keyword.rawValue)' is missing")
            }
            return node
        }
        let (department, officer) = try caller(required)
        let purpose = try vocabulary.purpose(required(.purpose))
        let clock = try Moments.moment(required(.clock))
        var caseID = try nodes[.caseNumber]?.scenarioText()
        if let text = caseID, ["none", "无"].contains(text) { caseID = nil }
        let request = DisclosureRequest(
            department: department, officer: officer, purpose: purpose,
            legalBasis: try legalBasis(of: purpose, at: position), caseID: caseID,
            items: items.map(\.text), citizenNumber: "", channel: "policy-test")
        let consents = ConsentReader(
            vocabulary: vocabulary, fixtures: fixtures, purpose: purpose, recipient: department,
            clock: clock)
        let (isKnown, values) = try ResidentReader(vocabulary: vocabulary, fixtures: fixtures)
            .resident(nodes[.resident], on: GatewayClock.day(atMilliseconds: clock))
        var said: [[ConsentRecord]] = []
        if isKnown {
            said.append(try consents.records(nodes[.consent]))
            for member in try nodes[.household]?.listOrOne() ?? [] {
                said.append(try consents.records(member))
            }
        }
        var world = Rehearsal.World(said: said)
        world.person = try person()
        return Resolved(request: request, clock: clock, world: world, values: values)
    }

    private func person() throws(ScenarioFault) -> SupposedPerson {
        var person = SupposedPerson()
        for node in try nodes[.subject]?.listOrOne() ?? [] {
            let word = try node.oneOf(
                SubjectWord.spellings, chinese: "主体的情况", english: "word for the person asked about"
            ) { SubjectWord(spelling: $0) }
            switch word {
            case .child: person.isChild = true
            case .deceased: person.isDeceased = true
            case .protected: person.isProtected = true
            case .askedTooOften: person.isAskedTooOften = true
            case .askedMoreThanAgreed: person.isAskedMoreThanAgreed = true
            case .tooManyQuestions: person.hasSpentQuestions = true
            }
        }
        if let node = nodes[.emergency] {
            let words = [
                "none": "none", "open": "open", "expired": "expired", "无": "none", "已开启": "open",
                "已结束": "expired",
            ]
            person.emergency = try node.oneOf(
                Array(words.keys), chinese: "紧急访问的状态", english: "state of an emergency access"
            ) { words[$0].flatMap { SupposedPerson.Emergency(rawValue: $0) } }
        }
        return person
    }

    private func caller(
        _ required: (Keyword) throws(ScenarioFault) -> YAMLNode
    ) throws(ScenarioFault) -> (String, String) {
        if let who = nodes[.who] {
            let text = try who.scenarioText()
            let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
            let node = YAMLNode(content: .scalar(parts[0]), position: who.position)
            return (
                try vocabulary.department(node), parts.count == 2 ? parts[1] : "officer"
            )
        }
        return (
            try vocabulary.department(required(.department)),
            try nodes[.officer]?.scenarioText() ?? "officer"
        )
    }

    /// The basis that is named, or the purpose's only one.
    private func legalBasis(
        of purpose: String, at position: YAMLPosition
    ) throws(ScenarioFault) -> String {
        if let node = nodes[.legalBasis] { return try vocabulary.legalBasis(node) }
        let bases = vocabulary.catalogue.purposes[purpose]?.legalBases.sorted() ?? []
        guard bases.count == 1 else {
            let list = bases.joined(separator: ", ")
            throw ScenarioFault(
                .missing, at: position, "缺少“法律依据”：该目的有 \(list)",
                "'legal_basis' is missing: the purpose can have \(list)")
        }
        return bases[0]
    }
}

/// Reads what sources say of a supposed resident.
struct ResidentReader {
    let vocabulary: Vocabulary
    let fixtures: Fixtures

    private static let nobody = ["nobody", "查无此人"]

    /// Whether somebody is known by the number, and what sources say of them.
    func resident(
        _ node: YAMLNode?, on day: CalendarDate
    ) throws(ScenarioFault) -> (isKnown: Bool, [FieldID: [SupposedValue]]) {
        guard var node else { return (true, [:]) }
        if node.isText {
            let name = try node.scenarioText()
            if Self.nobody.contains(name) { return (false, [:]) }
            guard let fixture = fixtures.residents[name] else {
                throw ScenarioFault(
                    .unknownName, at: node.position, "夹具里没有叫“\(name)”的居民",
                    "no fixture has a resident '\(name)'",
                    meant: NearestWord.to(name, among: Array(fixtures.residents.keys)))
            }
            node = fixture
        }
        var values: [FieldID: [SupposedValue]] = [:]
        for entry in try node.pairs() {
            let item = try vocabulary.item(entry.key, at: entry.keyPosition)
            guard vocabulary.catalogue.field(item) != nil else {
                throw ScenarioFault(
                    .form, at: entry.keyPosition, "“\(item)”是问题，来源里只有字段",
                    "'\(item)' is a question; sources have fields")
            }
            for element in try entry.value.listOrOne() {
                values[item, default: []].append(try value(element, on: day))
            }
        }
        return (true, values)
    }

    private func value(
        _ node: YAMLNode, on day: CalendarDate
    ) throws(ScenarioFault) -> SupposedValue {
        guard !node.isText else {
            return SupposedValue(
                text: try node.scenarioText(), source: "fixture", observedAt: day,
                isConfirmed: false)
        }
        let fields = try KeywordFields(node, [.value, .observed, .source, .confirmed])
        return SupposedValue(
            text: try fields.required(.value).scenarioText(),
            source: try fields.text(.source) ?? "fixture",
            observedAt: try fields.optional(.observed).map(Moments.day) ?? day,
            isConfirmed: try fields.optional(.confirmed).map { node throws(ScenarioFault) in
                try inYAML { () throws(YAMLError) in try node.flag() }
            } ?? false)
    }
}
