import FieldCrypto
import ResidentModel
import TestSupport
import Testing
import TransparencyLog

import Gateway

/// The log gets a new signing key, and readers follow.
struct LogKeyTests {
    private let gateway: TestGateway
    private let number = citizenNumber()

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([row("r-1")])
    }

    private func files() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        try AuditDesk(gateway.parts).export { files[$0] = $1 }
        return files
    }

    @Test(
        "Old checkpoints verify under the old key, new ones under the new, and the log as a whole")
    func rotates() throws {
        let rotation = KeyRotation(gateway.parts)
        let first = try NoteKey(encoded: gateway.parts.log.verifierKey)
        let before = try files()
        for _ in 0..<2 {
            _ = try gateway.answer(gateway.request(["identity.name"], of: number))
            _ = try rotation.rotateSigning()
        }
        let last = try NoteKey(encoded: gateway.parts.log.verifierKey)
        #expect(first != last && first.name == last.name)
        _ = try gateway.answer(gateway.request(["identity.name"], of: number))
        let verification = try gateway.verification()
        #expect(verification.isSound, "\(verification.faults) \(verification.log.findings)")
        let after = try files()
        let old = try #require(before["checkpoint"])
        #expect(throws: Never.self) { try Checkpoint.verified(old, log: first) }
        #expect(throws: TransparencyLogError.self) { try Checkpoint.verified(old, log: last) }
        let new = try #require(after["checkpoint"])
        #expect(throws: Never.self) { try Checkpoint.verified(new, log: last) }
        #expect(throws: TransparencyLogError.self) { try Checkpoint.verified(new, log: first) }
        let report = LogReplay.run(log: last, read: { after[$0] })
        #expect(report.isSound)
        #expect(try KeyScan(gateway.parts).run().isSound)
    }

    @Test("A reader follows the published changes from the key they trust to the present one")
    func follows() throws {
        let rotation = KeyRotation(gateway.parts)
        let first = try NoteKey(encoded: gateway.parts.log.verifierKey)
        _ = try rotation.rotateSigning()
        let second = try NoteKey(encoded: gateway.parts.log.verifierKey)
        _ = try rotation.rotateSigning()
        let third = try NoteKey(encoded: gateway.parts.log.verifierKey)
        let files = try files()
        let changes = try [1, 2].map { try #require(files["key-change/\($0)"]) }
        #expect(try LogKeyChange.next(after: first, in: changes[0]) == second)
        #expect(try LogKeyChange.next(after: second, in: changes[1]) == third)
        #expect(try LogKeyChange.next(after: first, in: changes[1]) == nil, "not its own")
        #expect(LogKeyChange.newest(from: first, read: { files[$0] }) == third)
        #expect(LogKeyChange.newest(from: second, read: { files[$0] }) == third)
        let text = String(decoding: changes[0], as: UTF8.self)
        let forged = text.replacing(second.encoded, with: first.encoded)
        #expect(throws: TransparencyLogError.self) {
            try LogKeyChange.next(after: first, in: Array(forged.utf8))
        }
        let status = try rotation.status()
        #expect(status.logKeys.map(\.key) == [first, second, third])
    }

    @Test("The seed of an earlier key is gone")
    func destroyed() throws {
        _ = try KeyRotation(gateway.parts).rotateSigning()
        #expect(try gateway.parts.keyring.signingKey("audit-log") == nil)
        #expect(try gateway.parts.keyring.signingKey("audit-log/2") != nil)
        #expect(try gateway.parts.keyring.signingPublicKeys().count == 2)
    }

    @Test("Whichever call to the store fails, the log goes on under one key")
    func everyFault() throws {
        var faults = 0
        for call in 1... {
            let store = FaultyStore(gateway.store, failingCall: call)
            do {
                _ = try KeyRotation(gateway.parts(over: store)).rotateSigning()
                break
            } catch { faults += 1 }
            _ = try gateway.answer(gateway.request(["identity.name"], of: number))
            _ = try KeyRotation(gateway.parts).rotateSigning()
            let verification = try gateway.verification()
            #expect(verification.isSound, "call \(call): \(verification.faults)")
        }
        #expect(faults >= 10)
    }
}
