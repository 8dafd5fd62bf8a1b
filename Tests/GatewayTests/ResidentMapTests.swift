import FieldCrypto
import JSONText
import ResidentModel
import SQLiteStore
import TestSupport
import Testing
import TransparencyLog

import Gateway

/// The map over residents' entries, and the package by which one of them sees that nothing is missing.
struct ResidentMapTests {
    private let gateway: TestGateway
    private let number = citizenNumber()
    private let other = citizenNumber("19600101", 124)
    private let quiet = citizenNumber("19610101", 125)

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([
            row("r-1"), row("r-2", other, name: "李四"), row("r-3", quiet, name: "王五"),
        ])
    }

    private func ask(_ number: String, basis: String = "duty") throws {
        _ = try gateway.answer(gateway.request(["identity.sex"], of: number, basis: basis))
    }

    private func package(_ number: String) throws -> AccessPackage {
        try AccessHistory(gateway.parts).package(citizenNumber: number)
    }

    @Test(
        "Each resident's list is proved whole up to the newest map root, and later entries are said to be so"
    )
    func completeness() throws {
        let map = ResidentMap(gateway.parts)
        try ask(number)
        #expect(try package(number).completeness == .noMap)
        try ask(other)
        try ask(number)
        let first = try map.update()
        #expect(first.changed == 2)
        #expect(try package(number).completeness == .proved(covered: 4, later: 0))
        #expect(try package(other).completeness == .proved(covered: 2, later: 0))
        #expect(try package(quiet).completeness == .proved(covered: 0, later: 0))
        try ask(number)
        #expect(try package(number).completeness == .proved(covered: 4, later: 2))
        let second = try map.update()
        #expect(second.changed == 1 && second.root != first.root)
        #expect(try package(number).completeness == .proved(covered: 6, later: 0))
        #expect(try package(other).completeness == .proved(covered: 2, later: 0))
        #expect(try gateway.verification().isSound)
        let entry = try AuditDesk(gateway.parts).entry(second.index)
        #expect(
            entry.leaf.type == .mapRoot && entry.operational["root"]?.string == "\(second.root)")
    }

    @Test("Once a day the root is brought into the log, and only where there is something new")
    func daily() throws {
        let map = ResidentMap(gateway.parts)
        #expect(try map.updateIfDue() == nil)
        try ask(number)
        #expect(try map.updateIfDue() != nil)
        try ask(number)
        #expect(try map.updateIfDue() == nil)
        gateway.clock.advance(days: 1)
        #expect(try map.updateIfDue()?.changed == 1)
        gateway.clock.advance(days: 1)
        #expect(try map.updateIfDue() == nil)
    }

    @Test("A process that runs on while keys change seals the next root under the new ones")
    func keysChanged() throws {
        let watching = ResidentMap(try gateway.secondProcess())
        try ask(number)
        #expect(try watching.updateIfDue() != nil)
        for _ in 0..<2 { _ = try KeyRotation(gateway.parts).rotateClass("audit") }
        gateway.clock.advance(days: 1)
        try ask(number)
        #expect(try watching.updateIfDue() != nil)
        #expect(try gateway.verification().isSound)
    }

    @Test("Asked where nothing is due, it begins no writing transaction")
    func asksOnly() throws {
        try ask(number)
        let store = FaultyStore(gateway.store, failingCall: .max)
        let map = ResidentMap(gateway.parts(over: store))
        #expect(try map.updateIfDue() != nil)
        #expect(store.names.contains("commit"))
        let count = store.names.filter { $0 == "commit" }.count
        for _ in 0..<3 { #expect(try map.updateIfDue() == nil) }
        #expect(store.names.filter { $0 == "commit" }.count == count)
    }

    @Test("A list with an entry left out, added or exchanged is not what the map says")
    func omissions() throws {
        for _ in 0..<3 { try ask(number) }
        _ = try ResidentMap(gateway.parts).update()
        let whole = try package(number)
        let root = try #require(whole.map)
        let held = try #require(root.proof.entry)
        #expect(held.count == 6)
        #expect(held.chain == whole.entries.last?.entry.leaf.subject?.chain)
        for index in whole.entries.indices {
            var leaves = whole.entries.map { $0.entry.leaf }
            leaves.remove(at: index)
            let count = UInt64(leaves.count)
            let chain = leaves.last?.subject?.chain
            #expect(count != held.count || chain != held.chain)
        }
    }

    @Test("What the law withholds is counted and committed to, not told, until its day has come")
    func withheld() throws {
        try ask(number)
        try ask(number, basis: "inquiry")
        _ = try ResidentMap(gateway.parts).update()
        let history = AccessHistory(gateway.parts)
        let seen = try history.entries(citizenNumber: number)
        #expect(seen.map { $0.withheld != nil } == [true, true, false, false])
        let withheld = try #require(seen.first?.withheld)
        #expect(withheld.basis == "inquiry" && withheld.visibleFrom.description == "2026-04-04")
        #expect(seen[1].operational["caller"] == nil && seen[1].subject == nil)
        let package = try package(number)
        #expect(package.completeness == .proved(covered: 4, later: 0))
        let text = package.files.map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
        #expect(text.contains("\"visibleFrom\":\"2026-04-04\""))
        #expect(package.entries.count { $0.entry.subject != nil } == 2)
        gateway.clock.advance(days: 29)
        #expect(try history.entries(citizenNumber: number).first?.withheld != nil)
        gateway.clock.advance(days: 1)
        let later = try history.entries(citizenNumber: number)
        #expect(later.allSatisfy { $0.withheld == nil && $0.subject != nil })
        // Oversight sees it at once.
        #expect(try AuditDesk(gateway.parts).entry(seen[1].index).operational["caller"] != nil)
    }

    @Test("A destroyed key leaves the map's entry, and the log stays sound")
    func shredded() throws {
        try ask(number)
        _ = try ResidentMap(gateway.parts).update()
        let found = try gateway.resident(number)
        let row = try #require(found)
        let id = try gateway.store.read { reader throws(GatewayError) in
            try reader.residentIDs(of: [row])[row]
        }
        let known = try #require(id)
        let key = try #require(ResidentKeyID(bytes: known.bytes))
        try gateway.parts.keyring.shred([key])
        // Nobody is known by the number any more; the map's entry stays, and the next root covers it.
        #expect(throws: GatewayError.self) { try package(number) }
        let kept = try gateway.store.read { reader throws(GatewayError) in
            try reader.mapEntry(of: row)
        }
        #expect(kept?.count == 2)
        #expect(try gateway.verification().isSound)
    }

    @Test("A map that was changed in the store fails the verification")
    func tampered() throws {
        try ask(number)
        try ask(other)
        _ = try ResidentMap(gateway.parts).update()
        #expect(try gateway.verification().isSound)
        let page = try gateway.store.read { reader throws(GatewayError) in try reader.mapPage(0) }
        var bytes = try #require(page)
        let place = try #require(bytes.firstIndex { $0 != 0 })
        bytes[place + 5] ^= 1
        try gateway.store.write { writer throws(GatewayError) in try writer.putMapPage(0, bytes) }
        #expect(try !gateway.verification().isSound)
    }
}
