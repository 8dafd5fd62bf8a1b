import FieldCrypto
import Foundation
import Gateway
import SQLiteStore

/// Makes a backup of a home's keys that opens with shares of its own, and with nothing of the home.
struct KeyBackup {
    let home: OpenHome

    struct Outcome {
        let set: KeyShareSet
        let count: KeyShareCount
        let residents: Int
    }

    /// - Parameters:
    ///   - path: A folder that does not exist or is empty.
    ///   - count: How many shares, and how many open it.
    /// - Returns: What was made.
    /// - Throws: ``GatewayError``. A folder without `backup.yaml`, which is written last, is no backup.
    func run(to path: URL, count: KeyShareCount) throws(GatewayError) -> Outcome {
        let folder = KeyBackupFolder(url: path)
        try makeFolder(path)
        let random = home.parts.random
        let key = try inCrypto { () throws(FieldCryptoError) in try BackupKey(random: random) }
        try home.parts.record(
            .backedUp(set: "\(key.set)", needed: count.needed, shares: count.shares))
        try home.keyDatabase.copy(to: folder.keys)
        let copy = try KeyDatabase(at: folder.keys)
        try inCrypto { () throws(FieldCryptoError) in
            try home.parts.keyring.rewrap(copy: copy, under: key.rootKey())
        }
        let residents = try copy.residentsWithKeys().count
        try copy.closeAsOneFile()
        try PrivateFile.sync(folder.keys)
        let shares = try inCrypto { () throws(FieldCryptoError) in
            try key.shares(count, random: random)
        }
        let manifest = KeyBackupManifest(
            set: key.set, count: count, made: "\(home.parts.clock.today)",
            tenant: home.configuration.tenant, logOrigin: home.configuration.logOrigin,
            residents: residents,
            keysDigest: try PrivateFile.digest(of: folder.keys, shown: "keys.db"),
            shareDigests: shares.map(\.digest))
        for share in shares {
            let name = "share-\(share.number)-of-\(count.shares).txt"
            try PrivateFile.create(
                page(share, of: manifest), at: path.appendingPathComponent(name), shown: name)
        }
        try folder.write(manifest, under: key)
        return Outcome(set: key.set, count: count, residents: residents)
    }

    private func makeFolder(_ url: URL) throws(GatewayError) {
        do {
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            guard try FileManager.default.contentsOfDirectory(atPath: url.path).isEmpty else {
                throw GatewayError.request(
                    .unreadable("the folder of the backup is not empty; give it one of its own"))
            }
        } catch let error as GatewayError { throw error } catch {
            throw .request(.unreadable("the folder of the backup cannot be made"))
        }
    }

    /// A share as people keep it.
    private func page(_ share: KeyShare, of manifest: KeyBackupManifest) -> String {
        let count = manifest.count
        return """
            HANGU KEY SHARE · 函关密钥份额

            backup \(manifest.set) · \(manifest.made) · \(manifest.tenant)
            share \(share.number) of \(count.shares); any \(count.needed) open the backup
            第 \(share.number) 份，共 \(count.shares) 份；任意 \(count.needed) 份可打开备份

            \(share.lines.joined(separator: "\n"))

            Keep it apart from the backup and from every other share.
            与备份、与其他份额分开保管。

            """
    }
}
