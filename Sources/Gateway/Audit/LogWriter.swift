package import FieldCrypto
import Synchronization

/// The one writer of the log: what waits while the last batch is made durable becomes the next batch.
///
/// A request brings work that reads and decides. The writer runs the work of all waiting requests within one
/// transaction, appends their entries under one checkpoint, and only when that is durable tells each where its entry
/// stands. So one request pays one sync to disk, and a hundred at a time pay the same one; a decision is taken in
/// the transaction that keeps it, so that a withdrawal comes before it or after it and never between.
///
/// Where the log cannot be written, every request of the batch fails and nothing is released. Work that throws fails
/// its own request alone.
package final class LogWriter: Sendable {
    /// Decides, from what stands in the store, which entries are appended.
    ///
    /// What it writes itself must be right also where it throws afterwards: the batch goes on without its entries.
    package typealias Work<Value> =
        @Sendable (any StoreWriter) throws(GatewayError) -> (value: Value, drafts: [AuditDraft])

    /// What one request brought, and whom to tell.
    private struct Item: Sendable {
        /// Runs the work; answers the drafts and how to tell the value with its receipts.
        let run:
            @Sendable (any StoreWriter) throws(GatewayError) -> (
                drafts: [AuditDraft], succeed: @Sendable ([AuditReceipt]) -> Void
            )
        let fail: @Sendable (GatewayError) -> Void
    }

    private struct State {
        var waiting: [Item] = []
        /// Outcomes that ride with the next batch.
        var outcomes: [Outcome] = []
        var isRunning = false
        var isFlushDue = false
        var isStopped = false
        /// Who waits for the writer to have nothing left.
        var idle: [@Sendable () -> Void] = []
        var outcomesLost = 0
    }

    private struct Outcome: Sendable {
        let draft: AuditDraft
        var attempts = 0
    }

    /// From how many requests on others are told beside the next batch, which then waits for none of them.
    private static let toldAtOnceMax = 32

    private let store: any GatewayStore
    private let log: AuditLog
    private let ringWatch: RingWatch
    private let keyring: Keyring
    private let threads: any BlockingThreads
    private let limits: Limits
    private let state = Mutex(State())

    /// - Parameters:
    ///   - store: Where log and decided facts stand.
    ///   - log: Makes the entries.
    ///   - ringWatch: Keeps the ring as new as the store says.
    ///   - keyring: The ring.
    ///   - threads: Where the writer runs.
    ///   - limits: How much may wait.
    package init(
        store: any GatewayStore, log: AuditLog, ringWatch: RingWatch, keyring: Keyring,
        threads: any BlockingThreads, limits: Limits = Limits()
    ) {
        self.store = store
        self.log = log
        self.ringWatch = ringWatch
        self.keyring = keyring
        self.threads = threads
        self.limits = limits
    }

    /// Queues work and waits until its entries are durable.
    ///
    /// - Parameter work: Runs once, in the transaction of its batch, on the writer's thread.
    /// - Returns: What the work answered, and for each of its drafts where it stands.
    /// - Throws: ``StoreError/overloaded(waitingMax:)`` at once where too many wait, ``GatewayError/stopped`` after
    ///   ``stop()``, what the work throws, and what the store throws where the batch could not be kept.
    package func record<Value: Sendable>(
        _ work: @escaping Work<Value>
    ) async throws(GatewayError) -> (value: Value, receipts: [AuditReceipt]) {
        let result = await withCheckedContinuation { continuation in
            submit(work) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// The same as a batch of one on the calling thread, for a program that answers one request.
    package func recordAlone<Value: Sendable>(
        _ work: @escaping Work<Value>
    ) throws(GatewayError) -> (value: Value, receipts: [AuditReceipt]) {
        let found = Mutex<Result<(value: Value, receipts: [AuditReceipt]), GatewayError>?>(nil)
        write([item(work) { result in found.withLock { $0 = result } }], outcomes: [])
        guard let result = found.withLock({ $0 }) else {
            preconditionFailure("every item of a batch is told")
        }
        return try result.get()
    }

    /// Queues an outcome, which becomes durable with a later batch; nobody waits for it.
    ///
    /// It is kept by ``stop()`` at the latest. A crash before leaves the decision as authorised, outcome unknown.
    package func recordLater(_ draft: AuditDraft) {
        state.withLock { $0.outcomes.append(Outcome(draft: draft)) }
        scheduleFlush()
    }

    /// How many requests wait for the next batch.
    package var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Lets nothing further in and waits until everything queued is durable or has failed.
    ///
    /// - Returns: How many outcomes could not be kept.
    @discardableResult
    package func stop() async -> Int {
        await withCheckedContinuation { continuation in
            let isStarting = state.withLock { state in
                state.isStopped = true
                state.idle.append { continuation.resume() }
                defer { state.isRunning = true }
                return !state.isRunning
            }
            if isStarting { threads.inTurn(after: .zero) { self.run() } }
        }
        return state.withLock { $0.outcomesLost }
    }
}

extension LogWriter {
    private func item<Value: Sendable>(
        _ work: @escaping Work<Value>,
        _ tell:
            @escaping @Sendable (
                Result<(value: Value, receipts: [AuditReceipt]), GatewayError>
            ) -> Void
    ) -> Item {
        Item(
            run: { writer throws(GatewayError) in
                let (value, drafts) = try work(writer)
                return (drafts, { tell(.success((value, $0))) })
            }, fail: { tell(.failure($0)) })
    }

    private func submit<Value: Sendable>(
        _ work: @escaping Work<Value>,
        _ tell:
            @escaping @Sendable (
                Result<(value: Value, receipts: [AuditReceipt]), GatewayError>
            ) -> Void
    ) {
        let item = item(work, tell)
        let (refusal, isStarting) = state.withLock { state -> (GatewayError?, Bool) in
            if state.isStopped { return (.stopped, false) }
            if state.waiting.count >= limits.waitingMax {
                return (.store(.overloaded(waitingMax: limits.waitingMax)), false)
            }
            state.waiting.append(item)
            defer { state.isRunning = true }
            return (nil, !state.isRunning)
        }
        if let refusal { return item.fail(refusal) }
        if isStarting { threads.inTurn(after: .zero) { self.run() } }
    }

    private func scheduleFlush() {
        let attempts = state.withLock { state -> Int? in
            guard !state.isRunning, !state.isFlushDue,
                let newest = state.outcomes.map(\.attempts).min()
            else { return nil }
            state.isFlushDue = true
            return newest
        }
        guard let attempts else { return }
        threads.inTurn(after: limits.outcomeDelay * (1 << (2 * attempts))) {
            let isStarting = self.state.withLock { state in
                state.isFlushDue = false
                guard !state.isRunning, !state.outcomes.isEmpty else { return false }
                state.isRunning = true
                return true
            }
            if isStarting { self.run(isFlushing: true) }
        }
    }

    /// Writes batch after batch until nothing waits.
    private func run(isFlushing: Bool = false) {
        var isFlushing = isFlushing
        while let (items, outcomes) = next(isFlushing: isFlushing) {
            isFlushing = false
            write(items, outcomes: outcomes)
        }
        scheduleFlush()
        let idle = state.withLock { state in
            guard state.isStopped, !state.isRunning else { return [@Sendable () -> Void]() }
            defer { state.idle = [] }
            return state.idle
        }
        for tell in idle { tell() }
    }

    /// The next batch, or nil where the writer has come to rest.
    ///
    /// Outcomes alone make no batch before their delay has passed, unless the writer is to stop.
    private func next(isFlushing: Bool) -> (items: [Item], outcomes: [Outcome])? {
        state.withLock { state in
            let isDue = isFlushing || state.isStopped || state.outcomes.count >= limits.batchMax
            guard !state.waiting.isEmpty || (isDue && !state.outcomes.isEmpty) else {
                state.isRunning = false
                return nil
            }
            let items = Array(state.waiting.prefix(limits.batchMax))
            state.waiting.removeFirst(items.count)
            let outcomes = Array(state.outcomes.prefix(limits.batchMax))
            state.outcomes.removeFirst(outcomes.count)
            return (items, outcomes)
        }
    }

    /// What became of one request of a batch: its place among the batch's, or why it has none.
    private typealias Taken = Result<
        (request: Int, succeed: @Sendable ([AuditReceipt]) -> Void), GatewayError
    >

    /// Makes one batch durable, then tells everybody in it.
    private func write(_ items: [Item], outcomes: [Outcome]) {
        var taken: [Taken] = []
        var kept: [Result<[AuditReceipt], GatewayError>] = []
        do throws(GatewayError) {
            kept = try store.write { writer throws(GatewayError) in
                try ringWatch.follow(writer.ringGeneration(), keyring)
                var batch = try EntryBatch(log, in: writer, threads: threads)
                for item in items {
                    do throws(GatewayError) {
                        let (drafts, succeed) = try item.run(writer)
                        taken.append(.success((batch.add(drafts), succeed)))
                    } catch { taken.append(.failure(error)) }
                }
                for outcome in outcomes { _ = batch.add([outcome.draft]) }
                return try batch.finish()
            }
        } catch {
            retryLater(outcomes)
            for item in items { item.fail(error) }
            return
        }
        if let newest = kept.lazy.compactMap(Self.checkpoint).first { log.moveMark(to: newest) }
        if items.count < Self.toldAtOnceMax {
            Self.tell(items, taken, kept)
        } else {
            let (takenOnes, keptOnes) = (taken, kept)
            threads.beside { Self.tell(items, takenOnes, keptOnes) }
        }
        // The outcomes are the batch's last requests.
        let unkept = zip(outcomes, kept.suffix(outcomes.count)).filter { Self.isFailure($1) }
        retryLater(unkept.map(\.0))
    }

    private static func tell(
        _ items: [Item], _ taken: [Taken], _ kept: [Result<[AuditReceipt], GatewayError>]
    ) {
        for (item, end) in zip(items, taken) {
            switch end.flatMap({ end in kept[end.request].map { (end.succeed, $0) } }) {
            case .success((let succeed, let receipts)): succeed(receipts)
            case .failure(let error): item.fail(error)
            }
        }
    }

    private static func checkpoint(_ kept: Result<[AuditReceipt], GatewayError>) -> String? {
        guard case .success(let receipts) = kept else { return nil }
        return receipts.first?.checkpoint
    }

    private static func isFailure(_ kept: Result<[AuditReceipt], GatewayError>) -> Bool {
        guard case .failure = kept else { return false }
        return true
    }

    /// Outcomes whose batch failed wait for another one, unless they have been tried too often.
    private func retryLater(_ outcomes: [Outcome]) {
        state.withLock { state in
            for var outcome in outcomes {
                outcome.attempts += 1
                if outcome.attempts < limits.outcomeAttemptsMax {
                    state.outcomes.append(outcome)
                } else {
                    state.outcomesLost += 1
                }
            }
        }
    }
}
