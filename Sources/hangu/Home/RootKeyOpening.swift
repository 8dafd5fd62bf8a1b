import FieldCrypto
import Foundation
import Gateway
import SQLiteStore
import StrictYAML
import TokenKeys

/// Gets the root key that a ring names, and makes new ones.
struct RootKeyOpening {
    let folder: HomeFolder
    let secrets: SecretInput

    /// The root key of a key store's ring.
    ///
    /// - Throws: ``GatewayError``: a clear error for a key, token or passphrase that is absent or another one. No
    ///   session with a token stays open then.
    func rootKey(of keys: KeyDatabase) throws(GatewayError) -> RootKey {
        let name = try inCrypto { () throws(FieldCryptoError) in
            try Keyring.rootKeyName(of: keys)
        }
        guard let name else {
            throw .store(.unreadable(why: "keys/keys.db holds no keys; restore a copy of it"))
        }
        return try rootKey(at: RootKeyPlace(name, in: folder))
    }

    private func rootKey(at place: RootKeyPlace) throws(GatewayError) -> RootKey {
        switch place.kind {
        case .file: return try RootKeyFile.read(place)
        case .passphrase:
            let parameters = try RootKeyNote.readPassphrase(note(at: place))
            let passphrase = try secrets.read(prompt: Messages.askPassphrase)
            return try inCrypto { () throws(FieldCryptoError) in
                try parameters.rootKey(passphrase: passphrase, name: place.name)
            }
        case .pkcs11:
            let address = try RootKeyNote.readToken(note(at: place))
            let pin = try secrets.read(prompt: Messages.askPIN(address.token))
            let key = try inToken { () throws(TokenError) in
                try TokenKey(opening: address, pin: pin)
            }
            return try inCrypto { () throws(FieldCryptoError) in
                try RootKey(device: key, name: place.name)
            }
        }
    }

    /// A note names the code that is loaded for a token, so nobody else may be able to change it.
    private func note(at place: RootKeyPlace) throws(GatewayError) -> YAMLNode {
        let attributes: [FileAttributeKey: Any]
        do {
            attributes = try FileManager.default.attributesOfItem(atPath: place.url.path)
        } catch {
            throw .store(
                .unreadable(why: "\(place.shown) is absent; without it nothing opens"))
        }
        guard let mode = attributes[.posixPermissions] as? Int, mode & 0o022 == 0 else {
            throw .request(
                .unreadable("\(place.shown) may be changed by others; run chmod 400 on it first"))
        }
        return try HomeFolder.readYAML(place.url, name: place.shown)
    }

    /// A root key that was just made and wraps nothing yet.
    struct Made {
        let key: RootKey
        let place: RootKeyPlace
        /// The token's key, where it was made and not found there.
        fileprivate let newTokenKey: TokenKey?

        /// Takes everything back that was made.
        func undo() throws(GatewayError) {
            try RootKeyFile.destroy(place.url)
            if let newTokenKey {
                try inToken { () throws(TokenError) in try newTokenKey.destroy() }
            }
        }
    }

    /// Makes a root key; what it needs to be found again is durable when this returns.
    ///
    /// - Parameters:
    ///   - choice: What it shall be.
    ///   - newest: The version of the root key there is, or 0.
    /// - Returns: The key, where it stands, and how to take it back.
    /// - Throws: ``GatewayError``; nothing is left behind then.
    func make(
        _ choice: RootKeyChoice, after newest: UInt16
    ) throws(GatewayError) -> Made {
        let place = try RootKeyPlace.next(choice.kind, after: newest, in: folder)
        switch choice {
        case .file:
            return Made(
                key: try RootKeyFile.create(at: place), place: place, newTokenKey: nil)
        case .passphrase:
            let passphrase = try secrets.read(
                prompt: Messages.askNewPassphrase(RootKeyPassphrase.byteCountMin), isNew: true)
            let made = try inCrypto { () throws(FieldCryptoError) in
                try RootKeyPassphrase.make(
                    passphrase: passphrase, name: place.name, random: SecureRandom())
            }
            try PrivateFile.create(
                RootKeyNote.text(of: made.parameters), at: place.url, shown: place.shown)
            return Made(key: made.key, place: place, newTokenKey: nil)
        case .pkcs11(let address): return try makeInToken(address, at: place)
        }
    }

    private func makeInToken(
        _ address: TokenAddress, at place: RootKeyPlace
    ) throws(GatewayError) -> Made {
        let pin = try secrets.read(prompt: Messages.askPIN(address.token))
        let (key, isNew) = try inToken { () throws(TokenError) in
            do throws(TokenError) {
                return (try TokenKey(opening: address, pin: pin), false)
            } catch {
                guard case .keyAbsent = error else { throw error }
                return (try TokenKey(making: address, pin: pin, random: SecureRandom()), true)
            }
        }
        do throws(GatewayError) {
            try PrivateFile.create(
                RootKeyNote.text(of: key.address), at: place.url, shown: place.shown)
            let rootKey = try inCrypto { () throws(FieldCryptoError) in
                try RootKey(device: key, name: place.name)
            }
            return Made(key: rootKey, place: place, newTokenKey: isNew ? key : nil)
        } catch {
            if isNew { try inToken { () throws(TokenError) in try key.destroy() } }
            throw error
        }
    }
}

/// Runs a call of a token with the gateway's errors.
func inToken<Result>(_ body: () throws(TokenError) -> Result) throws(GatewayError) -> Result {
    do { return try body() } catch { throw .crypto(.rootKey(error.fault)) }
}
