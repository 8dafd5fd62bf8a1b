import Consent
import FieldCrypto
import ResidentModel
import TestSupport
import Testing

import Gateway

/// A no never makes anything visible that was not, whatever was said before.
struct NeverWidensTests {
    private static let items = ["identity.name", "identity.sex", "income.monthly"]
    private static let bases = ["agreed", "request"]

    /// What is permitted now, by basis and item.
    private func permitted(_ gateway: TestGateway, _ number: String) throws -> Set<String> {
        var found: Set<String> = []
        for basis in Self.bases {
            let answer = try gateway.answer(
                gateway.request(Self.items, of: number, basis: basis))
            for item in answer.items where !item.isRefused { found.insert("\(basis) \(item.item)") }
        }
        return found
    }

    @Test(
        "Withdrawing, refusing, pausing, expiring and asking never widen a decision, in any order",
        arguments: [UInt64(11), 12, 13])
    func noNeverWidens(seed: UInt64) throws {
        let random = SeededRandom(seed: seed)
        var compared = 0
        var narrowed = 0
        for _ in 0..<4 {
            let gateway = try TestGateway(seed: seed)
            try gateway.pull([row("r-1", ["sex": "1", "income": "1000"])])
            let run = NeverWidensRun(gateway: gateway, random: random, items: Self.items)
            var before = try permitted(gateway, run.number)
            for _ in 0..<14 {
                let isYes = try run.act()
                let after = try permitted(gateway, run.number)
                if !isYes {
                    #expect(after.isSubset(of: before), "\(run.history)")
                    compared += 1
                    if after != before { narrowed += 1 }
                }
                before = after
            }
        }
        print("never widens, seed \(seed): \(compared) words compared, \(narrowed) narrowed")
        #expect(compared > 15 && narrowed > 2)
    }
}

/// One resident's random words.
private final class NeverWidensRun {
    let gateway: TestGateway
    let number = citizenNumber()
    private(set) var history: [String] = []
    private let random: SeededRandom
    private let items: [String]

    init(gateway: TestGateway, random: SeededRandom, items: [String]) {
        self.gateway = gateway
        self.random = random
        self.items = items
    }

    private func draw(_ count: Int) throws -> Int { Int(try random.bytes(1)[0]) % count }

    private func someItems() throws -> [String] {
        let mask = try draw(7) + 1
        return items.indices.filter { mask & 1 << $0 != 0 }.map { items[$0] }
    }

    /// Does one thing; what the register does not take changes nothing.
    ///
    /// - Returns: Whether it was a yes of the resident, or a second person's word on one.
    func act() throws -> Bool {
        if try draw(4) > 0 { gateway.clock.advance(milliseconds: 1) }
        let kind = try draw(9)
        do {
            switch kind {
            case 0, 1, 2:
                let days = [3, 30, 90][try draw(3)]
                let until = CalendarDate(
                    dayNumber: gateway.clock.gatewayClock.today.dayNumber + days)
                let isAssisted = try draw(2) == 0
                history.append("yes for \(days) days")
                _ = try gateway.agree(number, items: try someItems(), until: until) {
                    if isAssisted { $0.channel = .homeVisit }
                }
                return true
            case 3:
                history.append("no")
                _ = try gateway.agree(number, items: try someItems(), state: .refused)
                return false
            case 4:
                history.append("asked")
                _ = try gateway.agree(number, items: try someItems(), state: .requested)
                return false
            case 5:
                history.append("days pass")
                gateway.clock.advance(days: Int64(try draw(5)))
                if try draw(2) == 0 { _ = try ConsentBook(parts: gateway.parts).recordEnded() }
                return false
            default: return try step()
            }
        } catch is GatewayError { return kind < 3 }
    }

    private func step() throws -> Bool {
        let records = try ConsentBook(parts: gateway.parts).list(citizenNumber: number)
        guard !records.isEmpty else { return false }
        let record = records[try draw(records.count)]
        let step = [ConsentStep.withdraw, .pause, .pause, .resume, .confirm, .give][try draw(6)]
        history.append("\(step.rawValue) \(record.state.rawValue)")
        _ = try gateway.take(step, of: record.id, by: step == .confirm ? "o-2" : "o-1")
        return [.resume, .confirm, .give].contains(step)
    }
}
