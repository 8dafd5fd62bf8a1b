package import FieldCrypto

/// A log's state at one size: what its signature stands for (C2SP tlog-checkpoint).
package struct Checkpoint: Hashable, Sendable {
    /// The log's name, one non-empty line.
    package let origin: String
    package let size: UInt64
    package let root: SHA256Digest
    /// Further lines; a log of ours has none.
    package let extensions: [String]

    package init(origin: String, size: UInt64, root: SHA256Digest, extensions: [String] = []) {
        self.origin = origin
        self.size = size
        self.root = root
        self.extensions = extensions
    }

    /// The text that is signed.
    package var text: String {
        ([origin, String(size), Base64.encode(root.bytes)] + extensions)
            .joined(separator: "\n") + "\n"
    }

    /// Reads the text of a note.
    ///
    /// Whoever believes it must have checked the signature.
    ///
    /// - Throws: ``TransparencyLogError/malformed(what:reason:)`` for anything but three or more non-empty lines of
    ///   origin, size and root.
    package init(parsing text: String) throws(TransparencyLogError) {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
        guard lines.count >= 4, lines.last == "", lines.dropLast().allSatisfy({ !$0.isEmpty })
        else {
            throw .malformed(
                what: "checkpoint", reason: "expected at least three lines, none of them empty")
        }
        guard let size = decimal(lines[1]), size <= UInt64(Int64.max) else {
            throw .malformed(what: "checkpoint", reason: "the second line is not a size")
        }
        guard let bytes = Base64.decode(lines[2]), let root = SHA256Digest(bytes) else {
            throw .malformed(
                what: "checkpoint", reason: "the third line is not base64 of 32 bytes")
        }
        self.init(
            origin: lines[0], size: size, root: root, extensions: Array(lines[3..<lines.count - 1]))
    }

    /// Whether a text stays one line where it is written.
    private static func isLine(_ text: String) -> Bool {
        !text.isEmpty && !text.utf8.contains(UInt8(ascii: "\n"))
    }

    /// The signed checkpoint; the key's name is the log's origin.
    ///
    /// - Parameters:
    ///   - key: An Ed25519 key, as C2SP asks.
    ///   - further: Keys of the same log whose signatures stand below the first.
    /// - Returns: The note.
    /// - Throws: ``TransparencyLogError/malformed(what:reason:)`` if the origin is no key name or the text could be
    ///   read as another checkpoint.
    package func signed(
        by key: SigningKey, and further: [SigningKey] = []
    ) throws(TransparencyLogError) -> SignedNote {
        guard ([origin] + extensions).allSatisfy(Self.isLine), size <= UInt64(Int64.max) else {
            throw .malformed(
                what: "checkpoint",
                reason: "its origin or an extension is not one line, or its size is too large")
        }
        var note = try SignedNote(text: text)
        for key in [key] + further { try note.sign(name: origin, key: key) }
        return note
    }

    /// Reads a signed checkpoint and checks the log's signature, and those of the witnesses that are known.
    ///
    /// - Parameters:
    ///   - bytes: The note.
    ///   - log: The log's key, whose name is the origin to expect.
    ///   - witnesses: Keys whose cosignatures are checked when present.
    /// - Returns: The checkpoint, and the note as it was verified.
    /// - Throws: ``TransparencyLogError/unsigned`` if the log itself did not sign, and what reading and checking
    ///   throw.
    package static func verified(
        _ bytes: [UInt8], log: NoteKey, witnesses: [NoteKey] = []
    ) throws(TransparencyLogError) -> (checkpoint: Checkpoint, note: VerifiedNote) {
        let note = try SignedNote(parsing: bytes).verified(by: [log] + witnesses)
        guard note.signers.contains(log) else { throw .unsigned }
        let checkpoint = try Checkpoint(parsing: note.text)
        guard checkpoint.origin == log.name else {
            throw .malformed(
                what: "checkpoint",
                reason: "its origin is '\(checkpoint.origin)', expected '\(log.name)'")
        }
        return (checkpoint, note)
    }
}
