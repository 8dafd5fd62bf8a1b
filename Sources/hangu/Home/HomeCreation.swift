import FieldCrypto
import Foundation
import Gateway
import ResidentModel
import SQLiteStore

/// Makes an empty home: folders, policies, root key, key ring, signing key, store and configuration.
///
/// `hangu.yaml` is written last: a folder without it is no home, and `init` can be run on it again after it was
/// emptied.
struct HomeCreation {
    let folder: HomeFolder
    let tenant: String
    let family: CryptoFamily
    let sources: [SourceDeclaration]
    /// The policies to start from.
    let policies: URL
    var rootKey = RootKeyChoice.file
    /// Where the passphrase or PIN of the root key comes from, if it has one.
    var secrets = SecretInput()

    func run() throws(GatewayError) {
        try checkEmpty()
        _ = try PolicyFolder(policies)
        for path in ["keys", "data"] {
            try makeFolder(folder.url.appendingPathComponent(path))
        }
        try copyPolicies()
        let catalogue = try PolicyFolder(folder.url.appendingPathComponent("Policies")).catalogue
        let made = try RootKeyOpening(folder: folder, secrets: secrets).make(rootKey, after: 0)
        do throws(GatewayError) {
            try fill(made.key, catalogue: catalogue)
        } catch {
            // Nothing hangs from the new root key, so no key without a use stays in a token.
            try made.undo()
            throw error
        }
    }

    /// Makes everything that hangs from the root key, and looks whether the home opens.
    private func fill(_ rootKey: RootKey, catalogue: Catalogue) throws(GatewayError) {
        let keys = try KeyDatabase(at: folder.keys, epochs: folder.epochs)
        let suffix = try inCrypto { () throws(FieldCryptoError) in
            let classes = catalogue.classes.map(\.name) + HomeKeys.ownClasses
            let keyring = try Keyring.create(
                classes: classes, family: family, rootKey: rootKey, store: keys)
            try HomeKeys.complete(keyring, catalogue: catalogue)
            _ = try keyring.createSigningKey(
                AuditLog.signingKeyName, fieldClass: AuditLog.operationalClass)
            return try SecureRandom().bytes(4)
        }
        try HomeStore(at: folder.store).close()
        let configuration = HomeConfiguration(
            tenant: tenant, logOrigin: "hangu.\(tenant)/audit/\(hexadecimal(suffix))",
            policies: "Policies", sources: sources)
        try write(configuration.yaml)
        // The root key is there already: asking for its passphrase again would prove no more.
        try OpenHome(folder, rootKey: rootKey).close()
    }

    private func checkEmpty() throws(GatewayError) {
        let found: [String]
        guard FileManager.default.fileExists(atPath: folder.url.path) else { return }
        do { found = try FileManager.default.contentsOfDirectory(atPath: folder.url.path) } catch {
            throw .request(.unreadable("the home's folder cannot be read"))
        }
        guard found.isEmpty else {
            throw .request(.unreadable("the folder is not empty; a home needs one of its own"))
        }
    }

    private func makeFolder(_ url: URL) throws(GatewayError) {
        do {
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch { throw .request(.unreadable("the home's folder cannot be made")) }
    }

    private func copyPolicies() throws(GatewayError) {
        do {
            try FileManager.default.copyItem(
                at: policies, to: folder.url.appendingPathComponent("Policies"))
        } catch { throw .request(.unreadable("the policies cannot be copied into the home")) }
    }

    private func write(_ text: String) throws(GatewayError) {
        do {
            try Data(text.utf8).write(to: folder.configuration, options: [.atomic])
        } catch { throw .store(.diskFull) }
    }
}

/// The policies that come with the program: beside it, or above it in a checkout.
enum StarterPolicies {
    static func find() throws(GatewayError) -> URL {
        if let named = ProcessInfo.processInfo.environment["HANGU_POLICIES"], !named.isEmpty {
            return URL(fileURLWithPath: named, isDirectory: true)
        }
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        var place = program.deletingLastPathComponent()
        while place.path != "/" {
            for candidate in ["Policies", "share/hangu/Policies"] {
                let url = place.appendingPathComponent(candidate, isDirectory: true)
                let marker = url.appendingPathComponent("catalogue/fields.yaml")
                if FileManager.default.fileExists(atPath: marker.path) { return url }
            }
            place.deleteLastPathComponent()
        }
        throw .request(
            .unreadable("the starter policies are not beside the program; use --policies FOLDER"))
    }
}
