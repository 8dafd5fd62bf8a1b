import FieldCrypto
import Foundation
import TestSupport
import Testing
import TokenKeys

/// One after another, since a module has one state for the process.
@Suite("Keys in a token", .serialized)
struct TokenKeyTests {
    private let random = SecureRandom()

    private func made(_ address: TokenAddress) throws -> TokenKey {
        try TokenKey(making: address, pin: SoftToken.secret(), random: random)
    }

    @Test("A key made in the token wraps, is found again, and never leaves it")
    func makesAndFinds() throws {
        guard let address = try SoftToken.make("makes") else { return }
        let ring = SecretBytes(copying: [UInt8](repeating: 9, count: 32))
        let (nonce, data) = (try random.bytes(12), [UInt8]("purpose".utf8))
        let key = try made(address)
        #expect(key.address.keyID?.count == 16)
        #expect(try key.refusesExport(), "CKA_VALUE was given out")
        let sealed = try key.encrypt(ring, nonce: nonce, associatedData: data)
        #expect(sealed.count == 48)
        key.close()
        let again = try TokenKey(opening: key.address, pin: SoftToken.secret())
        #expect(try again.refusesExport())
        #expect(try again.decrypt(sealed, nonce: nonce, associatedData: data) == ring)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(try again.decrypt(changed, nonce: nonce, associatedData: data) == nil)
        }
        #expect(try again.decrypt(sealed, nonce: nonce, associatedData: [1]) == nil)
        #expect(try again.decrypt([], nonce: nonce, associatedData: data) == nil)
        #expect(try again.decrypt(sealed, nonce: nonce, associatedData: data) == ring)
        again.close()
        #expect(throws: RootKeyFault.unavailable(TokenError.unplugged.description)) {
            try again.decrypt(sealed, nonce: nonce, associatedData: data)
        }
    }

    @Test("A ring under a token's key opens with it, and with no other key of the token")
    func ring() throws {
        guard let address = try SoftToken.make("ring") else { return }
        let store = MemoryKeyStore()
        let name = RootKeyName(id: "pkcs11", version: 1)
        let key = try made(address)
        let ring = try Keyring.create(
            classes: ["identity"], rootKey: RootKey(device: key, name: name), store: store)
        let place = FieldAddress(
            tenant: "county", table: "t", resident: nil, field: "f", fieldClass: "identity",
            recordVersion: 1)
        let sealed = try ring.seal([1, 2, 3], at: place, padding: .none)
        key.close()
        let reopened = try TokenKey(opening: key.address, pin: SoftToken.secret())
        let again = try Keyring.open(
            rootKey: RootKey(device: reopened, name: name), store: store)
        #expect(try again.open(sealed, at: place) == [1, 2, 3])
        let other = try made(
            TokenAddress(module: address.module, token: address.token, key: "other"))
        #expect(throws: FieldCryptoError.self) {
            try Keyring.open(rootKey: RootKey(device: other, name: name), store: store)
        }
        // From the token to a file and back to another key of the token.
        let file = try RootKey(
            fileContent: random.secret(32), name: RootKeyName(id: "file", version: 2))
        try again.changeRootKey(to: file)
        #expect(
            try Keyring.open(rootKey: file, store: store).open(sealed, at: place) == [1, 2, 3])
        let next = try RootKey(device: other, name: RootKeyName(id: "pkcs11", version: 3))
        try again.changeRootKey(to: next)
        #expect(
            try Keyring.open(rootKey: next, store: store).open(sealed, at: place) == [1, 2, 3])
        #expect(try Keyring.rootKeyName(of: store)?.version == 3)
    }

    @Test("Wrong PIN, absent token, absent key, taken label and other modules are told apart")
    func refusals() throws {
        guard let address = try SoftToken.make("refusals") else { return }
        func opening(_ address: TokenAddress, _ pin: String = SoftToken.pin) throws -> TokenKey {
            try TokenKey(opening: address, pin: SoftToken.secret(pin))
        }
        func at(_ module: String? = nil, token: String? = nil, key: String? = nil) -> TokenAddress {
            TokenAddress(
                module: module ?? address.module, token: token ?? address.token,
                key: key ?? address.key)
        }
        #expect(throws: TokenError.keyAbsent(label: "hangu-root")) { try opening(address) }
        let key = try made(address)
        #expect(throws: TokenError.severalKeys(label: "hangu-root")) { try made(address) }
        #expect(throws: TokenError.keyAbsent(label: "other")) { try opening(at(key: "other")) }
        var foreign = address
        foreign.keyID = [UInt8](repeating: 1, count: 16)
        #expect(throws: TokenError.keyAbsent(label: "hangu-root"), "a key of another home") {
            try opening(foreign)
        }
        #expect(throws: TokenError.tokenAbsent(label: "elsewhere")) {
            try opening(at(token: "elsewhere"))
        }
        key.close()
        #expect(throws: TokenError.wrongPIN) { try opening(address, "wrong-pin-99") }
        #expect(throws: TokenError.wrongPIN) { try opening(address, "1") }
        #expect(TokenError.wrongPIN.fault == .refused(TokenError.wrongPIN.description))
        for module in ["/nowhere/module.so", "relative.so", "/etc/hostname", "/usr/lib"] {
            #expect(throws: TokenError.self, "\(module)") { try opening(at(module)) }
        }
        let taken = TokenAddress(module: address.module, token: address.token, key: "second")
        try made(taken).destroy()
        #expect(throws: TokenError.keyAbsent(label: "second")) { try opening(taken) }
        try opening(address).close()
    }

    @Test("A module that others may change is not loaded")
    func writableModule() throws {
        guard let address = try SoftToken.make("writable") else { return }
        let folder = try TemporaryFolder()
        let copy = folder.file("module.so")
        try FileManager.default.copyItem(
            at: URL(fileURLWithPath: address.module).resolvingSymlinksInPath(), to: copy)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o666], ofItemAtPath: copy.path)
        let moved = TokenAddress(module: copy.path, token: address.token, key: address.key)
        #expect(
            throws: TokenError.module(
                path: copy.path, reason: "others may change the file, so it is not loaded")
        ) { try TokenKey(opening: moved, pin: SoftToken.secret()) }
    }

    @Test("A root key that could leave the token is refused")
    func extractableKey() throws {
        guard let address = try SoftToken.make("weak") else { return }
        let folder = try TemporaryFolder()
        // SoftHSM's own tool imports keys as sensitive, but not as never extractable: the key was outside once.
        let file = folder.file("imported.bin")
        try Data(repeating: 7, count: 32).write(to: file)
        let tool = Process()
        tool.executableURL = URL(fileURLWithPath: "/usr/bin/softhsm2-util")
        tool.arguments = [
            "--import", file.path, "--aes", "--token", address.token, "--label", address.key,
            "--id", "0a0b", "--pin", SoftToken.pin,
        ]
        tool.standardOutput = FileHandle.nullDevice
        try tool.run()
        tool.waitUntilExit()
        try #require(tool.terminationStatus == 0)
        #expect(
            throws: TokenError.unfitKey(
                label: "hangu-root",
                reason: "can leave the token, or once could; make a new one there")
        ) { try TokenKey(opening: address, pin: SoftToken.secret()) }
    }
}
