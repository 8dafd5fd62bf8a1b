import Consent
import Gateway
import ResidentModel
import StrictYAML

/// Makes the consents of a supposed world, in the words of the consent register.
struct ConsentReader {
    let vocabulary: Vocabulary
    let fixtures: Fixtures
    /// What the request says, for whatever a consent leaves out.
    let purpose: String
    let recipient: String
    let clock: Int64

    private var day: CalendarDate { GatewayClock.day(atMilliseconds: clock) }

    /// What one resident has said: a word, a consent, or a list of either.
    func records(_ node: YAMLNode?) throws(ScenarioFault) -> [ConsentRecord] {
        guard let node else { return [] }
        var records: [ConsentRecord] = []
        for element in try node.listOrOne() {
            guard element.isText else {
                records.append(try record(element, number: records.count))
                continue
            }
            let text = try element.scenarioText()
            if let fixture = fixtures.consents[text] {
                for node in try fixture.listOrOne() {
                    records.append(try record(node, number: records.count))
                }
                continue
            }
            let word = try element.oneOf(
                ConsentWord.spellings + fixtures.consents.keys, chinese: "同意的状态",
                english: "state of a consent"
            ) { ConsentWord(spelling: $0) }
            if word != .none {
                records.append(
                    made(word, number: records.count, Parts(items: allItems(of: purpose))))
            }
        }
        return records
    }

    /// What may be said of a consent beside its state.
    private struct Parts {
        var id: String?
        var purpose: String?
        var recipient: String?
        var items: Set<FieldID>
        var from: CalendarDate?
        var until: CalendarDate?
        var channel = ConsentChannel.counter
        var witness: String?
        var helper: String?
        var registeredBy = "registrar"
        var giver: ConsentGiver?
        var saidAt: Int64?
    }

    private func allItems(of purpose: String) -> Set<FieldID> {
        vocabulary.catalogue.purposes[purpose]?.fields ?? []
    }

    func record(_ node: YAMLNode, number: Int) throws(ScenarioFault) -> ConsentRecord {
        let fields = try KeywordFields(
            node,
            [
                .id, .purpose, .to, .fields, .from, .until, .via, .witness, .helper, .registeredBy,
                .giver, .state, .said,
            ])
        let word = try fields.optional(.state).map { node throws(ScenarioFault) in
            try node.oneOf(
                ConsentWord.spellings, chinese: "同意的状态", english: "state of a consent"
            ) { ConsentWord(spelling: $0) }
        }
        var parts = Parts(items: [])
        parts.id = try fields.text(.id)
        parts.purpose = try fields.optional(.purpose).map(vocabulary.purpose)
        parts.recipient = try fields.optional(.to).map(vocabulary.department)
        let scope = parts.purpose ?? purpose
        if let items = fields.optional(.fields) {
            for node in try items.listOrOne() {
                parts.items.formUnion(try vocabulary.items(matching: node, within: scope))
            }
        } else {
            parts.items = allItems(of: scope)
        }
        parts.from = try fields.optional(.from).map(Moments.day)
        parts.until = try fields.optional(.until).map(Moments.day)
        parts.saidAt = try fields.optional(.said).map(Moments.moment)
        parts.witness = try fields.text(.witness)
        parts.helper = try fields.text(.helper)
        if let name = try fields.text(.registeredBy) { parts.registeredBy = name }
        if let via = fields.optional(.via) { parts.channel = try Self.channel(via) }
        parts.giver = try fields.optional(.giver).map(Self.giver)
        return made(word ?? .granted, number: number, parts)
    }

    static func channel(_ node: YAMLNode) throws(ScenarioFault) -> ConsentChannel {
        try node.oneOf(
            ConsentChannel.allCases.map(\.rawValue), chinese: "表示同意的方式",
            english: "way of giving a consent"
        ) { ConsentChannel(rawValue: $0) }
    }

    static func giver(_ node: YAMLNode) throws(ScenarioFault) -> ConsentGiver {
        try node.oneOf(
            ["resident", "guardian", "delegate"], chinese: "同意人", english: "giver of a consent"
        ) { $0 == "resident" ? .resident : ConsentGiver(word: $0, evidence: "fixture") }
    }

    private func made(_ word: ConsentWord, number: Int, _ parts: Parts) -> ConsentRecord {
        func day(_ offset: Int) -> CalendarDate {
            CalendarDate(dayNumber: self.day.dayNumber + offset)
        }
        let hasEnded = word == .expired
        let from = parts.from ?? (hasEnded ? day(-200) : word == .notYet ? day(1) : day(-30))
        let until = parts.until ?? (hasEnded ? day(-1) : day(150))
        var giver = parts.giver ?? .resident
        let state: ConsentState
        switch word {
        case .granted, .expired, .notYet, .none: state = .given
        case .byGuardian:
            state = .given
            giver = .guardian(evidence: "fixture")
        case .byDelegate:
            state = .given
            giver = .delegate(evidence: "fixture")
        case .withdrawn: state = .withdrawn
        case .refused: state = .refused
        case .paused: state = .paused
        case .requested: state = .requested
        case .replaced: state = .replaced
        case .awaiting: state = .awaitingConfirmation
        }
        // A no is said after the yes it ends; of two of a kind, the later of the list is the newer.
        let anHourAgo = clock - 3_600_000
        let saidAt =
            parts.saidAt
            ?? (state == .given ? min(Moments.start(of: from), anHourAgo) : anHourAgo)
        return ConsentRecord(
            id: parts.id ?? "C\(number + 1)", version: 1, state: state,
            scope: ConsentScope(
                purpose: parts.purpose ?? purpose, recipient: parts.recipient ?? recipient,
                items: parts.items),
            terms: ConsentTerms(from: from, until: until),
            statement: ConsentStatement(
                channel: parts.channel, giver: giver, registeredBy: parts.registeredBy,
                helper: parts.helper, witness: parts.witness, language: "zh",
                recordedAt: saidAt + Int64(number)),
            confirmBy: state == .awaitingConfirmation ? day(2) : nil)
    }
}
