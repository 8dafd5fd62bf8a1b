import FieldCrypto
import Foundation
import Gateway
import Glibc
import ResidentModel
import SQLiteStore

/// Puts a backup's keys into a home, under a new root key.
///
/// Everything happens in `keys/keys.db.restoring`, which takes the place of `keys.db` in one step at the end; a run
/// that was killed before it changes nothing and is run again.
struct KeyRestore {
    let folder: HomeFolder
    let backup: KeyBackupFolder
    /// Whether keys that are there may be replaced; they stay as `keys/keys.db.replaced`.
    let replaces: Bool

    struct Outcome {
        let set: KeyShareSet
        let rootKey: RootKeyName
        /// Residents whose keys were destroyed again, since the home says that they were forgotten.
        let shreddedAgain: Int
        /// Residents of the home who have no key in the backup.
        let withoutKey: Int
        /// Class keys that values of the home need and the backup lacks.
        let missing: [KeyName]
    }

    /// - Parameters:
    ///   - pages: Shares as they were printed or typed, each with a name for errors.
    ///   - choice: What the new root key shall be.
    ///   - secrets: Where its passphrase or PIN comes from.
    /// - Returns: What was restored, and what is missing in it.
    /// - Throws: ``GatewayError``.
    func run(
        pages: [(name: String, text: String)], choice: RootKeyChoice, secrets: SecretInput
    ) throws(GatewayError) -> Outcome {
        let configuration = try folder.readConfiguration()
        let catalogue = try PolicyFolder(folder.resolved(configuration.policies)).catalogue
        guard FileManager.default.fileExists(atPath: folder.store.path) else {
            throw .request(
                .unreadable(
                    "data/hangu.db is absent: put the data back first, since it says who was forgotten"
                ))
        }
        guard replaces || !FileManager.default.fileExists(atPath: folder.keys.path) else {
            throw .request(.unreadable("keys/keys.db is there already; use --replace"))
        }
        // Nobody may pull, and nobody may forget a resident whom the backup still knows, until its keys are in place.
        let locks = [try HomeLock(folder.pullLock), try HomeLock(folder.keyLock)]
        defer { withExtendedLifetime(locks) {} }
        let (key, manifest) = try open(pages, of: configuration)
        let store = try HomeStore(at: folder.store)
        let copy = try makeCopy()
        let forgotten = try residentsToForget(store)
        let again = forgotten.intersection(try copy.residentsWithKeys())
        try inKeyStore { () throws(KeyStoreError) in
            try copy.shred(Array(forgotten.subtracting(try residentsShredded(in: copy))))
        }
        let withKeys = try copy.residentsWithKeys()
        let withoutKey = try store.residentIDs().subtracting(withKeys).subtracting(forgotten)
        let missing = try missingKeys(store, copy, catalogue)
        try store.close()
        let made = try RootKeyOpening(folder: folder, secrets: secrets)
            .make(choice, after: newestRootVersion())
        do throws(GatewayError) {
            try inCrypto { () throws(FieldCryptoError) in
                try Keyring.rewrap(
                    copy, from: key.rootKey(), to: made.key, random: SecureRandom())
            }
            try copy.closeAsOneFile()
            try takePlace()
        } catch {
            // A failure after the last step leaves the new keys in their place.
            if try newestRootVersion() != made.place.version { try made.undo() }
            throw error
        }
        let home = try OpenHome(folder, rootKey: made.key)
        try home.parts.record(
            .restored(
                set: "\(manifest.set)", shreddedAgain: again.count, withoutKey: withoutKey.count))
        try home.close()
        return Outcome(
            set: manifest.set, rootKey: made.place.name, shreddedAgain: again.count,
            withoutKey: withoutKey.count, missing: missing)
    }

    /// Reads the shares, joins them, and proves that manifest and keys are those the shares were made for.
    private func open(
        _ pages: [(name: String, text: String)], of configuration: HomeConfiguration
    ) throws(GatewayError) -> (BackupKey, KeyBackupManifest) {
        let (manifest, mac, text) = try backup.read()
        guard manifest.tenant == configuration.tenant,
            manifest.logOrigin == configuration.logOrigin
        else {
            throw .request(
                .unreadable(
                    "the backup is of '\(manifest.logOrigin)', and this home is "
                        + "'\(configuration.logOrigin)'"))
        }
        var shares: [KeyShare] = []
        for page in pages {
            do throws(FieldCryptoError) {
                let share = try KeyShare(reading: page.text)
                try BackupKey.check(share, of: manifest.set, digests: manifest.shareDigests)
                shares.append(share)
            } catch { throw .request(.unreadable("\(page.name): \(error)")) }
        }
        let key = try inCrypto { () throws(FieldCryptoError) in
            try BackupKey(joining: shares, of: manifest.set, digests: manifest.shareDigests)
        }
        let expected = try inCrypto { () throws(FieldCryptoError) in
            try key.authenticate(Array(text.utf8))
        }
        guard isEqualInConstantTime(expected, mac),
            try PrivateFile.digest(of: backup.keys, shown: "keys.db") == manifest.keysDigest
        else {
            throw .store(.corrupt(what: "the backup was changed after it was made"))
        }
        return (key, manifest)
    }

