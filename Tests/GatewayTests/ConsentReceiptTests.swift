import Consent
import FieldCrypto
import Foundation
import JSONText
import ResidentModel
import Testing
import TransparencyLog

import Gateway

struct ConsentReceiptTests {
    private let gateway: TestGateway
    private let number = citizenNumber()
    private let key: NoteKey

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([row("r-1"), row("r-2", citizenNumber("19600101", 124), name: "李四")])
        key = try NoteKey(encoded: gateway.parts.log.verifierKey)
    }

    private func receipts(_ number: String? = nil, id: String? = nil) throws -> [ConsentReceipt] {
        try ReceiptDesk(gateway.parts).receipts(citizenNumber: number ?? self.number, id: id)
    }

    @Test("The receipt of each consent is checked offline by the log's key alone, in any state")
    func verifies() throws {
        let first = try gateway.agree(
            number, items: ["identity.name"], frequency: "2/month", keepDays: 7)
        gateway.clock.advance(milliseconds: 1)
        let second = try gateway.agree(number, items: ["identity.sex"], state: .refused)
        gateway.clock.advance(milliseconds: 1)
        _ = try gateway.take(.withdraw, of: first.id)
        let found = try receipts()
        #expect(found.map(\.id) == [first.id, second.id].sorted())
        for receipt in found {
            let read = try ConsentReceipt(parsing: receipt.bytes)
            #expect(read.bytes == receipt.bytes && read.code == receipt.code)
            let entry = try read.verify(by: [key])
            let logged = try #require(
                try AuditDesk(gateway.parts).entries(from: entry, limit: 1).first)
            #expect(logged.subject?["consent"]?.string == receipt.id)
        }
        let withdrawn = try #require(found.first { $0.id == first.id })
        #expect(withdrawn.content["event_state"]?.string == "withdrawn")
        #expect(withdrawn.content["frequency"]?.string == "2/month")
        #expect(withdrawn.content["retention_days"]?.integer == 7)
    }

    @Test("No byte of a receipt can be changed, and no other key signs one")
    func tampered() throws {
        _ = try gateway.agree(number, items: ["identity.name"])
        let receipt = try #require(try receipts().first)
        let other = try NoteKey(encoded: TestGateway(seed: 2).parts.log.verifierKey)
        #expect(throws: GatewayError.self) { try receipt.verify(by: [other]) }
        #expect(throws: GatewayError.self) { try receipt.verify(by: [key, other]) }
        #expect(throws: GatewayError.self) { try receipt.verify(by: []) }
        var refused = 0
        let bytes = receipt.bytes
        for place in stride(from: 0, to: bytes.count - 1, by: 17) {
            var changed = bytes
            changed[place] ^= 1
            do { _ = try ConsentReceipt(parsing: changed).verify(by: [key]) } catch {
                refused += 1
                continue
            }
            Issue.record("a change at byte \(place) went unnoticed")
        }
        for end in stride(from: 0, to: bytes.count - 1, by: 97) {
            #expect(throws: GatewayError.self) {
                try ConsentReceipt(parsing: Array(bytes[..<end])).verify(by: [key])
            }
            refused += 1
        }
        print("consent receipts: \(refused) changed or cut files refused")
        #expect(refused > 100)
    }

    @Test(
        "Neither receipt nor code names the resident, and another's consent has no receipt for them"
    )
    func names() throws {
        let given = try gateway.agree(number, items: ["identity.name"])
        let receipt = try #require(try receipts(id: given.id).first)
        let text = String(decoding: receipt.bytes, as: UTF8.self)
        #expect(!text.contains(number) && !text.contains("张三丰"))
        #expect(receipt.code.wholeMatch(of: /HANGU:1:[A-Z2-7]{32}/) != nil)
        #expect(throws: GatewayError.self) {
            try receipts(citizenNumber("19600101", 124), id: given.id)
        }
        #expect(try receipts(citizenNumber("19600101", 124)).isEmpty)
    }

    @Test("A content that says other than the record is refused even where the key signed it")
    func otherContent() throws {
        _ = try gateway.agree(number, items: ["identity.name"])
        let receipt = try #require(try receipts().first)
        let text = String(decoding: receipt.bytes, as: UTF8.self)
        for (old, new) in [
            ("\"purpose\":\"review\"", "\"purpose\":\"few\""),
            ("\"valid_until\":\"2026", "\"valid_until\":\"2027"),
        ] {
            #expect(text.contains(old))
            let changed = try ConsentReceipt(
                parsing: Array(text.replacing(old, with: new, maxReplacements: 1).utf8))
            #expect(throws: GatewayError.self) { try changed.verify(by: [key]) }
        }
    }
}
