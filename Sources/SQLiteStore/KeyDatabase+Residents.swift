package import FieldCrypto
import Foundation
import GRDB

extension KeyDatabase {
    package func material(
        of residents: [ResidentKeyID]
    ) throws(KeyStoreError) -> [ResidentKeyID: ResidentKeyMaterial] {
        try read { database in
            let keys = try database.cachedStatement(
                sql: "SELECT generation, epoch, wrapped FROM resident_key WHERE resident = ?")
            let commitments = try database.cachedStatement(
                sql: """
                    SELECT class, version, generation, commitment FROM commitment
                    WHERE resident = ?
                    """)
            let shredded = try database.cachedStatement(
                sql: "SELECT 1 FROM shredded WHERE resident = ?")
            var found: [ResidentKeyID: ResidentKeyMaterial] = [:]
            for resident in residents where found[resident] == nil {
                let id = Data(resident.bytes)
                var material = ResidentKeyMaterial()
                let rows = try Row.fetchCursor(keys, arguments: [id])
                while let row = try rows.next() {
                    material.keys.append(
                        WrappedResidentKey(
                            resident: resident, generation: row[0], epoch: row[1],
                            wrapped: [UInt8](row[2] as Data)))
                }
                let kept = try Row.fetchCursor(commitments, arguments: [id])
                while let row = try kept.next() {
                    material.commitments.append(try Self.commitment(row, resident: resident))
                }
                material.isShredded = try Int.fetchOne(shredded, arguments: [id]) != nil
                if !material.keys.isEmpty || material.isShredded { found[resident] = material }
            }
            return found
        }
    }

    private static func commitment(_ row: Row, resident: ResidentKeyID?) throws -> KeyCommitment {
        guard let digest = SHA256Digest([UInt8](row[3] as Data)) else {
            throw KeyStoreError.corrupt("keys.db: a commitment is not 32 bytes")
        }
        return KeyCommitment(
            resident: resident, fieldClass: row[0], classVersion: row[1], generation: row[2],
            commitment: digest)
    }

    package func insert(_ keys: [WrappedResidentKey]) throws(KeyStoreError) {
        try write { database in
            let statement = try database.cachedStatement(
                sql: """
                    INSERT OR IGNORE INTO resident_key (resident, generation, epoch, wrapped)
                    VALUES (?, ?, ?, ?)
                    """)
            for key in keys {
                try statement.execute(arguments: [
                    Data(key.resident.bytes), key.generation, Int64(key.epoch), Data(key.wrapped),
                ])
            }
        }
    }

    package func residentKeys(
        wrappedBefore epoch: UInt32, limit: Int
    ) throws(KeyStoreError) -> [WrappedResidentKey] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM resident_key WHERE epoch < ? LIMIT ?",
                arguments: [Int64(epoch), limit]
            ).map { row in
                guard let resident = ResidentKeyID(bytes: [UInt8](row["resident"] as Data)) else {
                    throw KeyStoreError.corrupt("keys.db: a resident's id is not 16 bytes")
                }
                return WrappedResidentKey(
                    resident: resident, generation: row["generation"], epoch: row["epoch"],
                    wrapped: [UInt8](row["wrapped"] as Data))
            }
        }
    }

    package func replace(_ keys: [WrappedResidentKey]) throws(KeyStoreError) {
        try write { database in
            let statement = try database.cachedStatement(
                sql: """
                    UPDATE resident_key SET epoch = ?, wrapped = ?
                    WHERE resident = ? AND generation = ?
                    """)
            for key in keys {
                try statement.execute(arguments: [
                    Int64(key.epoch), Data(key.wrapped), Data(key.resident.bytes), key.generation,
                ])
            }
        }
    }

    package func insert(_ commitments: [KeyCommitment]) throws(KeyStoreError) {
        try write { database in
            let statement = try database.cachedStatement(
                sql: """
                    INSERT OR IGNORE INTO commitment
                        (resident, class, version, generation, commitment) VALUES (?, ?, ?, ?, ?)
                    """)
            for commitment in commitments {
                try statement.execute(arguments: [
                    Data(commitment.resident?.bytes ?? []), commitment.fieldClass,
                    commitment.classVersion, commitment.generation,
                    Data(commitment.commitment.bytes),
                ])
            }
        }
    }

    package func systemCommitments() throws(KeyStoreError) -> [KeyCommitment] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT class, version, generation, commitment FROM commitment
                    WHERE resident = ?
                    """, arguments: [Data()]
            ).map { try Self.commitment($0, resident: nil) }
        }
    }

    package func shred(_ residents: [ResidentKeyID]) throws(KeyStoreError) {
        try write { database in
            for resident in residents {
                let id = Data(resident.bytes)
                try Self.deleteKeys(of: id, in: database)
                try database.execute(
                    sql: "INSERT OR IGNORE INTO shredded (resident) VALUES (?)", arguments: [id])
            }
        }
        try truncateLog()
    }
}
