import FieldCrypto
import Foundation
import SQLiteStore
import TestSupport
import Testing
import TransparencyLog

import Gateway

/// A gateway and its three witnesses, two of whom must have cosigned.
struct WitnessQuorumTests {
    private let gateway: TestGateway
    private let witnesses: TestWitnesses
    private let desk: WitnessDesk
    private let number = citizenNumber()

    init() throws {
        gateway = try TestGateway()
        let clock = gateway.clock.gatewayClock
        let key = try NoteKey(encoded: gateway.parts.log.verifierKey)
        witnesses = try TestWitnesses(of: key) { UInt64(clock.milliseconds / 1_000) }
        desk = try WitnessDesk(gateway.parts, policy: witnesses.policy)
        try gateway.pull([row("r-1")])
        try grow(3)
    }

    private func grow(_ count: Int) throws {
        for _ in 0..<count { _ = try gateway.answer(gateway.request(["identity.sex"], of: number)) }
    }

    private func outcomes(_ report: WitnessReport) -> [WitnessOutcome] {
        report.witnesses.map(\.standing.outcome)
    }

    @Test("All witnesses follow the log as it grows, and what they signed is in every receipt")
    func follows() async throws {
        for _ in 0..<4 {
            try grow(2)
            let report = try await desk.ask(over: witnesses)
            #expect(report.isQuorate && report.lag == 0)
            #expect(outcomes(report) == [.cosigned, .cosigned, .cosigned])
            #expect(report.size == (try gateway.logSize))
        }
        let audit = AuditDesk(gateway.parts)
        let receipt = try ProofFile(parsing: audit.inclusionProof(of: 2))
        let log = try NoteKey(encoded: gateway.parts.log.verifierKey)
        #expect(try witnesses.policy.examine(receipt.checkpoint, log: log).witnesses.count == 3)
        var published: [UInt8] = []
        try audit.export { path, bytes throws(GatewayError) in
            if path == "checkpoint" { published = bytes }
        }
        #expect(try witnesses.policy.examine(published, log: log).isQuorum)
        let found = try audit.verify(policy: witnesses.policy)
        #expect(found.isSound && found.cosigned?.count == 4)
        #expect(found.cosigned?.quorumSize == (try gateway.logSize))
    }

    @Test("Nobody is asked again about a checkpoint that all have cosigned")
    func askedOnce() async throws {
        _ = try await desk.ask(over: witnesses)
        let before = (0..<3).map(witnesses.requests)
        _ = try await desk.ask(over: witnesses)
        #expect((0..<3).map(witnesses.requests) == before)
    }

