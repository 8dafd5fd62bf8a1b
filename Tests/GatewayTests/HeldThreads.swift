import SQLiteStore
import Synchronization

import Gateway

/// Threads that keep the writer waiting until a test lets it go.
final class HeldThreads: BlockingThreads {
    private struct State {
        var isHeld = true
        var jobs: [@Sendable () -> Void] = []
        var delays: [Duration] = []
    }

    private let threads = StoreThreads()
    private let state = Mutex(State())

    func inTurn(after delay: Duration, _ job: @escaping @Sendable () -> Void) {
        let isHeld = state.withLock { state in
            state.delays.append(delay)
            if state.isHeld { state.jobs.append(job) }
            return state.isHeld
        }
        if !isHeld { threads.inTurn(after: .zero, job) }
    }

    func inParts(_ count: Int, _ part: @Sendable (Int) -> Void) { threads.inParts(count, part) }

    func beside(_ job: @escaping @Sendable () -> Void) { threads.beside(job) }

    /// Runs what was held, and from now on whatever comes, at once.
    func letGo() {
        let jobs = state.withLock { state in
            state.isHeld = false
            defer { state.jobs = [] }
            return state.jobs
        }
        for job in jobs { threads.inTurn(after: .zero, job) }
    }

    /// How long the jobs so far were to wait.
    var delays: [Duration] { state.withLock { $0.delays } }
}
