package import FieldCrypto
import Foundation
import GRDB

extension KeyDatabase {
    package func wrappedKeys() throws(KeyStoreError) -> [WrappedKey] {
        let keys = try keysWithin()
        guard let epochs, !keys.isEmpty else { return keys }
        return try keys + epochs.keys(under: keys.first?.rootKey)
    }

    /// The keys of the ring in this file.
    private func keysWithin() throws(KeyStoreError) -> [WrappedKey] {
        try read(Self.keysWithin)
    }

    private static func keysWithin(_ database: Database) throws -> [WrappedKey] {
        try Row.fetchAll(database, sql: "SELECT * FROM ring_key").map { row in
            guard let kind = KeyKind(rawValue: row["kind"]) else {
                throw KeyStoreError.corrupt("keys.db: a key of an unknown kind")
            }
            return WrappedKey(
                name: KeyName(kind: kind, name: row["name"], version: row["version"]),
                suite: row["suite"],
                rootKey: RootKeyName(id: row["root_id"], version: row["root_version"]),
                wrapped: [UInt8](row["wrapped"] as Data))
        }
    }

    /// Moves epochs' keys out of this file, where an older program or a restored copy has brought them; those replace
    /// what was there.
    ///
    /// Every opening comes by here, beside a change of the root key too, so it destroys nothing where there is nothing
    /// to move: what such a change left when it was cut off is under another root key, and nobody reads it.
    func separateEpochs() throws(KeyStoreError) {
        guard let epochs else { return }
        guard try keysWithin().contains(where: { $0.name.kind == .epoch }) else { return }
        // Two that open at once move the same keys one after the other, the second none.
        try write { database in
            let within = try Self.keysWithin(database).filter { $0.name.kind == .epoch }
            if within.isEmpty { return }
            try epochs.put(within, isReplacement: true)
            let moved = Set(within)
            try epochs.keepOnly(within) { moved.contains($0) }
            try Self.remove(within.map(\.name), in: database)
        }
        try truncateLog()
    }

    package func insert(_ keys: [WrappedKey]) throws(KeyStoreError) {
        guard let epochs else { return try insertWithin(keys) }
        let apart = keys.filter { $0.name.kind == .epoch }
        if !apart.isEmpty { try epochs.put(apart, isReplacement: false) }
        let within = keys.filter { $0.name.kind != .epoch }
        if !within.isEmpty { try insertWithin(within) }
    }

