import Dispatch
import Gateway

/// The threads of a store: one on which the log's writer works, and others beside it.
package final class StoreThreads: BlockingThreads {
    private let writer = DispatchQueue(label: "hangu.log-writer", qos: .userInitiated)
    private let others = DispatchQueue(
        label: "hangu.blocking", qos: .userInitiated, attributes: .concurrent)

    package init() {}

    package func inTurn(after delay: Duration, _ job: @escaping @Sendable () -> Void) {
        if delay == .zero { return writer.async(execute: job) }
        let nanoseconds = delay / .nanoseconds(1)
        writer.asyncAfter(deadline: .now() + .nanoseconds(Int(nanoseconds)), execute: job)
    }

    package func inParts(_ count: Int, _ part: @Sendable (Int) -> Void) {
        DispatchQueue.concurrentPerform(iterations: count, execute: part)
    }

    package func beside(_ job: @escaping @Sendable () -> Void) { others.async(execute: job) }
}
