import FieldCrypto
import Foundation
import GRDB
import JSONText
import ResidentModel
import SQLiteStore
import Synchronization
import TestSupport
import Testing
import TransparencyLog

import Gateway

/// What readers beside a rotation did, and whether it is over.
private final class Tally: Sendable {
    let answered = Atomic(0)
    let isDone = Atomic(false)
}

/// Keys are changed under a gateway at work.
struct KeyRotationTests {
    private let gateway: TestGateway
    private let number = citizenNumber()

    init() throws {
        gateway = try TestGateway()
        var rows: [ScriptedSource.Row] = []
        for index in 0..<12 {
            rows.append(
                row(
                    "r-\(index)", citizenNumber("19580304", 200 + index), name: "居民\(index)",
                    ["household": "H-\(index / 3)", "phone": "1600000\(1000 + index)"]))
        }
        try gateway.pull([row("r-a", ["income": "1200", "dead": "1"])] + rows)
        try gateway.pull([row("bad", "110101195803041230")])
        _ = try gateway.agree(number, purpose: "review")
        _ = try EmergencyDesk(gateway.parts).open(
            EmergencyRequest(
                department: "civil", officer: "officer-7", template: "rescue",
                reason: "life-at-risk", caseID: "case-1", citizenNumber: number))
        _ = try gateway.answer(gateway.request(["identity.name"], of: number))
    }

    private var rotation: KeyRotation { KeyRotation(gateway.parts, batchMax: 5) }

    private func name() throws -> String? {
        let answer = try gateway.answer(gateway.request(["identity.name"], of: number))
        guard case .values(let values, _)? = answer.items.first?.outcome else { return nil }
        return values.first?.text
    }

    private func classes() -> [String] {
        Array(Set(gateway.parts.keyring.keyNames.filter { $0.kind == .fieldClass }.map(\.name)))
            .sorted()
    }

