package import FieldCrypto
package import TransparencyLog
import Synchronization

/// The keys that the log signs or has signed with.
///
/// Which one signs stands in the store, so that a change holds for every process from its next entry on. Seeds of
/// earlier keys are destroyed; their public keys stay.
final class LogSigningKeys: Sendable {
    private struct State {
        var keys: [String: SigningKey] = [:]
        var current: String
    }

    private let keyring: Keyring
    private let state: Mutex<State>

    init(first: SigningKey?, keyring: Keyring) {
        self.keyring = keyring
        var known = State(current: AuditLog.signingKeyName)
        known.keys[AuditLog.signingKeyName] = first
        state = Mutex(known)
    }

    /// The key that signs as the store stands.
    func current(in reader: any KeyWorkReader) throws(GatewayError) -> SigningKey {
        let name = try reader.logKeys().last?.name ?? AuditLog.signingKeyName
        state.withLock { $0.current = name }
        return try key(name)
    }

    /// The key that signed when the log was last looked at.
    var lastSeen: SigningKey {
        get throws(GatewayError) { try key(state.withLock { $0.current }) }
    }

    /// The SM2 key that signs beside the current one, in a home of the SM family.
    ///
    /// A home that is going over to the family gets it when it is next opened, and has none until then.
    func national() throws(GatewayError) -> SigningKey? {
        guard keyring.family == .sm else { return nil }
        let name = AuditLog.nationalKeyName
        if let known = state.withLock({ $0.keys[name] }) { return known }
        let found = try inCrypto { () throws(FieldCryptoError) in try keyring.signingKey(name) }
        state.withLock { $0.keys[name] = found }
        return found
    }

    func key(_ name: String) throws(GatewayError) -> SigningKey {
        if let known = state.withLock({ $0.keys[name] }) { return known }
        let found = try inCrypto { () throws(FieldCryptoError) in try keyring.signingKey(name) }
        guard let found else {
            throw .store(.corrupt(what: "the log's signing key is missing from keys.db"))
        }
        state.withLock { $0.keys[name] = found }
        return found
    }
}

extension AuditLog {
    /// Makes the SM2 key that signs beside Ed25519, where a home of the SM family has none yet.
    package static func ensureNationalKey(of keyring: Keyring) throws(FieldCryptoError) {
        guard keyring.family == .sm, try keyring.signingKey(nationalKeyName) == nil else { return }
        _ = try keyring.createSigningKey(
            nationalKeyName, fieldClass: operationalClass, algorithm: .sm2)
    }
}

/// The log's public keys, oldest first, each with the first size whose checkpoint it signs.
package struct LogKeyHistory: Sendable {
    package let keys: [(key: NoteKey, since: UInt64)]

    /// The keys that must have signed the checkpoint of a size: two where one announced the next.
    func signers(of size: UInt64) -> [NoteKey] {
        guard let place = keys.lastIndex(where: { $0.since <= size }) else {
            return keys.first.map { [$0.key] } ?? []
        }
        let isAnnouncement = place > 0 && keys[place].since == size
        return isAnnouncement ? [keys[place].key, keys[place - 1].key] : [keys[place].key]
    }

    /// The key by which outsiders know the checkpoint of a size.
    func signer(of size: UInt64) throws(GatewayError) -> NoteKey {
        guard let key = signers(of: size).first else {
            throw .store(.corrupt(what: "the log has no key"))
        }
        return key
    }
}

/// The public announcement of the log's next key, signed by the key before it and by itself.
package enum LogKeyChange {
    package static let header = "hangu/log-key-change/1"

    static func text(origin: String, since: UInt64, next: NoteKey) -> String {
        "\(header)\n\(origin)\n\(since)\n\(next.encoded)\n"
    }

    /// The key that a trusted one announces; nil where another key signed the note.
    ///
    /// - Throws: ``TransparencyLogError`` for a note that is not one, or whose signature is wrong.
    package static func next(
        after trusted: NoteKey, in note: [UInt8]
    ) throws(TransparencyLogError) -> NoteKey? {
        let signed = try SignedNote(parsing: note)
        let verified: VerifiedNote
        do { verified = try signed.verified(by: [trusted]) } catch {
            if case .unsigned = error { return nil }
            throw error
        }
        let lines = verified.text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 5, lines[0] == header, lines[1] == trusted.name,
            UInt64(lines[2]) != nil
        else {
            throw .malformed(what: "key change", reason: "expected '\(header)' and three lines")
        }
        let next = try NoteKey(encoded: String(lines[3]))
        guard next.name == trusted.name else {
            throw .malformed(what: "key change", reason: "it announces the key of another log")
        }
        return next == trusted ? nil : next
    }

    /// The present key of a published log, found from the key that a reader trusts.
    ///
    /// - Parameters:
    ///   - trusted: Got from somewhere else than the log.
    ///   - read: The bytes at a path under the log's folder, or nil where there are none.
    /// - Returns: The last key that can be reached by changes each of which the key before it has signed.
    package static func newest(
        from trusted: NoteKey, read: (String) -> [UInt8]?
    ) -> NoteKey {
        var key = trusted
        for number in 1...changesMax {
            guard let note = read("key-change/\(number)") else { break }
            do { key = try next(after: key, in: note) ?? key } catch { break }
        }
        return key
    }

    private static let changesMax = 10_000
}
