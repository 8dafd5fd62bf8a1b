import FieldCrypto
import Foundation
import Testing
import TransparencyLog

@Suite("Signed notes and checkpoints")
struct NoteTests {
    private struct Vectors: Decodable {
        struct Note: Decodable {
            var name: String
            var vkeys: [String]
            var note_b64: String
            var verified: [String]?
            var unverified: Int?
        }

        var valid: [Note]
        var reject: [Note]
    }

    private struct Examples: Decodable {
        var checkpoint: String
        var cosigned_checkpoint: String
    }

    @Test("Notes of C2SP and golang.org/x/mod are accepted and refused as they must be")
    func vectors() throws {
        guard let bytes = try sharedBytes("vectors/tlog/signed_note.json") else { return }
        let vectors = try JSONDecoder().decode(Vectors.self, from: Data(bytes))
        for test in vectors.valid {
            let keys = try test.vkeys.map { try NoteKey(encoded: $0) }
            #expect(keys.map(\.encoded) == test.vkeys)
            let note = try SignedNote(parsing: base64(test.note_b64))
            #expect(note.bytes == base64(test.note_b64))
            let verified = try note.verified(by: keys)
            #expect(
                verified.signers.map {
                    $0.encoded.split(separator: "+").prefix(2).joined(separator: "+")
                }
                    == test.verified)
            #expect(note.signatures.count - verified.signers.count == test.unverified)
        }
        for test in vectors.reject {
            #expect(throws: TransparencyLogError.self, "\(test.name)") {
                try SignedNote(parsing: base64(test.note_b64))
                    .verified(by: test.vkeys.map { try NoteKey(encoded: $0) })
            }
        }
        print("note vectors: \(vectors.valid.count) valid, \(vectors.reject.count) refused")
        #expect(vectors.valid.count > 0 && vectors.reject.count > 0)
    }

    @Test("The checkpoints of C2SP's pages are read and written back")
    func examples() throws {
        guard let bytes = try sharedBytes("vectors/tlog/checkpoint_examples.json") else { return }
        let examples = try JSONDecoder().decode(Examples.self, from: Data(bytes))
        for (text, count) in [(examples.checkpoint, 1), (examples.cosigned_checkpoint, 2)] {
            let note = try SignedNote(parsing: Array(text.utf8))
            #expect(note.signatures.count == count && note.bytes == Array(text.utf8))
            let checkpoint = try Checkpoint(parsing: note.untrustedText)
            #expect(checkpoint.origin == "example.com/behind-the-sofa")
            #expect(checkpoint.size == 20_852_163 && checkpoint.extensions.isEmpty)
            #expect(checkpoint.text == note.untrustedText)
        }
        let cosigned = try SignedNote(parsing: Array(examples.cosigned_checkpoint.utf8))
        #expect(Cosignature.time(of: cosigned.signatures[1].signature) == 1_679_315_147)
        print("checkpoint examples: 2")
    }

    private func keys(_ count: Int) throws -> [(key: SigningKey, noteKey: NoteKey)] {
        try (0..<count).map { number in
            let key = try SigningKey(
                seed: SecretBytes(copying: sha256([UInt8(number)]).bytes))
            return (key, try NoteKey(name: "signer.example/\(number)", key: key.publicKey))
        }
    }

    @Test("Sixteen and more signatures count, and lines of unknown keys do not")
    func manySignatures() throws {
        let all = try keys(40)
        var note = try SignedNote(text: "text\n")
        for (key, noteKey) in all { try note.sign(name: noteKey.name, key: key) }
        let read = try SignedNote(parsing: note.bytes)
        #expect(read == note)
        #expect(try read.verified(by: all.map(\.noteKey)).signers == all.map(\.noteKey))
        #expect(try read.verified(by: [all[39].noteKey]).signers == [all[39].noteKey])
        #expect(throws: TransparencyLogError.unsigned) { try read.verified(by: []) }
        // The same name with another key, and the same key with another name, are unknown keys.
        let stranger = try NoteKey(name: all[0].noteKey.name, key: all[1].key.publicKey)
        let renamed = try NoteKey(name: "other.example", key: all[0].key.publicKey)
        #expect(throws: TransparencyLogError.unsigned) {
            try read.verified(by: [stranger, renamed])
        }
        #expect(try read.verified(by: [stranger, all[5].noteKey]).signers == [all[5].noteKey])
    }

    @Test("A wrong signature of a known key refuses the note, whatever else signed")
    func wrongSignature() throws {
        let all = try keys(3)
        var note = try SignedNote(text: "text\n")
        for (key, noteKey) in all { try note.sign(name: noteKey.name, key: key) }
        var other = try SignedNote(text: "other\n")
        try other.sign(name: all[1].noteKey.name, key: all[1].key)
        let text = String(decoding: note.bytes, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let wrongLine =
            String(decoding: other.bytes, as: UTF8.self)
            .split(separator: "\n").last ?? ""
        let forged = (lines.prefix(3) + [wrongLine] + lines.dropFirst(4)).joined(separator: "\n")
        let read = try SignedNote(parsing: Array(forged.utf8))
        #expect(throws: TransparencyLogError.signature(key: all[1].noteKey.name)) {
            try read.verified(by: all.map(\.noteKey))
        }
        #expect(try read.verified(by: [all[0].noteKey, all[2].noteKey]).signers.count == 2)
    }

    @Test("No part of a note, and no note with a changed byte, is taken for the signed one")
    func tampering() throws {
        let log = try TestLog()
        let bytes = try #require(log.files["checkpoint"])
        for count in bytes.indices {
            #expect(throws: TransparencyLogError.self) {
                try Checkpoint.verified(Array(bytes.prefix(count)), log: log.noteKey)
            }
        }
        var refused = 0
        for position in bytes.indices {
            for change: UInt8 in [0x01, 0x20, 0x80] {
                var changed = bytes
                changed[position] ^= change
                #expect(throws: TransparencyLogError.self) {
                    try Checkpoint.verified(changed, log: log.noteKey)
                }
                refused += 1
            }
        }
        print("checkpoint: \(bytes.count) truncations and \(refused) changes refused")
    }

    @Test("Texts that are no notes are refused")
    func malformedNotes() throws {
        let key = "— a.example AAAAAAA="
        let bad = [
            "", "\n", "\n\n", "text", "text\n", "text\n\n", "text\n\n\n", "text\n\n\(key)",
            "text\n\n\(key)\n\n", "text\n\n-- a AAAAAAA=\n", "text\n\n— a b AAAAAAA=\n",
            "text\n\n— a+b AAAAAAA=\n", "text\n\n—  AAAAAAA=\n", "text\n\n— a AAAA\n",
            "text\n\n— a AAAAAAB=\n", "text\n\n— a AAAAAAA\n", "text\n\n— a\u{A0}b AAAAAAA=\n",
            "te\u{1}xt\n\n\(key)\n", "text\r\n\n\(key)\n", "text\n\n\(key)\r\n",
            "te\txt\n\n\(key)\n",
        ]
        for text in bad {
            #expect(throws: TransparencyLogError.self, "\(text)") {
                try SignedNote(parsing: Array(text.utf8))
            }
        }
        #expect(throws: TransparencyLogError.self) {
            try SignedNote(parsing: [0xFF, 0x0A, 0x0A] + Array("\(key)\n".utf8))
        }
        let tooMany = "text\n\n" + String(repeating: "\(key)\n", count: 101)
        #expect(throws: TransparencyLogError.self) { try SignedNote(parsing: Array(tooMany.utf8)) }
        for text in ["", "text", "te\u{0}xt\n", "text\r\n"] {
            #expect(throws: TransparencyLogError.self) { try SignedNote(text: text) }
        }
        let accepted = try SignedNote(parsing: Array("a\n\nb\n\n\(key)\n".utf8))
        #expect(accepted.untrustedText == "a\n\nb\n")
    }

    @Test("Keys in other spellings, with another id, kind or name are refused")
    func malformedKeys() throws {
        let good = try TestLog().noteKey.encoded
        #expect(try NoteKey(encoded: good).encoded == good)
        let parts = good.split(separator: "+", maxSplits: 2).map(String.init)
        let bad = [
            "", "+", "++", parts[0], "\(parts[0])+\(parts[1])", "\(parts[0])+00000000+\(parts[2])",
            "x\(good)", "\(parts[0])+\(parts[1])+\(parts[2].dropLast())", good + " ", " " + good,
            good + "\n", "\(parts[0])++\(parts[1].dropFirst())+\(parts[2])",
        ]
        for text in bad {
            #expect(throws: TransparencyLogError.self, "\(text)") { try NoteKey(encoded: text) }
        }
        let bytes = base64(parts[2])
        for kind in 0...255 where kind != 1 {
            let data = Data([UInt8(kind)] + bytes.dropFirst()).base64EncodedString()
            #expect(throws: TransparencyLogError.self) {
                try NoteKey(encoded: "\(parts[0])+\(parts[1])+\(data)")
            }
        }
        let publicKey = try NoteKey(encoded: good).key
        for name in ["", "a b", "a+b", "a\u{2003}b", "a\nb"] {
            #expect(throws: TransparencyLogError.self) { try NoteKey(name: name, key: publicKey) }
        }
    }

    @Test("Texts that are no checkpoints are refused, and one cannot hide in another")
    func malformedCheckpoints() throws {
        let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        #expect(try Checkpoint(parsing: "a\n0\n\(root)\nmore\n").extensions == ["more"])
        let bad = [
            "", "\n", "a\n", "a\n0\n", "a\n0\n\(root)", "\n0\n\(root)\n", "a\n00\n\(root)\n",
            "a\n01\n\(root)\n", "a\n-1\n\(root)\n", "a\n+1\n\(root)\n", "a\n1 \n\(root)\n",
            "a\n9223372036854775808\n\(root)\n", "a\n18446744073709551616\n\(root)\n",
            "a\n0\n\(root.dropLast())\n", "a\n0\n\(root) \n", "a\n0\nAAAA\n",
            "a\n0\n\(root)\n\n", "a\n0\n\(root)\n\nb\n", "a\n\n\(root)\n", "a\n٣\n\(root)\n",
        ]
        for text in bad {
            #expect(throws: TransparencyLogError.self, "\(text)") {
                try Checkpoint(parsing: text)
            }
        }
        let log = try TestLog()
        for origin in ["", "evil\n999", "a b"] {
            #expect(throws: TransparencyLogError.self) {
                try Checkpoint(origin: origin, size: 0, root: MerkleHasher.emptyRoot)
                    .signed(by: log.key)
            }
        }
        #expect(throws: TransparencyLogError.self) {
            try Checkpoint(
                origin: "a", size: 0, root: MerkleHasher.emptyRoot, extensions: ["b\n\nc"]
            ).signed(by: log.key)
        }
    }

    @Test("Another log's checkpoint under the same key name is refused")
    func otherOrigin() throws {
        let log = try TestLog()
        var note = try SignedNote(
            text: Checkpoint(
                origin: "other.example", size: 0, root: MerkleHasher.emptyRoot
            ).text)
        try note.sign(name: log.origin, key: log.key)
        #expect(throws: TransparencyLogError.self) {
            try Checkpoint.verified(note.bytes, log: log.noteKey)
        }
        // A witness alone does not make a checkpoint.
        let witness = try SigningKey(seed: SecretBytes(copying: sha256([7]).bytes))
        let witnessKey = try NoteKey(
            name: "witness.example", kind: .cosignature, key: witness.publicKey)
        var cosigned = try SignedNote(text: log.checkpoint.text)
        try cosigned.cosign(name: witnessKey.name, key: witness, at: 1)
        #expect(throws: TransparencyLogError.unsigned) {
            try Checkpoint.verified(cosigned.bytes, log: log.noteKey, witnesses: [witnessKey])
        }
    }
}
