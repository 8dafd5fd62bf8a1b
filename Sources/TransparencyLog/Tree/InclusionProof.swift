package import FieldCrypto

/// Shows that an entry is in the tree of a given root (RFC 9162, section 2.1.3).
package struct InclusionProof: Hashable, Sendable {
    /// Of the entry, from 0.
    package let index: UInt64
    /// Of the tree.
    package let size: UInt64
    /// From the leaf's sibling up to the root's child.
    package let hashes: [SHA256Digest]

    package init(index: UInt64, size: UInt64, hashes: [SHA256Digest]) {
        self.index = index
        self.size = size
        self.hashes = hashes
    }

    /// Checks the proof.
    ///
    /// - Parameters:
    ///   - leafHash: SHA-256(0x00 || entry), computed from the entry by whoever checks.
    ///   - root: Of a tree of ``size`` entries, from a checkpoint whose signature was checked.
    /// - Throws: ``TransparencyLogError/proof(reason:)`` if the proof does not lead there.
    package func verify(
        leafHash: SHA256Digest, root: SHA256Digest
    ) throws(TransparencyLogError) {
        guard index < size else {
            throw .proof(reason: "index \(index) is not in a tree of \(size) entries")
        }
        var hasher = MerkleHasher()
        var position = index
        var last = size - 1
        var hash = leafHash
        for sibling in hashes {
            guard last > 0 else { throw .proof(reason: "it has too many hashes") }
            if position & 1 == 1 || position == last {
                hash = hasher.node(sibling, hash)
                // A node without a right sibling is its own parent until it is a right child.
                while position & 1 == 0, position != 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                hash = hasher.node(hash, sibling)
            }
            position >>= 1
            last >>= 1
        }
        guard last == 0 else { throw .proof(reason: "it has too few hashes") }
        guard hash == root else { throw .proof(reason: "it leads to another root") }
    }
}
