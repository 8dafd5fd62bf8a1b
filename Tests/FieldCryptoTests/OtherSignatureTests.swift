import FieldCrypto
import Foundation
import TestSupport
import Testing

/// SM2 signatures are checked and made by a Python package that shares no code with us or with libcrypto.
@Suite("Another implementation of SM2")
struct OtherSignatureTests {
    @Test("gmssl verifies our SM2 signatures, and we verify its")
    func gmssl() throws {
        let random = SeededRandom(seed: 5)
        var ran = 0
        for length in [0, 1, 31, 200] {
            let seed = try SigningKey.randomSeed(for: .sm2, from: random)
            let key = try SigningKey(seed: seed, algorithm: .sm2)
            let message = try random.bytes(length)
            let signature = try key.sign(message)
            let made = try run(seed, key.publicKey, message, signature)
            if made.status == 3 || made.status == 127 {
                SharedData.skip("python3 with the package 'gmssl' is absent")
                return
            }
            #expect(made.status == 0)
            #expect(key.publicKey.isValid(hex(made.output), for: message))
            #expect(!key.publicKey.isValid(hex(made.output), for: message + [1]))
            #expect(try run(seed, key.publicKey, message + [1], signature).status == 1)
            ran += 1
        }
        print("gmssl: \(ran) of our signatures verified, \(ran) of its verified here")
        #expect(ran > 0)
    }

    private func run(
        _ seed: SecretBytes, _ key: VerifyingKey, _ message: [UInt8], _ signature: [UInt8]
    ) throws -> (status: Int32, output: String) {
        let script = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Scripts/verifiers/check_sm2.py")
        let named = ProcessInfo.processInfo.environment["HANGU_GMSSL"] ?? ""
        let isThere = FileManager.default.isExecutableFile(atPath: named)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [isThere ? named : "python3", script.path]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let request = [
            "private_key": seed.withUnsafeBytes { hexText([UInt8]($0)) },
            "public_key": hexText(key.bytes), "message": hexText(message),
            "signature": hexText(signature),
        ]
        try input.fileHandleForWriting.write(
            contentsOf: JSONSerialization.data(withJSONObject: request))
        try input.fileHandleForWriting.close()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: bytes, as: UTF8.self)
        return (process.terminationStatus, text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
