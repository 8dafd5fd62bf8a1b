package import FieldCrypto

/// Derives a log's tree anew from its leaves, tile by tile, at the speed of the hash function.
///
/// Holds one tile a level, whatever the log's size. Each leaf is hashed once and each inner node once.
package struct LeafReplay: ~Copyable {
    /// A tile that has become full, or the last of a level.
    package struct DerivedTile: Sendable {
        package let level: Int
        package let index: UInt64
        package let hashes: [UInt8]
    }

    /// How many leaves were added.
    package private(set) var size: UInt64 = 0
    private var hasher = SHA256Hasher()
    /// By level: the hashes of the tile that is not full yet.
    private var edges: [[UInt8]] = []
    private var scratch = [UInt8](repeating: 0, count: 1 + AuditLeaf.byteCount)

    package init() {}

    /// Adds one leaf.
    ///
    /// - Parameters:
    ///   - leaf: 112 bytes.
    ///   - tile: Is given each tile that this leaf fills, the lowest level first.
    /// - Returns: Whether the bytes have the form of a leaf; they are added in any case.
    package mutating func add(
        _ leaf: UnsafeRawBufferPointer, _ tile: (DerivedTile) -> Void
    ) -> Bool {
        if edges.isEmpty { edges.append(Self.emptyEdge) }
        scratch.withUnsafeMutableBytes { bytes in
            let count = min(leaf.count, AuditLeaf.byteCount)
            UnsafeMutableRawBufferPointer(rebasing: bytes[1..<1 + count])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: leaf[..<count]))
        }
        scratch[0] = 0
        if leaf.count == AuditLeaf.byteCount {
            scratch.withUnsafeBytes { hasher.update($0) }
        } else {
            hasher.update([0x00])
            hasher.update(leaf)
        }
        hasher.finish().append(to: &edges[0])
        size += 1
        if edges[0].count == Self.tileByteCount { close(level: 0, tile) }
        return AuditLeaf.hasForm(leaf)
    }

    /// Adds one leaf of which only the hash is left.
    ///
    /// - Parameters:
    ///   - hash: 32 bytes, as they stand in a tile of level 0.
    ///   - tile: As for a leaf.
    package mutating func add(hash: ArraySlice<UInt8>, _ tile: (DerivedTile) -> Void) {
        precondition(hash.count == SHA256Digest.byteCount, "a hash has 32 bytes")
        if edges.isEmpty { edges.append(Self.emptyEdge) }
        edges[0] += hash
        size += 1
        if edges[0].count == Self.tileByteCount { close(level: 0, tile) }
    }

    /// The root over the leaves so far.
    package mutating func root() -> SHA256Digest {
        var merkle = MerkleHasher()
        var root: SHA256Digest?
        for edge in edges {
            let hashes = Self.digests(edge)
            var end = hashes.count
            while end > 0 {
                let width = end & -end
                let subtree = merkle.root(ofComplete: hashes[end - width..<end])
                root = root.map { merkle.node(subtree, $0) } ?? subtree
                end -= width
            }
        }
        return root ?? MerkleHasher.emptyRoot
    }

    /// The tiles that are not full, from the lowest level up.
    package borrowing func partialTiles() -> [DerivedTile] {
        edges.indices.filter { !edges[$0].isEmpty }.map { level in
            DerivedTile(
                level: level, index: TileCoordinate.hashCount(level: level, size: size) / 256,
                hashes: edges[level])
        }
    }

    private static let tileByteCount = 256 * SHA256Digest.byteCount

    private static var emptyEdge: [UInt8] {
        var edge: [UInt8] = []
        edge.reserveCapacity(tileByteCount)
        return edge
    }

    private static func digests(_ bytes: [UInt8]) -> [SHA256Digest] {
        stride(from: 0, to: bytes.count, by: SHA256Digest.byteCount).compactMap {
            SHA256Digest(bytes[$0..<$0 + SHA256Digest.byteCount])
        }
    }

    /// Hands out a full tile and takes its root into the level above.
    private mutating func close(level: Int, _ tile: (DerivedTile) -> Void) {
        let full = edges[level]
        let count = TileCoordinate.hashCount(level: level, size: size)
        tile(DerivedTile(level: level, index: count / 256 - 1, hashes: full))
        edges[level].removeAll(keepingCapacity: true)
        if edges.count == level + 1 { edges.append(Self.emptyEdge) }
        root(ofTile: full).append(to: &edges[level + 1])
        if edges[level + 1].count == Self.tileByteCount { close(level: level + 1, tile) }
    }

    /// The root over a full tile; each node is hashed from one run of 65 bytes.
    private mutating func root(ofTile hashes: [UInt8]) -> SHA256Digest {
        var level = hashes
        var node = [UInt8](repeating: 1, count: 65)
        var width = 128
        while true {
            for index in 0..<width {
                node.withUnsafeMutableBytes { target in
                    level.withUnsafeBytes { source in
                        UnsafeMutableRawBufferPointer(rebasing: target[1...]).copyMemory(
                            from: UnsafeRawBufferPointer(
                                rebasing: source[index * 64..<index * 64 + 64]))
                    }
                    hasher.update(UnsafeRawBufferPointer(target))
                }
                let digest = hasher.finish()
                if width == 1 { return digest }
                level.withUnsafeMutableBytes { target in
                    digest.withUnsafeBytes { bytes in
                        UnsafeMutableRawBufferPointer(
                            rebasing: target[index * 32..<index * 32 + 32]
                        ).copyMemory(from: bytes)
                    }
                }
            }
            width /= 2
        }
    }
}

extension AuditLeaf {
    /// Whether bytes are a leaf, without making one of them.
    static func hasForm(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count == byteCount, bytes[0] == version,
            AuditEntryType(rawValue: bytes[1]) != nil, AuditDecision(rawValue: bytes[2]) != nil,
            bytes[3] == 0
        else { return false }
        let hasCommitment = bytes[48..<80].contains { $0 != 0 }
        let hasChain = bytes[80..<112].contains { $0 != 0 }
        return hasCommitment == hasChain
    }
}
