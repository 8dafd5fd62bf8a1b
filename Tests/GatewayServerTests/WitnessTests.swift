import Dispatch
import FieldCrypto
import Foundation
import Synchronization
import TestSupport
import Testing
import TransparencyLog

import GatewayServer

/// A witness over its folder: what it cosigns, what it keeps, and that both are one step.
struct WitnessTests {
    private let log: SmallLog
    private let fixture: WitnessFixture

    init() throws {
        log = try SmallLog(400)
        fixture = try WitnessFixture(knowing: [log.noteKey])
    }

    private func isCosigned(_ reply: WitnessReply, size: Int) -> Bool {
        let answer = reply.judged(
            for: log.checkpoint(size), from: 0, key: fixture.key, at: 1_700_000_000)
        if case .cosigned = answer { return true }
        return false
    }

    @Test("A witness goes on after a restart from what it cosigned, and refuses everything else")
    func restarts() throws {
        do {
            let witness = try fixture.open()
            #expect(isCosigned(witness.answer(try log.request(from: 0, to: 10).body), size: 10))
            #expect(isCosigned(witness.answer(try log.request(from: 10, to: 300).body), size: 300))
        }
        let witness = try fixture.open()
        #expect(witness.standings.map { $0.checkpoint?.size } == [300])
        let conflict = witness.answer(try log.request(from: 10, to: 300).body)
        #expect(conflict.status == 409 && conflict.body == Array("300\n".utf8))
        #expect(conflict.contentType == "text/x.tlog.size")
        #expect(isCosigned(witness.answer(try log.request(from: 300, to: 300).body), size: 300))
        let other = try SmallLog(400, salt: 1)
        #expect(witness.answer(try other.request(from: 300, to: 400).body).status == 422)
        #expect(witness.answer(try other.request(from: 300, to: 300).body).status == 422)
        let unknown = try SmallLog(5, origin: "unknown.example")
        #expect(witness.answer(try unknown.request(from: 0, to: 5).body).status == 404)
        #expect(witness.answer(Array("old 1\n".utf8)).status == 400)
        #expect(witness.standings.map { $0.checkpoint?.size } == [300])
    }

    @Test("Of many requests at once each is judged after the one before, and sizes only grow")
    func concurrent() throws {
        let witness = try fixture.open()
        // From every size to every larger one: most of them come when it is no longer the newest.
        let sizes = [0, 1, 7, 50, 120, 200, 256, 300, 399, 400]
        var requests: [(old: Int, new: Int, body: [UInt8])] = []
        for (index, old) in sizes.enumerated() {
            for new in sizes[(index + 1)...] {
                requests.append((old, new, try log.request(from: old, to: new).body))
            }
        }
        let all = requests
        let granted = Mutex<[(old: Int, new: Int)]>([])
        let statuses = Mutex<[Int: Int]>([:])
        DispatchQueue.concurrentPerform(iterations: all.count * 8) { iteration in
            let request = all[(iteration &* 31) % all.count]
            let reply = witness.answer(request.body)
            statuses.withLock { $0[reply.status, default: 0] += 1 }
            if reply.status == 200 { granted.withLock { $0.append((request.old, request.new)) } }
        }
        let chain = granted.withLock { $0.sorted { $0.old < $1.old } }
        // The cosigned steps hang together without a gap or a fork: no two from one size, none across another.
        #expect(chain.first?.old == 0 && !chain.isEmpty)
        for (one, next) in zip(chain, chain.dropFirst()) { #expect(one.new == next.old) }
        #expect(witness.standings.first?.checkpoint?.size == chain.last.map { UInt64($0.new) })
        let counts = statuses.withLock { $0 }
        #expect(Set(counts.keys) == [200, 409])
        print("concurrent requests: \(all.count * 8), cosigned \(chain.count)")
    }

    @Test("A second process is kept out, and let in once the first has ended")
    func lock() throws {
        var first: Witness? = try fixture.open()
        #expect(throws: WitnessError.self) { try fixture.open() }
        #expect(first?.standings.count == 1)
        first = nil
        #expect(throws: Never.self) { try fixture.open() }
    }

    @Test("A folder that cannot be believed is refused: key, name, logs and state")
    func damaged() throws {
        _ = try fixture.open().answer(try log.request(from: 0, to: 10).body)
        let state = try #require(
            try FileManager.default.contentsOfDirectory(
                atPath: fixture.folder.file("witness/state").path
            ).first)
        let changes: [(String, (Data) -> Data)] = [
            ("state/" + state, { Data("x".utf8) + $0 }),
            (
                "state/" + state,
                {
                    Data(
                        String(decoding: $0, as: UTF8.self).replacing("\n10\n", with: "\n11\n").utf8
                    )
                }
            ),
            ("logs", { $0 + Data("not a key\n".utf8) }), ("logs", { $0 + $0 }),
            ("logs", { _ in Data((fixture.key.encoded + "\n").utf8) }),
            ("name", { _ in Data("another.example\n".utf8) }), ("name", { $0 + $0 }),
            ("key", { $0.dropLast() }),
        ]
        for (name, change) in changes {
            let url = fixture.folder.file("witness/" + name)
            let before = try Data(contentsOf: url)
            try FileManager.default.removeItem(at: url)
            try change(before).write(to: url)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o400], ofItemAtPath: url.path)
            #expect(throws: WitnessError.self, "\(name)") { try fixture.open() }
            try FileManager.default.removeItem(at: url)
            try before.write(to: url)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o400], ofItemAtPath: url.path)
        }
        #expect(throws: Never.self) { try fixture.open() }
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o444], ofItemAtPath: fixture.folder.file("witness/key").path)
        #expect(throws: WitnessError.self) { try fixture.open() }
        #expect(throws: WitnessError.self) {
            try fixture.place.create(name: "w", random: SeededRandom(seed: 4))
        }
    }

    @Test("Where the checkpoint cannot be kept, nothing is cosigned")
    func cannotKeep() throws {
        let witness = try fixture.open()
        let state = fixture.folder.file("witness/state")
        try FileManager.default.removeItem(at: state)
        try Data().write(to: state)
        #expect(witness.answer(try log.request(from: 0, to: 10).body).status == 503)
        #expect(witness.standings.map { $0.checkpoint?.size } == [nil])
        try FileManager.default.removeItem(at: state)
        try FileManager.default.createDirectory(at: state, withIntermediateDirectories: false)
        #expect(isCosigned(witness.answer(try log.request(from: 0, to: 10).body), size: 10))
    }
}
