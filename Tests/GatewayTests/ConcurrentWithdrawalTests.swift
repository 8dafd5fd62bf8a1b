import Consent
import JSONText
import ResidentModel
import SQLiteStore
import Testing
import TransparencyLog

import Gateway

/// Withdrawals in the middle of many concurrent requests.
struct ConcurrentWithdrawalTests {
    private let gateway: TestGateway
    private let number = citizenNumber()

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([row("r-1")])
    }

    private func register() throws -> ConsentRecord {
        // A yes at the moment of a no counts for nothing.
        gateway.clock.advance(milliseconds: 1)
        return try gateway.agree(number)
    }

    @Test("By the log's order, no decision after a withdrawal allows, and none before it refuses")
    func order() async throws {
        let parts = gateway.parts
        let request = gateway.request(["identity.name"], of: number, basis: "agreed")
        var allowed = 0
        var refused = 0
        for _ in 0..<8 {
            let consent = try register()
            let book = ConsentBook(parts: parts)
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<24 {
                    group.addTask {
                        do {
                            if index == 12 {
                                _ = try await parts.threads.run { () throws(GatewayError) in
                                    try book.take(
                                        .withdraw, of: consent.id,
                                        saying: ConsentBook.Saying(
                                            channel: .counter, registeredBy: "o-1", language: "zh"))
                                }
                            } else {
                                _ = try await DisclosurePath(parts).answerConcurrently(request) {
                                    _ in
                                }
                            }
                        } catch { Issue.record("\(error)") }
                    }
                }
            }
        }
        await parts.writer.stop()
        var isWithdrawn = true
        var next: UInt64 = 0
        while true {
            let entries = try AuditDesk(parts).entries(from: next, limit: 100)
            guard let last = entries.last else { break }
            next = last.index + 1
            for entry in entries {
                switch entry.leaf.type {
                case .consentChange:
                    isWithdrawn = entry.operational["state"]?.string == "withdrawn"
                case .decision:
                    #expect(entry.leaf.decision == (isWithdrawn ? .refused : .allowed))
                    if isWithdrawn { refused += 1 } else { allowed += 1 }
                default: break
                }
            }
        }
        print("concurrent decisions: \(allowed) before and \(refused) after 8 withdrawals")
        #expect(allowed + refused == 8 * 23)
        #expect(try gateway.verification().isSound)
    }
}
