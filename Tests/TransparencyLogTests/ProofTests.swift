import FieldCrypto
import TestSupport
import Testing
import TransparencyLog

@Suite("Proofs")
struct ProofTests {
    /// The root as RFC 6962, section 2.1, defines it.
    private func root(_ leaves: ArraySlice<SHA256Digest>) -> SHA256Digest {
        var hasher = MerkleHasher()
        if leaves.count == 1, let only = leaves.first { return only }
        if leaves.isEmpty { return MerkleHasher.emptyRoot }
        var middle = 1
        while middle * 2 < leaves.count { middle *= 2 }
        return hasher.node(
            root(leaves.prefix(middle)), root(leaves.dropFirst(middle)))
    }

    /// The audit path as RFC 6962, section 2.1.1, defines it.
    private func path(_ index: Int, _ leaves: ArraySlice<SHA256Digest>) -> [SHA256Digest] {
        if leaves.count <= 1 { return [] }
        var middle = 1
        while middle * 2 < leaves.count { middle *= 2 }
        let (left, right) = (leaves.prefix(middle), leaves.dropFirst(middle))
        return index < middle
            ? path(index, left) + [root(right)] : path(index - middle, right) + [root(left)]
    }

    /// The consistency proof as RFC 6962, section 2.1.2, defines it.
    private func subproof(
        _ size: Int, _ leaves: ArraySlice<SHA256Digest>, _ isWhole: Bool
    ) -> [SHA256Digest] {
        if size == leaves.count { return isWhole ? [] : [root(leaves)] }
        var middle = 1
        while middle * 2 < leaves.count { middle *= 2 }
        let (left, right) = (leaves.prefix(middle), leaves.dropFirst(middle))
        return size <= middle
            ? subproof(size, left, isWhole) + [root(right)]
            : subproof(size - middle, right, false) + [root(left)]
    }

    @Test("All proofs of all trees up to 66 entries are those of RFC 6962 and verify")
    func exhaustive() throws {
        var hasher = MerkleHasher()
        let leaves = (0..<66).map { hasher.leaf([UInt8($0)]) }
        var log = try TestLog()
        var ran = 0
        for size in 1...66 {
            try log.append([[UInt8(size - 1)]])
            let newRoot = root(leaves.prefix(size))
            #expect(log.tree.root() == newRoot)
            for index in 0..<size {
                let proof = try log.tiled.inclusionProof(of: UInt64(index))
                #expect(proof.hashes == path(index, leaves.prefix(size)))
                try proof.verify(leafHash: leaves[index], root: newRoot)
                #expect(throws: TransparencyLogError.self) {
                    try proof.verify(leafHash: leaves[(index + 1) % 66], root: newRoot)
                }
                ran += 1
            }
            for old in 0...size {
                let proof = try log.tiled.consistencyProof(from: UInt64(old))
                #expect(
                    proof.hashes == (old == 0 ? [] : subproof(old, leaves.prefix(size), true)))
                try proof.verify(oldRoot: root(leaves.prefix(old)), newRoot: newRoot)
                ran += 1
            }
        }
        print("proofs of small trees: \(ran)")
        #expect(ran > 4000)
    }

    @Test("Random proofs over two levels of tiles verify, and no changed one does")
    func random() throws {
        let numbers = SeededRandom(seed: 21)
        var log = try TestLog()
        var roots: [UInt64: SHA256Digest] = [0: log.tree.root()]
        var (ran, refused) = (0, 0)
        while log.tree.size < 70_000 {
            try log.append((0..<numbers.below(9000) + 1).map { _ in numbers.bytes(4) })
            roots[log.tree.size] = log.tree.root()
            let (size, newRoot) = (log.tree.size, log.tree.root())
            for _ in 0..<20 {
                let index = numbers.next() % size
                let leaf = try log.tiled.leafHash(at: index)
                let proof = try log.tiled.inclusionProof(of: index)
                try proof.verify(leafHash: leaf, root: newRoot)
                ran += 1
                for wrong in mutations(of: proof, numbers) {
                    #expect(throws: TransparencyLogError.self) {
                        try wrong.verify(leafHash: leaf, root: newRoot)
                    }
                    refused += 1
                }
            }
            for (old, oldRoot) in roots {
                let proof = try log.tiled.consistencyProof(from: old)
                try proof.verify(oldRoot: oldRoot, newRoot: newRoot)
                ran += 1
                guard old > 0, old < size else { continue }
                for position in proof.hashes.indices {
                    var hashes = proof.hashes
                    hashes[position] = sha256(hashes[position].bytes)
                    #expect(throws: TransparencyLogError.self) {
                        try ConsistencyProof(oldSize: old, newSize: size, hashes: hashes)
                            .verify(oldRoot: oldRoot, newRoot: newRoot)
                    }
                    refused += 1
                }
            }
        }
        print("random proofs: \(ran) verified, \(refused) changed ones refused")
        #expect(ran > 100 && refused > 1000)
    }

    private func mutations(
        of proof: InclusionProof, _ numbers: SeededRandom
    ) -> [InclusionProof] {
        var wrong: [[SHA256Digest]] = [
            proof.hashes + [sha256([])], Array(proof.hashes.dropFirst()),
        ]
        for position in proof.hashes.indices {
            var hashes = proof.hashes
            hashes[position] = sha256(numbers.bytes(3))
            wrong.append(hashes)
        }
        var found = wrong.map {
            InclusionProof(index: proof.index, size: proof.size, hashes: $0)
        }
        found.append(InclusionProof(index: proof.index ^ 1, size: proof.size, hashes: proof.hashes))
        found.append(
            InclusionProof(index: proof.index + proof.size, size: proof.size, hashes: proof.hashes))
        return found.filter { $0 != proof }
    }

    @Test("Proofs that do not exist are refused, also at the largest numbers")
    func bounds() throws {
        var log = try TestLog()
        try log.append([[1], [2], [3]])
        #expect(throws: TransparencyLogError.self) { try log.tiled.inclusionProof(of: 3) }
        #expect(throws: TransparencyLogError.self) { try log.tiled.leafHash(at: 3) }
        #expect(throws: TransparencyLogError.self) { try log.tiled.consistencyProof(from: 4) }
        let huge = TiledTree(size: UInt64.max, reader: log.reader)
        #expect(throws: TransparencyLogError.self) { try huge.root() }
        #expect(throws: TransparencyLogError.self) { try huge.inclusionProof(of: UInt64.max - 1) }
        #expect(throws: TransparencyLogError.self) { try huge.consistencyProof(from: 1 << 63) }
        let hashes = [SHA256Digest](repeating: sha256([]), count: 64)
        for index in [0, 1, UInt64.max - 1, UInt64.max] {
            #expect(throws: TransparencyLogError.self) {
                try InclusionProof(index: index, size: UInt64.max, hashes: hashes)
                    .verify(leafHash: sha256([]), root: sha256([]))
            }
            #expect(throws: TransparencyLogError.self) {
                try ConsistencyProof(oldSize: index, newSize: UInt64.max, hashes: hashes)
                    .verify(oldRoot: sha256([]), newRoot: sha256([1]))
            }
        }
    }
}
