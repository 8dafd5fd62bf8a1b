package import FieldCrypto

/// What a note key's signature is made over.
package enum NoteSignatureKind: UInt8, Hashable, Sendable {
    /// Ed25519 over the note's text.
    case ed25519 = 0x01
    /// Ed25519 over a time and the note's text: a witness's cosignature/v1.
    case cosignature = 0x04
    /// SM2 with SM3 over the note's text, where national rules ask for it beside Ed25519.
    ///
    /// A kind that C2SP has not assigned: 0xFF, and a name that nobody else uses.
    case sm2 = 0xFF

    /// What stands before the public key, in a key's text and below its id.
    var identifier: [UInt8] {
        switch self {
        case .ed25519, .cosignature: [rawValue]
        case .sm2: [rawValue] + Array("gw.example/sm2-v1".utf8)
        }
    }

    /// The kind of a log's own signature with a key.
    init(signingWith key: VerifyingKey) {
        switch key.algorithm {
        case .ed25519: self = .ed25519
        case .sm2: self = .sm2
        }
    }

    var algorithm: SignatureAlgorithm { self == .sm2 ? .sm2 : .ed25519 }
}

/// A key whose signatures on notes are known: a name and a public key (C2SP signed-note).
package struct NoteKey: Hashable, Sendable {
    package let name: String
    package let kind: NoteSignatureKind
    package let key: VerifyingKey
    /// The first four bytes of SHA-256(name || 0x0A || kind || public key), in the SM family too: readers compute it.
    package let id: UInt32

    /// - Parameters:
    ///   - name: The log's or witness's.
    ///   - kind: Nil for that of a log's own signature.
    ///   - key: The public key.
    /// - Throws: ``TransparencyLogError/malformed(what:reason:)`` for a name that is empty or has a space, a plus
    ///   sign or a control character, and for a kind that the key does not sign with.
    package init(
        name: String, kind: NoteSignatureKind? = nil, key: VerifyingKey
    ) throws(TransparencyLogError) {
        let kind = kind ?? NoteSignatureKind(signingWith: key)
        guard Self.isValidName(name) else {
            throw .malformed(
                what: "note key", reason: "its name is empty or has a space or a plus sign")
        }
        guard kind.algorithm == key.algorithm else {
            throw .malformed(what: "note key", reason: "its public key is of another kind")
        }
        self.name = name
        self.kind = kind
        self.key = key
        let digest = sha256(Array(name.utf8) + [0x0A] + kind.identifier + key.bytes).bytes
        id = digest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads a key as ``encoded`` writes it: name, key id in hexadecimal, base64 of kind and key, with `+` between.
    ///
    /// - Throws: ``TransparencyLogError/malformed(what:reason:)`` also where the id is not that of the key.
    package init(encoded text: String) throws(TransparencyLogError) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].utf8.count == 8, let id = UInt32(parts[1], radix: 16),
            parts[1].utf8.allSatisfy({ $0 != 0x2B && $0 != 0x2D }),
            let bytes = Base64.decode(parts[2]), let first = bytes.first
        else {
            throw .malformed(what: "note key", reason: "expected name+id+base64")
        }
        guard let kind = NoteSignatureKind(rawValue: first) else {
            throw .malformed(what: "note key", reason: "signature kind \(first) is unknown")
        }
        guard bytes.starts(with: kind.identifier) else {
            throw .malformed(what: "note key", reason: "its signature kind is unknown")
        }
        let key: VerifyingKey
        do { key = try VerifyingKey(bytes: Array(bytes.dropFirst(kind.identifier.count))) } catch {
            throw .crypto(error)
        }
        try self.init(name: String(parts[0]), kind: kind, key: key)
        guard self.id == id else {
            throw .malformed(what: "note key", reason: "its id is not that of its name and key")
        }
    }

    /// The key as others configure it (a "vkey").
    package var encoded: String {
        "\(name)+\(hexadecimal(id))+\(Base64.encode(kind.identifier + key.bytes))"
    }

    static func isValidName(_ name: String) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy {
                !$0.properties.isWhitespace && $0 != "+" && $0.value >= 0x20
            }
    }

    /// Whether a signature, without its key id, is this key's over the text.
    func isValid(_ signature: [UInt8], text: [UInt8]) -> Bool {
        switch kind {
        case .ed25519, .sm2: return key.isValid(signature, for: text)
        case .cosignature:
            guard let time = Cosignature.time(of: signature) else { return false }
            let message = Cosignature.message(text: text, time: time)
            return key.isValid(Array(signature.dropFirst(8)), for: message)
        }
    }
}

/// The timed signature of a witness (C2SP tlog-cosignature, version 1).
package enum Cosignature {
    /// The seconds since 1970 that a cosignature states, or nil where it is not 72 bytes or beyond 2^63 - 1.
    package static func time(of signature: [UInt8]) -> UInt64? {
        guard signature.count == 8 + VerifyingKey.signatureByteCount else { return nil }
        let time = signature.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return time <= UInt64(Int64.max) ? time : nil
    }

    static func message(text: [UInt8], time: UInt64) -> [UInt8] {
        Array("cosignature/v1\ntime \(time)\n".utf8) + text
    }
}

/// Eight lower-case digits.
func hexadecimal(_ number: UInt32) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 8 - digits.utf8.count) + digits
}
