import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import TransparencyLog

/// A witness on the network: `POST /add-checkpoint` of C2SP tlog-witness, and nothing else.
///
/// It ends gracefully on SIGTERM and SIGINT: requests under way are answered, new connections are not taken.
package struct WitnessServer: Sendable {
    package struct Limits: Sendable {
        package var bodyBytesMax = AddCheckpoint.bodyBytesMax
        /// From the request's head to its answer.
        package var requestTimeout: Duration = .seconds(10)
        /// A connection on which nothing happens is closed after it.
        package var idleTimeout: Duration = .seconds(60)

        package init() {}
    }

    /// One request and what became of it, for the log of the server.
    ///
    /// Nothing of it is a secret.
    package struct Event: Sendable {
        package let status: Int
        package let bodyBytes: Int
        package let microseconds: Int64
        /// Why it was not cosigned; nil where it was.
        package let reason: String?
    }

    private let witness: Witness
    private let limits: Limits
    private let onRequest: @Sendable (Event) -> Void

    package init(
        _ witness: Witness, limits: Limits = Limits(),
        onRequest: @escaping @Sendable (Event) -> Void
    ) {
        self.witness = witness
        self.limits = limits
        self.onRequest = onRequest
    }

    /// Serves until the process is told to end.
    ///
    /// - Parameters:
    ///   - host: The address to listen at; a loopback address keeps others out.
    ///   - port: 0 for any free one.
    ///   - onListening: Told the port once requests are taken.
    /// - Throws: ``WitnessError/unavailable(what:)`` where the address cannot be had.
    package func run(
        host: String, port: Int, onListening: @escaping @Sendable (Int) -> Void
    ) async throws(WitnessError) {
        let router = Router()
        router.post("add-checkpoint") { request, _ in await self.response(to: request) }
        var logger = Logger(label: "hangu.witness") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let application = Application(
            router: router,
            server: .http1(
                configuration: .init(idleTimeout: TimeAmount(limits.idleTimeout))),
            configuration: .init(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? port) },
            logger: logger)
        do { try await application.runService() } catch {
            throw .unavailable(what: "\(host):\(port) cannot be listened at, or the server failed")
        }
    }

    private func response(to request: Request) async -> Response {
        let begun = ContinuousClock.now
        var bodyBytes = 0
        let reply: WitnessReply
        do {
            let body = try await withDeadline(limits.requestTimeout) { [limits] in
                try await request.body.collect(upTo: limits.bodyBytesMax)
            }
            bodyBytes = body.readableBytes
            let bytes = Array(body.readableBytesView)
            let witness = witness
            // Waiting for the disk is no work for the threads that serve connections.
            do {
                reply = try await NIOThreadPool.singleton.runIfActive { witness.answer(bytes) }
            } catch {
                reply = Self.refusal(503, "the witness is stopping")
            }
        } catch is DeadlineError {
            reply = Self.refusal(408, "the request took too long")
        } catch is NIOTooManyBytesError {
            reply = Self.refusal(413, "the body is longer than \(limits.bodyBytesMax) bytes")
        } catch {
            reply = Self.refusal(400, "the body could not be read")
        }
        let took = (ContinuousClock.now - begun).components
        onRequest(
            Event(
                status: reply.status, bodyBytes: bodyBytes,
                microseconds: took.seconds * 1_000_000 + took.attoseconds / 1_000_000_000_000,
                reason: reply.status == 200
                    ? nil : String(decoding: reply.body.dropLast(), as: UTF8.self)))
        return Response(
            status: .init(code: reply.status),
            headers: [.contentType: reply.contentType ?? "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(bytes: reply.body)))
    }

    private static func refusal(_ status: Int, _ reason: String) -> WitnessReply {
        WitnessReply(
            status: status, contentType: "text/plain; charset=utf-8",
            body: Array((reason + "\n").utf8))
    }
}

private struct DeadlineError: Error {}

/// Runs an operation, and gives up on it after a time.
private func withDeadline<Result: Sendable>(
    _ limit: Duration, _ operation: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            // A deadline is a wait for nothing but time. The server's own time limit is on silence, so who sends one
            // byte now and then would never meet it.
            try await Task.sleep(for: limit)
            throw DeadlineError()
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw DeadlineError() }
        return first
    }
}
