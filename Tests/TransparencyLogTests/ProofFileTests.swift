import FieldCrypto
import TestSupport
import Testing
import TransparencyLog

@Suite("Proof files")
struct ProofFileTests {
    private func log(_ count: Int) throws -> TestLog {
        let numbers = SeededRandom(seed: 31)
        var log = try TestLog()
        try log.append((0..<count).map { _ in leaf(numbers).bytes })
        return log
    }

    @Test("A receipt is written, read and verified, with and without extra data")
    func receipts() throws {
        for count in [1, 2, 7, 300] {
            let log = try log(count)
            for extra in [nil, [], [1, 2, 3]] as [[UInt8]?] {
                let index = UInt64(count / 2)
                let file = try log.receipt(of: index, extra: extra)
                let read = try ProofFile(parsing: file.bytes)
                #expect(read == file)
                let entry = log.entries[Int(index)]
                let verified = try read.verify(entry: entry, log: log.noteKey)
                #expect(verified.checkpoint == log.checkpoint)
                #expect(throws: TransparencyLogError.self) {
                    try read.verify(entry: entry + [0], log: log.noteKey)
                }
            }
        }
    }

    @Test("A receipt looks as C2SP tlog-proof says")
    func form() throws {
        let log = try log(2)
        let text = String(decoding: try log.receipt(of: 1, extra: [0]).bytes, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.prefix(3) == ["c2sp.org/tlog-proof@v1", "extra AA==", "index 1"])
        #expect(
            lines[3].utf8.count == 44 && lines[4].isEmpty && lines[5] == "gateway.example/audit")
    }

    @Test("No part of a receipt and none with a changed byte verifies")
    func tampering() throws {
        let log = try log(5)
        let bytes = try log.receipt(of: 2).bytes
        let entry = log.entries[2]
        for count in bytes.indices {
            #expect(throws: TransparencyLogError.self) {
                try ProofFile(parsing: Array(bytes.prefix(count)))
                    .verify(entry: entry, log: log.noteKey)
            }
        }
        for position in bytes.indices {
            var changed = bytes
            changed[position] ^= 1
            #expect(throws: TransparencyLogError.self) {
                try ProofFile(parsing: changed).verify(entry: entry, log: log.noteKey)
            }
        }
        print("receipt: \(bytes.count) truncations and \(bytes.count) changes refused")
    }

    @Test("A consistency proof is written, read and verified, and no part of it is")
    func consistency() throws {
        var log = try log(5)
        let old = log.checkpoint
        try log.append([[1], [2], [3]])
        let proof = try log.tiled.consistencyProof(from: 5)
        let text = proof.text
        #expect(text.hasPrefix("old 5\nnew 8\n"))
        #expect(try ConsistencyProof(parsing: Array(text.utf8)) == proof)
        try proof.verify(oldRoot: old.root, newRoot: log.tree.root())
        let bytes = Array(text.utf8)
        for count in bytes.indices {
            #expect(throws: TransparencyLogError.self) {
                try ConsistencyProof(parsing: Array(bytes.prefix(count)))
                    .verify(oldRoot: old.root, newRoot: log.tree.root())
            }
        }
        for bad in [
            "old 5\nnew 8", "old 05\nnew 8\n", "new 8\nold 5\n", "old 5\nnew 8\n\n",
            "old 5\nnew 8\nAAAA\n", "old 5\nnew 8\n" + String(repeating: "A", count: 43) + "=",
        ] {
            #expect(throws: TransparencyLogError.self) {
                try ConsistencyProof(parsing: Array(bad.utf8))
            }
        }
        #expect(throws: TransparencyLogError.self) {
            try ConsistencyProof(parsing: bytes + [0xFF, 0x0A])
        }
    }
}
