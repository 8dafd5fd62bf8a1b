import FieldCrypto
import Foundation
import TestSupport
import Testing

/// Values sealed here are opened by a Python script that shares no code with us.
@Suite("Another implementation")
struct OtherImplementationTests {
    private static let script = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Scripts/verifiers/open_envelope.py")

    /// Runs the script on one request.
    private func run(_ request: [String: Any]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", Self.script.path]
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

    private func request(
        _ test: TestRing, _ place: FieldAddress, _ envelope: [UInt8]
    ) throws -> [String: Any] {
        let keys = try test.store.wrappedKeys()
        let version = UInt32(envelope[2]) << 8 | UInt32(envelope[3])
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
            "envelope": hexText(envelope), "epoch_key": NSNull(), "resident_key": NSNull(),
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

    @Test("Python opens what was sealed here, from the root key and stored rows alone")
    func opens() throws {
        let test = try TestRing()
        let resident = try test.resident(1)
        _ = try test.ring.addVersion(of: .fieldClass, name: "health")
        var ran = 0
        for (place, value, padding) in [
            (address(resident), Array("张三".utf8), ValuePadding.bucket16),
            (address(resident, field: "病史", fieldClass: "health", version: -5), [], .bucket32),
            (address(nil, fieldClass: "audit"), [0x80, 0, 0], .none),
        ] {
            let envelope = try test.ring.seal(value, at: place, padding: padding)
            let result = try run(request(test, place, envelope))
            if result.status == 3 || result.status == 127 {
                SharedData.skip("python3 with the package 'cryptography' is absent")
                return
            }
            #expect(result.status == 0 && result.output == hexText(value))
            var other = place
            other.recordVersion += 1
            #expect(try run(request(test, other, envelope)).status == 1)
            ran += 1
        }
        print("other implementation: \(ran) values opened, \(ran) at a wrong address refused")
        #expect(ran > 0)
    }
}
