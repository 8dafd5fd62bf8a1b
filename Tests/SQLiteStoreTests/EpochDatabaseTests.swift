import FieldCrypto
import Foundation
import GRDB
import Gateway
import TestSupport
import Testing

import SQLiteStore

/// The keys of epochs stand apart from the keys they wrap.
struct EpochDatabaseTests {
    private let folder: TemporaryFolder
    private let rootKey: RootKey

    init() throws {
        folder = try TemporaryFolder()
        rootKey = try Self.rootKey(version: 1)
    }

    private static func rootKey(version: UInt16) throws -> RootKey {
        try RootKey(
            fileContent: SecretBytes(
                copying: [UInt8](repeating: UInt8(truncatingIfNeeded: version), count: 32)),
            name: RootKeyName(id: "test", version: version))
    }

    private func open(_ name: String = "keys.db") throws -> KeyDatabase {
        try KeyDatabase(at: folder.file(name), epochs: folder.file("epochs.db"))
    }

    private func epochs(_ store: KeyDatabase) throws -> [UInt32] {
        try store.wrappedKeys().map(\.name).filter { $0.kind == .epoch }.map(\.version).sorted()
    }

    @Test("With its epochs apart it is a key store too")
    func contract() throws {
        var count = 0
        try KeyStoreContract {
            count += 1
            return try KeyDatabase(
                at: folder.file("keys-\(count).db"), epochs: folder.file("epochs-\(count).db"))
        }.verify()
        #expect(count == 5)
    }

