import FieldCrypto
import Foundation
import TestSupport
import Testing

@Suite("Primitives")
struct PrimitiveTests {
    @Test("SHA-256 of FIPS 180-4's examples, whole and in pieces")
    func sha256Examples() {
        let two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
        let examples = [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (two, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        ]
        var hasher = SHA256Hasher()
        for (text, expected) in examples {
            #expect(sha256(Array(text.utf8)).description == expected)
            for byte in text.utf8 { hasher.update([byte]) }
            #expect(hasher.finish().description == expected)
        }
    }

    @Test("A digest is 32 bytes and compares by value")
    func digests() throws {
        let bytes = (0..<32).map { UInt8($0) }
        let digest = try #require(SHA256Digest(bytes))
        #expect(digest.bytes == bytes)
        #expect(SHA256Digest(Array(bytes.dropLast())) == nil && SHA256Digest(bytes + [0]) == nil)
        for position in bytes.indices {
            var other = bytes
            other[position] ^= 0x40
            #expect(SHA256Digest(other) != digest)
        }
        #expect(SHA256Digest(bytes[0..<32]) == digest && SHA256Digest(bytes[1..<32]) == nil)
        #expect(SHA256Digest.list(bytes + bytes) == [digest, digest])
        #expect(SHA256Digest.list([]) == [] && SHA256Digest.list(bytes + [0]) == nil)
        var appended: [UInt8] = [7]
        digest.append(to: &appended)
        #expect(appended == [7] + bytes)
        let resident = ResidentKeyID(bytes: Array(bytes.prefix(16)))
        #expect(resident == ResidentKeyID(high: 0x0001_0203_0405_0607, low: 0x0809_0A0B_0C0D_0E0F))
        #expect(resident?.bytes == Array(bytes.prefix(16)))
        #expect(ResidentKeyID(bytes: bytes) == nil)
        #expect(SHA256Digest.zero.bytes == [UInt8](repeating: 0, count: 32))
    }

    @Test("Signing follows RFC 8032's first three examples")
    func ed25519Examples() throws {
        let examples = [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                """
                e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155\
                5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b
                """
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                """
                92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
                """
            ),
            (
                "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
                """
                6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac\
                18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a
                """
            ),
        ]
        for (seed, publicKey, message, signature) in examples {
            let key = try SigningKey(seed: SecretBytes(copying: hex(seed)))
            #expect(hexText(key.publicKey.bytes) == publicKey)
            #expect(hexText(try key.sign(hex(message))) == signature)
            #expect(key.publicKey.isValid(hex(signature), for: hex(message)))
            #expect(!key.publicKey.isValid(hex(signature), for: hex(message) + [0]))
        }
    }

    @Test("Seeds, keys and signatures of wrong lengths are refused")
    func lengths() throws {
        for count in [1, 31, 33, 64] {
            let bytes = [UInt8](repeating: 1, count: count)
            #expect(throws: FieldCryptoError.self) {
                try SigningKey(seed: SecretBytes(copying: bytes))
            }
            #expect(throws: FieldCryptoError.self) { try VerifyingKey(bytes: bytes) }
            #expect(throws: FieldCryptoError.self) {
                try RootKey(
                    fileContent: SecretBytes(copying: bytes),
                    name: RootKeyName(id: "a", version: 1))
            }
        }
        let key = try SigningKey(seed: SecretBytes(copying: [UInt8](repeating: 1, count: 32)))
        let signature = try key.sign([])
        for count in 0..<64 {
            #expect(!key.publicKey.isValid(Array(signature.prefix(count)), for: []))
        }
    }

    @Test("AES-256-GCM refuses every changed bit and every truncation of a small message")
    func gcmTampering() throws {
        let cipher = try AES256GCM()
        let key = SecretBytes(copying: [UInt8](repeating: 1, count: 32))
        let nonce = [UInt8](repeating: 2, count: 12)
        for message in [[], [1, 2, 3]] as [[UInt8]] {
            let sealed = try cipher.encrypt(
                message, key: key, nonce: nonce, associatedData: [7])
            #expect(
                try cipher.decrypt(sealed, key: key, nonce: nonce, associatedData: [7]) == message)
            for bit in 0..<sealed.count * 8 {
                var changed = sealed
                changed[bit / 8] ^= 1 << UInt8(bit % 8)
                #expect(
                    try cipher.decrypt(changed, key: key, nonce: nonce, associatedData: [7]) == nil)
            }
            for count in sealed.indices {
                let short = Array(sealed.prefix(count))
                #expect(
                    try cipher.decrypt(short, key: key, nonce: nonce, associatedData: [7]) == nil)
            }
            #expect(try cipher.decrypt(sealed, key: key, nonce: nonce, associatedData: []) == nil)
        }
    }

    @Test("Taking bytes over wipes the array they came in")
    func wiping() {
        var bytes = [UInt8](repeating: 5, count: 32)
        let secret = SecretBytes(wiping: &bytes)
        #expect(bytes == [UInt8](repeating: 0, count: 32))
        #expect(secret == SecretBytes(copying: [UInt8](repeating: 5, count: 32)))
        #expect(secret != SecretBytes(copying: [UInt8](repeating: 5, count: 31)))
    }

    @Test("Random bytes do not repeat, from one task or from many")
    func randomness() async throws {
        let random = SecureRandom()
        var seen: Set<[UInt8]> = []
        for _ in 0..<5000 { seen.insert(try random.bytes(12)) }
        let large = try random.bytes(10_000)
        #expect(Set(large).count == 256)
        let others = await withTaskGroup(of: [[UInt8]].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    (0..<2500).compactMap { _ in
                        do { return try random.bytes(12) } catch { return nil }
                    }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        seen.formUnion(others)
        #expect(seen.count == 15_000)
        print("random: \(seen.count) nonces, all different")
    }

    @Test("Base32 follows RFC 4648, section 10, in lower case without padding")
    func base32() {
        let examples = [
            ("", ""), ("f", "my"), ("fo", "mzxq"), ("foo", "mzxw6"), ("foob", "mzxw6yq"),
            ("fooba", "mzxw6ytb"), ("foobar", "mzxw6ytboi"),
        ]
        for (text, expected) in examples {
            #expect(Base32.encode(Array(text.utf8)) == expected)
        }
    }
}
