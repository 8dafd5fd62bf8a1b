import ArgumentParser
import FieldCrypto
import Gateway

/// The command `hangu keys rotate root`.
struct KeysRootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "root",
        abstract: "Put a new root key in the place of the old one: file, passphrase or token.",
        discussion: """
            The old root key opens this home no more, and its file is removed; old copies of keys.db still need it. \
            Killed at any point, the home opens with the old root key or with the new one.
            """)

    @Option(
        name: [.customLong("to")], help: "What the new root key is: file, passphrase or pkcs11.")
    var kind: RootKeyKind

    @OptionGroup var token: TokenOptions

    @Option(help: "A file whose first line is the new passphrase or PIN; the terminal asks else.")
    var newSecretFile: String?

    @Option(help: "A descriptor to read the new passphrase or PIN from: one line.")
    var newSecretFd: Int32?

    @OptionGroup var options: HomeOptions

    func validate() throws {
        try token.check(for: kind)
        guard newSecretFile == nil || newSecretFd == nil, newSecretFd ?? 0 >= 0 else {
            throw ValidationError("give one of --new-secret-file and --new-secret-fd")
        }
    }

    func run() throws {
        try options.withKeys { home, console in
            let secrets = SecretInput(
                file: newSecretFile, descriptor: newSecretFd, language: console.language)
            let outcome = try RootKeyChange(home: home)
                .run(to: token.choice(kind), secrets: secrets)
            if console.isJSON {
                try console.say(
                    json: RootKeyJSON(
                        from: "\(outcome.old.id)/\(outcome.old.version)",
                        to: "\(outcome.new.id)/\(outcome.new.version)",
                        removed: outcome.removed))
            } else {
                console.say(Messages.rootKeyChanged(outcome))
            }
        }
    }
}

/// A change of the root key as `--json` prints it.
private struct RootKeyJSON: Encodable {
    let from: String
    let to: String
    let removed: [String]
}
