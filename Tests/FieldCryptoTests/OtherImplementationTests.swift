import FieldCrypto
import Foundation
import TestSupport
import Testing

/// Values sealed here are opened by a Python script that shares no code with us.
@Suite("Another implementation")
struct OtherImplementationTests {
    private static let scripts = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Scripts/verifiers")

    /// Runs a script on one request.
    private func run(
        _ request: [String: Any], by script: String = "open_envelope.py"
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", Self.scripts.appendingPathComponent(script).path]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        try input.fileHandleForWriting.write(
            contentsOf: JSONSerialization.data(withJSONObject: request))
        try input.fileHandleForWriting.close()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: bytes, as: UTF8.self)
        return (process.terminationStatus, text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// What the script needs of the ring's rows to work at an address under a version of its class.
    private func request(
        _ test: TestRing, _ place: FieldAddress, version: UInt32
    ) throws -> [String: Any] {
        let keys = try test.store.wrappedKeys()
        let classKey = try #require(
            keys.first {
                $0.name
                    == KeyName(kind: .fieldClass, name: place.fieldClass, version: version)
            })
        var request: [String: Any] = [
            "root_key": [
                "id": "test", "version": 1,
                "bytes": hexText([UInt8](repeating: 7, count: 32)),
            ],
            "class_key": [
                "class": place.fieldClass, "version": Int(version), "suite": Int(classKey.suite),
                "wrapped": hexText(classKey.wrapped),
            ],
            "address": [
                "tenant": place.tenant, "table": place.table, "field": place.field,
                "record_version": Int(place.recordVersion),
            ],
            "epoch_key": NSNull(), "resident_key": NSNull(),
        ]
        var commitments = try test.store.systemCommitments()
        if let resident = place.resident {
            let material = try #require(try test.store.material(of: [resident])[resident])
            let key = try #require(material.keys.first)
            let epoch = try #require(
                keys.first { $0.name == KeyName(kind: .epoch, name: "", version: key.epoch) })
            commitments = material.commitments
            request["epoch_key"] = [
                "epoch": Int(key.epoch), "wrapped": hexText(epoch.wrapped),
            ]
            request["resident_key"] = [
                "resident": hexText(resident.bytes), "generation": Int(key.generation),
                "epoch": Int(key.epoch), "wrapped": hexText(key.wrapped),
            ]
        }
        let commitment = try #require(
            commitments.first {
                $0.fieldClass == place.fieldClass && UInt32($0.classVersion) == version
            })
        request["commitment"] = hexText(commitment.commitment.bytes)
        return request
    }

    /// Addresses, values and paddings of each kind; the class "health" is at its second version.
    private func cases(
        _ test: TestRing
    ) throws -> [(place: FieldAddress, value: [UInt8], padding: ValuePadding, version: UInt32)] {
        let resident = try test.resident(1)
        _ = try test.ring.addVersion(of: .fieldClass, name: "health")
        return [
            (address(resident), Array("张三".utf8), .bucket16, 1),
            (
                address(resident, field: "病史", fieldClass: "health", version: -5), [], .bucket32,
                2
            ),
            (address(nil, fieldClass: "audit"), [0x80, 0, 0], .none, 1),
        ]
    }

    private func isAbsent(_ status: Int32) -> Bool {
        guard status == 3 || status == 127 else { return false }
        SharedData.skip("python3 with the package 'cryptography' is absent")
        return true
    }

    @Test("Python opens what was sealed here, from the root key and stored rows alone")
    func opens() throws {
        let test = try TestRing()
        var ran = 0
        for (place, value, padding, version) in try cases(test) {
            let envelope = try test.ring.seal(value, at: place, padding: padding)
            var request = try request(test, place, version: version)
            request["envelope"] = hexText(envelope)
            let result = try run(request)
            if isAbsent(result.status) { return }
            #expect(result.status == 0 && result.output == hexText(value))
            var other = place
            other.recordVersion += 1
            var elsewhere = try self.request(test, other, version: version)
            elsewhere["envelope"] = hexText(envelope)
            #expect(try run(elsewhere).status == 1)
            ran += 1
        }
        print("other implementation: \(ran) values opened, \(ran) at a wrong address refused")
        #expect(ran > 0)
    }

    @Test("What Python seals, from the root key and stored rows alone, opens here")
    func seals() throws {
        let test = try TestRing()
        var ran = 0
        for (place, value, padding, version) in try cases(test) {
            // The key's commitment is stored when it is first used.
            let own = try test.ring.seal(value, at: place, padding: padding)
            var request = try request(test, place, version: version)
            request["value"] = hexText(value)
            request["bucket"] = padding.rawValue
            let result = try run(request)
            if isAbsent(result.status) { return }
            let envelope = hex(result.output)
            #expect(envelope.count == own.count && envelope != own)
            #expect(try test.ring.open(envelope, at: place) == value)
            #expect(try test.reopened().open(envelope, at: place) == value)
            var other = place
            other.recordVersion += 1
            #expect(throws: FieldCryptoError.self) { try test.ring.open(envelope, at: other) }
            ran += 1
        }
        print("other implementation: \(ran) values sealed by it and opened here")
        #expect(ran > 0)
    }

    @Test("AES-SIV gives what RFC 5297 says by another's CMAC, also for the empty value")
    func deterministic() throws {
        let random = SeededRandom(seed: 5297)
        let texts = [0, 1, 15, 16, 17, 31, 32, 33, 200].map { count in
            (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }
        var ran = 0
        for components in [[], [[]], [[1, 2, 3]], [[], Array("gw/v1".utf8)]] as [[[UInt8]]] {
            let key = (0..<64).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let result = try run(
                [
                    "key": hexText(key), "components": components.map(hexText),
                    "plaintexts": texts.map(hexText),
                ], by: "seal_siv.py")
            if isAbsent(result.status) { return }
            let sealed = try JSONDecoder().decode([String].self, from: Data(result.output.utf8))
            let cipher = try AES256SIV(keyByteCount: key.count)
            for (text, expected) in zip(texts, sealed) {
                let secret = SecretBytes(copying: key)
                #expect(
                    try cipher.encrypt(text, key: secret, components: components) == hex(expected))
                #expect(
                    try cipher.decrypt(hex(expected), key: secret, components: components) == text)
                ran += 1
            }
        }
        print("other implementation: \(ran) AES-SIV values, 4 of them empty")
        #expect(ran == 36)
    }
}
