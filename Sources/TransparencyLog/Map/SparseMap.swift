package import FieldCrypto

/// Where a map is kept.
///
/// An edge conforms; the map never holds more than one bucket and two pages at a time.
package protocol MapStorage {
    associatedtype Failure: Error

    /// The entries whose keys begin with these 16 bits, in any order.
    func entries(inBucket bucket: UInt16) throws(Failure) -> [MapEntry]

    /// A page as ``putPage(_:_:)`` was given it, or nil where there never was one.
    func page(_ number: Int) throws(Failure) -> [UInt8]?

    /// Keeps a page: number 0 is the top one, 1 + n the one below its n-th subtree.
    mutating func putPage(_ number: Int, _ bytes: [UInt8]) throws(Failure)
}

/// A sparse Merkle map that is kept, and rehashed only where entries changed.
///
/// Entries lie in 65,536 buckets by the first 16 bits of their keys. The subtrees above are kept in 257 pages of 256
/// subtrees each: those at depth 8, and below each of them those at depth 16. A change of one entry reads and hashes
/// one bucket and two pages, whatever the size of the map.
package struct SparseMap<Storage: MapStorage> {
    private static var pageWidth: Int { 256 }
    private static var bucketDepth: Int { 16 }
    package var storage: Storage

    package init(_ storage: Storage) { self.storage = storage }

    /// The hash of the whole map; 32 zero bytes of an empty one.
    package func root() throws(Storage.Failure) -> SHA256Digest {
        var hasher = MapHasher()
        return MapTree.folded(try subtrees(0)[...], &hasher).hash
    }

    /// Rehashes what hangs on entries that were added or changed in the storage; no entry is ever removed.
    ///
    /// - Parameter keys: Of those entries, in any order.
    /// - Returns: The new root.
    /// - Throws: What the storage throws.
    package mutating func update(
        _ keys: some Sequence<SHA256Digest>
    ) throws(Storage.Failure) -> SHA256Digest {
        var hasher = MapHasher()
        var top = try subtrees(0)
        let buckets = Set(keys.map { MapTree.bucket(of: $0) }).sorted()
        var rest = buckets[...]
        while let first = rest.first {
            let pageIndex = Int(first >> 8)
            var page = try subtrees(1 + pageIndex)
            while let bucket = rest.first, Int(bucket >> 8) == pageIndex {
                let entries = try storage.entries(inBucket: bucket)
                page[Int(bucket & 0xFF)] = MapTree.subtree(
                    of: MapTree.sorted(entries)[...], depth: Self.bucketDepth, &hasher)
                rest = rest.dropFirst()
            }
            try storage.putPage(1 + pageIndex, MapPage.bytes(page))
            top[pageIndex] = MapTree.folded(page[...], &hasher)
        }
        if !buckets.isEmpty { try storage.putPage(0, MapPage.bytes(top)) }
        return MapTree.folded(top[...], &hasher).hash
    }

    /// A proof of what the map holds at a key, also where it holds nothing there.
    package func proof(of key: SHA256Digest) throws(Storage.Failure) -> MapProof {
        var hasher = MapHasher()
        let bucket = MapTree.bucket(of: key)
        let path = MapPath(key)
        // From the root down: the sibling of each subtree on the way, until one holds at most one entry.
        var siblings: [SHA256Digest] = []
        let top = try subtrees(0)
        let page = try subtrees(1 + Int(bucket >> 8))
        for (subtrees, position) in [(top, Int(bucket >> 8)), (page, Int(bucket & 0xFF))] {
            var range = 0..<Self.pageWidth
            while range.count > 1 {
                let whole = MapTree.folded(subtrees[range], &hasher)
                guard case .node = whole else {
                    return try MapProof(
                        key: key, end: end(whole, near: key), siblings: siblings)
                }
                let middle = range.lowerBound + range.count / 2
                let (left, right) = (range.lowerBound..<middle, middle..<range.upperBound)
                let isRight = position >= middle
                siblings.append(MapTree.folded(subtrees[isRight ? left : right], &hasher).hash)
                range = isRight ? right : left
            }
        }
        var entries = MapTree.sorted(try storage.entries(inBucket: bucket))[...]
        var depth = Self.bucketDepth
        while entries.count > 1 {
            let split = MapTree.split(entries, depth: depth)
            let isRight = path.isRight(at: depth)
            let other = isRight ? split.left : split.right
            siblings.append(MapTree.subtree(of: other, depth: depth + 1, &hasher).hash)
            entries = isRight ? split.right : split.left
            depth += 1
        }
        return MapProof(key: key, end: entries.first, siblings: siblings)
    }

    /// The one entry that a subtree holds, or nil of an empty one.
    private func end(
        _ subtree: MapSubtree, near key: SHA256Digest
    ) throws(Storage.Failure) -> MapEntry? {
        guard case .single(let hash) = subtree else { return nil }
        // It lies in one of the buckets below; the pages tell in which.
        var hasher = MapHasher()
        for (index, one) in try subtrees(0).enumerated() where one != .empty {
            guard one.hash == hash || Int(MapTree.bucket(of: key) >> 8) == index else { continue }
            for (offset, two) in try subtrees(1 + index).enumerated() where two.hash == hash {
                let bucket = UInt16(index << 8 | offset)
                return try storage.entries(inBucket: bucket).first { hasher.leaf($0) == hash }
            }
        }
        return nil
    }

    private func subtrees(_ number: Int) throws(Storage.Failure) -> [MapSubtree] {
        guard let bytes = try storage.page(number) else {
            return Array(repeating: .empty, count: Self.pageWidth)
        }
        return MapPage.subtrees(bytes, count: Self.pageWidth)
    }
}

