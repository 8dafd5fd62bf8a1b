import FieldCrypto
import Synchronization
import TransparencyLog

import Gateway

/// Three witnesses in memory, each of which can be told to be down or to lie, and the line to them.
final class TestWitnesses: WitnessLine {
    enum Manner: Sendable {
        case honest
        case down
        /// Signs another tree of the same size.
        case otherRoot
        /// Signs the same root under another size.
        case otherSize
        /// Signs rightly with a key that is nobody's.
        case otherKey
        case garbage
        case future
        /// Says that it knows a larger log.
        case aheadOf(UInt64)
        case status(Int)
    }

    private struct One {
        let key: SigningKey
        let name: String
        var log: WitnessedLog
        var manner = Manner.honest
        var requests = 0
    }

    let policy: WitnessPolicy
    private let witnesses: Mutex<[String: One]>
    private let seconds: @Sendable () -> UInt64

    init(of log: NoteKey, seconds: @escaping @Sendable () -> UInt64) throws {
        var witnesses: [String: One] = [:]
        var lines: [String] = []
        for number in 0..<3 {
            let key = try SigningKey(seed: SecretBytes(copying: sha256([UInt8(number), 1]).bytes))
            let name = "w\(number).example"
            let noteKey = try NoteKey(name: name, kind: .cosignature, key: key.publicKey)
            lines.append("witness W\(number) \(noteKey.encoded) https://\(name)")
            witnesses["https://\(name)"] = One(
                key: key, name: name, log: WitnessedLog(keys: [log]))
        }
        lines += ["group departments 2 W0 W1 W2", "quorum departments", ""]
        policy = try WitnessPolicy(
            parsing: Array(lines.joined(separator: "\n").utf8), file: "witnesses")
        self.witnesses = Mutex(witnesses)
        self.seconds = seconds
    }

    func set(_ number: Int, _ manner: Manner) {
        witnesses.withLock { $0["https://w\(number).example"]?.manner = manner }
    }

    func requests(_ number: Int) -> Int {
        witnesses.withLock { $0["https://w\(number).example"]?.requests ?? 0 }
    }

    func size(_ number: Int) -> UInt64 {
        witnesses.withLock { $0["https://w\(number).example"]?.log.latest?.size ?? 0 }
    }

    func addCheckpoint(
        _ body: [UInt8], at url: String
    ) async throws(WitnessUnreachable) -> WitnessReply {
        try witnesses.withLock { witnesses throws(WitnessUnreachable) in
            guard var one = witnesses[url] else {
                throw WitnessUnreachable(reason: "there is no such witness")
            }
            one.requests += 1
            defer { witnesses[url] = one }
            if case .down = one.manner { throw WitnessUnreachable(reason: "no connection") }
            do { return try reply(of: &one, to: AddCheckpoint(parsing: body)) } catch {
                throw WitnessUnreachable(reason: "the test's witness failed: \(error)")
            }
        }
    }

    private func reply(of one: inout One, to request: AddCheckpoint) throws -> WitnessReply {
        let checkpoint: Checkpoint
        do { checkpoint = try one.log.judge(request) } catch {
            let isSize = if case .otherSize = error { true } else { false }
            return WitnessReply(
                status: error.status, contentType: isSize ? WitnessReply.sizeType : "text/plain",
                body: Array("\(error)\n".utf8))
        }
        func line(
            _ text: Checkpoint? = nil, key: SigningKey? = nil, ahead: UInt64 = 0
        ) throws -> WitnessReply {
            let line = try (text ?? checkpoint).cosignatureLine(
                name: one.name, key: key ?? one.key, at: seconds() + ahead)
            return WitnessReply(status: 200, contentType: "text/plain", body: Array(line.utf8))
        }
        switch one.manner {
        case .honest, .down:
            one.log = WitnessedLog(keys: one.log.keys, latest: checkpoint)
            return try line()
        case .otherRoot:
            return try line(
                Checkpoint(origin: checkpoint.origin, size: checkpoint.size, root: sha256([1])))
        case .otherSize:
            return try line(
                Checkpoint(
                    origin: checkpoint.origin, size: checkpoint.size + 1, root: checkpoint.root))
        case .otherKey:
            return try line(key: SigningKey(seed: SecretBytes(copying: sha256([99]).bytes)))
        case .garbage:
            return WitnessReply(status: 200, contentType: nil, body: Array("ok, fine\n".utf8))
        case .future: return try line(ahead: 100_000)
        case .aheadOf(let size):
            return WitnessReply(
                status: 409, contentType: WitnessReply.sizeType, body: Array("\(size)\n".utf8))
        case .status(let status):
            return WitnessReply(status: status, contentType: nil, body: [])
        }
    }
}
