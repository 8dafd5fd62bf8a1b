import Consent
import ResidentModel

/// All that one resident can have said so far, as numbers: each list of records is made by the register's own code, once.
final class LifeTable {
    /// What somebody does to a list of records.
    struct Move {
        let label: String
        let next: Int
        let isYes: Bool
        let isNo: Bool
    }

    private static let item = FieldID("identity.name")
    private let purpose: Purpose
    private var lists: [[ConsentRecord]] = []
    private var numbers: [[ConsentRecord]: Int] = [:]
    private var moves: [Key: [Move]] = [:]
    private var standings: [Key: Bool] = [:]

    private struct Key: Hashable {
        let list: Int
        let time: Int
        let day: Int
    }

    init(purpose: Purpose) { self.purpose = purpose }

    var count: Int { lists.count }

    func number(of list: [ConsentRecord]) -> Int {
        let sorted = list.sorted { $0.id < $1.id }
        if let known = numbers[sorted] { return known }
        numbers[sorted] = lists.count
        lists.append(sorted)
        return lists.count - 1
    }

    /// Whether the register says that the item may be given.
    func isInForce(_ list: Int, day: Int) -> Bool {
        let key = Key(list: list, time: 0, day: day)
        if let known = standings[key] { return known }
        let standing = ConsentRegister.standing(
            of: Self.item, purpose: "visit", recipient: "civil", on: StandingTests.days(day),
            records: lists[list])
        standings[key] = standing.status == .inForce
        return standing.status == .inForce
    }

    /// Everything that can be registered at a moment of a day.
    func moves(from list: Int, time: Int, day: Int) -> [Move] {
        let key = Key(list: list, time: time, day: day)
        if let known = moves[key] { return known }
        let found = openings(list, time: time, day: day) + steps(list, time: time, day: day)
        moves[key] = found
        return found
    }

    private func statement(
        _ time: Int, by officer: String = "o-1", _ channel: ConsentChannel = .counter
    ) -> ConsentStatement {
        StandingTests.statement(channel, by: officer, at: Int64(time))
    }

    /// A second yes, at the counter or through a helper, a question and a refusal.
    private func openings(_ list: Int, time: Int, day: Int) -> [Move] {
        let records = lists[list]
        let kinds: [(String, ConsentState, ConsentChannel)] = [
            ("C-2", .given, .counter), ("C-2", .given, .homeVisit), ("N-1", .refused, .phone),
            ("Q-1", .requested, .counter),
        ]
        return kinds.compactMap { id, state, channel in
            guard !records.contains(where: { $0.id == id }) else { return nil }
            let wanted = ConsentRecord(
                id: id, version: 1, state: state,
                scope: ConsentScope(purpose: "visit", recipient: "civil", items: [Self.item]),
                terms: ConsentTerms(
                    from: StandingTests.days(day), until: StandingTests.days(day + 30)),
                statement: statement(time, channel))
            do {
                let opened = try ConsentRegister.opened(
                    wanted, purpose: purpose, isHighRisk: true, earlier: records)
                return Move(
                    label: "\(id) \(opened.state.rawValue)", next: kept(opened, records, time, day),
                    isYes: state == .given, isNo: state == .refused)
            } catch { return nil }
        }
    }

    /// Every step that the life of any record takes.
    private func steps(_ list: Int, time: Int, day: Int) -> [Move] {
        let records = lists[list]
        var moves: [Move] = []
        for record in records {
            for step in ConsentStep.allCases where step != .replace {
                let officer = step == .confirm ? "o-2" : "o-1"
                do {
                    let next = try record.taking(
                        step, statement: statement(time, by: officer),
                        on: StandingTests.days(day), isHighRisk: true)
                    moves.append(
                        Move(
                            label: "\(step.rawValue) \(record.id)",
                            next: kept(next, records, time, day),
                            isYes: step == .give || step == .resume,
                            isNo: [.refuse, .pause, .withdraw].contains(step)))
                } catch { continue }
            }
        }
        return moves
    }

    /// As the consent book keeps a version: in place of the one before, and of earlier ones that a yes replaces.
    private func kept(_ record: ConsentRecord, _ records: [ConsentRecord], _ time: Int, _ day: Int)
        -> Int
    {
        var list = records.filter { $0.id != record.id }
        for old in ConsentRegister.replaced(by: record, among: list) {
            do {
                let next = try old.taking(
                    .replace, statement: record.statement, on: StandingTests.days(day),
                    isHighRisk: false)
                list = list.filter { $0.id != old.id } + [next]
            } catch { preconditionFailure("what is replaced can be: \(error)") }
        }
        return number(of: list + [record])
    }
}