    @Test("Every class is rotated while requests are answered and records arrive")
    func allClasses() throws {
        let before = try KeyScan(gateway.parts).run()
        #expect(before.isSound && before.openedCount > 60)
        var answered = 0
        var arrived = 0
        for fieldClass in classes() {
            let report = try rotation.rotateClass(fieldClass) { progress in
                #expect(progress.done <= progress.total)
                #expect(throws: Never.self) {
                    try #expect(name() == "张三丰")
                    try gateway.pull([
                        row("new-\(arrived)", citizenNumber("19700101", 300 + arrived), name: "新")
                    ])
                }
                answered += 1
                arrived += 1
                return false
            }
            #expect(report.job.state == .done && report.job.version == 2 && report.goneCount == 0)
        }
        #expect(answered >= 20)
        print("answers during rotation: \(answered)")
        let after = try KeyScan(gateway.parts).run()
        #expect(after.isSound, "\(after.faults)")
        #expect(after.opened.values.allSatisfy { $0.keys.allSatisfy { $0 == 2 } })
        #expect(after.openedCount > before.openedCount)
        #expect(
            gateway.parts.keyring.keyNames.allSatisfy { $0.kind != .fieldClass || $0.version == 2 })
        #expect(try gateway.verification().isSound)
        let status = try rotation.status()
        #expect(status.unfinished.isEmpty)
        #expect(status.lines.contains { $0.name == "audit" && $0.version == 2 && $0.under > 60 })
    }

    @Test("Readers on several threads get right answers while every kind of key is rotated")
    func underLoad() async throws {
        let (parts, number, rotation) = (gateway.parts, number, rotation)
        let request = gateway.request(["identity.name"], of: number)
        let names = classes()
        let tally = Tally()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    repeat {
                        do {
                            let answer = try await DisclosurePath(parts).answerConcurrently(
                                request
                            ) { _ in }
                            let texts = answer.items.map { item -> String? in
                                guard case .values(let values, _) = item.outcome else {
                                    return nil
                                }
                                return values.first?.text
                            }
                            #expect(texts == ["张三丰"])
                            tally.answered.add(1, ordering: .relaxed)
                        } catch { Issue.record("\(error)") }
                    } while !tally.isDone.load(ordering: .relaxed)
                }
            }
            group.addTask {
                do {
                    try await parts.threads.run { () throws(GatewayError) in
                        for name in names { _ = try rotation.rotateClass(name) }
                        _ = try rotation.rotateEpoch()
                        _ = try rotation.rotateIndex("identity.citizen-number")
                        _ = try rotation.rotatePseudonym("civil")
                        _ = try rotation.rotateSigning()
                    }
                } catch { Issue.record("\(error)") }
                tally.isDone.store(true, ordering: .relaxed)
            }
        }
        await parts.writer.stop()
        print(
            "\(names.count) classes, an epoch, an index, a pseudonym and the log's key rotated; "
                + "\(tally.answered.load(ordering: .relaxed)) answers meanwhile, each right")
        #expect(tally.answered.load(ordering: .relaxed) >= 4)
        let scan = try KeyScan(parts).run()
        #expect(scan.isSound, "\(scan.faults)")
        #expect(try rotation.status().unfinished.isEmpty)
        #expect(try gateway.verification().isSound)
    }

    @Test("Each rotation begins and ends in the log, without anything of a resident")
    func logged() throws {
        let size = try gateway.logSize
        _ = try rotation.rotateClass("identity")
        _ = try rotation.rotateIndex("identity.citizen-number")
        let entries = try AuditDesk(gateway.parts).entries(from: size, limit: 100)
        #expect(entries.map(\.leaf.type) == [.keyEvent, .keyEvent, .keyEvent, .keyEvent])
        #expect(
            entries.compactMap { $0.operational["event"]?.string } == [
                "rotation-started", "rotation-finished", "rotation-started", "rotation-finished",
            ])
        for entry in entries {
            #expect(entry.leaf.subject == nil)
            #expect(!entry.operational.canonicalText.contains(number))
        }
    }

    @Test("A value that is replaced while its batch is under way stays the new one")
    func changedMeanwhile() throws {
        // The log's entry, the ring's generation, and then the first batch.
        let transactions = Mutex(0)
        let gateway = gateway
        let store = InterruptingStore(gateway.store) {
            let count = transactions.withLock { count in
                count += 1
                return count
            }
            guard count == 3 else { return }
            #expect(throws: Never.self) {
                try gateway.pull([row("r-a", ["income": "2800", "dead": "1"])])
            }
        }
        _ = try KeyRotation(gateway.parts(over: store), batchMax: 5).rotateClass("welfare")
        #expect(transactions.withLock { $0 } > 3)
        let resident = try #require(try gateway.resident(number))
        #expect(try gateway.texts(FieldID("income.monthly"), of: resident) == ["2800"])
        #expect(try KeyScan(gateway.parts).run().isSound)
    }

    @Test("Whichever call to the store fails, the next run ends the rotation")
    func everyFault() throws {
        var faults = 0
        for call in 1... {
            let store = FaultyStore(gateway.store, failingCall: call)
            do {
                _ = try KeyRotation(gateway.parts(over: store), batchMax: 20).rotateClass(
                    "identity")
                break
            } catch { faults += 1 }
            #expect(try name() == "张三丰")
            let report = try rotation.rotateClass("identity")
            #expect(report.job.state == .done)
            let scan = try KeyScan(gateway.parts).run()
            #expect(scan.isSound, "call \(call): \(scan.faults)")
            #expect(scan.opened["identity"]?.count == 1)
        }
        print("store calls of a rotation made to fail: \(faults)")
        #expect(faults >= 30)
        #expect(try rotation.status().unfinished.isEmpty)
        #expect(try gateway.verification().isSound)
    }

    @Test("A process that read the ring before a rotation opens and seals under the new key")
    func staleProcess() throws {
        let other = try gateway.secondProcess()
        #expect(try AccessHistory(other).entries(citizenNumber: number).count == 4)
        for fieldClass in classes() { _ = try rotation.rotateClass(fieldClass) }
        _ = try rotation.rotateIndex("identity.citizen-number")
        _ = try rotation.rotateSigning()
        let request = gateway.request(["identity.name"], of: number)
        let answer = try DisclosurePath(other).answer(request) { _ in }
        #expect(answer.outcome == .allowed)
        _ = try IngestPath(other).pull(
            gateway.mapping.streams[0], at: "x",
            from: ScriptedSource("register", rows: [row("late", citizenNumber("19600101", 111))])
        ) { _ in false }
        let scan = try KeyScan(gateway.parts).run()
        #expect(scan.isSound, "\(scan.faults)")
        #expect(scan.opened.values.allSatisfy { $0.keys.allSatisfy { $0 == 2 } })
        #expect(try gateway.verification().isSound)
    }

    @Test("Lookups find the same residents before, during and after an index is filled anew")
    func index() throws {
        let doubtful = citizenNumber()
        try gateway.pull([row("doubt", doubtful, name: "另一人")])
        #expect(try gateway.reviews(.link).count == 1)
        let before = try gateway.resident(number)
        let counts = try gateway.indexCounts("identity.citizen-number")
        var lookups = 0
        let report = try rotation.rotateIndex("identity.citizen-number") { _ in
            #expect(throws: Never.self) { try #expect(gateway.resident(number) == before) }
            lookups += 1
            return false
        }
        #expect(lookups >= 2 && report.droppedCount == 0)
        #expect(try gateway.resident(number) == before)
        // Who was in doubt has gained no claim, and nothing is left under the old key.
        #expect(try gateway.indexCounts("identity.citizen-number") == [2: counts[1] ?? 0])
        for index in 0..<12 {
            #expect(try gateway.resident(citizenNumber("19580304", 200 + index)) != nil)
        }
    }

    @Test("Old copies of the keys open nothing after two epochs")
    func epochs() throws {
        let report = try rotation.rotateEpoch()
        #expect(report.job.done == 13)
        #expect(try rotation.status().copiesOpenSince == nil)
        _ = try rotation.rotateEpoch()
        let names = gateway.parts.keyring.keyNames.filter { $0.kind == .epoch }.map(\.version)
        #expect(names == [2, 3])
        #expect(try rotation.status().copiesOpenSince != nil)
        #expect(try name() == "张三丰")
    }

    @Test("A home goes over to the other family and back while it answers", arguments: [0, 1])
    func suite(rounds: Int) throws {
        let civil = try #require(
            try gateway.answer(gateway.request(["identity.name"], of: number)).pseudonym)
        for family in [CryptoFamily.sm, .international].prefix(rounds + 1) {
            let report = try rotation.rotateSuite(to: family) { _ in
                #expect(throws: Never.self) { try #expect(name() == "张三丰") }
                return false
            }
            #expect(report.doneNow > 60)
            #expect(gateway.parts.keyring.family == family)
            let scan = try KeyScan(gateway.parts).run()
            #expect(scan.isSound, "\(scan.faults)")
            let suites = gateway.parts.keyring.suites.filter { $0.key.kind == .fieldClass }
            #expect(suites.values.allSatisfy { $0.family == family })
            #expect(try name() == "张三丰" && gateway.verification().isSound)
            let request = gateway.request(["identity.name"], of: number).about(pseudonym: civil)
            #expect(try gateway.answer(request).isResidentKnown == true)
            #expect(throws: GatewayError.self, "there already") {
                try rotation.rotateSuite(to: family)
            }
        }
    }

    @Test(
        "A change of family that was stopped within a class, an index or after keys went is ended")
    func suiteStopped() throws {
        var stops = 0
        for (kind, place) in [(KeyJobKind.fieldClass, 2), (.fieldClass, 3), (.blindIndex, 1)] {
            var names: Set<String> = []
            #expect(throws: GatewayError.self) {
                try rotation.rotateSuite(to: .sm) { progress in
                    if progress.kind == kind { names.insert(progress.name) }
                    return names.count == place
                }
            }
            #expect(try rotation.status().unfinished.count == 1)
            stops += 1
        }
        let report = try rotation.rotateSuite(to: .sm)
        #expect(report.isResumed && stops == 3)
        #expect(try rotation.status().unfinished.isEmpty)
        let old = gateway.parts.keyring.suites.filter { key, suite in
            suite.family != .sm && (key.kind == .fieldClass || key.kind == .epoch)
        }
        #expect(old.keys.filter { $0.kind == .fieldClass }.isEmpty, "\(old.keys)")
        let scan = try KeyScan(gateway.parts).run()
        #expect(scan.isSound, "\(scan.faults)")
        #expect(try name() == "张三丰" && gateway.verification().isSound)
    }

    @Test("A rotation that is cut off once the old key is gone leaves no commitment of it")
    func commitments() throws {
        let store = FaultyStore(gateway.store, failingCall: .max)
        _ = try KeyRotation(gateway.parts(over: store), batchMax: 20).rotateClass("identity")
        // The last transactions: the ring's generation after the old key went, and the end of the job.
        let calls = store.names
        let cut = try #require(calls.lastIndex(of: "advanceRing"))
        let faulty = FaultyStore(gateway.store, failingCall: cut + 1)
        #expect(throws: GatewayError.self) {
            try KeyRotation(gateway.parts(over: faulty), batchMax: 20).rotateClass("identity")
        }
        let versions = gateway.parts.keyring.keyNames.filter {
            $0.kind == .fieldClass && $0.name == "identity"
        }.map(\.version)
        #expect(versions == [3], "cut off after the key went")
        _ = try rotation.rotateClass("identity")
        for version in UInt16(1)...2 {
            let left = try gateway.parts.keyring.removeCommitments(
                fieldClass: "identity", version: version)
            #expect(left == 0, "version \(version)")
        }
    }

    @Test("Every column that holds an envelope is one that rotation walks")
    func registry() throws {
        try gateway.store.close()
        let queue = try DatabaseQueue(path: gateway.folder.file("hangu.db").path)
        let walked = Set(SealedColumn.allCases.map(\.rawValue))
        var found: Set<String> = []
        try queue.read { database in
            let tables = try String.fetchAll(
                database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
            for table in tables {
                for column in try database.columns(in: table).map(\.name) {
                    let count = try Int.fetchOne(
                        database,
                        sql: """
                            SELECT count(*) FROM "\(table)" WHERE typeof("\(column)") = 'blob'
                                AND length("\(column)") > 38
                                AND substr("\(column)", 1, 2) IN (x'e101', x'e111')
                            """)
                    if (count ?? 0) > 0 { found.insert("\(table).\(column)") }
                }
            }
        }
        #expect(found == walked)
    }
}
