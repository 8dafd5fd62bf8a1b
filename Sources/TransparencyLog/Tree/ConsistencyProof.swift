package import FieldCrypto

/// Shows that one tree is the beginning of another: nothing was changed or removed (RFC 9162, section 2.1.4).
package struct ConsistencyProof: Hashable, Sendable {
    package let oldSize: UInt64
    package let newSize: UInt64
    package let hashes: [SHA256Digest]

    package init(oldSize: UInt64, newSize: UInt64, hashes: [SHA256Digest]) {
        self.oldSize = oldSize
        self.newSize = newSize
        self.hashes = hashes
    }

    /// Checks the proof.
    ///
    /// The empty tree is the beginning of every tree; its proof has no hashes.
    ///
    /// - Parameters:
    ///   - oldRoot: From a checkpoint of ``oldSize`` whose signature was checked.
    ///   - newRoot: From a checkpoint of ``newSize`` whose signature was checked.
    /// - Throws: ``TransparencyLogError/proof(reason:)`` if it does not show that.
    package func verify(
        oldRoot: SHA256Digest, newRoot: SHA256Digest
    ) throws(TransparencyLogError) {
        guard oldSize <= newSize else { throw .proof(reason: "the old tree is the larger one") }
        if oldSize == 0 || oldSize == newSize {
            guard hashes.isEmpty else { throw .proof(reason: "it has too many hashes") }
            let expected = oldSize == newSize ? newRoot : MerkleHasher.emptyRoot
            guard oldRoot == expected else { throw .proof(reason: "the roots do not agree") }
            if newSize == 0, newRoot != MerkleHasher.emptyRoot {
                throw .proof(reason: "the root is not that of the empty tree")
            }
            return
        }
        var rest = hashes[...]
        // Where the old tree is one complete subtree of the new one, its root is known and not sent.
        let first = oldSize.nonzeroBitCount == 1 ? oldRoot : rest.popFirst()
        guard let first else { throw .proof(reason: "it has too few hashes") }
        let (old, new) = try climb(from: first, by: rest)
        guard old == oldRoot else { throw .proof(reason: "it leads to another old root") }
        guard new == newRoot else { throw .proof(reason: "it leads to another new root") }
    }

    /// Both roots, from the first subtree that the trees share up.
    private func climb(
        from first: SHA256Digest, by rest: ArraySlice<SHA256Digest>
    ) throws(TransparencyLogError) -> (old: SHA256Digest, new: SHA256Digest) {
        var hasher = MerkleHasher()
        var position = oldSize - 1
        var last = newSize - 1
        while position & 1 == 1 {
            position >>= 1
            last >>= 1
        }
        var old = first
        var new = first
        for hash in rest {
            guard last > 0 else { throw .proof(reason: "it has too many hashes") }
            if position & 1 == 1 || position == last {
                old = hasher.node(hash, old)
                new = hasher.node(hash, new)
                while position & 1 == 0, position != 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                new = hasher.node(new, hash)
            }
            position >>= 1
            last >>= 1
        }
        guard last == 0 else { throw .proof(reason: "it has too few hashes") }
        return (old, new)
    }
}
