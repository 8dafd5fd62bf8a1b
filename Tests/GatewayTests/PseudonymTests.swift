import FieldCrypto
import Foundation
import JSONText
import ResidentModel
import SQLiteStore
import TestSupport
import Testing

import Gateway

/// A department knows a resident by a name of its own, and nobody else by it.
struct PseudonymTests {
    private let gateway: TestGateway
    private let number = citizenNumber()

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([row("r-1"), row("r-2", citizenNumber("19600101", 111), name: "李四")])
    }

    private func ask(
        _ pseudonym: String? = nil, of number: String? = nil, as department: String = "civil",
        _ items: [String] = ["identity.name"]
    ) throws -> Answer {
        var request = gateway.request(
            items, of: number ?? self.number, department: department,
            basis: department == "civil" ? "duty" : "entrusted")
        if let pseudonym { request = request.about(pseudonym: pseudonym) }
        return try gateway.answer(request)
    }

    private func names(_ answer: Answer) -> [String] {
        guard case .values(let values, _)? = answer.items.first?.outcome else { return [] }
        return values.map(\.text)
    }

    @Test("An answer carries the asking department's name of the resident, who can be named by it")
    func own() throws {
        let answer = try ask()
        let pseudonym = try #require(answer.pseudonym)
        #expect(pseudonym.utf8.count == 20 && !pseudonym.contains(number))
        #expect(try ask().pseudonym == pseudonym)
        #expect(names(try ask(pseudonym)) == ["张三丰"])
        #expect(try ask(of: citizenNumber("19600101", 111)).pseudonym != pseudonym)
    }

    @Test("A name is given only where something is permitted and somebody is known")
    func refused() throws {
        #expect(try ask(nil, of: number, as: "civil", ["household.member-count"]).pseudonym == nil)
        #expect(try ask(of: citizenNumber("19700101", 999)).pseudonym == nil)
    }

    @Test("Another department's name names nobody, and cannot be told from one that never was")
    func useless() throws {
        let civil = try #require(try ask().pseudonym)
        let school = try #require(try ask(as: "school").pseudonym)
        #expect(civil != school)
        let stolen = try ask(civil, as: "school")
        let invented = try ask("aaaaaaaaaaaaaaaaaaaa", as: "school")
        #expect(stolen.isResidentKnown == false && invented.isResidentKnown == false)
        #expect(stolen.pseudonym == nil && names(stolen).isEmpty)
    }

    @Test("After a rotation open cases go on under the old name until it is retired")
    func rotation() throws {
        let old = try #require(try ask().pseudonym)
        let rotation = KeyRotation(gateway.parts)
        _ = try rotation.rotatePseudonym("civil")
        let answer = try ask(old)
        let new = try #require(answer.pseudonym)
        #expect(names(answer) == ["张三丰"] && new != old)
        #expect(names(try ask(new)) == ["张三丰"])
        #expect(throws: GatewayError.self, "the newest is not retired") {
            try rotation.retirePseudonym("civil", version: 2)
        }
        #expect(try rotation.retirePseudonym("civil", version: 1) == 1)
        #expect(try ask(old).isResidentKnown == false)
        #expect(names(try ask(new)) == ["张三丰"])
        #expect(try gateway.verification().isSound)
    }

    @Test("A token hands a resident over to one department, and to no other")
    func handOver() throws {
        let civil = try #require(try ask().pseudonym)
        let handOver = HandOver(gateway.parts)
        let token = try handOver.give(civil, from: "civil", to: "school", officer: "o-1")
        #expect(!token.contains(civil) && !token.contains(number))
        for other in ["civil", "clinic", "company"] {
            #expect(throws: GatewayError.self, "\(other)") {
                try handOver.take(token, department: other, officer: "o-2")
            }
        }
        let school = try handOver.take(token, department: "school", officer: "o-2")
        #expect(school != civil)
        #expect(names(try ask(school, as: "school")) == ["张三丰"])
        #expect(try handOver.give(civil, from: "civil", to: "school", officer: "o-1") != token)
        let entries = try AuditDesk(gateway.parts).entries(from: 0, limit: 100)
            .filter { $0.operational["format"]?.string == "hangu/hand-over/1" }
        #expect(
            entries.compactMap { $0.operational["step"]?.string } == ["given", "taken", "given"])
        #expect(entries.allSatisfy { $0.subject?["name"]?.string?.isEmpty == false })
    }

    @Test("A token ends with its time, with any change, and with the resident")
    func tokenEnds() throws {
        let civil = try #require(try ask().pseudonym)
        let handOver = HandOver(gateway.parts)
        let token = try handOver.give(civil, from: "civil", to: "school", officer: "o-1")
        for position in stride(from: 0, to: token.count, by: 7) {
            var characters = Array(token)
            characters[position] = characters[position] == "b" ? "c" : "b"
            #expect(throws: GatewayError.self, "character \(position)") {
                try handOver.take(String(characters), department: "school", officer: "o-2")
            }
        }
        #expect(throws: GatewayError.self) {
            try handOver.give("aaaaaaaaaaaaaaaaaaaa", from: "civil", to: "school", officer: "o")
        }
        _ = try handOver.take(token, department: "school", officer: "o-2")
        gateway.clock.advance(days: 31)
        #expect(throws: GatewayError.self) {
            try handOver.take(token, department: "school", officer: "o-2")
        }
        let fresh = try handOver.give(civil, from: "civil", to: "school", officer: "o-1")
        _ = try Forgetting(gateway.parts).forget(
            pseudonym: civil, of: "civil", .init(officer: "o", reason: "r"))
        #expect(throws: GatewayError.self) {
            try handOver.take(fresh, department: "school", officer: "o-2")
        }
        #expect(try ask(civil).isResidentKnown == false)
    }

    @Test("The store alone does not tell whose a pseudonym is")
    func stored() throws {
        let pseudonym = try #require(try ask().pseudonym)
        try gateway.store.close()
        let text = Array(pseudonym.utf8)
        let raw = try #require(Base32.decode(String(pseudonym.prefix(16))))
        for name in ["hangu.db", "hangu.db-wal"] {
            let file = gateway.folder.file(name)
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            let data = try Data(contentsOf: file)
            #expect(data.range(of: Data(text)) == nil && data.range(of: Data(raw)) == nil)
        }
    }
}
