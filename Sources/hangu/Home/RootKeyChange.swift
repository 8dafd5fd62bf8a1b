import FieldCrypto
import Foundation
import Gateway
import SQLiteStore

/// Changes the root key of a home.
///
/// Four steps: what the new key is found by is made durable; one transaction wraps the whole ring under it; the ring
/// is opened with it, as the next start will; files of root keys that the ring does not name are removed. A crash
/// before the second step leaves the old root key, after it the new one. What else it leaves behind, the next
/// change removes.
struct RootKeyChange {
    let home: OpenHome

    /// Which root key was replaced by which.
    struct Outcome {
        let old: RootKeyName
        let new: RootKeyName
        /// Files that were removed, relative to the home.
        let removed: [String]
    }

    /// - Parameters:
    ///   - choice: What the new root key shall be; the kind there is may be chosen again.
    ///   - secrets: Where the new key's passphrase or PIN comes from.
    /// - Returns: What was replaced, and by what.
    /// - Throws: ``GatewayError``. Where the ring was not changed, what was made for the new key is taken back.
    func run(
        to choice: RootKeyChoice, secrets: SecretInput
    ) throws(GatewayError) -> Outcome {
        let keys = home.keyDatabase
        let old = try home.rootKeyName()
        let made = try RootKeyOpening(folder: home.folder, secrets: secrets)
            .make(choice, after: old.version)
        do throws(GatewayError) {
            try inCrypto { () throws(FieldCryptoError) in
                try home.parts.keyring.changeRootKey(to: made.key)
            }
        } catch {
            // A failed commit may have been made all the same: the ring decides.
            if try home.rootKeyName() != made.place.name { try made.undo() }
            throw error
        }
        try inCrypto { () throws(FieldCryptoError) in
            _ = try Keyring.open(rootKey: made.key, store: keys)
        }
        try home.parts.record(.changed(from: "\(old)", to: "\(made.place.name)"))
        return Outcome(
            old: old, new: made.place.name,
            removed: try Self.removeUnused(keeping: made.place, in: home.folder))
    }

    /// Removes every file of another root key than the one the ring is under.
    static func removeUnused(
        keeping place: RootKeyPlace, in folder: HomeFolder
    ) throws(GatewayError) -> [String] {
        var removed: [String] = []
        for file in try RootKeyPlace.files(in: folder)
        where file.url.lastPathComponent != place.url.lastPathComponent {
            try RootKeyFile.destroy(file.url)
            removed.append("keys/\(file.url.lastPathComponent)")
        }
        return removed
    }
}
