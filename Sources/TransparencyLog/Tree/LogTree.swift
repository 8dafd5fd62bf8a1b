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
/// Holds at most 255 hashes a level, whatever the size of the log. Changes nothing outside itself: the caller
/// stores the tiles it answers.
package struct LogTree: Hashable, Sendable {
    /// How many entries.
    package private(set) var size: UInt64 = 0
    /// By level: the hashes of the tile that is not full yet, 0 to 255 of them.
    private var edges: [[SHA256Digest]] = []

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
            if edges.count == level { edges.append([]) }
            var index = oldCount / 256
            var outgoing: [SHA256Digest] = []
            for hash in incoming {
                edges[level].append(hash)
                guard edges[level].count == TileCoordinate.fullWidth else { continue }
                changed.append(tile(level: level, index: index))
                outgoing.append(hasher.root(ofComplete: edges[level][...]))
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
        for edge in edges {
            var end = edge.count
            while end > 0 {
                let width = end & -end
                let subtree = hasher.root(ofComplete: edge[end - width..<end])
                root = root.map { hasher.node(subtree, $0) } ?? subtree
                end -= width
            }
        }
        return root ?? MerkleHasher.emptyRoot
    }
}
