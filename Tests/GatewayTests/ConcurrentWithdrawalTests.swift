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

    private static func answer(_ request: DisclosureRequest, _ parts: GatewayParts) async {
        do { _ = try await DisclosurePath(parts).answerConcurrently(request) { _ in } } catch {
            Issue.record("\(error)")
        }
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
            let (answers, answered) = AsyncStream.makeStream(of: Void.self)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<17 {
                    group.addTask {
                        await Self.answer(request, parts)
                        answered.yield()
                    }
                }
                group.addTask {
                    // Six answers come before it for certain, six after it; the others as it happens.
                    var waiting = answers.makeAsyncIterator()
                    for _ in 0..<6 { await waiting.next() }
                    do {
                        _ = try await parts.threads.run { () throws(GatewayError) in
                            try book.take(
                                .withdraw, of: consent.id,
                                saying: ConsentBook.Saying(
                                    channel: .counter, registeredBy: "o-1", language: "zh"))
                        }
                    } catch { Issue.record("\(error)") }
                    await withTaskGroup(of: Void.self) { late in
                        for _ in 0..<6 { late.addTask { await Self.answer(request, parts) } }
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
        #expect(allowed >= 8 * 6 && refused >= 8 * 6)
        #expect(try gateway.verification().isSound)
    }
}
