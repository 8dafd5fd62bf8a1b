package import FieldCrypto

/// What the map holds of one resident: how many entries of the log are about them, and where their chain stands.
package struct MapEntry: Hashable, Sendable {
    /// HMAC of the resident under the map's key: where in the map the entry stands.
    package let key: SHA256Digest
    package let count: UInt64
    /// The chain value of the newest entry.
    package let chain: SHA256Digest

    package init(key: SHA256Digest, count: UInt64, chain: SHA256Digest) {
        self.key = key
        self.count = count
        self.chain = chain
    }
}

/// One subtree of a sparse Merkle map over keys of 256 bits.
///
/// A subtree that holds nothing has no hash of its own; one with a single entry has that entry's, wherever it
/// stands; any other has SHA-256(0x01 || left || right), an empty side counting as 32 zero bytes. A map of n entries
/// is therefore about log2(n) deep, not 256, and costs 2n hashes.
package enum MapSubtree: Hashable, Sendable {
    case empty
    case single(SHA256Digest)
    case node(SHA256Digest)

    /// What a parent's hash is made of; the root's is what is signed.
    package var hash: SHA256Digest {
        switch self {
        case .empty: .zero
        case .single(let hash), .node(let hash): hash
        }
    }

    static func joined(
        _ left: MapSubtree, _ right: MapSubtree, _ hasher: inout MapHasher
    ) -> MapSubtree {
        switch (left, right) {
        case (.empty, .empty): .empty
        case (.empty, .single), (.single, .empty): left == .empty ? right : left
        default: .node(hasher.node(left.hash, right.hash))
        }
    }
}

/// The hashes of the map, over one kept SHA-256 context.
struct MapHasher: ~Copyable {
    private static let leafPrefix: [UInt8] = [0x00]
    private static let nodePrefix: [UInt8] = [0x01]
    private var hasher = SHA256Hasher()

    /// SHA-256(0x00 || key || count, 8 bytes big-endian || chain).
    mutating func leaf(_ entry: MapEntry) -> SHA256Digest {
        hasher.update(Self.leafPrefix)
        hasher.update(entry.key)
        withUnsafeBytes(of: entry.count.bigEndian) { hasher.update($0) }
        hasher.update(entry.chain)
        return hasher.finish()
    }

    mutating func node(_ left: SHA256Digest, _ right: SHA256Digest) -> SHA256Digest {
        hasher.update(Self.nodePrefix)
        hasher.update(left)
        hasher.update(right)
        return hasher.finish()
    }
}

/// The bits of a key, the first one deciding at the root: 0 is left.
struct MapPath {
    static let bitCount = 256
    private let bytes: [UInt8]

    init(_ key: SHA256Digest) { bytes = key.bytes }

    func isRight(at depth: Int) -> Bool { bytes[depth / 8] >> UInt8(7 - depth % 8) & 1 == 1 }

    /// How many bits two keys share from the first on.
    static func sharedBits(_ one: SHA256Digest, _ other: SHA256Digest) -> Int {
        for (index, (left, right)) in zip(one.bytes, other.bytes).enumerated() where left != right {
            return index * 8 + (left ^ right).leadingZeroBitCount
        }
        return bitCount
    }
}