    private func insertWithin(_ keys: [WrappedKey]) throws(KeyStoreError) {
        try write { database in
            for key in keys {
                let count = try Int.fetchOne(
                    database, sql: "SELECT count(*) FROM ring_key WHERE \(Self.byName)",
                    arguments: Self.name(key.name))
                if count != 0 { throw KeyStoreError.alreadyThere(key.name.description) }
                try database.execute(
                    sql: """
                        INSERT INTO ring_key
                            (kind, name, version, suite, root_id, root_version, wrapped)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: Self.name(key.name) + [
                        key.suite, key.rootKey.id, key.rootKey.version, Data(key.wrapped),
                    ])
            }
            try Self.checkRootKey(in: database)
        }
    }

    /// A ring under two root keys could be opened by nobody, so no transaction ends with one.
    private static func checkRootKey(in database: Database) throws {
        let count = try Int.fetchOne(
            database,
            sql: "SELECT count(*) FROM (SELECT DISTINCT root_id, root_version FROM ring_key)")
        guard let count, count <= 1 else {
            throw KeyStoreError.unavailable(
                "keys.db: another process changed the ring or its root key; run the command again")
        }
    }

    package func replace(_ keys: [WrappedKey]) throws(KeyStoreError) {
        guard let epochs else { return try replaceWithin(keys) }
        // Under a new root key both stand side by side until the other file names it: no moment is without a whole
        // ring.
        let apart = keys.filter { $0.name.kind == .epoch }
        try epochs.put(apart, isReplacement: true)
        let within = keys.filter { $0.name.kind != .epoch }
        if !within.isEmpty { try replaceWithin(within) }
        if let root = try keysWithin().first?.rootKey {
            try epochs.keepOnly(apart) { $0.rootKey == root }
        }
    }

    private func replaceWithin(_ keys: [WrappedKey]) throws(KeyStoreError) {
        try write { database in
            for key in keys {
                try database.execute(
                    sql: """
                        UPDATE ring_key SET suite = ?, root_id = ?, root_version = ?, wrapped = ?
                        WHERE \(Self.byName)
                        """,
                    arguments: [
                        key.suite, key.rootKey.id, key.rootKey.version, Data(key.wrapped),
                    ] + Self.name(key.name))
                if database.changesCount != 1 {
                    throw KeyStoreError.corrupt("keys.db: no \(key.name) to wrap anew")
                }
            }
            try Self.checkRootKey(in: database)
        }
    }

    package func remove(_ keys: [KeyName]) throws(KeyStoreError) {
        guard let epochs else { return try removeWithin(keys) }
        for key in keys where key.kind == .epoch { try epochs.remove(version: key.version) }
        let within = keys.filter { $0.kind != .epoch }
        if !within.isEmpty { try removeWithin(within) }
    }

    private func removeWithin(_ keys: [KeyName]) throws(KeyStoreError) {
        try write { database in try Self.remove(keys, in: database) }
        try truncateLog()
    }

    private static func remove(_ keys: [KeyName], in database: Database) throws {
        for key in keys {
            try database.execute(
                sql: "DELETE FROM ring_key WHERE \(byName)", arguments: name(key))
        }
    }

    package func addUses(_ count: Int64, of key: KeyName) throws(KeyStoreError) -> Int64 {
        if let epochs, key.kind == .epoch { return try epochs.addUses(count, of: key.version) }
        return try write { database in
            try database.execute(
                sql: "UPDATE ring_key SET uses = uses + ? WHERE \(Self.byName)",
                arguments: [count] + Self.name(key))
            let uses = try Int64.fetchOne(
                database, sql: "SELECT uses FROM ring_key WHERE \(Self.byName)",
                arguments: Self.name(key))
            guard let uses else { throw KeyStoreError.corrupt("keys.db: no \(key)") }
            return uses
        }
    }

    private static let byName = "kind = ? AND name = ? AND version = ?"

    private static func name(_ key: KeyName) -> StatementArguments {
        [key.kind.rawValue, key.name, Int64(key.version)]
    }

    package func signingKeys() throws(KeyStoreError) -> [SealedSigningKey] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM signing_key").map { row in
                SealedSigningKey(
                    name: row["name"], fieldClass: row["class"],
                    publicKey: [UInt8](row["public_key"] as Data),
                    sealedSeed: [UInt8](row["sealed_seed"] as Data))
            }
        }
    }

    package func insert(_ key: SealedSigningKey) throws(KeyStoreError) {
        try write { database in
            let count = try Int.fetchOne(
                database, sql: "SELECT count(*) FROM signing_key WHERE name = ?",
                arguments: [key.name])
            if count != 0 { throw KeyStoreError.alreadyThere("signing key '\(key.name)'") }
            try database.execute(
                sql: """
                    INSERT INTO signing_key (name, class, public_key, sealed_seed)
                    VALUES (?, ?, ?, ?)
                    """,
                arguments: [
                    key.name, key.fieldClass, Data(key.publicKey), Data(key.sealedSeed),
                ])
        }
    }

    package func replace(_ keys: [SealedSigningKey]) throws(KeyStoreError) {
        try write { database in
            for key in keys {
                try database.execute(
                    sql: """
                        UPDATE signing_key SET class = ?, public_key = ?, sealed_seed = ?
                        WHERE name = ?
                        """,
                    arguments: [
                        key.fieldClass, Data(key.publicKey), Data(key.sealedSeed), key.name,
                    ])
                if database.changesCount != 1 {
                    throw KeyStoreError.corrupt("keys.db: no signing key '\(key.name)'")
                }
            }
        }
        try truncateLog()
    }
}
