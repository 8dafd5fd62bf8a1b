package import FieldCrypto

/// One signature line of a note.
package struct NoteSignature: Hashable, Sendable {
    package let name: String
    package let keyID: UInt32
    /// What follows the key id.
    package let signature: [UInt8]

    package init(name: String, keyID: UInt32, signature: [UInt8]) {
        self.name = name
        self.keyID = keyID
        self.signature = signature
    }

    /// The line of the note, with its newline.
    package var line: String {
        let id = withUnsafeBytes(of: keyID.bigEndian) { [UInt8]($0) }
        return "\u{2014} \(name) \(Base64.encode(id + signature))\n"
    }
}

/// A text and the signatures under it, none of which has been checked (C2SP signed-note).
///
/// Nothing in the text may be believed before ``verified(by:)``.
package struct SignedNote: Hashable, Sendable {
    package static let noteBytesMax = 1 << 20
    package static let signaturesMax = 100

    /// Ends in a newline.
    package let untrustedText: String
    package private(set) var signatures: [NoteSignature]

    /// A note to be signed.
    ///
    /// - Throws: ``TransparencyLogError/malformed(what:reason:)`` if the text does not end in a newline or has
    ///   another control character.
    package init(text: String) throws(TransparencyLogError) {
        guard text.utf8.last == 0x0A, text.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x0A }) else {
            throw .malformed(
                what: "signed note",
                reason: "the text must end in a newline and have no other control character")
        }
        untrustedText = text
        signatures = []
    }

    /// Reads a note with its signatures.
    ///
    /// - Throws: ``TransparencyLogError/malformed(what:reason:)`` for anything but a text, an empty line and 1 to 100
    ///   signature lines.
    package init(parsing bytes: [UInt8]) throws(TransparencyLogError) {
        guard bytes.count <= Self.noteBytesMax else {
            throw .malformed(what: "signed note", reason: "longer than \(Self.noteBytesMax) bytes")
        }
        guard bytes.allSatisfy({ $0 >= 0x20 || $0 == 0x0A }),
            let whole = String(validating: bytes, as: UTF8.self)
        else {
            throw .malformed(
                what: "signed note", reason: "it is not UTF-8 or has a control character")
        }
        // The last empty line parts text and signatures; it is looked for in bytes.
        guard let split = Self.lastEmptyLine(in: bytes), bytes.last == 0x0A else {
            throw .malformed(what: "signed note", reason: "it has no signatures")
        }
        let utf8 = whole.utf8
        let middle = utf8.index(utf8.startIndex, offsetBy: split)
        untrustedText = String(whole[..<middle])
        let lines = whole[utf8.index(after: middle)...].unicodeScalars
            .split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        guard (1...Self.signaturesMax).contains(lines.count) else {
            throw .malformed(
                what: "signed note",
                reason: "\(lines.count) signatures, expected 1 to \(Self.signaturesMax)")
        }
        signatures = []
        for line in lines { signatures.append(try Self.signature(of: Substring(line))) }
    }

    /// The offset of the byte after the text's last newline, where an empty line follows it.
    private static func lastEmptyLine(in bytes: [UInt8]) -> Int? {
        var position = bytes.count - 1
        while position >= 1 {
            if bytes[position] == 0x0A, bytes[position - 1] == 0x0A { return position }
            position -= 1
        }
        return nil
    }

    private static func signature(
        of line: Substring
    ) throws(TransparencyLogError) -> NoteSignature {
        let parts = line.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, String(parts[0]) == "\u{2014}",
            NoteKey.isValidName(String(parts[1])), let bytes = Base64.decode(Substring(parts[2])),
            bytes.count >= 5
        else {
            throw .malformed(
                what: "signed note", reason: "a signature line is not '\u{2014} name base64'")
        }
        return NoteSignature(
            name: String(parts[1]), keyID: bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) },
            signature: Array(bytes.dropFirst(4)))
    }

    /// Adds a log's signature, of the kind that its key signs with.
    package mutating func sign(name: String, key: SigningKey) throws(TransparencyLogError) {
        let noteKey = try NoteKey(name: name, key: key.publicKey)
        append(key: noteKey, try signature(of: Array(untrustedText.utf8), by: key))
    }

    /// Adds a witness's cosignature.
    ///
    /// - Parameters:
    ///   - name: The witness's.
    ///   - key: Of a witness only: a log's key must never cosign.
    ///   - seconds: Since 1970, at most 2^63 - 1.
    /// - Throws: ``TransparencyLogError/malformed(what:reason:)`` for a name that no key may have.
    package mutating func cosign(
        name: String, key: SigningKey, at seconds: UInt64
    ) throws(TransparencyLogError) {
        let noteKey = try NoteKey(name: name, kind: .cosignature, key: key.publicKey)
        let message = Cosignature.message(text: Array(untrustedText.utf8), time: seconds)
        let time = withUnsafeBytes(of: seconds.bigEndian) { [UInt8]($0) }
        append(key: noteKey, time + (try signature(of: message, by: key)))
    }

    private func signature(
        of message: [UInt8], by key: SigningKey
    ) throws(TransparencyLogError) -> [UInt8] {
        do { return try key.sign(message) } catch { throw .crypto(error) }
    }

    private mutating func append(key: NoteKey, _ signature: [UInt8]) {
        signatures.append(NoteSignature(name: key.name, keyID: key.id, signature: signature))
    }

    /// The note as it is published.
    package var bytes: [UInt8] {
        var text = untrustedText + "\n"
        for signature in signatures { text += signature.line }
        return Array(text.utf8)
    }

    /// Whether it has as many signatures as can be read again.
    package var isFull: Bool { signatures.count >= Self.signaturesMax }

    /// Adds a signature that somebody else made; it has been checked, or will be before anybody believes it.
    package mutating func add(_ signature: NoteSignature) { signatures.append(signature) }

    /// Checks the signatures of known keys; lines of other keys count for nothing.
    ///
    /// - Returns: The text, with the keys that signed it.
    /// - Throws: ``TransparencyLogError/signature(key:)`` if one of a known key is wrong, whatever else signed;
    ///   ``TransparencyLogError/unsigned`` if no known key signed.
    package func verified(by keys: [NoteKey]) throws(TransparencyLogError) -> VerifiedNote {
        let text = Array(untrustedText.utf8)
        var signers: [NoteKey] = []
        var cosignedSeconds: [NoteKey: UInt64] = [:]
        for signature in signatures {
            let key = keys.first { $0.name == signature.name && $0.id == signature.keyID }
            guard let key else { continue }
            guard key.isValid(signature.signature, text: text) else {
                throw .signature(key: key.name)
            }
            if signers.contains(key) { continue }
            signers.append(key)
            if key.kind == .cosignature {
                cosignedSeconds[key] = Cosignature.time(of: signature.signature)
            }
        }
        if signers.isEmpty { throw .unsigned }
        return VerifiedNote(text: untrustedText, signers: signers, cosignedSeconds: cosignedSeconds)
    }
}

/// A text that at least one known key signed; holding it proves that this was checked.
package struct VerifiedNote: Hashable, Sendable {
    package let text: String
    /// Each key once, in the order of their signatures.
    package let signers: [NoteKey]
    /// When each witness cosigned, in seconds since 1970.
    package let cosignedSeconds: [NoteKey: UInt64]

    fileprivate init(text: String, signers: [NoteKey], cosignedSeconds: [NoteKey: UInt64]) {
        self.text = text
        self.signers = signers
        self.cosignedSeconds = cosignedSeconds
    }
}
