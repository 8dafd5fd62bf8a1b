// For modes and operations that vectors have and the product has not.
import COpenSSL
import FieldCrypto
import Foundation
import TestSupport
import Testing

@Suite("SM2")
struct SM2Tests {
    private struct Example: Decodable {
        let d: String
        let x: String
        let y: String
        let message_utf8: String
        let r: String
        let s: String
    }

    @Test("The example of GB/T 32918.5 verifies, and its key is that of its number")
    func standardExample() throws {
        guard
            let url = SharedData.url(
                "vectors/sm/sm2_sign_gbt32918_5.json", override: "HANGU_VECTORS")
        else { return }
        let example = try JSONDecoder().decode(Example.self, from: Data(contentsOf: url))
        let key = try VerifyingKey(bytes: [4] + hex(example.x) + hex(example.y))
        let signature = hex(example.r) + hex(example.s)
        let message = Array(example.message_utf8.utf8)
        #expect(key.isValid(signature, for: message))
        let signer = try SigningKey(seed: SecretBytes(copying: hex(example.d)), algorithm: .sm2)
        #expect(signer.publicKey == key)
        #expect(key.isValid(try signer.sign(message), for: message))
        for bit in 0..<signature.count * 8 {
            var changed = signature
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!key.isValid(changed, for: message), "bit \(bit)")
        }
        #expect(!key.isValid(signature, for: message + [0]))
        #expect(!key.isValid(Array(signature.dropLast()), for: message))
        #expect(!key.isValid(signature + [0], for: message))
        #expect(!key.isValid([UInt8](repeating: 0, count: 64), for: message))
        print("SM2 of GB/T 32918.5: 1 case, \(signature.count * 8) changed bits refused")
    }

    @Test("Numbers that are no private key, and points that are not on the curve, are refused")
    func badKeys() throws {
        let order = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123"
        let least = [UInt8](repeating: 0, count: 31) + [1]
        let most = Array(hex(order).dropLast()) + [0x21]
        for number in [least, most] {
            let key = try SigningKey(seed: SecretBytes(copying: number), algorithm: .sm2)
            #expect(key.publicKey.isValid(try key.sign([1]), for: [1]))
        }
        for number in [
            [UInt8](repeating: 0, count: 32), Array(hex(order).dropLast()) + [0x22], hex(order),
            [UInt8](repeating: 0xFF, count: 32),
        ] {
            #expect(throws: FieldCryptoError.self) {
                try SigningKey(seed: SecretBytes(copying: number), algorithm: .sm2)
            }
        }
        let good = try SigningKey(seed: SecretBytes(copying: least), algorithm: .sm2).publicKey
        for place in [0, 1, 33, 64] {
            var point = good.bytes
            point[place] ^= 1
            #expect(throws: FieldCryptoError.self) { try VerifyingKey(bytes: point) }
        }
        #expect(throws: FieldCryptoError.self) {
            try VerifyingKey(bytes: [UInt8](repeating: 0, count: 65))
        }
    }

    @Test("libcrypto's own signatures over digests, and its decryptions")
    func libraryVectors() throws {
        guard let blocks = try VectorFile.blocks("sm/openssl_evppkey_sm2.txt") else { return }
        let key = try #require(try pemKey())
        defer { EVP_PKEY_free(key) }
        var (verified, refused, decrypted) = (0, 0, 0)
        for block in blocks {
            if block["Verify"] == "SM2_key1" {
                let isValid = isValid(
                    try block.bytes("Output"), digest: try block.bytes("Input"), key: key)
                if block["Result"] == nil {
                    #expect(isValid)
                    verified += 1
                } else {
                    #expect(!isValid)
                    refused += 1
                }
            } else if block["Decrypt"] == "SM2_key1", block["Result"] == nil {
                #expect(try decryption(of: block.bytes("Input"), key: key) == block.bytes("Output"))
                decrypted += 1
            }
        }
        print("SM2 of libcrypto: \(verified) verified, \(refused) refused, \(decrypted) decrypted")
        #expect(verified > 0 && decrypted > 0)
    }

    /// The file's one key, which is published there.
    private func pemKey() throws -> OpaquePointer? {
        guard
            let url = SharedData.url(
                "vectors/sm/openssl_evppkey_sm2.txt", override: "HANGU_VECTORS")
        else { return nil }
        let text = try String(contentsOf: url, encoding: .utf8)
        let base64 = text.split(separator: "\n").drop { !$0.hasPrefix("-----BEGIN PRIVATE") }
            .dropFirst().prefix { !$0.hasPrefix("-----END") }.joined()
        let encoded = [UInt8](try #require(Data(base64Encoded: base64)))
        return encoded.withUnsafeBufferPointer { bytes in
            var start = bytes.baseAddress
            return d2i_AutoPrivateKey_ex(nil, &start, bytes.count, nil, nil)
        }
    }

    private func isValid(_ signature: [UInt8], digest: [UInt8], key: OpaquePointer) -> Bool {
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else { return false }
        defer {
            EVP_PKEY_CTX_free(context)
            ERR_clear_error()
        }
        return EVP_PKEY_verify_init(context) == 1
            && EVP_PKEY_verify(context, signature, signature.count, digest, digest.count) == 1
    }

    private func decryption(of sealed: [UInt8], key: OpaquePointer) -> [UInt8]? {
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        var text = [UInt8](repeating: 0, count: sealed.count)
        var count = text.count
        guard EVP_PKEY_decrypt_init(context) == 1,
            EVP_PKEY_decrypt(context, &text, &count, sealed, sealed.count) == 1
        else { return nil }
        return Array(text.prefix(count))
    }
}
