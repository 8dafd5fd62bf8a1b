import Foundation
import GRDB
import SQLiteStore
import TestSupport
import Testing

import Gateway

struct AuditIndexTests {
    @Test("Sets of entries are what was put in, in both forms, and read back as written")
    func sets() {
        var random = SeededRandom(seed: 5)
        var caseCount = 0
        for count in [0, 1, 2, 100, 4_095, 4_096, 4_097, 20_000, 65_536] {
            let left = Set(
                (0..<count).map { _ in UInt16.random(in: 0...UInt16.max, using: &random) })
            let right = Set(
                (0..<300).map { _ in UInt16.random(in: 0...UInt16.max, using: &random) })
            let one = EntrySet(left.shuffled(using: &random))
            let other = EntrySet(right)
            #expect(one.count == left.count && one.offsets == left.sorted())
            #expect(one.union(other).offsets == left.union(right).sorted())
            #expect(one.intersection(other).offsets == left.intersection(right).sorted())
            #expect(one.subtracting(other).offsets == left.subtracting(right).sorted())
            #expect(EntrySet(bytes: one.bytes) == one)
            #expect(one.isEmpty == left.isEmpty)
            caseCount += 1
        }
        #expect(EntrySet(run: 3...9).offsets == Array(3...9))
        for broken: [UInt8] in [
            [1], [0, 2, 0, 1], [0, 1, 0, 1], [UInt8](repeating: 0, count: 8_192),
        ] {
            #expect(EntrySet(bytes: broken) == nil)
        }
        print("entry sets: \(caseCount) cases")
    }

    @Test("The index leaves the log's writer alone, catches up in steps, and knows another log")
    func catchingUp() throws {
        let gateway = try TestGateway()
        try gateway.pull([row("r-1")])
        let store = try AuditIndexDatabase(at: gateway.folder.file("audit-index.db"))
        let index = AuditIndex(gateway.parts, store: store)
        #expect(try index.catchUp() == 2)
        _ = try gateway.answer(gateway.request(["identity.name"], of: citizenNumber()))
        #expect(try store.state()?.size == 2)
        #expect(try index.catchUp() == 4)
        #expect(try store.state()?.size == 4)
        #expect(try index.differingBlocks().isEmpty)
        // Another log: the state fits nothing, so everything is made anew.
        let other = try TestGateway(seed: 9)
        try other.pull([row("r-1"), row("r-2", citizenNumber("19600101", 124), name: "李四")])
        #expect(try AuditIndex(other.parts, store: store).catchUp() == 2)
        #expect(try AuditIndex(other.parts, store: store).differingBlocks().isEmpty)
    }

    @Test("A posting that is lost or added is found by comparison, and an addition shows nothing")
    func tampering() throws {
        let gateway = try TestGateway()
        try gateway.pull([row("r-1")])
        for _ in 0..<5 {
            _ = try gateway.answer(gateway.request(["identity.name"], of: citizenNumber()))
        }
        let url = gateway.folder.file("audit-index.db")
        let store = try AuditIndexDatabase(at: url)
        let index = AuditIndex(gateway.parts, store: store)
        try index.catchUp()
        var filter = AuditFilter()
        filter.purposes = ["review"]
        let reading = try AuditReading(officer: "lin", reason: .inspection)
        let trail = AuditTrail(gateway.parts, index: store)
        #expect(try trail.page(filter, limit: 9, by: reading).lines.count == 5)
        let all = EntrySet(run: 0...11)
        let queue = try DatabaseQueue(path: url.path)
        try queue.write { database in
            try database.execute(
                sql: "UPDATE audit_posting SET entries = ?", arguments: [Data(all.bytes)])
        }
        #expect(try trail.page(filter, limit: 9, by: reading).lines.count == 5)
        #expect(try index.differingBlocks() == [0])
        try store.clear()
        try index.catchUp()
        try queue.write { database in
            try database.execute(sql: "DELETE FROM audit_posting WHERE number % 2 = 0")
        }
        #expect(try index.differingBlocks() == [0])
        let read = try trail.page(filter, limit: 9, by: reading, isReadingAll: true)
        #expect(read.lines.count == 5)
    }

