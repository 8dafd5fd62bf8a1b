package import FieldCrypto

/// Shows what a sparse Merkle map holds at a key: that key's entry, or that there is none.
package struct MapProof: Hashable, Sendable {
    package static let header = "hangu/map-proof/1"

    package let key: SHA256Digest
    /// The entry in which the way to the key ends: the key's own, another's that stands in its place, or none.
    package let end: MapEntry?
    /// From the root down; an empty side is zero.
    package let siblings: [SHA256Digest]

    package init(key: SHA256Digest, end: MapEntry?, siblings: [SHA256Digest]) {
        self.key = key
        self.end = end
        self.siblings = siblings
    }

    /// The key's entry, or nil where the proof is one of absence.
    package var entry: MapEntry? { end?.key == key ? end : nil }

    /// Checks the proof.
    ///
    /// - Parameter root: Of the map, from a log's leaf whose inclusion was checked.
    /// - Returns: The key's entry, or nil: the map has none.
    /// - Throws: ``TransparencyLogError/proof(reason:)`` if the proof does not lead to the root.
    package func verify(root: SHA256Digest) throws(TransparencyLogError) -> MapEntry? {
        guard siblings.count <= MapPath.bitCount else {
            throw .proof(reason: "it has too many siblings")
        }
        if let end, MapPath.sharedBits(end.key, key) < siblings.count {
            throw .proof(reason: "its entry does not stand on the way to the key")
        }
        var hasher = MapHasher()
        var hash = end.map { hasher.leaf($0) } ?? .zero
        let path = MapPath(key)
        for (depth, sibling) in siblings.enumerated().reversed() {
            hash = path.isRight(at: depth) ? hasher.node(sibling, hash) : hasher.node(hash, sibling)
        }
        guard hash == root else { throw .proof(reason: "it leads to another map root") }
        return entry
    }

    /// The proof as text; see `Docs/Formats.md`.
    package var text: String {
        var lines = [Self.header, "key \(Base64.encode(key.bytes))"]
        if let end {
            let words = [
                Base64.encode(end.key.bytes), String(end.count), Base64.encode(end.chain.bytes),
            ]
            lines.append("entry " + words.joined(separator: " "))
        } else {
            lines.append("empty")
        }
        lines.append("siblings \(siblings.count)")
        // A run of empty sides is told by its length.
        var run = 0
        for sibling in siblings {
            if sibling == .zero {
                run += 1
                continue
            }
            if run > 0 { lines.append("zero \(run)") }
            run = 0
            lines.append(Base64.encode(sibling.bytes))
        }
        if run > 0 { lines.append("zero \(run)") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Reads a proof as ``text`` writes it; any other spelling is refused.
    ///
    /// - Throws: ``TransparencyLogError/malformed(what:reason:)``.
    package init(parsing bytes: [UInt8]) throws(TransparencyLogError) {
        var reader = LineReader(bytes)
        guard reader.next() == Self.header, let keyLine = reader.next(),
            keyLine.hasPrefix("key "), let key = Self.digest(keyLine.dropFirst(4)),
            let endLine = reader.next()
        else { throw Self.malformed("expected '\(Self.header)', a key and an entry") }
        self.key = key
        end = endLine == "empty" ? nil : try Self.entry(endLine)
        guard let countLine = reader.next(), countLine.hasPrefix("siblings "),
            let count = decimal(countLine.dropFirst(9)), count <= UInt64(MapPath.bitCount)
        else { throw Self.malformed("expected 'siblings N', N at most 256") }
        var siblings: [SHA256Digest] = []
        while siblings.count < Int(count), let line = reader.next() {
            if line.hasPrefix("zero "), let run = decimal(line.dropFirst(5)), run <= count {
                siblings += Array(repeating: .zero, count: Int(run))
            } else if let digest = Self.digest(line[...]) {
                siblings.append(digest)
            } else {
                throw Self.malformed("a sibling is not base64 of 32 bytes")
            }
        }
        self.siblings = siblings
        guard siblings.count == Int(count), reader.rest.isEmpty,
            text == String(decoding: bytes, as: UTF8.self)
        else { throw Self.malformed("it is not in the one form that a proof has") }
    }

    private static func entry(_ line: String) throws(TransparencyLogError) -> MapEntry {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 4, words[0] == "entry", let key = digest(words[1]),
            let count = decimal(words[2]), let chain = digest(words[3])
        else { throw malformed("expected 'entry KEY COUNT CHAIN' or 'empty'") }
        return MapEntry(key: key, count: count, chain: chain)
    }

    private static func digest(_ text: Substring) -> SHA256Digest? {
        Base64.decode(text).flatMap { SHA256Digest($0) }
    }

    private static func malformed(_ reason: String) -> TransparencyLogError {
        .malformed(what: "map proof", reason: reason)
    }
}
