/// Threads for calls that wait for the disk, which Swift's own few threads must not do.
package protocol BlockingThreads: Sendable {
    /// Runs jobs one after another, in the order in which they become due.
    func inTurn(after delay: Duration, _ job: @escaping @Sendable () -> Void)

    /// Runs a job beside others.
    func beside(_ job: @escaping @Sendable () -> Void)

    /// Runs parts of one job, numbered from 0, on as many processors as are free, and returns when all are done.
    func inParts(_ count: Int, _ part: @Sendable (Int) -> Void)
}

extension BlockingThreads {
    /// Waits for a blocking call without holding up Swift's threads.
    package func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws(GatewayError) -> Result
    ) async throws(GatewayError) -> Result {
        let result = await withCheckedContinuation { continuation in
            beside {
                do throws(GatewayError) {
                    continuation.resume(
                        returning: Swift.Result<_, GatewayError>.success(try body()))
                } catch { continuation.resume(returning: .failure(error)) }
            }
        }
        return try result.get()
    }
}
