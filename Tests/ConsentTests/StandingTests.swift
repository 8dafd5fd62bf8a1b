import Consent
import ResidentModel
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
            id: id, version: 1, state: state, purpose: purpose, recipient: recipient, items: items,
            from: days(from), until: days(until), channel: .counter, registeredBy: "o-1",
            helper: nil,
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

    @Test("A consent in force outranks an older and a newer one that ended, in either order")
    func inForceOutranks() {
        let inForce = Self.record("C-2", recordedAt: 2_000)
        for state in [ConsentState.withdrawn, .refused] {
            for recordedAt: Int64 in [1_000, 3_000] {
                let other = Self.record("C-1", state, recordedAt: recordedAt)
                #expect(status([inForce, other]) == .inForce)
                #expect(status([other, inForce]) == .inForce)
            }
        }
    }

    @Test("Where none is in force, the newest word counts, in either order")
    func newestWord() {
        let withdrawn = Self.record("C-1", .withdrawn, recordedAt: 2_000)
        let refused = Self.record("C-2", .refused, recordedAt: 3_000)
        let expired = Self.record("C-3", until: -1 + 0, recordedAt: 1_000)
        let late = Self.record("C-4", from: 5, until: 9, recordedAt: 4_000)
        #expect(status([withdrawn, refused, expired]) == .refused)
        #expect(status([expired, refused, withdrawn]) == .refused)
        #expect(status([expired, withdrawn]) == .withdrawn)
        #expect(status([late, withdrawn, refused]) == .notYet)
        #expect(status([expired]) == .expired)
    }

    @Test("The standing names the record that says so")
    func namesItsRecord() {
        let records = [Self.record("C-1", .withdrawn), Self.record("C-2")]
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
                == ["none", "in-force", "not-yet", "expired", "withdrawn", "refused"])
        #expect(ConsentChannel.allCases.map(\.assurance) == [3, 3, 2, 2, 1, 1])
    }
}
