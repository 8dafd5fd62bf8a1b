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

/// A resident is forgotten, and nothing brings them back.
struct ForgettingTests {
    private let gateway: TestGateway
    private let number = citizenNumber()
    private let neighbour = citizenNumber("19600101", 111)
    private let order = Forgetting.Order(officer: "o-9", reason: "2026-17")

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([
            row("r-1", ["household": "H-1", "income": "900"]), row("r-2", ["phone": "16000000001"]),
            row("n-1", neighbour, name: "李四", ["household": "H-1", "income": "800"]),
        ])
        try gateway.pull([visit("v-1", of: "r-1")], stream: "visits")
        for person in [number, neighbour] {
            _ = try gateway.agree(person, purpose: "dibao")
            _ = try gateway.answer(gateway.request(["identity.name"], of: person))
        }
    }

    private func visit(_ id: String, of patient: String) -> ScriptedSource.Row {
        [
            "id": id, "part": "1", "updated": "2026-03-01", "patient": "Patient/\(patient)",
            "diagnosis": "I10",
        ]
    }

    private func forget() throws -> ForgottenReceipt {
        try Forgetting(gateway.parts).forget(citizenNumber: number, order)
    }

    /// What a request about a number ends as.
    private func isKnown(_ number: String, _ parts: GatewayParts? = nil) throws -> Bool? {
        try DisclosurePath(parts ?? gateway.parts).answer(
            gateway.request(["identity.name", "income.monthly"], of: number)
        ) { _ in }.isResidentKnown
    }

    @Test("Nothing of a forgotten resident opens, and a request ends as nobody known")
    func forgets() throws {
        let before = try KeyScan(gateway.parts).run()
        #expect(try isKnown(number) == true)
        _ = try forget()
        #expect(try isKnown(number) == false)
        #expect(try isKnown(neighbour) == true)
        #expect(throws: GatewayError.self) {
            try AccessHistory(gateway.parts).entries(citizenNumber: number)
        }
        let after = try KeyScan(gateway.parts).run()
        #expect(after.isSound, "\(after.faults)")
        #expect(after.forgottenCount == 1 && after.gone["audit-subject"] == 5)
        #expect(after.openedCount < before.openedCount)
        let verification = try gateway.verification()
        #expect(verification.isSound, "\(verification.faults)")
        #expect(verification.detailsGone == 5)
        #expect(throws: GatewayError.self, "there is nobody left to forget") { try forget() }
    }

    @Test("The household's others are answered as if the forgotten one had never been")
    func household() throws {
        let request = gateway.request(
            ["income.low"], of: neighbour, purpose: "dibao", basis: "request")
        #expect(try gateway.reasons(request).isEmpty)
        _ = try forget()
        #expect(try gateway.reasons(request).isEmpty)
    }

    @Test("The certificate is checked with the log's public key alone, and only as it was given")
    func certificate() throws {
        let before = try KeyScan(gateway.parts).run()
        let receipt = try forget()
        let after = try KeyScan(gateway.parts).run()
        let valueClasses = ["identity", "welfare", "health"]
        let valueCount = valueClasses.map { name in
            (before.opened[name]?[1] ?? 0) - (after.opened[name]?[1] ?? 0)
        }.reduce(0, +)
        #expect(valueCount > 5)
        let forgetting = Forgetting(gateway.parts)
        let certificate = try forgetting.certificate(
            of: receipt.entry, subjectSalt: receipt.subjectSalt)
        let key = try NoteKey(encoded: gateway.parts.log.verifierKey)
        let read = try ShredCertificate(parsing: certificate.text)
        try read.verify(log: key)
        #expect(try read.isAbout(number) == true)
        #expect(try read.isAbout(neighbour) == false)
        #expect(!certificate.text.contains(number))
        #expect(read.detail["values"]?.integer == valueCount)
        #expect(read.detail["records"]?.integer == 3 && read.detail["consents"]?.integer == 1)
        let again = try ShredCertificate(
            parsing: forgetting.certificate(of: receipt.entry).text)
        try again.verify(log: key)
        #expect(try again.isAbout(number) == nil)
        for (text, other) in [
            ("\"consents\":1", "\"consents\":2"), ("salt ", "salt 00"), ("leaf 0105", "leaf 0104"),
            ("index \(receipt.entry)", "index \(receipt.entry - 1)"),
        ] {
            let changed = certificate.text.replacing(text, with: other, maxReplacements: 1)
            #expect(changed != certificate.text)
            #expect(throws: GatewayError.self, "\(text)") {
                try ShredCertificate(parsing: changed).verify(log: key)
            }
        }
        #expect(throws: GatewayError.self) { try forgetting.certificate(of: 0) }
    }

    @Test(
        "What sources deliver again is refused without its cells; a new record opens a new resident"
    )
    func redelivery() throws {
        _ = try forget()
        let count = try gateway.residentCount()
        for _ in 0..<2 {
            let report = try gateway.pull([
                row("r-1", ["household": "H-1", "income": "950"]),
                row("r-2", ["phone": "16000000001"]),
            ])
            #expect(report.quarantined == 2 && report.findings["resident.forgotten"] == 2)
        }
        let visits = try gateway.pull(
            [visit("v-1", of: "r-1"), visit("v-2", of: "r-1")],
            stream: "visits")
        #expect(visits.findings["resident.forgotten"] == 2)
        #expect(try gateway.residentCount() == count && isKnown(number) == false)
        let scan = try KeyScan(gateway.parts).run()
        #expect(scan.isSound && scan.opened["quarantine"] == nil, "\(scan.faults)")
        let new = try gateway.pull([row("r-9", ["income": "700"])])
        #expect(new.opened == 1)
        #expect(try isKnown(number) == true)
        let resident = try #require(try gateway.resident(number))
        #expect(try gateway.texts(FieldID("income.monthly"), of: resident) == ["700"])
    }

    @Test("Refused records that carry the number go with the resident, others stay")
    func quarantine() throws {
        try gateway.pull([
            row("q-1", ["birth": "never", "phone": "1"]), row("q-2", neighbour, ["birth": "never"]),
        ])
        #expect(try ReviewDesk(gateway.parts).quarantine(after: 0, limit: 9).count == 2)
        let receipt = try forget()
        let left = try ReviewDesk(gateway.parts).quarantine(after: 0, limit: 9)
        #expect(left.count == 1)
        let detail = try AuditDesk(gateway.parts).entry(receipt.entry).operational
        #expect(detail["quarantined"]?.integer == 1)
    }

    @Test("A refused record that is damaged keeps nobody from being forgotten")
    func damagedQuarantine() throws {
        try gateway.pull([
            row("q-1", ["birth": "never", "phone": "1"]), row("q-2", neighbour, ["birth": "never"]),
        ])
        let queue = try DatabaseQueue(path: gateway.folder.file("hangu.db").path)
        try queue.write { database in
            try database.execute(
                sql: """
                    UPDATE quarantine SET sealed = substr(sealed, 1, length(sealed) - 1) || x'00'
                    WHERE number = 2
                    """)
        }
        let receipt = try forget()
        #expect(try ReviewDesk(gateway.parts).quarantine(after: 0, limit: 9).map(\.number) == [2])
        let detail = try AuditDesk(gateway.parts).entry(receipt.entry).operational
        #expect(detail["quarantined"]?.integer == 1)
    }

    @Test("A refused record that arrives once others were looked through goes too")
    func arrivedMeanwhile() throws {
        try gateway.pull([row("q-1", neighbour, ["birth": "never"])])
        let transactions = Mutex(0)
        let gateway = gateway
        let store = InterruptingStore(gateway.store) {
            let count = transactions.withLock { count in
                count += 1
                return count
            }
            guard count == 1 else { return }
            #expect(throws: Never.self) {
                try gateway.pull([row("q-2", ["birth": "never"])])
            }
        }
        _ = try Forgetting(gateway.parts(over: store)).forget(citizenNumber: number, order)
        #expect(transactions.withLock { $0 } > 1)
        #expect(try ReviewDesk(gateway.parts).quarantine(after: 0, limit: 9).map(\.number) == [1])
    }

    @Test("Whichever call fails, keys or store, the next opening of the home finishes it")
    func everyFault() throws {
        var faults = 0
        for call in 1... {
            let test = try ForgettingTests()
            let store = FaultyStore(test.gateway.store, failingCall: call)
            let size = try test.gateway.logSize
            do {
                _ = try Forgetting(test.gateway.parts(over: store)).forget(
                    citizenNumber: number, order)
                break
            } catch { faults += 1 }
            let isOrdered = try test.gateway.logSize > size
            #expect(try test.isKnown(number) != nil, "a request is never a fault")
            let next = try test.gateway.secondProcess()
            _ = try Forgetting(next).finishPending()
            #expect(try test.isKnown(number, next) == !isOrdered, "call \(call)")
            let scan = try KeyScan(next).run()
            #expect(scan.isSound && scan.forgottenCount == (isOrdered ? 1 : 0), "\(scan.faults)")
            #expect(try AuditDesk(next).verify().isSound)
        }
        print("store calls of a forgetting made to fail: \(faults)")
        #expect(faults >= 25)
    }

    @Test("An older copy of the data brings nobody back")
    func restored() throws {
        try gateway.store.close()
        let copy = gateway.folder.file("copy.db")
        try FileManager.default.copyItem(at: gateway.folder.file("hangu.db"), to: copy)
        let store = try HomeStore(at: gateway.folder.file("hangu.db"))
        _ = try Forgetting(gateway.secondProcess(over: store)).forget(
            citizenNumber: number, order)
        let old = try gateway.secondProcess(over: try HomeStore(at: copy))
        #expect(try isKnown(number, old) == false, "before anything was tidied up")
        #expect(try KeyScan(old).run().faults.count == 1, "its rows are still there")
        #expect(try KeyScan(old).run().gone["identity"] ?? 0 >= 4)
        #expect(try Forgetting(old).finishPending() == 1)
        let scan = try KeyScan(old).run()
        #expect(scan.isSound && scan.gone["identity"] == nil, "\(scan.faults)")
        #expect(try isKnown(neighbour, old) == true)
        #expect(try Forgetting(old).finishPending() == 0)
        #expect(try AuditDesk(old).verify().isSound)
    }
}
