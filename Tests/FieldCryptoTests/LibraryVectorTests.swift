// For modes and operations that vectors have and the product has not.
import COpenSSL
import FieldCrypto
import Foundation
import TestSupport
import Testing

/// The files of libcrypto's own test data; each test says how many cases it ran.
@Suite("Vectors of libcrypto, RFCs and national standards")
struct LibraryVectorTests {
    @Test("AES-SIV, also with shorter keys and several components")
    func siv() throws {
        guard let blocks = try VectorFile.blocks("aes/openssl_evpciph_aes_siv.txt") else { return }
        var ran = 0
        for block in blocks where block["Cipher"] != nil {
            let key = SecretBytes(copying: try block.bytes("Key"))
            let cipher = try AES256SIV(keyByteCount: key.count)
            let text = try block.bytes("Plaintext")
            let sealed = try block.bytes("Ciphertext") + block.bytes("Tag")
            let data = block.all("AAD")
            #expect(try cipher.encrypt(text, key: key, components: data) == sealed)
            #expect(try cipher.decrypt(sealed, key: key, components: data) == text)
            #expect(try cipher.decrypt(sealed, key: key, components: data + [[]]) == nil)
            ran += 1
        }
        print("AES-SIV: \(ran) cases")
        #expect(ran > 0)
    }

    @Test("AES key wrap of RFC 3394 and RFC 5649")
    func keyWrap() throws {
        guard let blocks = try VectorFile.blocks("aes/openssl_evpciph_aes_wrap.txt") else { return }
        var ran = 0
        for block in blocks {
            guard let name = block["Cipher"] else { continue }
            let operation = block["Operation"] ?? "BOTH"
            let library = try LibraryCipher(name)
            let (key, text) = (try block.bytes("Key"), block.all("Plaintext").first ?? [])
            let sealed = try block.bytes("Ciphertext")
            let isBad = block["Result"] != nil
            if operation != "DECRYPT" {
                #expect((library.run(key: key, iv: nil, text, encrypts: true) == sealed) == !isBad)
            }
            if operation != "ENCRYPT" {
                #expect((library.run(key: key, iv: nil, sealed, encrypts: false) == text) == !isBad)
            }
            ran += 1
        }
        print("AES key wrap: \(ran) cases")
        #expect(ran > 0)
    }

