package import FieldCrypto

/// The hashes of an RFC 6962 tree, over one kept SHA-256 context.
package struct MerkleHasher: ~Copyable {
    private static let leafPrefix: [UInt8] = [0x00]
    private static let nodePrefix: [UInt8] = [0x01]
    private var hasher = SHA256Hasher()

    package init() {}

    /// The root of the tree that has no entries.
    package static var emptyRoot: SHA256Digest { sha256([]) }

    /// The hash of one entry: SHA-256(0x00 || entry).
    package mutating func leaf(_ entry: [UInt8]) -> SHA256Digest {
        hasher.update(Self.leafPrefix)
        hasher.update(entry)
        return hasher.finish()
    }

    /// The hash of an inner node: SHA-256(0x01 || left || right).
    package mutating func node(_ left: SHA256Digest, _ right: SHA256Digest) -> SHA256Digest {
        hasher.update(Self.nodePrefix)
        hasher.update(left)
        hasher.update(right)
        return hasher.finish()
    }

    /// The root over hashes whose number is a power of two.
    mutating func root(ofComplete hashes: ArraySlice<SHA256Digest>) -> SHA256Digest {
        precondition(hashes.count.nonzeroBitCount == 1, "a complete subtree has 2^n hashes")
        var level = Array(hashes)
        while level.count > 1 {
            for index in 0..<level.count / 2 {
                level[index] = node(level[2 * index], level[2 * index + 1])
            }
            level.removeLast(level.count / 2)
        }
        return level[0]
    }
}
