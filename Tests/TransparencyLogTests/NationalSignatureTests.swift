import FieldCrypto
import TestSupport
import Testing
import TransparencyLog

@Suite("SM2 signatures under notes")
struct NationalSignatureTests {
    private let origin = "gateway.example/audit"

    private func keys() throws -> (SigningKey, SigningKey) {
        (
            try SigningKey(seed: SecretBytes(copying: sha256([1]).bytes)),
            try SigningKey(seed: SecretBytes(copying: sha256([2]).bytes), algorithm: .sm2)
        )
    }

    @Test("A checkpoint has an Ed25519 line and an SM2 line, and each is checked")
    func checkpoint() throws {
        let (first, second) = try keys()
        let checkpoint = Checkpoint(origin: origin, size: 3, root: sha256([3]))
        let note = try checkpoint.signed(by: first, and: [second])
        #expect(note.signatures.count == 2)
        let log = try NoteKey(name: origin, key: first.publicKey)
        let national = try NoteKey(name: origin, key: second.publicKey)
        #expect(log.kind == .ed25519 && national.kind == .sm2 && log.id != national.id)
        for key in [log, national] {
            #expect(try Checkpoint.verified(note.bytes, log: key).checkpoint == checkpoint)
        }
        let both = try Checkpoint.verified(note.bytes, log: log, witnesses: [national])
        #expect(both.note.signers == [log, national])
        // A reader that knows Ed25519 alone passes over the other line, also a wrong one.
        var wrong = note.bytes
        let place = wrong.count - 20
        wrong[place] = wrong[place] == 0x41 ? 0x42 : 0x41
        #expect(try Checkpoint.verified(wrong, log: log).checkpoint == checkpoint)
        #expect(throws: TransparencyLogError.self) {
            try Checkpoint.verified(wrong, log: log, witnesses: [national])
        }
    }

    @Test("An SM2 key as text is read back, and its kind is not to be mistaken")
    func encoding() throws {
        let (first, second) = try keys()
        let national = try NoteKey(name: origin, key: second.publicKey)
        #expect(try NoteKey(encoded: national.encoded) == national)
        #expect(national.encoded.contains("+/2d3LmV4YW1wbGUvc20yLXYx"))
        #expect(throws: TransparencyLogError.self) {
            try NoteKey(name: origin, kind: .ed25519, key: second.publicKey)
        }
        #expect(throws: TransparencyLogError.self) {
            try NoteKey(name: origin, kind: .sm2, key: first.publicKey)
        }
        #expect(throws: TransparencyLogError.self) {
            try NoteKey(encoded: national.encoded.replacing("d3Lm", with: "d3Ln"))
        }
    }
}
