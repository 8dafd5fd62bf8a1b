import FieldCrypto
import Foundation
import Gateway
import StrictYAML

/// What stands beside the keys in a backup: `backup.yaml`, written last.
struct KeyBackupManifest: Sendable {
    let set: KeyShareSet
    let count: KeyShareCount
    /// The day it was made.
    let made: String
    let tenant: String
    let logOrigin: String
    let residents: Int
    /// SHA-256 of the backup's `keys.db`.
    let keysDigest: [UInt8]
    /// Of each share, in order; tells nothing of its content.
    let shareDigests: [[UInt8]]

    /// All lines before the one that authenticates them.
    var text: String {
        var lines = [
            "format: hangu/key-backup/1",
            "# A copy of keys.db whose ring is wrapped under a key that only the shares give.",
            "set: \(set)", "needed: \(count.needed)", "shares: \(count.shares)",
            "made: \"\(made)\"", "tenant: \(tenant)", "log-origin: \(logOrigin)",
            "residents: \(residents)", "keys-digest: \"\(hexadecimal(keysDigest))\"",
            "share-digests:",
        ]
        lines += shareDigests.map { "  - \"\(hexadecimal($0))\"" }
        return lines.joined(separator: "\n") + "\n"
    }

    init(
        set: KeyShareSet, count: KeyShareCount, made: String, tenant: String, logOrigin: String,
        residents: Int, keysDigest: [UInt8], shareDigests: [[UInt8]]
    ) {
        self.set = set
        self.count = count
        self.made = made
        self.tenant = tenant
        self.logOrigin = logOrigin
        self.residents = residents
        self.keysDigest = keysDigest
        self.shareDigests = shareDigests
    }

    fileprivate init(_ fields: inout YAMLFields) throws(YAMLError) {
        let formatNode = try fields.required("format")
        guard try formatNode.text() == "hangu/key-backup/1" else {
            throw YAMLError("expected 'hangu/key-backup/1'", at: formatNode.position)
        }
        let setNode = try fields.required("set")
        guard let set = KeyShareSet(text: try setNode.text()) else {
            throw YAMLError("expected 13 characters of base32", at: setNode.position)
        }
        self.set = set
        let needed = try fields.required("needed")
        let shares = try fields.required("shares").integer(in: 2...KeyShareCount.sharesMax)
        let least = try needed.integer(in: 2...shares)
        guard let count = KeyShareCount(needed: least, shares: shares) else {
            throw YAMLError("expected 2 to \(shares)", at: needed.position)
        }
        self.count = count
        made = try fields.required("made").text()
        tenant = try fields.required("tenant").text()
        logOrigin = try fields.required("log-origin").text()
        residents = try fields.required("residents").integer(in: 0...Int.max)
        keysDigest = try hexadecimalBytes(fields.required("keys-digest"))
        var digests: [[UInt8]] = []
        for node in try fields.required("share-digests").sequence() {
            digests.append(try hexadecimalBytes(node))
        }
        shareDigests = digests
    }
}

/// A folder with a backup of the keys.
struct KeyBackupFolder {
    private static let macMark = "mac: "
    let url: URL
    var keys: URL { url.appendingPathComponent("keys.db") }
    private var manifest: URL { url.appendingPathComponent("backup.yaml") }

    /// Writes the manifest with what authenticates it; without it the folder is no backup.
    func write(_ content: KeyBackupManifest, under key: BackupKey) throws(GatewayError) {
        let mac = try inCrypto { () throws(FieldCryptoError) in
            try key.authenticate(Array(content.text.utf8))
        }
        try PrivateFile.create(
            content.text + "\(Self.macMark)\"\(hexadecimal(mac))\"\n", at: manifest,
            shown: "backup.yaml")
    }

    /// Reads the manifest; who wrote it shows only when the shares are there.
    func read() throws(GatewayError) -> (manifest: KeyBackupManifest, mac: [UInt8], text: String) {
        guard FileManager.default.fileExists(atPath: manifest.path) else {
            throw .request(.unreadable("the folder holds no whole backup: backup.yaml is absent"))
        }
        let text = try HomeFolder.readText(manifest, name: "backup.yaml")
        do throws(YAMLError) {
            var fields = try YAMLFields(try YAMLReader.read(text, file: "backup.yaml"))
            let content = try KeyBackupManifest(&fields)
            let mac = try hexadecimalBytes(fields.required("mac"))
            try fields.finish()
            let end = text.range(of: "\n\(Self.macMark)", options: .backwards)
            return (content, mac, end.map { String(text[..<$0.lowerBound]) + "\n" } ?? "")
        } catch { throw .declaration(error) }
    }
}

/// Bytes as `hangu` writes them into its files.
func hexadecimalBytes(_ node: YAMLNode) throws(YAMLError) -> [UInt8] {
    let text = try node.text()
    let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else {
        throw YAMLError("expected bytes in hexadecimal", at: node.position)
    }
    return stride(from: 0, to: digits.count, by: 2).map {
        UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
}
