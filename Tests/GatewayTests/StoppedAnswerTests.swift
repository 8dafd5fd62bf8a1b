import Consent
import JSONText
import ResidentModel
import SQLiteStore
import Synchronization
import Testing
import TransparencyLog

import Gateway

/// A resident's no between a decision and the opening of what it permitted.
struct StoppedAnswerTests {
    private let gateway: TestGateway
    private let number = citizenNumber()

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([row("r-1", ["sex": "1"])])
    }

    @Test(
        "What was permitted and not opened yet stays sealed when another process takes the consent back"
    )
    func stopped() async throws {
        let consent = try gateway.agree(number, items: ["identity.name", "identity.sex"])
        gateway.clock.advance(milliseconds: 1)
        let other = try gateway.secondProcess()
        let threads = InterruptedThreads()
        let parts = gateway.parts(threads: threads)
        threads.interrupt {
            do {
                _ = try ConsentBook(parts: other).take(
                    .withdraw, of: consent.id,
                    saying: ConsentBook.Saying(
                        channel: .counter, registeredBy: "o-1", language: "zh"))
            } catch { Issue.record("\(error)") }
        }
        let request = gateway.request(
            ["identity.name", "identity.sex"], of: number, basis: "agreed")
        let answer = try await DisclosurePath(parts).answerConcurrently(request) { _ in }
        #expect(answer.outcome == .refused)
        #expect(answer.isResidentKnown == nil && answer.pseudonym == nil)
        for item in answer.items {
            guard case .refused(let reasons) = item.outcome else {
                Issue.record("\(item.item) was given")
                continue
            }
            #expect(reasons == [.consentWithdrawn])
        }
        await parts.writer.stop()
        let entries = try AuditDesk(gateway.parts).entries(from: 0, limit: 100)
        let outcome = try #require(entries.last { $0.leaf.type == .outcome })
        #expect(outcome.operational["values"]?.integer == 0)
        let decision = try #require(entries.last { $0.leaf.type == .decision })
        let withdrawal = try #require(entries.last { $0.leaf.type == .consentChange })
        #expect(decision.leaf.decision == .allowed && decision.index < withdrawal.index)
        #expect(try gateway.verification().isSound)
    }

    @Test("The last request that a consent's frequency holds is not stopped by its own count")
    func ownCount() throws {
        _ = try gateway.agree(number, items: ["identity.name"], frequency: "1/day")
        let request = gateway.request(["identity.name"], of: number, basis: "agreed")
        #expect(try gateway.answer(request).outcome == .allowed)
        #expect(try gateway.answer(request).outcome == .refused)
    }
}

/// Threads on which something happens before the next opening.
private final class InterruptedThreads: BlockingThreads {
    private let threads = StoreThreads()
    private let interruption = Mutex<(@Sendable () -> Void)?>(nil)

    func interrupt(_ job: @escaping @Sendable () -> Void) {
        interruption.withLock { $0 = job }
    }

    func inTurn(after delay: Duration, _ job: @escaping @Sendable () -> Void) {
        threads.inTurn(after: delay, job)
    }

    func inParts(_ count: Int, _ part: @Sendable (Int) -> Void) { threads.inParts(count, part) }

    func beside(_ job: @escaping @Sendable () -> Void) {
        threads.beside {
            let first = self.interruption.withLock { held in
                defer { held = nil }
                return held
            }
            first?()
            job()
        }
    }
}
