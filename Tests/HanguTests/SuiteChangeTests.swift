import Foundation
import Testing

@Suite("A change of the family of algorithms")
struct SuiteChangeTests {
    @Test("Once changed over, the log is sound at once, with somebody forgotten in it")
    func forgottenBefore() throws {
        let home = try TestHome(try SmallDelivery())
        _ = try home.check(["pull"])
        let number = SmallDelivery.numbers[0] + "\n"
        #expect(try home.run(TestHome.allowance(), input: number).status == 0)
        _ = try home.check(
            ["keys", "shred", "--officer", "li", "--reason", "2026-17", "--resident", "-"],
            input: number)
        let before = try home.verifyLog()
        #expect(before.sound)
        _ = try home.check(["keys", "rotate", "suite", "--to", "sm"])
        let after = try home.run(["audit", "verify", "--json"])
        #expect(after.status == 0, "\(after.allText)")
        #expect(try home.verifyLog().entries > before.entries)
    }
}
