package import FieldCrypto

/// A tile as it is written.
package struct Tile: Hashable, Sendable {
    package let coordinate: TileCoordinate
    package let hashes: [SHA256Digest]

    package init(coordinate: TileCoordinate, hashes: [SHA256Digest]) {
        self.coordinate = coordinate
        self.hashes = hashes
    }

    /// The hashes one after another.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hashes.count * SHA256Digest.byteCount)
        for hash in hashes { hash.append(to: &bytes) }
        return bytes
    }
}

/// The right edge of a log's tree: all that is needed to append to it and to know its root.
///
/// Holds at most 263 hashes a level, whatever the size of the log, and hashes each inner node once. Changes nothing
/// outside itself: the caller stores the tiles it answers.
package struct LogTree: Hashable, Sendable {
    /// How many entries.
    package private(set) var size: UInt64 = 0
    /// By level: the hashes of the tile that is not full yet, 0 to 255 of them.
    private var edges: [[SHA256Digest]] = []
    /// By level: the roots of the complete subtrees over `edges`, the largest first: one for each bit of their number.
    private var subtrees: [[SHA256Digest]] = []

    /// The tree that has no entries.
    package init() {}

    /// The tree of a log that is there already, from its partial tiles: at most one tile a level.
    ///
    /// - Parameters:
    ///   - size: How many entries.
    ///   - reader: Has the tiles of that size. What it answers is not checked: compare ``root()`` with a
    ///     checkpoint's.
    /// - Throws: ``TransparencyLogError/tile(path:reason:)`` if a tile is not there.
    package init(size: UInt64, reader: some TileReader) throws(TransparencyLogError) {
        self.size = size
        edges = try Self.edges(size: size, reader: reader)
        var hasher = MerkleHasher()
        for edge in edges {
            var roots: [SHA256Digest] = []
            for (index, hash) in edge.enumerated() {
                Self.push(hash, number: index, to: &roots, &hasher)
            }
            subtrees.append(roots)
        }
    }

    /// Whether the partial tiles that a reader has for this size are those of this tree.
    ///
    /// - Throws: ``TransparencyLogError/tile(path:reason:)`` if a tile is not there.
    package func hasEdge(of reader: some TileReader) throws(TransparencyLogError) -> Bool {
        try Self.edges(size: size, reader: reader) == edges
    }

    private static func edges(
        size: UInt64, reader: some TileReader
    ) throws(TransparencyLogError) -> [[SHA256Digest]] {
        var edges: [[SHA256Digest]] = []
        var level = 0
        var count = size
        while count > 0 {
            let width = Int(count % 256)
            var edge: [SHA256Digest] = []
            if width > 0 {
                let tile = TileCoordinate(
                    kind: .hashes(level: level), index: count / 256, width: width)
                edge = try reader.hashes(of: tile)
                guard edge.count == width else {
                    throw .tile(
                        path: tile.path, reason: "\(edge.count) hashes, expected \(width)")
                }
            }
            edges.append(edge)
            level += 1
            count /= 256
        }
        return edges
    }

    /// Adds the hash with a number to the subtrees before it; those of equal size become one.
    private static func push(
        _ hash: SHA256Digest, number: Int, to roots: inout [SHA256Digest],
        _ hasher: inout MerkleHasher
    ) {
        var root = hash
        var number = number
        while number & 1 == 1, let left = roots.popLast() {
            root = hasher.node(left, root)
            number >>= 1
        }
        roots.append(root)
    }

    /// Appends entries by their hashes.
    ///
    /// - Returns: Every tile that is new or wider than before: full ones, and for each level at most one partial
    ///   one. Lower levels come first.
    package mutating func append(leafHashes: [SHA256Digest]) -> [Tile] {
        var hasher = MerkleHasher()
        var changed: [Tile] = []
        var incoming = leafHashes
        var level = 0
        // How many hashes the level had before; entries before this append.
        var oldCount = size
        while !incoming.isEmpty {
            if edges.count == level {
                edges.append([])
                subtrees.append([])
            }
            var index = oldCount / 256
            var outgoing: [SHA256Digest] = []
            for hash in incoming {
                Self.push(hash, number: edges[level].count, to: &subtrees[level], &hasher)
                edges[level].append(hash)
                guard edges[level].count == TileCoordinate.fullWidth else { continue }
                changed.append(tile(level: level, index: index))
                // A full tile is one complete subtree.
                outgoing += subtrees[level]
                subtrees[level].removeAll(keepingCapacity: true)
                edges[level].removeAll(keepingCapacity: true)
                index += 1
            }
            if !edges[level].isEmpty { changed.append(tile(level: level, index: index)) }
            incoming = outgoing
            oldCount /= 256
            level += 1
        }
        size += UInt64(leafHashes.count)
        return changed
    }

    private func tile(level: Int, index: UInt64) -> Tile {
        let hashes = edges[level]
        return Tile(
            coordinate: TileCoordinate(
                kind: .hashes(level: level), index: index, width: hashes.count),
            hashes: hashes)
    }

    /// The root hash over all entries.
    package func root() -> SHA256Digest {
        var hasher = MerkleHasher()
        var root: SHA256Digest?
        // From the lowest level up, from right to left: each complete subtree is larger than the one to its right.
        for subtree in subtrees.lazy.flatMap({ $0.reversed() }) {
            root = root.map { hasher.node(subtree, $0) } ?? subtree
        }
        return root ?? MerkleHasher.emptyRoot
    }
}
