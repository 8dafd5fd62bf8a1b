import Foundation
import FieldCrypto
import GRDB
import ResidentModel
import TestSupport
import Testing
import TransparencyLog

import Gateway
import SQLiteStore

struct TamperTests {
    private let gateway: TestGateway
    private let number = citizenNumber()

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([row("r-1"), row("r-2", citizenNumber("19600101", 124), name: "李四")])
        for _ in 0..<3 { _ = try gateway.answer(gateway.request(["identity.name"], of: number)) }
        let other = citizenNumber("19600101", 124)
        _ = try gateway.answer(gateway.request(["identity.name"], of: other))
    }

    private func sql(_ text: String) throws {
        let database = try DatabaseQueue(path: gateway.folder.file("hangu.db").path)
        try database.write { database in
            try database.execute(sql: text)
            #expect(database.changesCount > 0, "the statement must change something")
        }
    }

    /// Flips one bit of a stored text of bytes.
    private static func flipped(_ column: String, byte: Int) -> String {
        "CAST(substr(\(column), 1, \(byte)) || CASE substr(\(column), \(byte + 1), 1) WHEN X'00' "
            + "THEN X'01' ELSE X'00' END || substr(\(column), \(byte + 2)) AS BLOB)"
    }

    @Test("The log is sound before anything is changed")
    func untouched() throws {
        #expect(try gateway.verification().isSound)
        #expect(try gateway.logSize == 10)
    }

    @Test(
        "One changed byte of a leaf is found, wherever it stands",
        arguments: [0, 1, 2, 3, 4, 11, 15, 16, 47, 48, 79, 80, 111], [0, 2, 4, 9])
    func leaf(byte: Int, entry: Int) throws {
        try sql(
            "UPDATE audit_entry SET leaf = \(Self.flipped("leaf", byte: byte)) WHERE number = \(entry)"
        )
        #expect(try !gateway.verification().isSound)
    }

    @Test(
        "One changed byte of a detail is found", arguments: ["operational", "subject"], [2, 4, 9])
    func detail(column: String, entry: Int) throws {
        for byte in [0, 1, 20, 60] {
            try sql(
                "UPDATE audit_entry SET \(column) = \(Self.flipped(column, byte: byte)) "
                    + "WHERE number = \(entry)")
            let found = try gateway.verification()
            #expect(!found.isSound && found.log.isSound)
            #expect(found.faults.contains { $0.hasPrefix("entry \(entry):") })
        }
    }

    @Test(
        "A detail that is taken away, or given to another entry or resident, is found",
        arguments: [
            "UPDATE audit_entry SET subject = NULL WHERE number = 2",
            "UPDATE audit_entry SET subject = NULL WHERE number = 4",
            "UPDATE audit_entry SET subject = NULL WHERE number = 9",
            "UPDATE audit_entry SET resident = NULL WHERE number = 4",
            "UPDATE audit_entry SET resident = 2 WHERE number = 4",
            "UPDATE audit_entry SET resident = 99 WHERE number = 4",
            "UPDATE audit_entry SET resident = 1 WHERE number = 0",
            "UPDATE audit_entry SET subject = X'00' WHERE number = 0",
            "UPDATE audit_entry SET operational = (SELECT operational FROM audit_entry WHERE number = 2) WHERE number = 4",
            "UPDATE audit_entry SET subject = (SELECT subject FROM audit_entry WHERE number = 2) WHERE number = 4",
        ])
    func detailMoved(statement: String) throws {
        try sql(statement)
        let found = try gateway.verification()
        #expect(!found.isSound && !found.faults.isEmpty)
    }

    @Test(
        "A tile, a checkpoint or a kept chain that was changed or taken away is found",
        arguments: [
            "UPDATE audit_tile SET hashes = \(flipped("hashes", byte: 40))",
            "UPDATE audit_tile SET hashes = substr(hashes, 1, 288)", "DELETE FROM audit_tile",
            "UPDATE audit_checkpoint SET note = replace(note, 'test.example', 'test.exampel') WHERE size = 10",
            "UPDATE audit_checkpoint SET note = '' WHERE size = 10",
            "UPDATE audit_checkpoint SET note = (SELECT note FROM audit_checkpoint WHERE size = 4) WHERE size = 10",
            "DELETE FROM audit_checkpoint", "DELETE FROM audit_checkpoint WHERE size = 10",
            "UPDATE audit_checkpoint SET size = 11 WHERE size = 10",
            "UPDATE resident SET chain = \(flipped("chain", byte: 5)) WHERE number = 1",
            "UPDATE resident SET chain = NULL WHERE number = 1",
            "UPDATE resident SET chain = (SELECT chain FROM resident WHERE number = 2) WHERE number = 1",
        ])
    func otherRows(statement: String) throws {
        try sql(statement)
        #expect(try !gateway.verification().isSound)
    }

    @Test(
        "An earlier checkpoint that was changed, or signed for another tree, is found",
        arguments: [
            "UPDATE audit_checkpoint SET note = replace(note, 'test.example', 'test.exampel') WHERE size = 4",
            "UPDATE audit_checkpoint SET note = (SELECT note FROM audit_checkpoint WHERE size = 6) WHERE size = 4",
        ])
    func earlierCheckpoint(statement: String) throws {
        try sql(statement)
        #expect(try !gateway.verification().isSound)
    }

    @Test(
        "An entry that is taken out, put twice or exchanged is found",
        arguments: [
            ["DELETE FROM audit_entry WHERE number = 3"],
            ["DELETE FROM audit_entry WHERE number = 9"],
            ["DELETE FROM audit_entry"],
            [
                "UPDATE audit_entry SET number = 100 WHERE number = 4",
                "UPDATE audit_entry SET number = 4 WHERE number = 6",
                "UPDATE audit_entry SET number = 6 WHERE number = 100",
            ],
            [
                "INSERT INTO audit_entry SELECT 10, leaf, operational, subject, resident FROM audit_entry WHERE number = 9"
            ],
        ])
    func entries(statements: [String]) throws {
        for statement in statements { try sql(statement) }
        #expect(try !gateway.verification().isSound)
    }

    @Test(
        "A log that was rolled back or changed at its end takes no further entry, and nothing is answered",
        arguments: [
            ["DELETE FROM audit_entry WHERE number = 9"],
            ["DELETE FROM audit_entry WHERE number >= 4"],
            ["DELETE FROM audit_checkpoint WHERE size > 8"],
            [
                "DELETE FROM audit_entry WHERE number >= 8",
                "DELETE FROM audit_checkpoint WHERE size > 8",
            ],
            ["UPDATE audit_tile SET hashes = \(flipped("hashes", byte: 40))"],
            ["DELETE FROM audit_tile"], ["DELETE FROM audit_checkpoint"],
            ["DELETE FROM audit_entry"],
            ["UPDATE audit_checkpoint SET note = replace(note, 'test.', 'tset.') WHERE size = 10"],
        ])
    func rollback(statements: [String]) throws {
        for statement in statements { try sql(statement) }
        // Entries and checkpoint of a shorter log agree; its tile does not know that it is shorter.
        if statements.count == 2 { return try shorterLog() }
        let size = try gateway.logSize
        var isDelivered = false
        let error = #expect(throws: GatewayError.self) {
            try DisclosurePath(gateway.parts).answer(
                gateway.request(["identity.name"], of: number)
            ) { _ in isDelivered = true }
        }
        #expect(error?.category == .corrupt && !isDelivered)
        #expect(throws: GatewayError.self) { try gateway.pull([row("r-9", nil)]) }
        #expect(try gateway.logSize == size)
    }

    /// A log put back to an earlier state is its own past, but the chains of residents are ahead of it.
    private func shorterLog() throws {
        let found = try gateway.verification()
        #expect(!found.isSound, "the residents' chains are ahead of the log")
    }

    @Test("Two checkpoints are never kept for one size")
    func oneCheckpoint() throws {
        let newest = try gateway.parts.store.read { reader throws(GatewayError) in
            try reader.newestCheckpoint()
        }
        let checkpoint = try #require(newest)
        #expect(throws: GatewayError.self) {
            try gateway.parts.store.write { writer throws(GatewayError) in
                try writer.putCheckpoint(StoredCheckpoint(size: checkpoint.size, note: "another"))
            }
        }
        #expect(try gateway.verification().isSound)
    }

    @Test(
        "A value that was moved to another resident, field or version does not open, and the answer fails"
    )
    func values() throws {
        try gateway.pull([
            row("r-1", ["phone": "1"]),
            row("r-2", citizenNumber("19600101", 124), name: "李四", ["phone": "2"]),
        ])
        try sql(
            """
            UPDATE field_value SET sealed = (SELECT sealed FROM field_value f JOIN field n ON n.number = f.field
                WHERE f.resident = 2 AND n.name = 'identity.name')
            WHERE resident = 1 AND field = (SELECT number FROM field WHERE name = 'identity.name')
            """)
        let desk = AuditDesk(gateway.parts)
        let size = try desk.size()
        var isDelivered = false
        #expect(throws: GatewayError.self) {
            try DisclosurePath(gateway.parts).answer(
                gateway.request(["identity.name"], of: number)
            ) { _ in isDelivered = true }
        }
        #expect(!isDelivered)
        #expect(try desk.size() == size + 2)
        #expect(try desk.entry(size + 1).leaf.decision == .failed)
        #expect(try desk.verify().isSound)
    }
}
