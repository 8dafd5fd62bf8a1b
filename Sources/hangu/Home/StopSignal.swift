import Dispatch
import Glibc
import Synchronization

/// Set by SIGTERM and SIGINT in a program that asks for it.
private let isStopped = Atomic(false)

/// What SIGTERM and SIGINT do to work that takes long: what is under way when they come is finished first.
enum StopSignal {
    private enum Event {
        case isDue, isStopped
    }

    /// From here on the two signals end nothing by themselves; long work asks ``isSet`` between its steps.
    static func watch() {
        signal(SIGINT) { _ in isStopped.store(true, ordering: .relaxed) }
        signal(SIGTERM) { _ in isStopped.store(true, ordering: .relaxed) }
    }

    /// Whether the program was told to end.
    static var isSet: Bool { isStopped.load(ordering: .relaxed) }

    /// Runs one round now and one after each pause, until the program is told to end; a pause then ends at once.
    ///
    /// A round that takes longer than the pause is followed by the next at once; those that it missed are left out.
    static func rounds(everySeconds: Double, _ round: () async throws -> Void) async rethrows {
        // Only the newest event waits: a stop takes the place of a round that is due.
        let (events, sender) = AsyncStream.makeStream(
            of: Event.self, bufferingPolicy: .bufferingNewest(1))
        let queue = DispatchQueue(label: "hangu.rounds")
        let timer = DispatchSource.makeTimerSource(queue: queue)
        let signals = [SIGINT, SIGTERM].map { number in
            // The source sees a signal only where the default, to end the program, does not come first.
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        for source in signals {
            source.setEventHandler {
                timer.cancel()
                sender.yield(.isStopped)
            }
            source.resume()
        }
        timer.setEventHandler { sender.yield(.isDue) }
        timer.schedule(deadline: .now(), repeating: everySeconds)
        timer.resume()
        defer {
            timer.cancel()
            for source in signals { source.cancel() }
        }
        for await event in events {
            if event == .isStopped { return }
            try await round()
        }
    }
}
