import FieldCrypto
import Foundation
import Testing
import TransparencyLog

@Suite("Logs that others wrote")
struct PublishedLogTests {
    private func text(_ bytes: [UInt8]?) -> String {
        String(decoding: bytes ?? [], as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    @Test("The log of 600 entries comes out the same, byte for byte, signatures included")
    func log600() throws {
        guard let published = try sharedFolder("vectors/tlog/log_600") else { return }
        let origin = "vectors.example/log600"
        var log = try TestLog(
            origin: origin, seed: sha256(Array("log key \(origin)".utf8)).bytes)
        let witnessName = "vectors.example/w1"
        let witness = try SigningKey(
            seed: SecretBytes(copying: sha256(Array("witness key \(witnessName)".utf8)).bytes))
        let witnessKey = try NoteKey(
            name: witnessName, kind: .cosignature, key: witness.publicKey)
        #expect(log.noteKey.encoded == text(published["vkey"]))
        #expect(witnessKey.encoded == text(published["witness.vkey"]))
        var compared: Set<String> = []
        for size in [0, 1, 2, 255, 256, 257, 512, 600] {
            let batch = (log.entries.count..<size).map { index in
                let digest = sha256(Array(String(index).utf8)).description.prefix(8)
                return Array("{\"i\":\(index),\"d\":\"\(digest)\"}".utf8)
            }
            if size > 0 { try log.append(batch) }
            var note = try log.checkpoint.signed(by: log.key)
            try note.cosign(
                name: witnessName, key: witness, at: UInt64(1_760_000_000 + size))
            #expect(note.bytes == published["checkpoint.\(size)"], "checkpoint of \(size)")
            compared.insert("checkpoint.\(size)")
            let verified = try Checkpoint.verified(
                note.bytes, log: log.noteKey, witnesses: [witnessKey])
            #expect(verified.checkpoint == log.checkpoint)
            #expect(verified.note.cosignedSeconds[witnessKey] == UInt64(1_760_000_000 + size))
        }
        for (path, bytes) in published where path.hasPrefix("tile/") {
            #expect(log.files[path] == bytes, "\(path)")
            compared.insert(path)
        }
        #expect(Set(log.files.keys.filter { $0.hasPrefix("tile/") }).isSubset(of: compared))
        let report = LogReplay.run(log: log.noteKey, read: { published[$0] })
        #expect(report.isSound && report.entryCount == 600)
        print("log_600: \(compared.count) files the same, replay sound")
        #expect(compared.count > 8)
    }

    @Test("The log of 15 entries of tessera comes out the same, and its checkpoints verify")
    func tesseraLog() throws {
        guard let published = try sharedFolder("vectors/tlog/tessera_log_15") else { return }
        let key = try NoteKey(encoded: text(published["vkey"]))
        let entries = try PathTileReader { published[$0] }.entries(
            of: TileCoordinate(kind: .entries, index: 0, width: 15))
        var tree = LogTree()
        var hasher = MerkleHasher()
        var compared = 0
        var earlier: [Checkpoint] = []
        for size in 0...15 {
            if size > 0 {
                let tiles = tree.append(leafHashes: [hasher.leaf(entries[size - 1])])
                for tile in tiles {
                    #expect(published[tile.coordinate.path] == tile.bytes)
                    compared += 1
                }
                let bundle = TileCoordinate(kind: .entries, index: 0, width: size)
                #expect(
                    try EntryBundle.encode(Array(entries.prefix(size))) == published[bundle.path])
                compared += 1
            }
            guard let bytes = published["checkpoint.\(size)"] else { continue }
            let checkpoint = try Checkpoint.verified(bytes, log: key).checkpoint
            #expect(checkpoint.size == tree.size && checkpoint.root == tree.root())
            earlier.append(checkpoint)
        }
        let report = LogReplay.run(log: key, earlier: earlier, read: { published[$0] })
        #expect(report.isSound && report.entryCount == 15)
        print("tessera log: \(compared) files the same, \(earlier.count) checkpoints verified")
        #expect(compared > 0 && earlier.count > 1)
    }

    @Test("Proofs between all sizes and for all entries of the log of 600 verify")
    func proofs() throws {
        guard let published = try sharedFolder("vectors/tlog/log_600") else { return }
        let key = try NoteKey(encoded: text(published["vkey"]))
        let reader = PathTileReader { published[$0] }
        var ran = 0
        var checkpoints: [Checkpoint] = []
        for size in [0, 1, 2, 255, 256, 257, 512, 600] {
            let bytes = try #require(published["checkpoint.\(size)"])
            let checkpoint = try Checkpoint.verified(bytes, log: key).checkpoint
            let tree = TiledTree(size: checkpoint.size, reader: reader)
            #expect(try tree.root() == checkpoint.root)
            checkpoints.append(checkpoint)
            for old in checkpoints {
                let proof = try tree.consistencyProof(from: old.size)
                try proof.verify(oldRoot: old.root, newRoot: checkpoint.root)
                ran += 1
            }
            for index in stride(from: 0, to: UInt64(size), by: size > 256 ? 7 : 1) {
                let proof = try tree.inclusionProof(of: index)
                try proof.verify(leafHash: tree.leafHash(at: index), root: checkpoint.root)
                ran += 1
            }
        }
        print("log_600: \(ran) proofs verified")
        #expect(ran > 0)
    }
}
