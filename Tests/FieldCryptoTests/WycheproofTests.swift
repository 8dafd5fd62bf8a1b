import FieldCrypto
import Foundation
import TestSupport
import Testing

/// A file of Project Wycheproof, as far as these tests read it.
struct WycheproofFile: Decodable {
    struct Group: Decodable {
        var keySize: Int?
        var ivSize: Int?
        var tagSize: Int?
        var publicKey: PublicKey?
        var tests: [Case]
    }

    struct PublicKey: Decodable { var pk: String }

    struct Case: Decodable {
        var tcId: Int
        var key: String?
        var iv: String?
        var aad: String?
        var msg: String?
        var ct: String?
        var tag: String?
        var ikm: String?
        var salt: String?
        var info: String?
        var size: Int?
        var okm: String?
        var sig: String?
        var result: String
    }

    var testGroups: [Group]

    static func read(_ name: String) throws -> WycheproofFile? {
        guard let url = SharedData.url("vectors/wycheproof/\(name)", override: "HANGU_VECTORS")
        else { return nil }
        return try JSONDecoder().decode(WycheproofFile.self, from: Data(contentsOf: url))
    }
}

@Suite("Vectors of Project Wycheproof")
struct WycheproofTests {
    @Test("AES-256-GCM with 96-bit nonces and 128-bit tags")
    func aesGCM() throws {
        guard let file = try WycheproofFile.read("aes_gcm_test.json") else { return }
        let cipher = try AES256GCM()
        var ran = 0
        for group in file.testGroups
        where group.keySize == 256 && group.ivSize == 96 && group.tagSize == 128 {
            for test in group.tests {
                let key = SecretBytes(copying: hex(try #require(test.key)))
                let nonce = hex(try #require(test.iv))
                let data = hex(try #require(test.aad))
                let message = hex(try #require(test.msg))
                let sealed = hex(try #require(test.ct)) + hex(try #require(test.tag))
                let opened = try cipher.decrypt(
                    sealed, key: key, nonce: nonce, associatedData: data)
                let made = try cipher.encrypt(
                    message, key: key, nonce: nonce, associatedData: data)
                #expect(opened == (test.result == "valid" ? message : nil), "case \(test.tcId)")
                #expect((made == sealed) == (test.result == "valid"), "case \(test.tcId)")
                ran += 1
            }
        }
        print("Wycheproof AES-256-GCM: \(ran) cases")
        #expect(ran > 0)
    }

    @Test("HMAC-SHA-256, also with truncated tags")
    func hmac() throws {
        guard let file = try WycheproofFile.read("hmac_sha256_test.json") else { return }
        var ran = 0
        for group in file.testGroups {
            for test in group.tests {
                let code = try hmacSHA256(
                    hex(try #require(test.msg)), key: hex(try #require(test.key)))
                let expected = hex(try #require(test.tag))
                let isEqual = isEqualInConstantTime(
                    Array(code.bytes.prefix(expected.count)), expected)
                #expect(isEqual == (test.result == "valid"), "case \(test.tcId)")
                ran += 1
            }
        }
        print("Wycheproof HMAC-SHA-256: \(ran) cases")
        #expect(ran > 0)
    }

    @Test("HKDF-SHA-256")
    func hkdfSHA256() throws {
        guard let file = try WycheproofFile.read("hkdf_sha256_test.json") else { return }
        var ran = 0
        for group in file.testGroups {
            for test in group.tests {
                let salt = hex(try #require(test.salt))
                let input = SecretBytes(copying: hex(try #require(test.ikm)))
                let info = hex(try #require(test.info))
                let size = try #require(test.size)
                if test.result == "valid" {
                    let output = try hkdf(
                        salt: salt, inputKey: input, info: info, byteCount: size, hash: .sha256)
                    let expected = SecretBytes(copying: hex(try #require(test.okm)))
                    #expect(output == expected, "case \(test.tcId)")
                } else {
                    #expect(throws: FieldCryptoError.self, "case \(test.tcId)") {
                        try hkdf(
                            salt: salt, inputKey: input, info: info, byteCount: size,
                            hash: .sha256)
                    }
                }
                ran += 1
            }
        }
        print("Wycheproof HKDF-SHA-256: \(ran) cases")
        #expect(ran > 0)
    }

    @Test("Ed25519 verification")
    func ed25519() throws {
        guard let file = try WycheproofFile.read("ed25519_test.json") else { return }
        var ran = 0
        for group in file.testGroups {
            let key = try VerifyingKey(bytes: hex(try #require(group.publicKey).pk))
            for test in group.tests {
                let isValid = key.isValid(
                    hex(try #require(test.sig)), for: hex(try #require(test.msg)))
                #expect(isValid == (test.result == "valid"), "case \(test.tcId)")
                ran += 1
            }
        }
        print("Wycheproof Ed25519: \(ran) cases")
        #expect(ran > 0)
    }
}
