import Consent
import Gateway
import ResidentModel
import StrictYAML

/// Reads a timeline: one world that changes step by step, under a clock that stands still within each.
struct TimelineReader {
    let head: CaseHead
    let setting: Setting

    func cases(_ fields: KeywordFields) throws(ScenarioFault) -> [TestCase] {
        guard let timeline = fields.optional(.timeline) else { return [] }
        var setting = setting
        var cases: [TestCase] = []
        var clock: Int64?
        var said: [[ConsentRecord]]?
        for (number, node) in try timeline.list().enumerated() {
            let step = try KeywordFields(
                node,
                [.at, .do, .expect, .step, .because, .becauseIncludes, .notBecause, .obligations])
            let at = try step.required(.at)
            let moment = try moment(at, after: clock)
            clock = moment
            // Later parts of the setting, such as a relative date, count from the step's own moment.
            let text = Moments.text(of: moment)
            setting[.clock] = YAMLNode(content: .scalar(text), position: at.position)
            var cells: [TestCell] = []
            if let expect = step.optional(.expect) {
                cells = try head.cells(expect, step, asked: nil, in: setting)
            } else if step.optional(.do) == nil {
                throw ScenarioFault(
                    .missing, at: node.position, "这一步既没有“发生”也没有“应当”",
                    "the step has neither 'do' nor 'expect'")
            }
            var own = head
            own.position = node.position
            own.name += " / " + (try step.text(.step) ?? text)
            own.id += "/\(number + 1)"
            var test = try own.made(cells, in: setting)
            if let said { test.world.said = said }
            if let action = step.optional(.do) {
                try ConsentSteps(setting: setting, test: test).take(action, in: &test.world.said)
            }
            said = test.world.said
            if !cells.isEmpty { cases.append(test) }
        }
        guard !cases.isEmpty else {
            throw ScenarioFault(
                .empty, at: timeline.position, "时间线里没有一步写了“应当”",
                "no step of the timeline expects anything")
        }
        return cases
    }

    /// An absolute moment, or `+5d`, `+2h`, `+30m`, `+5working_days` after the step before.
    private func moment(_ node: YAMLNode, after last: Int64?) throws(ScenarioFault) -> Int64 {
        let text = try node.scenarioText()
        guard text.hasPrefix("+") else { return try Moments.moment(node) }
        let digits = text.dropFirst().prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(1 + digits.count)
        guard let last, let count = Int64(digits), count < 100_000 else {
            throw ScenarioFault(
                .date, at: node.position, "“\(text)”不是时刻；第一步要写确定的时刻，之后可以写 +5d、+5working_days",
                "'\(text)' is no moment: the first step has an absolute one, later ones may have +5d or +5working_days"
            )
        }
        switch unit {
        case "d": return last + count * 86_400_000
        case "h": return last + count * 3_600_000
        case "m": return last + count * 60_000
        case "working_days", "个工作日":
            let day = GatewayClock.day(atMilliseconds: last)
            let next = setting.fixtures.calendar.day(Int(count), after: day)
            return last + Int64(next.dayNumber - day.dayNumber) * 86_400_000
        default:
            throw ScenarioFault(
                .date, at: node.position, "单位“\(unit)”不认识；可写 d、h、m、working_days",
                "the unit '\(unit)' is not known; expected d, h, m or working_days")
        }
    }
}

/// Takes steps of a consent's life in a supposed world, by the rules of the consent register.
struct ConsentSteps {
    let setting: Setting
    let test: TestCase

    private static let steps: [Keyword: ConsentStep] = [
        .give: .give, .refuse: .refuse, .withdraw: .withdraw, .pause: .pause, .resume: .resume,
        .confirm: .confirm,
    ]

    private var day: CalendarDate { GatewayClock.day(atMilliseconds: test.clock) }

    /// - Parameters:
    ///   - node: `{consent: {withdraw: C1, via: phone}}`, or `{consent: {renew: C1, until: 2027-01-01}}`.
    ///   - said: What the residents have said; the resident asked about is the first.
    /// - Throws: ``ScenarioFault``, also where the register refuses the step.
    func take(_ node: YAMLNode, in said: inout [[ConsentRecord]]) throws(ScenarioFault) {
        let action = try KeywordFields(node, [.consent])
        let fields = try KeywordFields(
            action.required(.consent),
            Array(Self.steps.keys) + [.renew, .via, .registeredBy, .witness, .helper, .until])
        let named = ([.renew] + Self.steps.keys).filter { fields.optional($0) != nil }
        guard named.count == 1, let keyword = named.first, let target = fields.optional(keyword),
            !said.isEmpty
        else {
            throw ScenarioFault(
                .form, at: node.position, "这里要写一个步骤，如 {撤回: C1}",
                "expected one step, such as {withdraw: C1}")
        }
        let id = try target.scenarioText()
        guard let index = said[0].firstIndex(where: { $0.id == id }) else {
            throw ScenarioFault(
                .unknownName, at: target.position, "没有编号为“\(id)”的同意", "there is no consent '\(id)'",
                meant: NearestWord.to(id, among: said[0].map(\.id)))
        }
        let record = said[0][index]
        let statement = ConsentStatement(
            channel: try fields.optional(.via).map(ConsentReader.channel) ?? .counter,
            giver: record.statement.giver,
            registeredBy: try fields.text(.registeredBy) ?? "registrar",
            helper: try fields.text(.helper), witness: try fields.text(.witness), language: "zh",
            recordedAt: test.clock)
        do throws(ConsentError) {
            if let step = Self.steps[keyword] {
                said[0][index] = try record.taking(
                    step, statement: statement, on: day,
                    isHighRisk: setting.vocabulary.catalogue.isHighRisk(record.scope.items))
                return
            }
        } catch { throw Self.refused(error, at: target) }
        let until = try fields.optional(.until).map(Moments.day)
        try renew(record, statement, until: until, at: target, in: &said[0])
    }

    /// A new consent to the same, which takes the place of the old one.
    private func renew(
        _ record: ConsentRecord, _ statement: ConsentStatement, until: CalendarDate?,
        at node: YAMLNode, in said: inout [ConsentRecord]
    ) throws(ScenarioFault) {
        guard let purpose = setting.vocabulary.catalogue.purposes[record.scope.purpose] else {
            throw ScenarioFault(
                .form, at: node.position, "这份同意的目的不在目录里",
                "the catalogue lacks the consent's purpose")
        }
        let last = until ?? CalendarDate(dayNumber: day.dayNumber + 180)
        let wanted = ConsentRecord(
            id: "\(record.id)-renewed", version: 1, state: .given, scope: record.scope,
            terms: ConsentTerms(from: day, until: last), statement: statement)
        do throws(ConsentError) {
            let new = try ConsentRegister.opened(
                wanted, purpose: purpose,
                isHighRisk: setting.vocabulary.catalogue.isHighRisk(record.scope.items),
                earlier: said)
            for old in ConsentRegister.replaced(by: new, among: said) {
                let next = try old.taking(
                    .replace, statement: statement, on: day, isHighRisk: false)
                said = said.map { $0.id == old.id ? next : $0 }
            }
            said.append(new)
        } catch { throw Self.refused(error, at: node) }
    }

    private static func refused(_ error: ConsentError, at node: YAMLNode) -> ScenarioFault {
        ScenarioFault(
            .form, at: node.position, "同意登记簿不接受这一步：\(error)",
            "the consent register does not take this step: \(error)")
    }
}
