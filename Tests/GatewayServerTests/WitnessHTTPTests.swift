import Foundation
import Gateway
import Synchronization
import TestSupport
import Testing
import TransparencyLog

import GatewayServer

/// A witness behind its server, asked by the gateway's client.
struct WitnessHTTPTests {
    /// Runs a server for as long as the body does.
    private func withServer(
        _ witness: Witness, limits: WitnessServer.Limits = .init(),
        _ body: @escaping @Sendable (WitnessHTTPClient, String) async throws -> Void
    ) async throws -> [Int] {
        let seen = Seen()
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
            let server = WitnessServer(witness, limits: limits) { event in seen.add(event.status) }
            group.addTask {
                try await server.run(host: "127.0.0.1", port: 0) { continuation.yield($0) }
            }
            var iterator = ports.makeAsyncIterator()
            let port = await iterator.next() ?? 0
            let client = try WitnessHTTPClient(timeout: .seconds(10))
            do { try await body(client, "http://127.0.0.1:\(port)") } catch {
                await client.close()
                group.cancelAll()
                throw error
            }
            await client.close()
            group.cancelAll()
        }
        return seen.all
    }

    private final class Seen: Sendable {
        private let statuses = Mutex<[Int]>([])
        func add(_ status: Int) { statuses.withLock { $0.append(status) } }
        var all: [Int] { statuses.withLock { $0 } }
    }

    @Test("Over HTTP the protocol's answers come back whole, with their content types")
    func protocolOverHTTP() async throws {
        let log = try SmallLog(60)
        let fixture = try WitnessFixture(knowing: [log.noteKey])
        let key = fixture.key
        let statuses = try await withServer(try fixture.open()) { client, url in
            func send(_ request: AddCheckpoint) async throws -> WitnessReply {
                try await client.addCheckpoint(request.body, at: url)
            }
            let first = try await send(try log.request(from: 0, to: 20))
            let answer = first.judged(
                for: log.checkpoint(20), from: 0, key: key, at: 1_700_000_000)
            guard case .cosigned = answer else {
                Issue.record("\(first.status)")
                return
            }
            let conflict = try await send(try log.request(from: 0, to: 60))
            #expect(conflict.status == 409 && conflict.contentType == WitnessReply.sizeType)
            #expect(String(decoding: conflict.body, as: UTF8.self) == "20\n")
            #expect(try await send(try log.request(from: 20, to: 60)).status == 200)
            #expect(try await client.addCheckpoint([1, 2], at: url + "/").status == 400)
            let long = [UInt8](repeating: 0x61, count: AddCheckpoint.bodyBytesMax + 1)
            #expect(try await client.addCheckpoint(long, at: url).status == 413)
            #expect(try await client.addCheckpoint([], at: url + "/elsewhere").status == 404)
        }
        #expect(statuses == [200, 409, 200, 400, 413])
    }

    @Test("A witness that is not there, or whose address is none, is unreachable")
    func unreachable() async throws {
        let client = try WitnessHTTPClient(timeout: .seconds(5))
        for url in ["http://127.0.0.1:1", "ftp://127.0.0.1", "http://", "w.example"] {
            await #expect(throws: WitnessUnreachable.self) {
                _ = try await client.addCheckpoint([], at: url)
            }
        }
        await client.close()
        #expect(throws: WitnessError.self) {
            try WitnessHTTPClient(authorityFile: "/absent.pem", timeout: .seconds(1))
        }
    }
}
