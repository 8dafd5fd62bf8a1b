import FieldCrypto
import Foundation
import GRDB
import Gateway
import ResidentModel
import TestSupport
import Testing

import SQLiteStore

struct KeyDatabaseTests {
    private static func key(_ low: UInt64, fill: UInt8) -> WrappedResidentKey {
        WrappedResidentKey(
            resident: ResidentKeyID(high: 7, low: low), generation: 1, epoch: 1,
            wrapped: [UInt8](repeating: fill, count: 60))
    }

    @Test("The key database is a key store")
    func contract() throws {
        let folder = try TemporaryFolder()
        var count = 0
        try KeyStoreContract {
            count += 1
            return try KeyDatabase(at: folder.file("keys-\(count).db"))
        }.verify()
        #expect(count == 5)
    }

    @Test("The key store that tests use is one too")
    func memoryContract() throws {
        var count = 0
        try KeyStoreContract {
            count += 1
            return MemoryKeyStore()
        }.verify()
        #expect(count == 5)
    }

    @Test("What was stored is there when the file is opened again, also where it was never closed")
    func reopened() throws {
        let folder = try TemporaryFolder()
        let first = try KeyDatabase(at: folder.file("keys.db"))
        try first.insert([Self.key(1, fill: 3)])
        let second = try KeyDatabase(at: folder.file("keys.db"))
        #expect(try second.material(of: [ResidentKeyID(high: 7, low: 1)]).count == 1)
        withExtendedLifetime(first) {}
    }

    @Test(
        "A destroyed key stands in no byte of any file of the store, while the store is still open")
    func shreddedBytes() throws {
        let folder = try TemporaryFolder()
        let store = try KeyDatabase(at: folder.file("keys.db"))
        let pattern = Data((0..<60).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) })
        let keys = (0..<50).map { low in
            WrappedResidentKey(
                resident: ResidentKeyID(high: 7, low: UInt64(low)), generation: 1, epoch: 1,
                wrapped: Array(pattern.dropLast()) + [UInt8(low)])
        }
        try store.insert(keys)
        func occurrences() throws -> Int {
            try folder.contents().values.count { $0.range(of: pattern.dropLast()) != nil }
        }
        #expect(try occurrences() > 0)
        try store.shred(keys.map(\.resident))
        #expect(try occurrences() == 0)
        let removed = WrappedKey(
            name: KeyName(kind: .epoch, name: "", version: 1), suite: 1,
            rootKey: RootKeyName(id: "root", version: 1), wrapped: Array(pattern))
        try store.insert([removed])
        try store.remove([removed.name])
        #expect(try occurrences() == 0)
    }

    @Test("Keys that no stored resident has are removed, and those of stored ones stay")
    func orphans() throws {
        let folder = try TemporaryFolder()
        let store = try KeyDatabase(at: folder.file("keys.db"))
        try store.insert([Self.key(1, fill: 1), Self.key(2, fill: 2), Self.key(3, fill: 3)])
        let stored = ResidentKeyID(high: 7, low: 2)
        let removed = try store.removeOrphans(storedCount: 1) { $0.bytes == stored.bytes }
        #expect(removed == 2)
        #expect(try store.residentKeys(wrappedBefore: .max, limit: 10).map(\.resident) == [stored])
        #expect(try store.removeOrphans(storedCount: 1) { _ in false } == 0)
    }

    @Test("A key store that another process is writing to, or that is full, is unavailable for now")
    func unavailable() throws {
        let folder = try TemporaryFolder()
        let store = try KeyDatabase(at: folder.file("keys.db"), busySeconds: 0)
        let other = try DatabaseQueue(path: folder.file("keys.db").path)
        try other.inTransaction(.immediate) { _ in
            let error = #expect(throws: KeyStoreError.self) {
                try store.insert([Self.key(1, fill: 1)])
            }
            guard case .unavailable? = error else {
                Issue.record("a lock that is held is not damage")
                return .rollback
            }
            let seen = try store.residentKeys(wrappedBefore: .max, limit: 1)
            #expect(seen.isEmpty)
            return .commit
        }
        try store.insert([Self.key(1, fill: 1)])
        #expect(try store.residentKeys(wrappedBefore: .max, limit: 9).count == 1)
    }
}
