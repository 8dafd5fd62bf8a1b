package import FieldCrypto

/// A log of a given size, for making proofs from its tiles.
package struct TiledTree<Reader: TileReader> {
    package let size: UInt64
    private let reader: Reader

    package init(size: UInt64, reader: Reader) {
        self.size = size
        self.reader = reader
    }

    /// The root hash.
    package func root() throws(TransparencyLogError) -> SHA256Digest {
        guard size > 0 else { return MerkleHasher.emptyRoot }
        var walk = TreeWalk(size: size, reader: reader)
        return try walk.hash(of: 0..<size)
    }

    /// The hash of one entry.
    package func leafHash(at index: UInt64) throws(TransparencyLogError) -> SHA256Digest {
        guard index < size else { throw .outOfRange(what: "index", value: index, bound: size) }
        var walk = TreeWalk(size: size, reader: reader)
        return try walk.hash(of: index..<index + 1)
    }

    /// A proof that the entry is in the tree (RFC 6962, section 2.1.1).
    ///
    /// - Throws: ``TransparencyLogError/outOfRange(what:value:bound:)`` for an index the tree does not have, and
    ///   what the reader throws.
    package func inclusionProof(
        of index: UInt64
    ) throws(TransparencyLogError) -> InclusionProof {
        guard index < size else { throw .outOfRange(what: "index", value: index, bound: size) }
        var walk = TreeWalk(size: size, reader: reader)
        var hashes: [SHA256Digest] = []
        var range = 0..<size
        // From the root down; the proof is written from the leaf up.
        while range.upperBound - range.lowerBound > 1 {
            let middle =
                range.lowerBound + largestPowerOfTwo(below: range.upperBound - range.lowerBound)
            if index < middle {
                hashes.append(try walk.hash(of: middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                hashes.append(try walk.hash(of: range.lowerBound..<middle))
                range = middle..<range.upperBound
            }
        }
        return InclusionProof(index: index, size: size, hashes: hashes.reversed())
    }

    /// A proof that the tree of `oldSize` entries is the beginning of this one (RFC 6962, section 2.1.2).
    ///
    /// - Throws: ``TransparencyLogError/outOfRange(what:value:bound:)`` for a size above this one's, and what the
    ///   reader throws.
    package func consistencyProof(
        from oldSize: UInt64
    ) throws(TransparencyLogError) -> ConsistencyProof {
        guard oldSize <= size else {
            throw .outOfRange(what: "old size", value: oldSize, bound: size + 1)
        }
        var hashes: [SHA256Digest] = []
        if oldSize > 0, oldSize < size {
            var walk = TreeWalk(size: size, reader: reader)
            var range = 0..<size
            var isWhole = true
            // Ends where a subtree of this tree is the right edge of the old one.
            while range.upperBound != oldSize {
                let middle =
                    range.lowerBound + largestPowerOfTwo(below: range.upperBound - range.lowerBound)
                if oldSize <= middle {
                    hashes.append(try walk.hash(of: middle..<range.upperBound))
                    range = range.lowerBound..<middle
                } else {
                    hashes.append(try walk.hash(of: range.lowerBound..<middle))
                    range = middle..<range.upperBound
                    isWhole = false
                }
            }
            // The verifier knows the old root; any other subtree it must be told.
            if !isWhole { hashes.append(try walk.hash(of: range)) }
        }
        return ConsistencyProof(oldSize: oldSize, newSize: size, hashes: hashes.reversed())
    }
}

/// Computes hashes of subtrees, reading each tile once.
private struct TreeWalk<Reader: TileReader>: ~Copyable {
    let size: UInt64
    let reader: Reader
    private var tiles: [TileCoordinate: [SHA256Digest]] = [:]
    private var hasher = MerkleHasher()

    init(size: UInt64, reader: Reader) {
        self.size = size
        self.reader = reader
    }

    /// The hash over entries from a multiple of a power of two on, as RFC 6962 splits a tree.
    mutating func hash(of range: Range<UInt64>) throws(TransparencyLogError) -> SHA256Digest {
        let count = range.upperBound - range.lowerBound
        if count.nonzeroBitCount == 1 {
            return try node(
                level: count.trailingZeroBitCount,
                index: range.lowerBound >> UInt64(count.trailingZeroBitCount))
        }
        let middle = range.lowerBound + largestPowerOfTwo(below: count)
        let left = try hash(of: range.lowerBound..<middle)
        let right = try hash(of: middle..<range.upperBound)
        return hasher.node(left, right)
    }

    /// The hash of a complete subtree of 2^level entries.
    private mutating func node(
        level: Int, index: UInt64
    ) throws(TransparencyLogError) -> SHA256Digest {
        let tileLevel = level / TileCoordinate.height
        let width = 1 << (level % TileCoordinate.height)
        let first = index * UInt64(width)
        let coordinate = TileCoordinate.tile(
            kind: .hashes(level: tileLevel), index: first / 256, size: size)
        guard let coordinate, Int(first % 256) + width <= coordinate.width else {
            preconditionFailure("a complete subtree of the tree lies in one of its tiles")
        }
        let hashes: [SHA256Digest]
        if let known = tiles[coordinate] {
            hashes = known
        } else {
            hashes = try reader.hashes(of: coordinate)
            guard hashes.count == coordinate.width else {
                throw .tile(
                    path: coordinate.path,
                    reason: "\(hashes.count) hashes, expected \(coordinate.width)")
            }
            tiles[coordinate] = hashes
        }
        let start = Int(first % 256)
        return hasher.root(ofComplete: hashes[start..<start + width])
    }
}

/// The largest power of two less than `count`, which is at least 2.
func largestPowerOfTwo(below count: UInt64) -> UInt64 {
    1 << UInt64(UInt64.bitWidth - 1 - (count - 1).leadingZeroBitCount)
}