    @Test(
        "With one witness down and one that lies there is no quorum; with one of both, honest ones decide, and the liar is named",
        arguments: [
            (TestWitnesses.Manner.otherRoot, WitnessLie.otherCheckpoint),
            (.otherSize, .otherCheckpoint), (.otherKey, .otherKey), (.garbage, .unreadable),
            (.future, .future), (.aheadOf(0), .noSize),
        ])
    func oneLiar(manner: TestWitnesses.Manner, lie: WitnessLie) async throws {
        witnesses.set(1, manner)
        let report = try await desk.ask(over: witnesses)
        #expect(report.isQuorate && outcomes(report) == [.cosigned, .lied(lie), .cosigned])
        let log = try NoteKey(encoded: gateway.parts.log.verifierKey)
        let note = try #require(report.quorum?.note)
        #expect(
            try witnesses.policy.examine(Array(note.utf8), log: log).witnesses.map(\.name)
                == ["W0", "W2"])
        // Now one is down as well: what stands before a quorum is said, and nothing false is kept.
        witnesses.set(0, .down)
        try grow(1)
        let worse = try await desk.ask(over: witnesses, isPatient: false)
        #expect(!worse.isQuorate && worse.lag == 2 && !worse.isContradicted)
        #expect(outcomes(worse) == [.unreachable("no connection"), .lied(lie), .cosigned])
        #expect(try AuditDesk(gateway.parts).verify(policy: witnesses.policy).isSound)
        // The one that was down comes back and is sent the proof from the size that it has.
        witnesses.set(0, .honest)
        let better = try await desk.ask(over: witnesses, isPatient: false)
        #expect(better.isQuorate && outcomes(better) == [.cosigned, .lied(lie), .cosigned])
    }

    @Test("One witness who claims to know a longer log is outvoted")
    func oneAhead() async throws {
        witnesses.set(2, .aheadOf(1_000_000))
        let report = try await desk.ask(over: witnesses)
        #expect(report.isQuorate && !report.isContradicted)
        #expect(report.opponents.map(\.witness.name) == ["W2"])
        #expect(outcomes(report)[2] == .ahead(1_000_000))
    }

    @Test("A witness that does not answer is left alone for a while, longer each time")
    func backoff() async throws {
        witnesses.set(1, .status(503))
        _ = try await desk.ask(over: witnesses)
        #expect(witnesses.requests(1) == 1)
        for (wait, expected) in [(999, 1), (1, 2), (1_999, 2), (1, 3), (3_999, 3), (1, 4)] {
            gateway.clock.advance(milliseconds: Int64(wait))
            _ = try await desk.ask(over: witnesses)
            #expect(witnesses.requests(1) == expected, "after \(wait) ms")
        }
        witnesses.set(1, .honest)
        gateway.clock.advance(milliseconds: 300_000)
        let report = try await desk.ask(over: witnesses)
        #expect(outcomes(report)[1] == .cosigned)
    }

    @Test("A gateway that forgot what a witness has goes on from there")
    func conflict() async throws {
        _ = try await desk.ask(over: witnesses)
        for line in try desk.report().witnesses {
            try gateway.store.write { writer throws(GatewayError) in
                try writer.putWitnessStanding(WitnessStanding(key: line.standing.key, size: 1))
            }
        }
        try grow(2)
        let report = try await desk.ask(over: witnesses)
        #expect(report.isQuorate && outcomes(report) == [.cosigned, .cosigned, .cosigned])
        #expect(witnesses.requests(0) == 3)
    }

    @Test("A gateway whose database was put back is refused by its witnesses and says so")
    func rolledBack() async throws {
        let copy = gateway.folder.file("old.db")
        try gateway.store.close()
        let current = gateway.folder.file("hangu.db")
        try FileManager.default.copyItem(at: current, to: copy)
        let live = try HomeStore(at: current)
        try await ask(over: live, growing: 3, isQuorate: true)
        try live.close()

        let old = try HomeStore(at: copy)
        let parts = gateway.parts(over: old)
        let shorter = try await WitnessDesk(parts, policy: witnesses.policy).ask(over: witnesses)
        #expect(shorter.isContradicted && !shorter.isQuorate)
        #expect(outcomes(shorter).allSatisfy { if case .ahead = $0 { true } else { false } })
        // It grows beyond what they know, into another log.
        for _ in 0..<6 {
            _ = try DisclosurePath(parts).answer(gateway.request(["identity.sex"], of: number)) {
                _ in
            }
        }
        let other = try await WitnessDesk(parts, policy: witnesses.policy)
            .ask(over: witnesses, isPatient: false)
        #expect(
            other.isContradicted && outcomes(other) == [.contradicts, .contradicts, .contradicts])
        #expect(witnesses.size(0) == shorter.size + 6)
        try old.close()
    }

    private func ask(over store: HomeStore, growing count: Int, isQuorate: Bool) async throws {
        let parts = gateway.parts(over: store)
        for _ in 0..<count {
            _ = try DisclosurePath(parts).answer(gateway.request(["identity.sex"], of: number)) {
                _ in
            }
        }
        let report = try await WitnessDesk(parts, policy: witnesses.policy).ask(over: witnesses)
        #expect(report.isQuorate == isQuorate)
    }

    @Test("A changed or foreign cosigned checkpoint fails the verification")
    func tamperedCosigned() async throws {
        _ = try await desk.ask(over: witnesses)
        let stored = try gateway.store.read { reader throws(GatewayError) in
            try reader.cosigned(below: .max, limit: 1).first
        }
        let kept = try #require(stored)
        let changes = [
            StoredCheckpoint(size: kept.size, note: kept.note.replacing("W", with: "X")),
            StoredCheckpoint(size: kept.size + 7, note: kept.note),
            StoredCheckpoint(
                size: kept.size, note: kept.note.replacing("test.example", with: "best.example")),
        ]
        for change in changes where change != kept {
            try gateway.store.write { writer throws(GatewayError) in try writer.putCosigned(change)
            }
            #expect(try !AuditDesk(gateway.parts).verify(policy: witnesses.policy).isSound)
            try gateway.store.write { writer throws(GatewayError) in try writer.putCosigned(kept) }
        }
    }

    @Test("A policy that names other logs than this home's is refused")
    func foreignPolicy() throws {
        let other = try NoteKey(
            name: "other.example",
            key: SigningKey(seed: SecretBytes(copying: sha256([5]).bytes))
                .publicKey)
        let policy = try WitnessPolicy(
            parsing: Array("log \(other.encoded)\nquorum none\n".utf8), file: "p")
        #expect(throws: GatewayError.self) { try WitnessDesk(gateway.parts, policy: policy) }
    }
}
