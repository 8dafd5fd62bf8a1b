import Dispatch
import Glibc
import Synchronization

/// Whether the program was told to end, by SIGTERM or SIGINT; what is under way is finished first.
final class StopSignal: Sendable {
    private struct State {
        var isSet = false
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var next = 0
    }

    private let state = Mutex(State())
    private let sources = Mutex<[any DispatchSourceSignal]>([])

    init() {
        for number in [SIGTERM, SIGINT] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { [weak self] in self?.set() }
            source.resume()
            sources.withLock { $0.append(source) }
        }
    }

    var isSet: Bool { state.withLock { $0.isSet } }

    private func set() {
        let waiting = state.withLock { state in
            state.isSet = true
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume() }
    }

    /// Waits so many seconds, or until the program is told to end.
    func wait(seconds: Double) async {
        await withCheckedContinuation { continuation in
            let number = state.withLock { state -> Int? in
                if state.isSet { return nil }
                state.next += 1
                state.waiting[state.next] = continuation
                return state.next
            }
            guard let number else { return continuation.resume() }
            DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [self] in
                state.withLock { $0.waiting.removeValue(forKey: number) }?.resume()
            }
        }
    }
}