    @Test("Whichever change of the index fails, the next reader finds nothing of who is forgotten")
    func forgetting() throws {
        var faults = 0
        for call in 1... {
            let gateway = try TestGateway()
            try gateway.pull([row("r-1"), row("r-2", citizenNumber("19600101", 124), name: "李四")])
            _ = try gateway.answer(gateway.request(["identity.name"], of: citizenNumber()))
            let store = try AuditIndexDatabase(at: gateway.folder.file("audit-index.db"))
            let index = AuditIndex(gateway.parts, store: store)
            try index.catchUp()
            #expect(try store.postings(inBlock: 0).values.contains { !$0.ofSubject.isEmpty })
            _ = try gateway.answer(gateway.request(["identity.name"], of: citizenNumber()))
            _ = try Forgetting(gateway.parts).forget(
                citizenNumber: citizenNumber(), Forgetting.Order(officer: "o-9", reason: "17"))
            let faulty = FaultyIndex(store, failingCall: call)
            var isWhole = true
            do { try AuditIndex(gateway.parts, store: faulty).catchUp() } catch { isWhole = false }
            try index.catchUp()
            #expect(
                try store.postings(inBlock: 0).values.allSatisfy(\.ofSubject.isEmpty),
                "call \(call)")
            #expect(try index.differingBlocks().isEmpty)
            if isWhole { break }
            faults += 1
        }
        print("changes of an index made to fail: \(faults)")
        #expect(faults >= 2)
    }

    @Test("The file says nothing in clear, and what is no index is replaced")
    func file() throws {
        let gateway = try TestGateway()
        try gateway.pull([row("r-1")])
        _ = try gateway.answer(
            gateway.request(["identity.name"], of: citizenNumber(), caseID: "case-17"))
        let url = gateway.folder.file("audit-index.db")
        try Data("no database at all, whatever its name may say; but long enough".utf8)
            .write(to: url)
        let store = try AuditIndexDatabase(at: url)
        #expect(try AuditIndex(gateway.parts, store: store).catchUp() == 4)
        try store.close()
        let content = try Data(contentsOf: url)
        for word in ["identity", "review", "civil", "officer-7", "case-17", "decision"] {
            #expect(content.range(of: Data(word.utf8)) == nil, "\(word)")
        }
        let mode = try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test("Among 200,000 entries a page is found by the index, whatever is asked for")
    func plan() throws {
        let folder = try TemporaryFolder()
        let store = try AuditIndexDatabase(at: folder.file("audit-index.db"))
        let synthetic = SyntheticIndex(entries: 200_000)
        try synthetic.fill(store)
        #expect(
            try store.postingsPlan().allSatisfy {
                $0.contains("SEARCH") && $0.contains("audit_posting_term (block=? AND term=?)")
            })
        var queryCount = 0
        for groups in [
            [[1]], [[2], [100]], [[1], [2], [10, 11, 12]], [[200_007]], [[3], [999]],
        ] {
            let wanted = groups.map { $0.map(Int64.init) }
            var found: [UInt64] = []
            try AuditQuery(groups: wanted).forEach(below: .max, in: store) { entry in
                found.append(entry)
                return found.count < 50
            }
            let expected = synthetic.entries(groups: wanted, limit: 50)
            #expect(found == expected, "\(groups)")
            queryCount += 1
        }
        var found: [UInt64] = []
        try AuditQuery(groups: [[1]], minutes: 100...120).forEach(below: .max, in: store) { entry in
            found.append(entry)
            return true
        }
        // 60 entries a minute, and bundles of 256 reach a little beyond.
        #expect(found.allSatisfy { (5_700...7_600).contains($0) && $0 % 2 == 0 })
        #expect(Set(stride(from: UInt64(6_000), to: 7_260, by: 2)).isSubset(of: found))
        print("index: \(queryCount + 1) queries over \(synthetic.count) entries")
    }
}
