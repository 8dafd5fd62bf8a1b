import FieldCrypto
import Foundation
import Testing
import TransparencyLog

@Suite("Vectors of transparency-dev/merkle")
struct MerkleVectorTests {
    private struct Inclusion: Decodable {
        var leafIdx: UInt64
        var treeSize: UInt64
        var root: String
        var leafHash: String
        var proof: [String]?
        var desc: String
        var wantErr: Bool
    }

    private struct Consistency: Decodable {
        var size1: UInt64
        var size2: UInt64
        var root1: String
        var root2: String
        var proof: [String]?
        var wantErr: Bool
    }

    private struct Roots: Decodable {
        var leaf_inputs_hex: [String]
        var root_hashes_hex_by_size: [String]
    }

    /// The hashes, or nil where one is no hash.
    private func hashes(_ texts: [String]?) -> [SHA256Digest]? {
        let hashes = (texts ?? []).map { SHA256Digest(base64($0)) }
        return hashes.contains(nil) ? nil : hashes.compactMap(\.self)
    }

    @Test("Inclusion proofs are accepted and refused as they must be")
    func inclusion() throws {
        guard let bytes = try sharedBytes("vectors/merkle/inclusion.json") else { return }
        let cases = try JSONDecoder().decode([Inclusion].self, from: Data(bytes))
        for test in cases {
            var isAccepted = false
            if let proof = hashes(test.proof), let root = SHA256Digest(base64(test.root)),
                let leaf = SHA256Digest(base64(test.leafHash))
            {
                do {
                    try InclusionProof(index: test.leafIdx, size: test.treeSize, hashes: proof)
                        .verify(leafHash: leaf, root: root)
                    isAccepted = true
                } catch {}
            }
            #expect(isAccepted == !test.wantErr, "\(test.desc)")
        }
        print("inclusion vectors: \(cases.count)")
        #expect(cases.count > 0)
    }

    @Test("Consistency proofs are accepted, and no longer after any change")
    func consistency() throws {
        guard let bytes = try sharedBytes("vectors/merkle/consistency_happy.json") else { return }
        let cases = try JSONDecoder().decode([Consistency].self, from: Data(bytes))
        var mutated = 0
        for test in cases {
            let proof = try #require(hashes(test.proof))
            let old = try #require(SHA256Digest(base64(test.root1)))
            let new = try #require(SHA256Digest(base64(test.root2)))
            func verify(
                _ hashes: [SHA256Digest], sizes: (UInt64, UInt64)? = nil,
                roots: (SHA256Digest, SHA256Digest)? = nil
            ) throws {
                try ConsistencyProof(
                    oldSize: sizes?.0 ?? test.size1, newSize: sizes?.1 ?? test.size2,
                    hashes: hashes
                ).verify(oldRoot: roots?.0 ?? old, newRoot: roots?.1 ?? new)
            }
            #expect(!test.wantErr)
            try verify(proof)
            var wrong: [() throws -> Void] = [
                { try verify(proof + [old]) }, { try verify([old] + proof) },
                { try verify(proof, roots: (sha256([9]), new)) },
                { try verify(proof, roots: (old, sha256([9]))) },
                { try verify(proof, sizes: (test.size2 + 1, test.size2)) },
            ]
            for position in proof.indices {
                var changed = proof
                changed[position] = sha256(changed[position].bytes)
                wrong.append { try verify(changed) }
                var short = proof
                short.remove(at: position)
                wrong.append { try verify(short) }
            }
            if test.size1 != test.size2 {
                wrong.append { try verify(proof, sizes: (test.size1 + 1, test.size2)) }
            }
            for attempt in wrong {
                #expect(throws: TransparencyLogError.self) { try attempt() }
                mutated += 1
            }
        }
        print("consistency vectors: \(cases.count), and \(mutated) changed ones refused")
        #expect(cases.count > 0)
    }

    @Test("Roots of the first trees, appended one by one and at once")
    func roots() throws {
        guard let bytes = try sharedBytes("vectors/merkle/roots.json") else { return }
        let vectors = try JSONDecoder().decode(Roots.self, from: Data(bytes))
        var hasher = MerkleHasher()
        let leaves = vectors.leaf_inputs_hex.map { text in
            let digits = Array(text)
            let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(digits[$0...$0 + 1]), radix: 16)
            }
            return hasher.leaf(bytes)
        }
        var growing = LogTree()
        for (size, expected) in vectors.root_hashes_hex_by_size.enumerated() {
            if size > 0 { _ = growing.append(leafHashes: [leaves[size - 1]]) }
            var whole = LogTree()
            _ = whole.append(leafHashes: Array(leaves.prefix(size)))
            #expect(growing.root().description == expected)
            #expect(whole == growing)
        }
        print("root vectors: \(vectors.root_hashes_hex_by_size.count)")
        #expect(vectors.root_hashes_hex_by_size.count > 0)
    }
}