/// How entries hang together in the map, without where they are kept.
private enum MapTree {
    static func bucket(of key: SHA256Digest) -> UInt16 {
        let bytes = key.bytes
        return UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    }

    static func sorted(_ entries: [MapEntry]) -> [MapEntry] {
        entries.sorted { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) }
    }

    static func split(
        _ entries: ArraySlice<MapEntry>, depth: Int
    ) -> (left: ArraySlice<MapEntry>, right: ArraySlice<MapEntry>) {
        let middle =
            entries.firstIndex { MapPath($0.key).isRight(at: depth) } ?? entries.endIndex
        return (entries[..<middle], entries[middle...])
    }

    /// The subtree of entries that share their first `depth` bits, in the order of their keys.
    static func subtree(
        of entries: ArraySlice<MapEntry>, depth: Int, _ hasher: inout MapHasher
    ) -> MapSubtree {
        guard let first = entries.first else { return .empty }
        guard entries.count > 1, depth < MapPath.bitCount else {
            return .single(hasher.leaf(first))
        }
        let parts = split(entries, depth: depth)
        let left = subtree(of: parts.left, depth: depth + 1, &hasher)
        let right = subtree(of: parts.right, depth: depth + 1, &hasher)
        return .joined(left, right, &hasher)
    }

    /// The subtree above a power of two of subtrees.
    static func folded(
        _ subtrees: ArraySlice<MapSubtree>, _ hasher: inout MapHasher
    ) -> MapSubtree {
        var level = Array(subtrees)
        while level.count > 1 {
            for index in 0..<level.count / 2 {
                level[index] = .joined(level[2 * index], level[2 * index + 1], &hasher)
            }
            level.removeLast(level.count / 2)
        }
        return level[0]
    }
}

/// Subtrees one after another, 33 bytes each: 0 empty, 1 single entry or 2 node, then the hash.
private enum MapPage {
    private static let stride = 1 + SHA256Digest.byteCount

    static func bytes(_ subtrees: [MapSubtree]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(subtrees.count * stride)
        for subtree in subtrees {
            switch subtree {
            case .empty: bytes.append(0)
            case .single: bytes.append(1)
            case .node: bytes.append(2)
            }
            subtree.hash.append(to: &bytes)
        }
        return bytes
    }

    /// A page of another length or with another mark reads as empty: the root then is not the signed one.
    static func subtrees(_ bytes: [UInt8], count: Int) -> [MapSubtree] {
        (0..<count).map { index in
            let start = index * stride
            guard start + stride <= bytes.count,
                let hash = SHA256Digest(bytes[start + 1..<start + stride])
            else { return .empty }
            switch bytes[start] {
            case 1: return .single(hash)
            case 2: return .node(hash)
            default: return .empty
            }
        }
    }
}
