import FieldCrypto
import Foundation
import JSONText
import ResidentModel
import SQLiteStore
import TestSupport
import Testing
import TransparencyLog

import Gateway

struct AuditTrailTests {
    private let gateway: TestGateway
    private let index: AuditIndexDatabase
    private let trail: AuditTrail
    private let reading: AuditReading
    private let number = citizenNumber()
    private let other = citizenNumber("19600101", 124)

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([row("r-1"), row("r-2", other, name: "李四")])
        index = try AuditIndexDatabase(at: gateway.folder.file("audit-index.db"))
        trail = AuditTrail(gateway.parts, index: index)
        reading = try AuditReading(officer: "lin", reason: .inspection, reference: "2026-7")
    }

    /// Decisions of every kind, each with its outcome.
    private func work() throws {
        for request in [
            gateway.request(["identity.name"], of: number, caseID: "case-1"),
            gateway.request(["identity.name", "income.monthly"], of: other, caseID: "case-2"),
            gateway.request(["identity.sex"], of: number, purpose: "few"),
            gateway.request(["identity.name"], of: other, basis: "repealed"),
            gateway.request(["identity.name"], of: citizenNumber("19990101", 127)),
        ] {
            _ = try gateway.answer(request)
            gateway.clock.advance(days: 1)
        }
    }

    private func filter(_ change: (inout AuditFilter) -> Void) -> AuditFilter {
        var filter = AuditFilter()
        change(&filter)
        return filter
    }

    private func found(_ filter: AuditFilter) throws -> [UInt64] {
        let byIndex = try trail.page(filter, limit: 100, by: reading).lines.map(\.index)
        let byReading = try trail.page(filter, limit: 100, by: reading, isReadingAll: true)
        // The entry about the first reading is newer than what both were asked about.
        #expect(
            byReading.lines.map(\.index).filter { $0 < byIndex.first ?? .max }.count
                >= max(0, byIndex.count - 1))
        return byIndex
    }

    @Test("Each condition finds its entries and no others, and conditions combine")
    func filters() throws {
        try work()
        let cases: [(String, AuditFilter, [UInt64])] = [
            ("department", filter { $0.departments = ["civil"] }, [10, 8, 6, 4, 2]),
            ("kind", filter { $0.kinds = [.decision] }, [10, 8, 6, 4, 2]),
            ("two kinds", filter { $0.kinds = [.ingest, .admin] }, [1, 0]),
            ("decision", filter { $0.decisions = [.refused] }, [8]),
            ("purpose", filter { $0.purposes = ["few"] }, [6]),
            ("basis", filter { $0.bases = ["repealed"] }, [8]),
            ("field", filter { $0.items = ["income.monthly"] }, [5, 4]),
            ("class", filter { $0.classes = ["welfare"] }, [5, 4]),
            ("rule", filter { $0.rules = ["test.few"] }, [6]),
            ("officer", filter { $0.officers = ["officer-7"] }, [10, 8, 6, 4, 2]),
            ("case", filter { $0.cases = ["case-1", "case-2"] }, [4, 2]),
            ("resident", filter { $0.resident = .citizenNumber(number) }, [7, 6, 3, 2]),
            (
                "resident and purpose",
                filter {
                    $0.resident = .citizenNumber(number)
                    $0.purposes = ["review"]
                }, [2]
            ),
            (
                "nothing in common",
                filter {
                    $0.purposes = ["few"]
                    $0.decisions = [.refused]
                }, []
            ),
            ("nobody", filter { $0.resident = .citizenNumber(citizenNumber("19700101", 125)) }, []),
        ]
        let day = UInt64(20_517 * 1_440)
        let timed = filter { $0.minutes = (day + 1_440)...(day + 3 * 1_440 - 1) }
        #expect(try found(timed) == [7, 6, 5, 4])
        for (name, filter, expected) in cases {
            #expect(try found(filter) == expected, "\(name)")
        }
        print("filters: \(cases.count + 1) cases, by index and by reading")
    }

    @Test("Pages follow one another without gap or repetition while the log grows")
    func paging() throws {
        for _ in 0..<30 { _ = try gateway.answer(gateway.request(["identity.name"], of: number)) }
        let wanted = filter { $0.kinds = [.decision] }
        var seen: [UInt64] = []
        var cursor: String?
        repeat {
            let page = try trail.page(wanted, after: cursor, limit: 7)
            #expect(page.lines.count == 7 || page.next == nil)
            seen += page.lines.map(\.index)
            cursor = page.next
            if seen.count < 20 {
                _ = try gateway.answer(gateway.request(["identity.name"], of: other))
            }
        } while cursor != nil
        #expect(seen == Array(stride(from: UInt64(60), through: 2, by: -2)))
    }

    @Test("A cursor that was changed, cut or made for another filter is refused")
    func cursors() throws {
        try work()
        let wanted = filter { $0.kinds = [.decision] }
        let cursor = try #require(try trail.page(wanted, limit: 2).next)
        #expect(try trail.page(wanted, after: cursor, limit: 2).lines.map(\.index) == [6, 4])
        var faults = ["", "x", String(cursor.dropLast()), cursor + "a", cursor.uppercased()]
        for place in 0..<cursor.count {
            var changed = Array(cursor)
            changed[place] = changed[place] == "a" ? "b" : "a"
            faults.append(String(changed))
        }
        for fault in faults {
            #expect(throws: GatewayError.self, "\(fault)") {
                try trail.page(wanted, after: fault, limit: 2)
            }
        }
        #expect(throws: GatewayError.self) {
            try trail.page(AuditFilter(), after: cursor, limit: 2)
        }
        print("cursors refused: \(faults.count + 1)")
    }

    @Test("Leaves are listed freely; details and what is sealed only for somebody who says why")
    func readers() throws {
        try work()
        let before = try gateway.logSize
        let plain = try trail.page(filter { $0.kinds = [.decision] }, limit: 10)
        #expect(plain.lines.count == 5 && plain.lines.allSatisfy { $0.details == nil })
        #expect(plain.lines.allSatisfy { $0.residentPseudonym == nil })
        #expect(try gateway.logSize == before)
        for sealed in [
            filter { $0.departments = ["civil"] }, filter { $0.officers = ["officer-7"] },
            filter { $0.resident = .pseudonym("a") }, filter { $0.isBreakGlass = true },
        ] {
            #expect(throws: GatewayError.self) { try trail.page(sealed, limit: 10) }
        }
        let opened = try trail.page(filter { $0.cases = ["case-1"] }, limit: 10, by: reading)
        #expect(opened.lines.first?.details?.subject?["case"]?.string == "case-1")
        #expect(try gateway.logSize == before + 1)
        let entry = try AuditDesk(gateway.parts).entry(before)
        #expect(entry.leaf.type == .auditRead && entry.leaf.subject == nil)
        #expect(entry.operational["officer"]?.string == "lin")
        #expect(entry.operational["reason"]?.string == "inspection")
        #expect(entry.operational["reference"]?.string == "2026-7")
        #expect(entry.operational["count"]?.integer == 1)
        // What was asked for stands there, without what names a case or person.
        #expect(entry.operational["filter"]?.string == "case")
        #expect(try gateway.verification().isSound)
    }

    @Test("Where the reading cannot be kept, nothing is shown")
    func durableFirst() throws {
        try work()
        let before = try gateway.logSize
        try index.clear()
        try AuditIndex(gateway.parts, store: index).catchUp()
        let counted = FaultyStore(gateway.store, failingCall: .max, isCountingReads: false)
        _ = try AuditTrail(gateway.parts(over: counted), index: index).entry(2, by: reading)
        #expect(counted.callCount > 3)
        for call in 1...counted.callCount {
            let faulty = FaultyStore(gateway.store, failingCall: call, isCountingReads: false)
            let trail = AuditTrail(gateway.parts(over: faulty), index: index)
            #expect(throws: GatewayError.self) { try trail.entry(2, by: reading) }
            #expect(throws: Never.self) { try gateway.verification() }
        }
        #expect(try gateway.logSize == before + 1)
    }

    @Test("A word that is none is refused with those most like it; what only the log knows is not")
    func words() throws {
        try work()
        func message(_ change: (inout AuditFilter) -> Void) -> String {
            do {
                _ = try trail.page(filter(change), limit: 10, by: reading)
                return ""
            } catch { return "\(error)" }
        }
        #expect(message { $0.departments = ["civli"] }.contains("did you mean civil"))
        #expect(message { $0.purposes = ["reviews"] }.contains("review"))
        #expect(message { $0.classes = ["secret"] }.contains("identity, welfare, health"))
        #expect(message { $0.items = ["identity.nam"] }.contains("identity.name"))
        #expect(message { $0.rules = ["test.fw"] }.contains("test.few"))
        // Refused and logged as it was asked: the catalogue never had it, the log has.
        _ = try gateway.answer(gateway.request(["identity.name"], of: number, department: "gone"))
        #expect(message { $0.departments = ["gone"] } == "")
        #expect(Spelling.nearest(to: "zzzzzzzz", among: ["civil", "school"]).isEmpty)
    }

    @Test("The pseudonym leads to a resident's entries, and ends with their key")
    func shredding() throws {
        try work()
        let lines = try trail.page(
            filter { $0.resident = .citizenNumber(number) }, limit: 10, by: reading
        ).lines
        let pseudonym = try #require(lines.first?.residentPseudonym)
        #expect(pseudonym.count == 16 && Set(lines.map(\.residentPseudonym)).count == 1)
        let mine = filter { $0.resident = .pseudonym(pseudonym) }
        #expect(try found(mine) == [7, 6, 3, 2])
        let block = try index.postings(inBlock: 0)
        let row = try #require(try gateway.resident(number))
        let id = try gateway.store.read { reader throws(GatewayError) in
            try reader.residentIDs(of: [row])[row]
        }
        let key = ResidentKeyID(bytes: try #require(id).bytes)
        try gateway.parts.keyring.shred([try #require(key)])
        #expect(try found(mine).isEmpty)
        try AuditIndex(gateway.parts, store: index).forget([row])
        let after = try index.postings(inBlock: 0)
        let gone: Set<UInt16> = [2, 3, 6, 7]
        #expect(block.values.contains { !gone.isDisjoint(with: $0.ofSubject.offsets) })
        #expect(after.values.allSatisfy { gone.isDisjoint(with: $0.ofSubject.offsets) })
        // What oversight may know of the entries stays.
        #expect(try found(filter { $0.purposes = ["few"] }) == [6])
        #expect(try AuditIndex(gateway.parts, store: index).differingBlocks().isEmpty)
    }
}