    @Test("No epoch's key stands in keys.db; those of an older file are moved out of it")
    func apart() throws {
        let whole = try KeyDatabase(at: folder.file("keys.db"))
        _ = try Keyring.create(classes: ["identity"], rootKey: rootKey, store: whole)
        #expect(try epochs(whole) == [1])
        let store = try open()
        #expect(try epochs(store) == [1])
        #expect(try epochs(whole).isEmpty)
        let ring = try Keyring.open(rootKey: rootKey, store: store)
        let resident = ResidentKeyID(high: 1, low: 2)
        try ring.ensureResidentKeys([resident])
        _ = try ring.addVersion(of: .epoch, name: "")
        #expect(try epochs(store) == [1, 2] && epochs(open()) == [1, 2])
        #expect(throws: FieldCryptoError.self, "the file alone is no ring") {
            try Keyring.open(rootKey: rootKey, store: whole)
        }
        #expect(try store.addUses(3, of: KeyName(kind: .epoch, name: "", version: 2)) == 3)
        #expect(try open().addUses(1, of: KeyName(kind: .epoch, name: "", version: 2)) == 4)
    }

    @Test(
        "A copy of keys.db opens nothing once its epoch is destroyed, and a whole copy still does")
    func copies() throws {
        let ring = try Keyring.create(classes: ["identity"], rootKey: rootKey, store: open())
        let resident = ResidentKeyID(high: 1, low: 2)
        try ring.ensureResidentKeys([resident])
        let address = FieldAddress(
            tenant: "t", table: "t", resident: resident, field: "f", fieldClass: "identity",
            recordVersion: 1)
        let sealed = try ring.seal([1, 2, 3], at: address, padding: .bucket16)
        try open().copy(to: folder.file("whole.db"))
        try FileManager.default.copyItem(
            at: folder.file("whole.db"), to: folder.file("alone.db"))
        try DatabaseQueue(path: folder.file("alone.db").path).inDatabase { database in
            try database.execute(sql: "DELETE FROM ring_key WHERE kind = 'epoch'")
        }
        for _ in 0..<2 {
            _ = try ring.addVersion(of: .epoch, name: "")
            while try ring.rewrapResidentKeys(limit: 10) > 0 {}
        }
        try ring.remove(KeyName(kind: .epoch, name: "", version: 1))
        #expect(try ring.open(sealed, at: address) == [1, 2, 3])
        let alone = try Keyring.open(rootKey: rootKey, store: open("alone.db"))
        #expect(throws: FieldCryptoError.self) { try alone.open(sealed, at: address) }
        let whole = try KeyDatabase(at: folder.file("whole.db"))
        #expect(
            try Keyring.open(rootKey: rootKey, store: whole).open(sealed, at: address) == [1, 2, 3])
    }

    @Test("A change of the root key that was cut off leaves one whole ring")
    func rootChange() throws {
        let store = try open()
        let ring = try Keyring.create(classes: ["identity"], rootKey: rootKey, store: store)
        let before = try store.wrappedKeys()
        let next = try Self.rootKey(version: 2)
        try ring.changeRootKey(to: next)
        #expect(throws: Never.self) { try Keyring.open(rootKey: next, store: open()) }
        // As if the first file had been written and the second not.
        try DatabaseQueue(path: folder.file("keys.db").path).inDatabase { database in
            for key in before where key.name.kind != .epoch {
                try database.execute(
                    sql: "UPDATE ring_key SET root_version = 1, wrapped = ?",
                    arguments: [Data(key.wrapped)])
            }
        }
        try DatabaseQueue(path: folder.file("epochs.db").path).inDatabase { database in
            for key in before where key.name.kind == .epoch {
                try database.execute(
                    sql: "INSERT INTO epoch_key VALUES (1, 1, 'test', 1, ?, 0)",
                    arguments: [Data(key.wrapped)])
            }
        }
        let reopened = try open()
        #expect(throws: Never.self) { try Keyring.open(rootKey: rootKey, store: reopened) }
        #expect(try reopened.wrappedKeys().count == 2)
    }

    @Test("A home that is opened while the root key changes destroys no epoch's key")
    func openedMeanwhile() throws {
        let store = try open()
        let ring = try Keyring.create(classes: ["identity"], rootKey: rootKey, store: store)
        let before = try store.wrappedKeys()
        let next = try Self.rootKey(version: 2)
        try ring.changeRootKey(to: next)
        let after = try store.wrappedKeys()
        // As the files are between the two steps: epochs under both root keys, the others under the old one.
        let file = try DatabaseQueue(path: folder.file("epochs.db").path)
        try DatabaseQueue(path: folder.file("keys.db").path).inDatabase { database in
            for key in before where key.name.kind != .epoch {
                try database.execute(
                    sql: "UPDATE ring_key SET root_version = 1, wrapped = ?",
                    arguments: [Data(key.wrapped)])
            }
        }
        try file.inDatabase { database in
            for key in before where key.name.kind == .epoch {
                try database.execute(
                    sql: "INSERT INTO epoch_key VALUES (1, 1, 'test', 1, ?, 0)",
                    arguments: [Data(key.wrapped)])
            }
        }
        let meanwhile = try open()
        #expect(throws: Never.self) { try Keyring.open(rootKey: rootKey, store: meanwhile) }
        #expect(try count(file) == 2, "what the change has written so far is still there")
        try store.replace(after)
        #expect(throws: Never.self) { try Keyring.open(rootKey: next, store: open()) }
        #expect(try count(file) == 1, "the change itself has tidied up")
    }

    @Test("Where the new epochs' keys are not there, a change of the root key destroys no old one")
    func lostMeanwhile() throws {
        let store = try open()
        let ring = try Keyring.create(classes: ["identity"], rootKey: rootKey, store: store)
        let file = try DatabaseQueue(path: folder.file("epochs.db").path)
        try file.inDatabase { database in
            try database.execute(
                sql: """
                    CREATE TRIGGER lose AFTER INSERT ON epoch_key WHEN NEW.root_version = 2
                    BEGIN DELETE FROM epoch_key WHERE root_version = 2; END
                    """)
        }
        let next = try Self.rootKey(version: 2)
        #expect(throws: FieldCryptoError.self) { try ring.changeRootKey(to: next) }
        #expect(try count(file) == 1)
    }

    private func count(_ file: DatabaseQueue) throws -> Int {
        try file.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM epoch_key") ?? 0 }
    }
}
