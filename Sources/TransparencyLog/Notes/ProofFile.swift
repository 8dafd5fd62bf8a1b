package import FieldCrypto

/// A receipt that an entry is in the log: an inclusion proof with its signed checkpoint (C2SP tlog-proof, version 1).
package struct ProofFile: Hashable, Sendable {
    package static let header = "c2sp.org/tlog-proof@v1"
    package static let fileBytesMax = 1 << 21

    /// Anything the application adds; nothing authenticates it.
    package let untrustedExtra: [UInt8]?
    package let index: UInt64
    package let hashes: [SHA256Digest]
    /// The signed checkpoint as the log gave it.
    package let checkpoint: [UInt8]

    package init(
        index: UInt64, hashes: [SHA256Digest], checkpoint: [UInt8], untrustedExtra: [UInt8]? = nil
    ) {
        self.index = index
        self.hashes = hashes
        self.checkpoint = checkpoint
        self.untrustedExtra = untrustedExtra
    }

    package var bytes: [UInt8] {
        var text = Self.header + "\n"
        if let untrustedExtra { text += "extra \(Base64.encode(untrustedExtra))\n" }
        text += "index \(index)\n"
        for hash in hashes { text += Base64.encode(hash.bytes) + "\n" }
        return Array((text + "\n").utf8) + checkpoint
    }

    /// Reads a receipt; the checkpoint in it is not looked at.
    ///
    /// - Throws: ``TransparencyLogError/malformed(what:reason:)`` for any other form.
    package init(parsing bytes: [UInt8]) throws(TransparencyLogError) {
        guard bytes.count <= Self.fileBytesMax else {
            throw .malformed(what: "proof file", reason: "longer than \(Self.fileBytesMax) bytes")
        }
        var reader = LineReader(bytes)
        guard reader.next() == Self.header else {
            throw .malformed(what: "proof file", reason: "it does not begin with '\(Self.header)'")
        }
        var line = reader.next()
        untrustedExtra =
            line?.hasPrefix("extra ") == true
            ? try Self.extra(line?.dropFirst(6) ?? "") : nil
        if untrustedExtra != nil { line = reader.next() }
        guard let text = line, text.hasPrefix("index "), let index = decimal(text.dropFirst(6))
        else {
            throw .malformed(what: "proof file", reason: "the line with the index is missing")
        }
        self.index = index
        hashes = try reader.hashes(of: "proof file", untilEmptyLine: true)
        checkpoint = reader.rest
    }

    private static func extra(_ text: Substring) throws(TransparencyLogError) -> [UInt8] {
        guard let bytes = Base64.decode(text) else {
            throw .malformed(what: "proof file", reason: "the extra data is not base64")
        }
        return bytes
    }

    /// Checks the whole receipt for one entry.
    ///
    /// - Parameters:
    ///   - entry: The entry's bytes.
    ///   - log: The log's key.
    ///   - witnesses: Keys whose cosignatures are checked when present.
    /// - Returns: The checkpoint that the entry is under, and the note as it was verified.
    /// - Throws: What checking the checkpoint or the proof throws.
    package func verify(
        entry: [UInt8], log: NoteKey, witnesses: [NoteKey] = []
    ) throws(TransparencyLogError) -> (checkpoint: Checkpoint, note: VerifiedNote) {
        let verified = try Checkpoint.verified(checkpoint, log: log, witnesses: witnesses)
        var hasher = MerkleHasher()
        let proof = InclusionProof(index: index, size: verified.checkpoint.size, hashes: hashes)
        try proof.verify(leafHash: hasher.leaf(entry), root: verified.checkpoint.root)
        return verified
    }
}

extension ConsistencyProof {
    /// The proof as text: `old N`, `new M`, then one base64 hash a line.
    package var text: String {
        hashes.reduce(into: "old \(oldSize)\nnew \(newSize)\n") {
            $0 += Base64.encode($1.bytes) + "\n"
        }
    }

    /// Reads a proof as ``text`` writes it.
    ///
    /// - Throws: ``TransparencyLogError/malformed(what:reason:)`` for any other form.
    package init(parsing bytes: [UInt8]) throws(TransparencyLogError) {
        var reader = LineReader(bytes)
        guard let old = reader.next(), old.hasPrefix("old "),
            let oldSize = decimal(old.dropFirst(4)),
            let new = reader.next(), new.hasPrefix("new "), let newSize = decimal(new.dropFirst(4))
        else {
            throw .malformed(
                what: "consistency proof", reason: "expected a line 'old N' and a line 'new M'")
        }
        self.init(
            oldSize: oldSize, newSize: newSize,
            hashes: try reader.hashes(of: "consistency proof", untilEmptyLine: false))
    }
}

/// Takes lines off the front of bytes; a line without its newline is none.
struct LineReader {
    /// More hashes than a tree of 2^64 entries can need.
    private static let hashesMax = 130
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var rest: [UInt8] { Array(bytes[position...]) }

    mutating func next() -> String? {
        guard let end = bytes[position...].firstIndex(of: 0x0A) else { return nil }
        defer { position = end + 1 }
        return String(validating: bytes[position..<end], as: UTF8.self)
    }

    mutating func hashes(
        of what: String, untilEmptyLine: Bool
    ) throws(TransparencyLogError) -> [SHA256Digest] {
        var hashes: [SHA256Digest] = []
        while position < bytes.count {
            guard let line = next() else {
                throw .malformed(what: what, reason: "its last line is cut or not UTF-8")
            }
            if line.isEmpty, untilEmptyLine { return hashes }
            guard let hash = Base64.decode(line).flatMap({ SHA256Digest($0) }),
                hashes.count < Self.hashesMax
            else {
                throw .malformed(
                    what: what, reason: "line \(hashes.count + 1) of the hashes is not one")
            }
            hashes.append(hash)
        }
        if untilEmptyLine { throw .malformed(what: what, reason: "it ends too early") }
        return hashes
    }
}