    @Test("AES key wrap of Project Wycheproof")
    func keyWrapWycheproof() throws {
        guard let file = try WycheproofFile.read("aes_wrap_test.json") else { return }
        var (ran, invalid) = (0, 0)
        for group in file.testGroups {
            let library = try LibraryCipher("AES-\(try #require(group.keySize))-WRAP")
            for test in group.tests {
                let key = hex(try #require(test.key))
                let (text, sealed) = (hex(try #require(test.msg)), hex(try #require(test.ct)))
                // libcrypto takes nothing from an input too short to be a wrapped key, and calls that success.
                let found = library.run(key: key, iv: nil, sealed, encrypts: false)
                let opened = found?.isEmpty == true ? nil : found
                if test.result == "valid" {
                    #expect(opened == text, "case \(test.tcId)")
                    let made = library.run(key: key, iv: nil, text, encrypts: true)
                    #expect(made == sealed, "case \(test.tcId)")
                } else if test.result == "invalid" {
                    #expect(opened == nil, "case \(test.tcId)")
                    invalid += 1
                }
                ran += 1
            }
        }
        print("Wycheproof AES key wrap: \(ran) cases, \(invalid) of them to be refused")
        #expect(ran > 0)
    }

    @Test("HKDF, both hashes of ours")
    func hkdf() throws {
        guard let blocks = try VectorFile.blocks("kdf/openssl_evpkdf_hkdf.txt") else { return }
        var (ran, other) = (0, 0)
        for block in blocks where block["KDF"] == "HKDF" {
            let mode = block["Ctrl.mode"]
            guard block["Ctrl.digest"] == "digest:SHA256",
                mode == nil || mode == "mode:EXTRACT_AND_EXPAND", block["Result"] == nil
            else {
                other += 1
                continue
            }
            let expected = try block.bytes("Output")
            let derived = try FieldCrypto.hkdf(
                salt: block.control("Ctrl.salt"),
                inputKey: SecretBytes(copying: block.control("Ctrl.IKM")),
                info: block.control("Ctrl.info"), byteCount: expected.count, hash: .sha256)
            #expect(derived == SecretBytes(copying: expected))
            ran += 1
        }
        print(
            "HKDF-SHA-256: \(ran) cases; \(other) of SHA-1 or of half a derivation, which we have not"
        )
        #expect(ran > 0)
    }

    @Test("scrypt")
    func scryptVectors() throws {
        guard let blocks = try VectorFile.blocks("kdf/openssl_evpkdf_scrypt.txt") else { return }
        var (ran, large) = (0, 0)
        for block in blocks where block["KDF"] == "id-scrypt" {
            func number(_ name: String) throws -> Int {
                try #require(Int(String(decoding: block.control("Ctrl.\(name)"), as: UTF8.self)))
            }
            let n = try number("N")
            guard block["Result"] == nil, n <= 1 << 17 else {
                large += 1
                continue
            }
            let passphrase = block.control(block["Ctrl.pass"] == nil ? "Ctrl.hexpass" : "Ctrl.pass")
            let salt = block.control(block["Ctrl.salt"] == nil ? "Ctrl.hexsalt" : "Ctrl.salt")
            let expected = try block.bytes("Output")
            // HMAC fills a short key with zeros, so one zero is the same passphrase as none.
            let derived = try scrypt(
                SecretBytes(copying: passphrase.isEmpty ? [0] : passphrase), salt: salt,
                cost: ScryptCost(
                    costBits: n.trailingZeroBitCount, blockSize: try number("r"),
                    parallelism: try number("p")), byteCount: expected.count)
            #expect(derived == SecretBytes(copying: expected))
            ran += 1
        }
        print("scrypt: \(ran) cases; \(large) of 2 GiB left out")
        #expect(ran > 0)
    }

    @Test("SM3 and HMAC-SM3")
    func sm3() throws {
        guard let digests = try VectorFile.blocks("sm/openssl_evpmd_sm3.txt"),
            let codes = try VectorFile.blocks("sm/openssl_evpmac_sm3.txt")
        else { return }
        var ran = 0
        for block in digests where block["Digest"] == "SM3" {
            #expect(
                try digest(block.bytes("Input"), using: .sm3).bytes == block.bytes("Output"))
            ran += 1
        }
        var coded = 0
        for block in codes where block["MAC"] == "HMAC" && block["Algorithm"] == "SM3" {
            let code = try hmac(block.bytes("Input"), key: block.bytes("Key"), hash: .sm3)
            #expect(try code.bytes == block.bytes("Output"))
            coded += 1
        }
        print("SM3: \(ran) cases, HMAC-SM3: \(coded) cases")
        #expect(ran > 0 && coded > 0)
    }

    @Test("HKDF with SM3")
    func hkdfSM3() throws {
        struct File: Decodable { var tests: [WycheproofFile.Case] }
        guard
            let url = SharedData.url("vectors/sm/hkdf_sm3.json", override: "HANGU_VECTORS")
        else { return }
        let file = try JSONDecoder().decode(File.self, from: Data(contentsOf: url))
        var ran = 0
        for test in file.tests {
            let (salt, info) = (hex(try #require(test.salt)), hex(try #require(test.info)))
            let input = SecretBytes(copying: hex(try #require(test.ikm)))
            let size = try #require(test.size)
            if test.result == "invalid" {
                #expect(throws: FieldCryptoError.self) {
                    try FieldCrypto.hkdf(
                        salt: salt, inputKey: input, info: info, byteCount: size, hash: .sm3)
                }
            } else {
                let derived = try FieldCrypto.hkdf(
                    salt: salt, inputKey: input, info: info, byteCount: size, hash: .sm3)
                #expect(
                    derived == SecretBytes(copying: hex(try #require(test.okm))),
                    "case \(test.tcId)")
            }
            ran += 1
        }
        print("HKDF-SM3: \(ran) cases")
        #expect(ran > 0)
    }

    @Test("SM4 in all its modes of libcrypto")
    func sm4() throws {
        guard let blocks = try VectorFile.blocks("sm/openssl_evpciph_sm4.txt") else { return }
        var ran = 0
        for block in blocks {
            guard let name = block["Cipher"] else { continue }
            let library = try LibraryCipher(name)
            let iv = block["IV"].map { hex($0) }
            let (key, text) = (try block.bytes("Key"), try block.bytes("Plaintext"))
            let sealed = try block.bytes("Ciphertext")
            #expect(library.run(key: key, iv: iv, text, encrypts: true) == sealed)
            #expect(library.run(key: key, iv: iv, sealed, encrypts: false) == text)
            ran += 1
        }
        print("SM4: \(ran) cases")
        #expect(ran > 0)
    }
}

/// A cipher of libcrypto as it comes, for modes that only vectors have.
struct LibraryCipher {
    private let name: String

    init(_ name: String) throws {
        self.name = name
        let found = EVP_CIPHER_fetch(nil, name, nil)
        try #require(found != nil, "libcrypto has no \(name)")
        EVP_CIPHER_free(found)
    }

    /// The result without padding, or nil where libcrypto refuses.
    func run(key: [UInt8], iv: [UInt8]?, _ input: [UInt8], encrypts: Bool) -> [UInt8]? {
        guard let cipher = EVP_CIPHER_fetch(nil, name, nil), let context = EVP_CIPHER_CTX_new()
        else { return nil }
        defer {
            EVP_CIPHER_CTX_free(context)
            EVP_CIPHER_free(cipher)
            ERR_clear_error()
        }
        EVP_CIPHER_CTX_set_flags(context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW)
        guard
            EVP_CipherInit_ex2(context, cipher, key, iv, encrypts ? 1 : 0, nil) == 1,
            EVP_CIPHER_CTX_set_padding(context, 0) == 1
        else { return nil }
        var output = [UInt8](repeating: 0, count: input.count + 64)
        var (count, end): (Int32, Int32) = (0, 0)
        guard EVP_CipherUpdate(context, &output, &count, input, Int32(input.count)) == 1,
            EVP_CipherFinal_ex(context, &output[Int(count)], &end) == 1
        else { return nil }
        return Array(output.prefix(Int(count + end)))
    }
}
