import FieldCrypto
import JSONText
import TransparencyLog

extension KeyRotation {
    /// Gives the log a new signing key, announced by the one before it, and destroys that one's seed.
    ///
    /// The checkpoint over the entry that says so is signed by both. Earlier checkpoints stay valid under the keys that
    /// signed them. Readers follow the published notes `key-change/N` from the key they trust to the present one.
    package func rotateSigning() throws(GatewayError) -> KeyRotationReport {
        let count = try parts.store.read { reader throws(GatewayError) in
            try reader.logKeys().count
        }
        var (job, isResumed) = try beginSigning(version: UInt32(count) + 2)
        let name = Self.signingName(job.version)
        if try parts.keyringSigningKey(name) == nil {
            _ = try inCrypto { () throws(FieldCryptoError) in
                try parts.keyring.createSigningKey(
                    name, fieldClass: AuditLog.operationalClass)
            }
        }
        let announced = job
        try parts.write { writer throws(GatewayError) in
            if try writer.logKeys().contains(where: { $0.name == name }) { return }
            try parts.log.announce(name, by: announced, in: writer)
        }
        for version in 1..<job.version {
            try inCrypto { () throws(FieldCryptoError) in
                try parts.keyring.destroySigningSeed(Self.signingName(version))
            }
        }
        job.done = 1
        try finish(&job)
        return KeyRotationReport(job: job, isResumed: isResumed, doneNow: 1)
    }

    /// As `begin`, without an entry of its own: the announcement is one.
    private func beginSigning(
        version: UInt32
    ) throws(GatewayError) -> (job: KeyJob, isResumed: Bool) {
        try parts.write { writer throws(GatewayError) in
            let open = try writer.keyJobs().first { $0.kind == .signing && $0.state != .done }
            if let open { return (open, true) }
            return (
                try writer.startJob(
                    .signing, name: "", version: version, resident: nil, at: parts.clock.minute),
                false
            )
        }
    }

    static func signingName(_ version: UInt32) -> String {
        version == 1 ? AuditLog.signingKeyName : "\(AuditLog.signingKeyName)/\(version)"
    }
}

extension GatewayParts {
    fileprivate func keyringSigningKey(_ name: String) throws(GatewayError) -> SigningKey? {
        try inCrypto { () throws(FieldCryptoError) in try keyring.signingKey(name) }
    }
}

extension AuditLog {
    /// Appends the entry that announces the log's next key; old and new key sign the checkpoint over it, and the note
    /// that is published.
    func announce(
        _ name: String, by job: KeyJob, in writer: any StoreWriter
    ) throws(GatewayError) {
        let old = try keys.current(in: writer)
        let next = try keys.key(name)
        let since = try writer.treeSize() + 1
        let note: String
        let encoded: String
        do throws(TransparencyLogError) {
            let nextKey = try NoteKey(name: origin, key: next.publicKey)
            encoded = nextKey.encoded
            var signed = try SignedNote(
                text: LogKeyChange.text(origin: origin, since: since, next: nextKey))
            try signed.sign(name: origin, key: old)
            try signed.sign(name: origin, key: next)
            note = String(decoding: signed.bytes, as: UTF8.self)
        } catch { throw .log(error) }
        _ = try append(
            [.keyEvent(.rotationStarted, job, more: [("verifierKey", .string(encoded))])],
            in: writer, alsoSignedBy: next)
        try writer.addLogKey(LogKeyName(name: name, since: since, note: note))
    }

    /// The log's public keys as the store and the ring have them.
    func history(in reader: any StoreReader) throws(GatewayError) -> LogKeyHistory {
        let publicKeys = try inCrypto { () throws(FieldCryptoError) in
            try details.keyring.signingPublicKeys()
        }
        let names =
            [LogKeyName(name: Self.signingKeyName, since: 0, note: "")]
            + (try reader.logKeys())
        var history: [(key: NoteKey, since: UInt64)] = []
        for name in names {
            guard let key = publicKeys[name.name] else {
                throw .store(.corrupt(what: "a public key of the log is missing from keys.db"))
            }
            let noteKey = try inLog { () throws(TransparencyLogError) in
                try NoteKey(name: origin, key: key)
            }
            history.append((noteKey, name.since))
        }
        return LogKeyHistory(keys: history)
    }

    func noteKeys(
        in store: any GatewayStore
    ) throws(GatewayError) -> [(key: NoteKey, since: UInt64)] {
        try store.read { reader throws(GatewayError) in try history(in: reader).keys }
    }
}
