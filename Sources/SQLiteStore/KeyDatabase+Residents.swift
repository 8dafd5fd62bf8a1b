package import FieldCrypto
import Foundation
import GRDB

extension KeyDatabase {
    package func material(
        of residents: [ResidentKeyID], fieldClasses: Set<String>?
    ) throws(KeyStoreError) -> [ResidentKeyID: ResidentKeyMaterial] {
        try read { database in
            let keys = try RawStatement(
                database, "SELECT generation, epoch, wrapped FROM resident_key WHERE resident = ?")
            let commitments = try CommitmentReading(database, fieldClasses)
            let shredded = try RawStatement(
                database, "SELECT 1 FROM shredded WHERE resident = ?")
            var isAnyShredded = false
            try RawStatement(database, "SELECT 1 FROM shredded LIMIT 1")
                .forEachRow { _ in isAnyShredded = true }
            var found: [ResidentKeyID: ResidentKeyMaterial] = [:]
            found.reserveCapacity(residents.count)
            for resident in residents where found[resident] == nil {
                var material = ResidentKeyMaterial()
                try keys.bind(resident, at: 1)
                try keys.forEachRow { row in
                    material.keys.append(
                        WrappedResidentKey(
                            resident: resident, generation: UInt16(clamping: row.integer(0)),
                            epoch: UInt32(clamping: row.integer(1)), wrapped: row.bytes(2)))
                }
                material.commitments = try commitments.read(of: resident)
                if isAnyShredded {
                    try shredded.bind(resident, at: 1)
                    try shredded.forEachRow { _ in material.isShredded = true }
                }
                if !material.keys.isEmpty || material.isShredded { found[resident] = material }
            }
            return found
        }
    }

    fileprivate static func commitment(
        _ row: RawStatement.Columns, resident: ResidentKeyID?, fieldClass: String? = nil
    ) throws -> KeyCommitment {
        guard let digest = SHA256Digest(row.bytes(3)) else {
            throw KeyStoreError.corrupt("keys.db: a commitment is not 32 bytes")
        }
        return KeyCommitment(
            resident: resident, fieldClass: fieldClass ?? row.text(0),
            classVersion: UInt16(clamping: row.integer(1)),
            generation: UInt16(clamping: row.integer(2)), commitment: digest)
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
            let statement = try RawStatement(
                database,
                """
                INSERT OR IGNORE INTO commitment
                    (resident, class, version, generation, commitment) VALUES (?, ?, ?, ?, ?)
                """)
            for commitment in commitments {
                if let resident = commitment.resident {
                    try statement.bind(resident, at: 1)
                } else {
                    try statement.bind([UInt8](), at: 1)
                }
                try statement.bind(commitment.fieldClass, at: 2)
                try statement.bind(Int64(commitment.classVersion), at: 3)
                try statement.bind(Int64(commitment.generation), at: 4)
                try statement.bind(commitment.commitment.bytes, at: 5)
                try statement.run()
            }
        }
    }

    package func systemCommitments() throws(KeyStoreError) -> [KeyCommitment] {
        try read { database in
            let statement = try RawStatement(
                database,
                "SELECT class, version, generation, commitment FROM commitment WHERE resident = ?")
            try statement.bind([UInt8](), at: 1)
            var found: [KeyCommitment] = []
            try statement.forEachRow { found.append(try Self.commitment($0, resident: nil)) }
            return found
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

    package func residentKeyCounts() throws(KeyStoreError) -> [UInt32: Int] {
        try read { database in
            let statement = try RawStatement(
                database, "SELECT epoch, count(*) FROM resident_key GROUP BY epoch")
            var counts: [UInt32: Int] = [:]
            try statement.forEachRow {
                counts[UInt32(clamping: $0.integer(0))] = Int($0.integer(1))
            }
            return counts
        }
    }

    package func shredded(
        among residents: [ResidentKeyID]
    ) throws(KeyStoreError) -> Set<ResidentKeyID> {
        if residents.isEmpty { return [] }
        return try read { database in
            let statement = try RawStatement(
                database, "SELECT 1 FROM shredded WHERE resident = ?")
            var found: Set<ResidentKeyID> = []
            for resident in residents {
                try statement.bind(resident, at: 1)
                try statement.forEachRow { _ in found.insert(resident) }
            }
            return found
        }
    }

    package func shreddedResidents() throws(KeyStoreError) -> [ResidentKeyID] {
        try read { database in
            let statement = try RawStatement(database, "SELECT resident FROM shredded")
            var found: [ResidentKeyID] = []
            try statement.forEachRow { row in
                guard let resident = ResidentKeyID(bytes: row.bytes(0)) else {
                    throw KeyStoreError.corrupt("keys.db: a resident's id is not 16 bytes")
                }
                found.append(resident)
            }
            return found
        }
    }

    package func residents(
        committedTo fieldClass: String, after resident: ResidentKeyID?, limit: Int
    ) throws(KeyStoreError) -> [ResidentKeyID] {
        try read { database in
            let statement = try RawStatement(
                database,
                """
                SELECT DISTINCT resident FROM commitment
                WHERE resident > ? AND class = ? ORDER BY resident LIMIT ?
                """)
            // What belongs to no resident stands under the empty id, before all.
            if let resident {
                try statement.bind(resident, at: 1)
            } else {
                try statement.bind([UInt8](), at: 1)
            }
            try statement.bind(fieldClass, at: 2)
            try statement.bind(Int64(limit), at: 3)
            var found: [ResidentKeyID] = []
            try statement.forEachRow { row in
                guard let resident = ResidentKeyID(bytes: row.bytes(0)) else {
                    throw KeyStoreError.corrupt("keys.db: a resident's id is not 16 bytes")
                }
                found.append(resident)
            }
            return found
        }
    }

    package func removeCommitments(
        fieldClass: String, version: UInt16, firstByte: UInt8
    ) throws(KeyStoreError) -> Int {
        try write { database in
            var arguments: StatementArguments = [fieldClass, Int64(version), Data([firstByte])]
            if firstByte < .max { arguments += [Data([firstByte + 1])] }
            try database.cachedStatement(
                sql: """
                    DELETE FROM commitment WHERE class = ? AND version = ? AND resident >= ?
                    """ + (firstByte < .max ? " AND resident < ?" : "")
            ).execute(arguments: arguments)
            return database.changesCount
        }
    }
}

/// Reads residents' commitments, of all classes or class by class where few are wanted.
private struct CommitmentReading {
    /// Beyond so many classes a resident's rows are read in one go.
    private static let classesMax = 4
    private let statement: RawStatement
    private let fieldClasses: [String]?

    init(_ database: Database, _ fieldClasses: Set<String>?) throws {
        let few = fieldClasses.flatMap { $0.count <= Self.classesMax ? Array($0) : nil }
        self.fieldClasses = few
        statement = try RawStatement(
            database,
            "SELECT class, version, generation, commitment FROM commitment WHERE resident = ?"
                + (few == nil ? "" : " AND class = ?"))
    }

    func read(of resident: ResidentKeyID) throws -> [KeyCommitment] {
        var found: [KeyCommitment] = []
        try statement.bind(resident, at: 1)
        guard let fieldClasses else {
            try statement.forEachRow {
                found.append(try KeyDatabase.commitment($0, resident: resident))
            }
            return found
        }
        for name in fieldClasses {
            try statement.bind(name, at: 2)
            try statement.forEachRow {
                found.append(
                    try KeyDatabase.commitment($0, resident: resident, fieldClass: name))
            }
        }
        return found
    }
}
