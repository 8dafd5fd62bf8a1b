import ArgumentParser
import TokenKeys

/// What the root key of a new or restored home shall be.
struct RootKeyOptions: ParsableArguments {
    @Option(
        name: [.customLong("root-key")],
        help: "What the root key is: file, passphrase or pkcs11.")
    var kind = RootKeyKind.file

    @OptionGroup var token: TokenOptions

    func validate() throws { try token.check(for: kind) }

    var choice: RootKeyChoice { token.choice(kind) }
}

/// Where a root key stands that is in a PKCS#11 token.
struct TokenOptions: ParsableArguments {
    @Option(help: "The PKCS#11 module: the absolute path of a library.")
    var pkcs11Module: String?

    @Option(help: "The label of the PKCS#11 token.")
    var pkcs11Token: String?

    @Option(
        help: "The label of the key in the token; made there where the token has none of it.")
    var pkcs11Key = "hangu-root"

    /// Whether the options go with a kind of root key.
    func check(for kind: RootKeyKind) throws {
        let isToken = kind == .pkcs11
        guard isToken == (pkcs11Module != nil), isToken == (pkcs11Token != nil) else {
            throw ValidationError(
                "pkcs11 goes with --pkcs11-module and --pkcs11-token, and they with it")
        }
        guard [pkcs11Token ?? "-", pkcs11Key].allSatisfy({ (1...32).contains($0.utf8.count) })
        else { throw ValidationError("labels of tokens and keys have 1 to 32 bytes") }
    }

    func choice(_ kind: RootKeyKind) -> RootKeyChoice {
        switch kind {
        case .file: .file
        case .passphrase: .passphrase
        case .pkcs11:
            .pkcs11(
                TokenAddress(
                    module: pkcs11Module ?? "", token: pkcs11Token ?? "", key: pkcs11Key))
        }
    }
}

extension RootKeyKind: ExpressibleByArgument {}
