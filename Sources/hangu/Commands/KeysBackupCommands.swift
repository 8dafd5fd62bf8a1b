import ArgumentParser
import FieldCrypto
import Foundation
import Gateway
import TransparencyLog

/// The command `hangu keys backup`.
struct KeysBackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the keys under a key of their own that is split among persons.",
        discussion: """
            hangu keys backup --to FOLDER --shares 3/5

            Any 3 of the 5 shares then open the backup without the home's root key; 2 open nothing. Give each share \
            to another person and keep none beside the backup.
            """)

    @Option(help: "The folder to make; it must not exist or be empty.")
    var to: String

    @Option(help: "How many shares open the backup, and of how many: 3/5.")
    var shares: String

    @OptionGroup var options: HomeOptions

    private var count: KeyShareCount? {
        let parts = shares.split(separator: "/", omittingEmptySubsequences: false).map {
            Int($0) ?? 0
        }
        return parts.count == 2 ? KeyShareCount(needed: parts[0], shares: parts[1]) : nil
    }

    func validate() throws {
        guard count != nil else {
            throw ValidationError("--shares is K/N with 2 <= K <= N <= \(KeyShareCount.sharesMax)")
        }
    }

    func run() throws {
        guard let count else { return }
        try options.withKeys { home, console in
            let url = HomeFolder(path: to).url
            let outcome = try KeyBackup(home: home).run(to: url, count: count)
            if console.isJSON {
                try console.say(
                    json: KeyBackupJSON(
                        set: "\(outcome.set)", needed: count.needed, shares: count.shares,
                        residents: outcome.residents))
            } else {
                console.say(Messages.keysBackedUp(outcome, path: url.path))
            }
        }
    }
}

/// A backup of the keys as `--json` prints it.
private struct KeyBackupJSON: Encodable {
    let set: String
    let needed: Int
    let shares: Int
    let residents: Int
}

/// The command `hangu keys restore`.
struct KeysRestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup's keys into a home, with shares and under a new root key.",
        discussion: """
            hangu keys restore --home HOME --from FOLDER --share A.txt --share B.txt --share C.txt

            The home needs its hangu.yaml, Policies and data/hangu.db; it needs no old root key. Keys of residents \
            whom the home has forgotten since are destroyed again.
            """)

    @Option(help: "The folder of the backup.")
    var from: String

    @Option(help: "A file with a share, as printed or typed; - for standard input. Give several.")
    var share: [String]

    @Flag(help: "Replace the keys that are there; they stay as keys/keys.db.replaced.")
    var replace = false

    @OptionGroup var rootKey: RootKeyOptions

    @OptionGroup var options: HomeOptions

    func run() throws {
        try options.run { console in
            let restore = KeyRestore(
                folder: try options.folder(),
                backup: KeyBackupFolder(url: HomeFolder(path: from).url), replaces: replace)
            let outcome = try restore.run(
                pages: try share.map(Self.page), choice: rootKey.choice, secrets: options.secrets)
            if console.isJSON {
                try console.say(json: KeyRestoreJSON(outcome))
            } else {
                console.say(Messages.keysRestored(outcome))
                if outcome.withoutKey > 0 || !outcome.missing.isEmpty {
                    console.say(Messages.keysOlderThanData(outcome))
                }
            }
        }
    }

    private static func page(_ path: String) throws(GatewayError) -> (name: String, text: String) {
        if path == "-" {
            var text = ""
            while let line = readLine(strippingNewline: false) { text += line }
            return ("standard input", text)
        }
        let url = URL(fileURLWithPath: path)
        let name = url.lastPathComponent
        do { return (name, try String(contentsOf: url, encoding: .utf8)) } catch {
            throw .request(.unreadable("\(name): the share cannot be read"))
        }
    }
}

/// A restored backup as `--json` prints it.
private struct KeyRestoreJSON: Encodable {
    let set: String
    let rootKey: String
    let shreddedAgain: Int
    let withoutKey: Int
    let missing: [String]

    init(_ outcome: KeyRestore.Outcome) {
        set = "\(outcome.set)"
        rootKey = "\(outcome.rootKey.id)/\(outcome.rootKey.version)"
        shreddedAgain = outcome.shreddedAgain
        withoutKey = outcome.withoutKey
        missing = outcome.missing.map(\.description)
    }
}

/// The command `hangu keys export-public`.
struct KeysExportPublicCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export-public",
        abstract: "Print the log's public keys, for those who check what it signs. No secrets.",
        discussion: "One verifier key a line, oldest first, as C2SP signed-note defines it.")

    @OptionGroup var options: HomeOptions

    func run() throws {
        try options.withHome { home, console in
            for key in try KeyRotation(home.parts).status().logKeys {
                if console.isJSON {
                    try console.say(
                        json: PublicKeyJSON(
                            log: key.key.name, vkey: key.key.encoded, since: key.since,
                            sha256: hexadecimal(sha256(key.key.key.bytes).bytes)))
                } else {
                    console.say(key.key.encoded)
                }
            }
        }
    }
}

/// A public key of the log as `--json` prints it.
private struct PublicKeyJSON: Encodable {
    let log: String
    let vkey: String
    /// The first size of the log whose checkpoint it signs.
    let since: UInt64
    let sha256: String
}
