import Consent
import ResidentModel
import TestSupport
import Testing

struct StandingTests {
    static let item = FieldID("income.monthly")
    static let day = CalendarDate(dayNumber: 20_000)

    static func days(_ count: Int) -> CalendarDate {
        CalendarDate(dayNumber: day.dayNumber + count)
    }

    static func record(
        _ id: String = "C-1", _ state: ConsentState = .given, from: Int = 0, until: Int = 30,
        recordedAt: Int64 = 1_000, purpose: String = "dibao-review", recipient: String = "civil",
        items: Set<FieldID> = [item]
    ) -> ConsentRecord {
        ConsentRecord(
            id: id, version: 1, state: state,
            scope: ConsentScope(purpose: purpose, recipient: recipient, items: items),
            terms: ConsentTerms(from: days(from), until: days(until)),
            statement: statement(at: recordedAt))
    }

    static func statement(
        _ channel: ConsentChannel = .counter, by officer: String = "o-1", helper: String? = nil,
        witness: String? = nil, at recordedAt: Int64 = 5_000
    ) -> ConsentStatement {
        ConsentStatement(
            channel: channel, registeredBy: officer, helper: helper, witness: witness,
            language: "zh", recordedAt: recordedAt)
    }

    private func status(_ records: [ConsentRecord], after count: Int = 0) -> ConsentStatus {
        ConsentRegister.standing(
            of: Self.item, purpose: "dibao-review", recipient: "civil", on: Self.days(count),
            records: records
        ).status
    }

    @Test("A consent holds from its first to its last day, both of them whole")
    func firstAndLastDay() {
        let records = [Self.record(from: 0, until: 30)]
        #expect(status(records, after: -1) == .notYet)
        #expect(status(records, after: 0) == .inForce)
        #expect(status(records, after: 30) == .inForce)
        #expect(status(records, after: 31) == .expired)
    }

    @Test("A consent of one day holds on that day alone")
    func oneDay() {
        let records = [Self.record(from: 3, until: 3)]
        #expect([2, 3, 4].map { status(records, after: $0) } == [.notYet, .inForce, .expired])
    }

    @Test("Refused and withdrawn stay so, whatever the day", arguments: [-1, 0, 30, 31])
    func endedStates(count: Int) {
        #expect(status([Self.record("C-1", .refused)], after: count) == .refused)
        #expect(status([Self.record("C-1", .withdrawn)], after: count) == .withdrawn)
    }

    @Test("No record, or one of another purpose, recipient or item, is no consent")
    func scope() {
        #expect(status([]) == .none)
        #expect(status([Self.record(purpose: "old-age")]) == .none)
        #expect(status([Self.record(recipient: "health")]) == .none)
        #expect(status([Self.record(items: [FieldID("income")])]) == .none)
        #expect(status([Self.record(items: [FieldID("income.monthly-band")])]) == .none)
        #expect(status([Self.record(items: [])]) == .none)
    }

    @Test("A no stops every yes said before it or with it, and a yes said later counts again")
    func noAfterYes() {
        let yes = Self.record("C-2", recordedAt: 2_000)
        let words: [(ConsentState, ConsentStatus)] = [
            (.withdrawn, .withdrawn), (.refused, .refused), (.paused, .paused),
        ]
        for (state, expected) in words {
            for recordedAt: Int64 in [1_000, 2_000, 3_000] {
                let no = Self.record("C-1", state, recordedAt: recordedAt)
                let result: ConsentStatus = recordedAt < 2_000 ? .inForce : expected
                #expect(status([yes, no]) == result)
                #expect(status([no, yes]) == result)
            }
        }
    }

    @Test("What is neither yes nor no changes neither")
    func neither() {
        let yes = Self.record("C-2", recordedAt: 2_000)
        let no = Self.record("C-3", .refused, recordedAt: 2_000)
        let states: [ConsentState] = [.requested, .awaitingConfirmation, .expired, .replaced]
        for state in states {
            let other = Self.record("C-1", state, recordedAt: 9_000)
            #expect(status([yes, other]) == .inForce)
            #expect(status([no, other]) == .refused)
        }
        let ended = Self.record("C-4", until: -1, recordedAt: 9_000)
        let late = Self.record("C-5", from: 5, until: 9, recordedAt: 9_000)
        #expect(status([yes, ended, late]) == .inForce)
        #expect(status([no, ended]) == .expired)
        #expect(status([late, no]) == .notYet)
        #expect(status([Self.record("C-7", .refused, recordedAt: 9_000), ended]) == .refused)
        #expect(status([ended]) == .expired)
        #expect(status([late]) == .notYet)
        #expect(status([Self.record("C-6", .requested)]) == .requested)
        #expect(status([Self.record("C-6", .requested)], after: 31) == .expired)
    }

    @Test("Adding a no to any set of records never makes an agreement, in 4,096 seeded sets")
    func noNeverWidens() {
        var random = SeededRandom(seed: 6)
        var inForce = 0
        for _ in 0..<4_096 {
            let records = (0..<Int.random(in: 0...5, using: &random)).map { index in
                Self.record(
                    "C-\(index)", ConsentState.allCases.randomElement(using: &random) ?? .given,
                    from: Int.random(in: -2...1, using: &random),
                    until: Int.random(in: -1...3, using: &random),
                    recordedAt: Int64.random(in: 1...6, using: &random))
            }
            let before = status(records)
            let state: ConsentState = Bool.random(using: &random) ? .withdrawn : .refused
            let no = Self.record("C-no", state, recordedAt: Int64.random(in: 1...6, using: &random))
            let after = status(records + [no])
            if before == .inForce { inForce += 1 }
            if after == .inForce { #expect(before == .inForce) }
        }
        #expect(inForce > 100)
    }

    @Test("The standing names the record that says so")
    func namesItsRecord() {
        let records = [
            Self.record("C-1", .withdrawn), Self.record("C-2", recordedAt: 2_000),
        ]
        let standing = ConsentRegister.standing(
            of: Self.item, purpose: "dibao-review", recipient: "civil", on: Self.day,
            records: records)
        #expect(standing.consent?.id == "C-2")
        let none = ConsentRegister.standing(
            of: Self.item, purpose: "dibao-review", recipient: "civil", on: Self.day, records: [])
        #expect(none.consent == nil)
    }

    @Test("The words that enter policies are stable")
    func words() {
        #expect(
            ConsentStatus.allCases.map(\.rawValue)
                == [
                    "none", "in-force", "not-yet", "expired", "withdrawn", "refused", "paused",
                    "awaiting-confirmation", "requested", "replaced",
                ])
        #expect(ConsentChannel.allCases.map(\.assurance) == [3, 3, 2, 2, 1, 1])
    }
}