    private var restoring: URL { folder.keys.appendingPathExtension("restoring") }

    private func makeCopy() throws(GatewayError) -> KeyDatabase {
        do {
            try FileManager.default.createDirectory(
                at: folder.keys.deletingLastPathComponent(), withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            for end in ["", "-wal", "-shm", "-journal"] {
                let leftover = restoring.path + end
                if FileManager.default.fileExists(atPath: leftover) {
                    try FileManager.default.removeItem(atPath: leftover)
                }
            }
            try FileManager.default.copyItem(at: backup.keys, to: restoring)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600], ofItemAtPath: restoring.path)
        } catch { throw .store(.unreadable(why: "the backup cannot be copied into the home")) }
        return try KeyDatabase(at: restoring)
    }

    /// Who was forgotten, by the data and by the keys that are there now.
    private func residentsToForget(_ store: HomeStore) throws(GatewayError) -> Set<ResidentKeyID> {
        let forgotten = try store.residentsToStayForgotten()
        guard FileManager.default.fileExists(atPath: folder.keys.path) else { return forgotten }
        return forgotten.union(try KeyDatabase(at: folder.keys).residentsShredded())
    }

    private func residentsShredded(
        in keys: KeyDatabase
    ) throws(KeyStoreError) -> Set<ResidentKeyID> {
        do { return try keys.residentsShredded() } catch {
            throw .unavailable("the backup's keys cannot be read")
        }
    }

    private func missingKeys(
        _ store: HomeStore, _ keys: KeyDatabase, _ catalogue: Catalogue
    ) throws(GatewayError) -> [KeyName] {
        let there = Set(
            try inKeyStore { () throws(KeyStoreError) in try keys.wrappedKeys() }.map(\.name))
        var missing: Set<KeyName> = []
        for (field, versions) in try store.classVersionsInUse() {
            guard let name = catalogue.field(FieldID(field))?.fieldClass else { continue }
            for version in versions {
                let key = KeyName(kind: .fieldClass, name: name, version: UInt32(version))
                if !there.contains(key) { missing.insert(key) }
            }
        }
        return missing.sorted { ($0.name, $0.version) < ($1.name, $1.version) }
    }

    private func newestRootVersion() throws(GatewayError) -> UInt16 {
        guard FileManager.default.fileExists(atPath: folder.keys.path) else { return 0 }
        let present = try KeyDatabase(at: folder.keys)
        return try inCrypto { () throws(FieldCryptoError) in
            try Keyring.rootKeyName(of: present)?.version ?? 0
        }
    }

    /// Keeps what is there aside, then lets the restored keys take its place in one step.
    private func takePlace() throws(GatewayError) {
        try PrivateFile.sync(restoring)
        if FileManager.default.fileExists(atPath: folder.keys.path) {
            let aside = folder.keys.appendingPathExtension("replaced")
            guard unlink(aside.path) == 0 || errno == ENOENT else {
                throw .store(.unreadable(why: "keys/keys.db.replaced cannot be removed"))
            }
            // Whole in itself, epochs' keys too: renamed to keys.db it is what was.
            try KeyDatabase(at: folder.keys, epochs: folder.epochs).copy(to: aside)
            try KeyDatabase(at: folder.keys).closeAsOneFile()
        }
        // A log that was left without its database would be applied to the one that takes the place.
        for end in ["-wal", "-shm"] { unlink(folder.keys.path + end) }
        guard rename(restoring.path, folder.keys.path) == 0 else {
            throw .store(.unreadable(why: "keys/keys.db cannot be replaced"))
        }
        try PrivateFile.syncFolder(of: folder.keys)
    }
}

/// Runs a call of a key store with the gateway's errors.
private func inKeyStore<Result>(
    _ body: () throws(KeyStoreError) -> Result
) throws(GatewayError) -> Result {
    do { return try body() } catch { throw .crypto(.store(error)) }
}
