import Glibc
import Synchronization

/// Set by SIGTERM and SIGINT, so that what is under way is finished first.
private let isStopped = Atomic(false)

/// Whether the program was told to end.
enum StopSignal {
    private static let lookMilliseconds = 100.0

    /// From here on the two signals end nothing by themselves.
    static func watch() {
        signal(SIGINT) { _ in isStopped.store(true, ordering: .relaxed) }
        signal(SIGTERM) { _ in isStopped.store(true, ordering: .relaxed) }
    }

    static var isSet: Bool { isStopped.load(ordering: .relaxed) }

    /// Waits so many seconds, or until the program is told to end.
    static func wait(seconds: Double) async throws {
        var rest = seconds * 1_000
        while rest > 0, !isSet {
            try await Task.sleep(for: .milliseconds(min(rest, lookMilliseconds)))
            rest -= lookMilliseconds
        }
    }
}
