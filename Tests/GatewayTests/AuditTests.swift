import FieldCrypto
import JSONText
import ResidentModel
import TestSupport
import Testing
import TransparencyLog

import Gateway

struct AuditTests {
    private let gateway: TestGateway
    private let number = citizenNumber()
    private let other = citizenNumber("19600101", 124)

    init() throws {
        gateway = try TestGateway()
        try gateway.pull([row("r-1"), row("r-2", other, name: "李四")])
    }

    @Test("A log of every kind of entry is sound, and every detail of it opens")
    func sound() throws {
        for request in [
            gateway.request(["identity.name"], of: number),
            gateway.request(["identity.name"], of: other, basis: "repealed"),
            gateway.request(["identity.name"], of: citizenNumber("19990101", 127)),
        ] {
            _ = try gateway.answer(request)
        }
        let found = try gateway.verification()
        #expect(found.isSound && found.faults.isEmpty && found.detailsGone == 0)
        #expect(found.log.entryCount == (try gateway.logSize))
        // Two about the first, two about the second, and two about nobody, besides the bundle and the batch.
        #expect(found.log.entryCount == 8 && found.detailsChecked == 12)
        print("entries verified: \(found.log.entryCount), details opened: \(found.detailsChecked)")
    }

    @Test(
        "A log over more than one full tile verifies, and proves each entry and each earlier size")
    func manyEntries() throws {
        for _ in 0..<130 { _ = try gateway.answer(gateway.request(["identity.sex"], of: number)) }
        let desk = AuditDesk(gateway.parts)
        let size = try desk.size()
        #expect(size == 262)
        #expect(try desk.verify().isSound)
        let key = try NoteKey(encoded: gateway.parts.log.verifierKey)
        for index: UInt64 in [0, 1, 255, 256, size - 1] {
            let proof = try ProofFile(parsing: desk.inclusionProof(of: index))
            #expect(proof.index == index)
            let checkpoint = try Checkpoint.verified(proof.checkpoint, log: key).checkpoint
            #expect(checkpoint.size == size)
            let leaf = try desk.entry(index).leaf
            var hasher = MerkleHasher()
            try InclusionProof(index: index, size: size, hashes: proof.hashes)
                .verify(leafHash: hasher.leaf(leaf.bytes), root: checkpoint.root)
        }
        for old: UInt64 in [0, 1, 256, 257, size] {
            #expect(throws: Never.self) { try desk.consistencyProof(from: old) }
        }
        #expect(throws: GatewayError.self) { try desk.inclusionProof(of: size) }
        #expect(throws: GatewayError.self) { try desk.consistencyProof(from: size + 1) }
        #expect(throws: GatewayError.self) { try desk.entry(size) }
    }

    @Test(
        "A resident sees every decision about them and what became of it, newest first, and nobody else's"
    )
    func accesses() throws {
        var expected: [UInt64] = []
        for index in 0..<5 {
            let mine = try gateway.answer(
                gateway.request(
                    ["identity.name"], of: number, basis: index == 2 ? "repealed" : "duty"))
            _ = try gateway.answer(gateway.request(["identity.name"], of: other))
            expected += [mine.receipt.index, mine.receipt.index + 1]
        }
        let history = AccessHistory(gateway.parts)
        let seen = try history.entries(citizenNumber: number)
        #expect(seen.map(\.index) == expected.reversed())
        #expect(seen.allSatisfy { $0.subject != nil && !$0.isSubjectGone })
        let older = try history.entries(citizenNumber: number, before: expected[4])
        #expect(older.map(\.index) == expected[..<4].reversed())
        #expect(throws: GatewayError.self) {
            try history.entries(citizenNumber: citizenNumber("19990101", 127))
        }
    }

    @Test("The receipt's checkpoint is signed and covers the entry it is for")
    func receipts() throws {
        let key = try NoteKey(encoded: gateway.parts.log.verifierKey)
        var roots: Set<String> = []
        for _ in 0..<3 {
            let receipt = try gateway.answer(gateway.request(["identity.name"], of: number)).receipt
            let checkpoint = try Checkpoint.verified(Array(receipt.checkpoint.utf8), log: key)
                .checkpoint
            #expect(checkpoint.size == receipt.index + 1)
            roots.insert("\(checkpoint.root)")
        }
        #expect(roots.count == 3)
    }

    @Test(
        "A change of rules begins an epoch with its entry, once, and entries say in which they were decided"
    )
    func policyEpochs() throws {
        let before = try gateway.logSize
        try PolicyActivation.activate(gateway.parts)
        #expect(try gateway.logSize == before)
        let first = try gateway.answer(gateway.request(["identity.name"], of: number))
        let changed = gateway.parts(
            policies: try TestPolicies.bundle(TestPolicies.rules + "\n// ."))
        try PolicyActivation.activate(changed)
        try PolicyActivation.activate(changed)
        let second = try DisclosurePath(changed).answer(
            gateway.request(["identity.name"], of: number)
        ) {
            _ in
        }
        #expect(second.receipt.index == first.receipt.index + 3)
        let desk = AuditDesk(gateway.parts)
        #expect(try desk.entry(first.receipt.index).leaf.policyEpoch == 1)
        #expect(try desk.entry(second.receipt.index).leaf.policyEpoch == 2)
        let start = try desk.entry(second.receipt.index - 1)
        #expect(start.operational["bundle"]?.string == changed.policies.hash)
        #expect(start.operational["epoch"]?.integer == 2)
    }

    @Test("Details of a resident whose key is destroyed are gone, and the log stays sound")
    func destroyedKey() throws {
        _ = try gateway.answer(gateway.request(["identity.name"], of: number))
        _ = try gateway.answer(gateway.request(["identity.name"], of: other))
        let row = try #require(try gateway.resident(number))
        let id = try gateway.parts.store.read { reader throws(GatewayError) in
            try reader.residentIDs(of: [row])[row]
        }
        let known = try #require(id)
        let key = try #require(ResidentKeyID(bytes: known.bytes))
        try gateway.parts.keyring.shred([key])
        let found = try gateway.verification()
        #expect(found.isSound && found.detailsGone == 2)
        let entries = try AuditDesk(gateway.parts).entries(from: 0, limit: 100)
        #expect(entries.count(where: \.isSubjectGone) == 2)
        #expect(throws: GatewayError.self, "nobody is known by that number") {
            try AccessHistory(gateway.parts).entries(citizenNumber: number)
        }
    }

    @Test("A published log has every file that its size asks for, and the checkpoint comes last")
    func export() throws {
        for _ in 0..<130 { _ = try gateway.answer(gateway.request(["identity.sex"], of: number)) }
        var files: [(path: String, bytes: [UInt8])] = []
        try AuditDesk(gateway.parts).export { path, bytes throws(GatewayError) in
            files.append((path, bytes))
        }
        #expect(files.suffix(2).map(\.path) == ["vkey", "checkpoint"])
        let byPath = Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.bytes) })
        let key = try NoteKey(encoded: gateway.parts.log.verifierKey)
        let report = LogReplay.run(
            log: key, read: { byPath[$0] }, checkEntry: LogReplay.auditLeafFault)
        #expect(report.isSound && report.entryCount == 262)
        for file in files {
            #expect(!String(decoding: file.bytes, as: UTF8.self).contains("officer-7"))
        }
    }
}
