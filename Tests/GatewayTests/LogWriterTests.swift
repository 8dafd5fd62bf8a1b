import Consent
import JSONText
import ResidentModel
import SQLiteStore
import Synchronization
import TestSupport
import Testing
import TransparencyLog

import Gateway

/// Many requests at a time through the one writer of the log.
struct LogWriterTests {
    private let gateway: TestGateway
    private let number = citizenNumber()
    private let threads = HeldThreads()

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([row("r-1"), row("r-2", citizenNumber("19600101", 124), name: "李四")])
    }

    private func parts(
        over store: (any GatewayStore)? = nil, limits: LogWriter.Limits = LogWriter.Limits()
    ) -> GatewayParts {
        let base = gateway.parts
        return GatewayParts(
            store: store ?? base.store, keyring: base.keyring, catalogue: base.catalogue,
            policies: base.policies, tenant: base.tenant, log: base.log, clock: base.clock,
            random: base.random, threads: threads, limits: limits)
    }

    private func checkpointSizes(from size: UInt64) throws -> [UInt64] {
        try gateway.store.read { reader throws(GatewayError) in
            try reader.checkpoints(from: size, limit: 1_000).map(\.size)
        }
    }

    /// Starts requests, lets the writer go when all of them wait, and gathers what became of them.
    private func answers(
        of parts: GatewayParts, _ requests: [DisclosureRequest],
        delivered: @escaping @Sendable (Answer) async throws -> Void = { _ in }
    ) async -> [Result<Answer, GatewayError>] {
        let threads = threads
        return await withTaskGroup(of: (Int, Result<Answer, GatewayError>).self) { group in
            for (index, request) in requests.enumerated() {
                group.addTask {
                    do throws(GatewayError) {
                        let answer = try await DisclosurePath(parts).answerConcurrently(
                            request, deliver: delivered)
                        return (index, .success(answer))
                    } catch { return (index, .failure(error)) }
                }
            }
            group.addTask {
                while parts.writer.waitingCount < requests.count { await Task.yield() }
                threads.letGo()
                return (-1, .failure(.stopped))
            }
            var results: [Int: Result<Answer, GatewayError>] = [:]
            for await (index, result) in group { results[index] = result }
            return requests.indices.compactMap { results[$0] }
        }
    }

    @Test("A hundred requests that wait together become durable under one checkpoint")
    func oneBatch() async throws {
        let parts = parts()
        let before = try gateway.logSize
        let store = gateway.store
        let wrong = Mutex(0)
        let requests = Array(
            repeating: gateway.request(["identity.name"], of: number), count: 100)
        let results = await answers(of: parts, requests) { answer in
            let size = try store.read { reader throws(GatewayError) in try reader.treeSize() }
            if size <= answer.receipt.index { wrong.withLock { $0 += 1 } }
        }
        let receipts = try results.map { try $0.get().receipt }
        #expect(Set(receipts.map(\.index)) == Set(before..<before + 100))
        #expect(Set(receipts.map(\.checkpoint)).count == 1)
        #expect(wrong.withLock { $0 } == 0, "delivered before the entry was there")
        #expect(await parts.writer.stop() == 0)
        #expect(try gateway.logSize == before + 200, "a decision and an outcome each")
        let sizes = try checkpointSizes(from: before + 1)
        #expect(sizes.first == before + 100 && sizes.count <= 101)
        #expect(try gateway.verification().isSound)
        print("100 requests: \(sizes.count) checkpoints for decisions and outcomes")
    }

    @Test("A request that cannot be decided fails alone; its neighbours are answered")
    func faultyNeighbour() async throws {
        let good = gateway.request(["identity.name"], of: number)
        let bad = gateway.request(["identity.name"], of: "110101195803041231")
        let parts = parts()
        let results = await answers(of: parts, [good, bad, good])
        #expect(throws: GatewayError.self) { try results[1].get() }
        let indices = [try results[0].get().receipt.index, try results[2].get().receipt.index]
        #expect(abs(Int(indices[0]) - Int(indices[1])) == 1)
        await parts.writer.stop()
        #expect(try gateway.verification().isSound)
    }

    @Test("An entry that cannot be sealed fails alone, also in a batch that is prepared in parts")
    func unsealable() async throws {
        let size = try gateway.logSize
        let writer = parts().writer
        let nobody = LocatedResident(
            number: ResidentNumber(99_999),
            id: try #require(ResidentID(bytes: [UInt8](repeating: 7, count: 16))))
        let bad = AuditDraft(
            type: .decision, decision: .allowed, operational: .object(["format": .string("x")]),
            subject: (nobody, .object(["format": .string("x")])))
        let threads = threads
        let kept = await withTaskGroup(of: UInt64?.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let drafts = number % 40 == 20 ? [Self.draft, bad] : [Self.draft]
                    do {
                        return try await writer.record { _ throws(GatewayError) in ((), drafts) }
                            .receipts.first?.index
                    } catch { return nil }
                }
            }
            group.addTask {
                while writer.waitingCount < 100 { await Task.yield() }
                threads.letGo()
                return nil
            }
            return await group.reduce(into: [UInt64]()) { kept, index in
                if let index { kept.append(index) }
            }
        }
        #expect(kept.sorted() == Array(size..<size + 98), "two of a hundred, and no gap")
        #expect(try gateway.logSize == size + 98 && gateway.verification().isSound)
    }

    @Test("Where the batch cannot be kept, whichever call fails, nobody is answered")
    func failingBatch() async throws {
        var failures = 0
        for call in 1... {
            let held = HeldThreads()
            let faulty = FaultyStore(gateway.store, failingCall: call)
            let base = gateway.parts
            let parts = GatewayParts(
                store: faulty, keyring: base.keyring, catalogue: base.catalogue,
                policies: base.policies, tenant: base.tenant, log: base.log, clock: base.clock,
                random: base.random, threads: held)
            let size = try gateway.logSize
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        do {
                            _ = try await parts.writer.record { _ throws(GatewayError) in
                                ((), [Self.draft])
                            }
                            return true
                        } catch { return false }
                    }
                }
                group.addTask {
                    while parts.writer.waitingCount < 3 { await Task.yield() }
                    held.letGo()
                    return true
                }
                var all: [Bool] = []
                for await isKept in group { all.append(isKept) }
                return all.filter(\.self).count - 1
            }
            let added = try gateway.logSize - size
            #expect(added == UInt64(outcomes) && (added == 0 || added == 3))
            #expect(try gateway.verification().isSound, "call \(call)")
            if added == 3 { break }
            failures += 1
        }
        print("calls of a batch made to fail: \(failures)")
        #expect(failures >= 8)
    }

    private static let draft = AuditDraft(
        type: .admin, decision: .none, operational: .object(["format": .string("test/1")]),
        subject: nil)

    private static func end(of writer: LogWriter) async -> String {
        do {
            _ = try await writer.record { _ throws(GatewayError) in ((), [draft]) }
            return "kept"
        } catch {
            guard case .store(.overloaded(waitingMax: 5)) = error, error.category == .unavailable
            else { return "\(error)" }
            return "turned away"
        }
    }

    @Test("Past its bound the queue turns requests away as unavailable and loses none it took")
    func bounded() async throws {
        var limits = LogWriter.Limits()
        limits.waitingMax = 5
        let parts = parts(limits: limits)
        let writer = parts.writer
        let threads = threads
        let ends = await withTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { await Self.end(of: writer) } }
            var all: [String] = []
            for await result in group {
                all.append(result)
                if all.count == 15 { threads.letGo() }
            }
            return all
        }
        #expect(ends.filter { $0 == "kept" }.count == 5)
        #expect(ends.filter { $0 == "turned away" }.count == 15)
        await writer.stop()
        await #expect(throws: GatewayError.self) {
            try await writer.record { _ throws(GatewayError) in ((), [Self.draft]) }
        }
    }

    @Test(
        "An outcome about somebody forgotten meanwhile is kept without them, and holds up no other")
    func forgottenMeanwhile() async throws {
        threads.letGo()
        let parts = parts()
        let before = try gateway.logSize
        let gateway = gateway
        func forget(_ number: String) throws {
            _ = try Forgetting(gateway.parts).forget(
                citizenNumber: number, Forgetting.Order(officer: "o-9", reason: "2026-17"))
        }
        let other = citizenNumber("19600101", 124)
        let together = try await DisclosurePath(parts).answerConcurrently(
            gateway.request(["identity.name"], of: number)
        ) { _ in try forget(number) }
        _ = try await DisclosurePath(parts).answerConcurrently(
            gateway.request(["identity.name"], of: other)
        ) { _ in }
        #expect(await parts.writer.stop() == 0)
        let alone = try DisclosurePath(gateway.parts).answer(
            gateway.request(["identity.name"], of: other)
        ) { _ in try forget(other) }
        let outcomes = try AuditDesk(gateway.parts).entries(from: before, limit: 30)
            .filter { $0.leaf.type == .outcome }
        #expect(outcomes.count == 3 && outcomes.allSatisfy { $0.leaf.decision == .released })
        for answer in [together, alone] {
            let found = outcomes.first {
                $0.operational["entry"]?.integer == Int(answer.receipt.index)
            }
            #expect(try #require(found).leaf.subject == nil)
        }
        #expect(try gateway.verification().isSound)
    }

    @Test(
        "An outcome that cannot be kept waits longer each time, and is counted when it is given up")
    func growingDelay() async throws {
        threads.letGo()
        let parts = parts(over: FullStore(store: gateway.store))
        parts.writer.recordLater(Self.draft)
        while threads.delays.filter({ $0 > .zero }).count < 5 { await Task.yield() }
        #expect(await parts.writer.stop() == 1)
        #expect(
            threads.delays.filter { $0 > .zero } == [
                .milliseconds(100), .milliseconds(400), .milliseconds(1_600),
                .milliseconds(6_400), .milliseconds(25_600),
            ])
    }

    @Test("Outcomes hold up no answer, ride with the next batch, and are kept by a graceful stop")
    func outcomes() async throws {
        let parts = parts()
        let before = try gateway.logSize
        let results = await answers(
            of: parts, [gateway.request(["identity.name"], of: number)])
        let first = try results[0].get().receipt.index
        #expect(try first == before && gateway.logSize >= before + 1)
        let second = try await DisclosurePath(parts).answerConcurrently(
            gateway.request(["identity.sex"], of: number)
        ) { _ in }
        #expect(second.receipt.index > first)
        await parts.writer.stop()
        let entries = try AuditDesk(gateway.parts).entries(from: before, limit: 10)
        #expect(entries.filter { $0.leaf.type == .decision }.count == 2)
        let outcomes = entries.filter { $0.leaf.type == .outcome }
        #expect(
            Set(outcomes.compactMap { $0.operational["entry"]?.integer })
                == Set([Int(first), Int(second.receipt.index)]))
        #expect(threads.delays.contains(.milliseconds(100)))
    }
}

/// A store on a full disk.
private struct FullStore: GatewayStore {
    let store: any GatewayStore

    func read<Result>(
        _ body: (any StoreReader) throws(GatewayError) -> Result
    ) throws(GatewayError) -> Result { try store.read(body) }

    func write<Result>(
        _ body: (any StoreWriter) throws(GatewayError) -> Result
    ) throws(GatewayError) -> Result { throw .store(.diskFull) }
}
