import FieldCrypto
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("Root keys from passphrases and devices")
struct RootKeyTests {
    private let cheap = ScryptCost(costBits: 14, blockSize: 8, parallelism: 1)
    private let name = RootKeyName(id: "passphrase", version: 1)

    private func secret(_ text: String) -> SecretBytes { SecretBytes(copying: Array(text.utf8)) }

    @Test("scrypt gives what the published vectors say")
    func vectors() throws {
        guard
            let place = SharedData.url(
                "vectors/kdf/openssl_evpkdf_scrypt.txt", override: "HANGU_VECTORS")
        else { return }
        var count = 0
        var left = 0
        let text = try String(contentsOf: place, encoding: .utf8)
        for block in text.replacing("\r\n", with: "\n").components(separatedBy: "\n\n") {
            var values: [String: String] = [:]
            for line in block.split(separator: "\n") where !line.hasPrefix("#") {
                let parts = line.split(separator: "=", maxSplits: 1).map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
                guard parts.count == 2 else { continue }
                let value = parts[1].split(
                    separator: ":", maxSplits: 1, omittingEmptySubsequences: false
                ).last.map(String.init)
                values[parts[0]] = parts[0] == "Output" ? parts[1] : value
            }
            guard values["KDF"] == "id-scrypt", let output = values["Output"] else { continue }
            let passphrase =
                values["Ctrl.hexpass"].map(hex) ?? Array((values["Ctrl.pass"] ?? "").utf8)
            guard let n = values["Ctrl.N"].flatMap(Int.init), n.nonzeroBitCount == 1,
                let r = values["Ctrl.r"].flatMap(Int.init),
                let p = values["Ctrl.p"].flatMap(Int.init), n <= 1 << 17, passphrase != [],
                values["Result"] == nil
            else {
                left += 1
                continue
            }
            let cost = ScryptCost(
                costBits: n.trailingZeroBitCount, blockSize: r, parallelism: p)
            let derived = try scrypt(
                SecretBytes(copying: passphrase),
                salt: values["Ctrl.hexsalt"].map(hex) ?? Array((values["Ctrl.salt"] ?? "").utf8),
                cost: cost, byteCount: output.utf8.count / 2)
            #expect(derived == SecretBytes(copying: hex(output)))
            count += 1
        }
        print("scrypt: \(count) cases, \(left) left out (an empty passphrase is never taken)")
        #expect(count > 0)
    }

    @Test("A passphrase gives its root key again, and another one is told from a damaged ring")
    func passphrase() throws {
        let random = SeededRandom(seed: 3)
        let made = try RootKeyPassphrase.make(
            passphrase: secret("关山度若飞 correct"), name: name, cost: cheap, random: random)
        let store = MemoryKeyStore()
        _ = try Keyring.create(
            classes: ["identity"], rootKey: made.key, store: store, random: random)
        let kept = try RootKeyPassphrase(
            cost: made.parameters.cost, salt: made.parameters.salt, check: made.parameters.check)
        _ = try Keyring.open(
            rootKey: kept.rootKey(passphrase: secret("关山度若飞 correct"), name: name), store: store)
        #expect(throws: FieldCryptoError.self) {
            try kept.rootKey(passphrase: secret("关山度若飞 Correct"), name: name)
        }
        #expect(
            throws: FieldCryptoError.rootKey(
                .refused("the passphrase is too short: at least 14 bytes"))
        ) {
            try RootKeyPassphrase.make(
                passphrase: secret("short"), name: name, cost: cheap, random: random)
        }
    }

    @Test("Costs out of bounds are refused before any memory is taken")
    func costs() {
        let salt = [UInt8](repeating: 1, count: 32)
        for (bits, r, p) in [
            (13, 8, 1), (22, 8, 1), (21, 32, 1), (17, 7, 1), (17, 8, 17), (17, 8, 0),
        ] {
            #expect(throws: FieldCryptoError.self, "\(bits) \(r) \(p)") {
                try RootKeyPassphrase(
                    cost: ScryptCost(costBits: bits, blockSize: r, parallelism: p), salt: salt,
                    check: [UInt8](repeating: 1, count: 8))
            }
        }
        #expect(ScryptCost.standard.isAcceptable)
        #expect(throws: FieldCryptoError.self) {
            try RootKeyPassphrase(
                cost: .standard, salt: [1], check: [UInt8](repeating: 1, count: 8))
        }
    }

    /// A device that can be pulled out after so many calls.
    private final class FlakyDevice: RootKeyDevice {
        private let cipher = SecretBytes(copying: [UInt8](repeating: 5, count: 32))
        private let callsLeft: Mutex<Int>
        init(calls: Int) { callsLeft = Mutex(calls) }

        private func count() throws(RootKeyFault) {
            let left = callsLeft.withLock { left in
                left -= 1
                return left
            }
            if left < 0 { throw .unavailable("pulled out") }
        }

        func encrypt(
            _ key: SecretBytes, nonce: [UInt8], associatedData: [UInt8]
        ) throws(RootKeyFault) -> [UInt8] {
            try count()
            let plain = key.withUnsafeBytes { [UInt8]($0) }
            do {
                return try AES256GCM().encrypt(
                    plain, key: cipher, nonce: nonce, associatedData: associatedData)
            } catch { throw .unusable("\(error)") }
        }

        func decrypt(
            _ sealed: [UInt8], nonce: [UInt8], associatedData: [UInt8]
        ) throws(RootKeyFault) -> SecretBytes? {
            try count()
            do {
                return try AES256GCM().decrypt(
                    sealed, key: cipher, nonce: nonce, associatedData: associatedData
                ).map { SecretBytes(copying: $0) }
            } catch { throw .unusable("\(error)") }
        }
    }

    @Test("A device pulled out at any call leaves the ring under the old root key, whole")
    func pulledOut() throws {
        let test = try TestRing()
        let before = Set(try test.store.wrappedKeys())
        let next = RootKeyName(id: "pkcs11", version: 2)
        for calls in 0..<before.count {
            let device = try RootKey(device: FlakyDevice(calls: calls), name: next)
            #expect(throws: FieldCryptoError.rootKey(.unavailable("pulled out"))) {
                try test.ring.changeRootKey(to: device)
            }
            #expect(Set(try test.store.wrappedKeys()) == before)
            #expect(try Keyring.rootKeyName(of: test.store) == test.rootKey.name)
        }
        let whole = try RootKey(device: FlakyDevice(calls: 1_000), name: next)
        try test.ring.changeRootKey(to: whole)
        #expect(try Keyring.rootKeyName(of: test.store) == next)
        _ = try Keyring.open(rootKey: whole, store: test.store)
        // Pulled out at start: an error, and no ring.
        for calls in 0..<before.count {
            let device = try RootKey(device: FlakyDevice(calls: calls), name: next)
            #expect(throws: FieldCryptoError.rootKey(.unavailable("pulled out"))) {
                try Keyring.open(rootKey: device, store: test.store)
            }
        }
        #expect(throws: FieldCryptoError.self) { try test.reopened() }
    }

    @Test("A key that another process adds while the root key changes stops one of the two")
    func raced() throws {
        let test = try TestRing()
        let slow = try test.reopened()
        try test.ring.changeRootKey(to: TestRing.rootKey(fill: 9, version: 2))
        #expect(throws: FieldCryptoError.self) {
            try slow.addVersion(of: .blindIndex, name: "late")
        }
        let names = Set(try test.store.wrappedKeys().map(\.rootKey.version))
        #expect(names == [2])
    }
}
