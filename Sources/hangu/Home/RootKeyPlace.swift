import FieldCrypto
import Foundation
import Gateway
import StrictYAML
import TokenKeys

/// What a home's root key can be; the raw value is the id beside every key it wraps.
enum RootKeyKind: String, CaseIterable, Sendable {
    case file
    case passphrase
    case pkcs11

    /// As people and `--json` read it.
    var word: String { self == .pkcs11 ? "token" : rawValue }
}

/// Where a root key stands in a home, by its name.
///
/// The ring in `keys.db` says under which root key it is, and one transaction changes that for the whole ring. So
/// there is no second place that would have to change at the same moment, and a home that was killed while its root
/// key changed opens with the old one or with the new one: the one the ring names.
///
/// | kind | version 1 | version N |
/// |---|---|---|
/// | file | `keys/root.key` | `keys/root-N.key` |
/// | passphrase, pkcs11 | `keys/root-1.yaml` | `keys/root-N.yaml` |
struct RootKeyPlace {
    let kind: RootKeyKind
    let version: UInt16
    let url: URL
    var name: RootKeyName { RootKeyName(id: kind.rawValue, version: version) }
    /// As errors name it.
    var shown: String { "keys/\(url.lastPathComponent)" }

    init(kind: RootKeyKind, version: UInt16, in folder: HomeFolder) {
        self.kind = kind
        self.version = version
        let file =
            switch (kind, version) {
            case (.file, 1): "root.key"
            case (.file, _): "root-\(version).key"
            default: "root-\(version).yaml"
            }
        url = folder.url.appendingPathComponent("keys/\(file)")
    }

    /// The place of a root key that the ring names.
    init(_ name: RootKeyName, in folder: HomeFolder) throws(GatewayError) {
        guard let kind = RootKeyKind(rawValue: name.id) else {
            throw .crypto(
                .rootKey(
                    .unusable(
                        "keys.db is wrapped under \(name), which no home opens by itself; "
                            + "a backup is opened with hangu keys restore")))
        }
        self.init(kind: kind, version: name.version, in: folder)
    }

    /// A place that nothing stands in, after every version that has left a file and after `newest`.
    static func next(
        _ kind: RootKeyKind, after newest: UInt16, in folder: HomeFolder
    ) throws(GatewayError) -> RootKeyPlace {
        let versions = try files(in: folder).map(\.version)
        let last = max(newest, versions.max() ?? 0)
        guard last < UInt16.max else {
            throw .crypto(.rootKey(.unusable("the root key was changed as often as is possible")))
        }
        return RootKeyPlace(kind: kind, version: last + 1, in: folder)
    }

    /// Every file of a root key in the home.
    static func files(
        in folder: HomeFolder
    ) throws(GatewayError) -> [(url: URL, version: UInt16)] {
        let keys = folder.url.appendingPathComponent("keys", isDirectory: true)
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: keys.path) } catch {
            throw .store(.unreadable(why: "the folder keys cannot be read"))
        }
        return names.sorted().compactMap { name in
            let url = keys.appendingPathComponent(name)
            if name == "root.key" { return (url, 1) }
            let parts = name.split(separator: ".")
            guard parts.count == 2, ["key", "yaml"].contains(parts[1]),
                parts[0].hasPrefix("root-"), let version = UInt16(parts[0].dropFirst(5))
            else { return nil }
            return (url, version)
        }
    }
}

extension OpenHome {
    /// The root key that the ring is under now; another process may have changed it.
    func rootKeyName() throws(GatewayError) -> RootKeyName {
        let name = try inCrypto { () throws(FieldCryptoError) in
            try Keyring.rootKeyName(of: keyDatabase)
        }
        guard let name else {
            throw .store(.unreadable(why: "keys/keys.db holds no keys; restore a copy of it"))
        }
        return name
    }
}

/// What a new root key shall be.
enum RootKeyChoice: Sendable {
    case file
    case passphrase
    /// A key of that label is used where the token has it, else it is made there.
    case pkcs11(TokenAddress)

    var kind: RootKeyKind {
        switch self {
        case .file: .file
        case .passphrase: .passphrase
        case .pkcs11: .pkcs11
        }
    }
}

/// The small files beside `keys.db` that say how a root key is got which is no file itself.
enum RootKeyNote {
    private static let format = "format: hangu/root-key/1"

    static func text(of parameters: RootKeyPassphrase) -> String {
        """
        \(format)
        kind: passphrase
        # scrypt (RFC 7914); none of this is secret, and nothing opens without it.
        cost-bits: \(parameters.cost.costBits)
        block-size: \(parameters.cost.blockSize)
        parallelism: \(parameters.cost.parallelism)
        salt: "\(hexadecimal(parameters.salt))"
        check: "\(hexadecimal(parameters.check))"

        """
    }

    static func text(of address: TokenAddress) -> String {
        """
        \(format)
        kind: pkcs11
        # The module may be moved; token, key and key-id are those of the key in the token.
        module: \(quoted(address.module))
        token: \(quoted(address.token))
        key: \(quoted(address.key))
        key-id: "\(hexadecimal(address.keyID ?? []))"

        """
    }

    static func readPassphrase(_ node: YAMLNode) throws(GatewayError) -> RootKeyPassphrase {
        let parts: (cost: ScryptCost, salt: [UInt8], check: [UInt8])
        do throws(YAMLError) {
            var fields = try fields(of: node, kind: .passphrase)
            let cost = ScryptCost(
                costBits: try fields.required("cost-bits").integer(in: 1...40),
                blockSize: try fields.required("block-size").integer(in: 1...1_024),
                parallelism: try fields.required("parallelism").integer(in: 1...1_024))
            parts = (
                cost, try hexadecimalBytes(fields.required("salt")),
                try hexadecimalBytes(fields.required("check"))
            )
            try fields.finish()
        } catch { throw .declaration(error) }
        return try inCrypto { () throws(FieldCryptoError) in
            try RootKeyPassphrase(cost: parts.cost, salt: parts.salt, check: parts.check)
        }
    }

    static func readToken(_ node: YAMLNode) throws(GatewayError) -> TokenAddress {
        do throws(YAMLError) {
            var fields = try fields(of: node, kind: .pkcs11)
            let address = TokenAddress(
                module: try fields.required("module").text(),
                token: try fields.required("token").text(),
                key: try fields.required("key").text(),
                keyID: try hexadecimalBytes(fields.required("key-id")))
            try fields.finish()
            return address
        } catch { throw .declaration(error) }
    }

    private static func fields(
        of node: YAMLNode, kind: RootKeyKind
    ) throws(YAMLError) -> YAMLFields {
        var fields = try YAMLFields(node)
        let formatNode = try fields.required("format")
        guard try formatNode.text() == "hangu/root-key/1" else {
            throw YAMLError("expected 'hangu/root-key/1'", at: formatNode.position)
        }
        let kindNode = try fields.required("kind")
        guard try kindNode.text() == kind.rawValue else {
            throw YAMLError(
                "expected '\(kind.rawValue)', which the ring names", at: kindNode.position)
        }
        return fields
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }
}
