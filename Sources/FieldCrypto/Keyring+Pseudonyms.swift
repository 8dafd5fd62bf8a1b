internal import Synchronization

extension Keyring {
    /// How a department's pseudonym is kept in the store, under every version of the department's key, newest first.
    ///
    /// The first 16 bytes of HMAC(department's key, "gw/pseudonym-row/v1" | pseudonym), each with its length
    /// before it: the store alone does not tell which pseudonym a row is for.
    ///
    /// - Returns: One value for each version; none where the department has no key.
    package func pseudonymRows(
        of pseudonym: String, department: String
    ) throws(FieldCryptoError) -> [BlindIndexValue] {
        guard hasPseudonymKey(department) else { return [] }
        let keys = try state.withLock { $0.keys }.keys(.pseudonym, department)
        var message = CanonicalBytes(capacity: 64)
        message.append("gw/pseudonym-row/v1")
        message.append(pseudonym)
        let bytes = message.bytes
        return try workers.withWorker { worker throws(FieldCryptoError) in
            var rows: [BlindIndexValue] = []
            for key in keys {
                let code = try worker.authenticate(bytes, key: key).bytes
                rows.append(
                    BlindIndexValue(version: key.name.version, bytes: Array(code.prefix(16))))
            }
            return rows
        }
    }

    /// Whether the ring has a key for a department's pseudonyms.
    package func hasPseudonymKey(_ department: String) -> Bool {
        state.withLock { $0.keys.nextVersion(.pseudonym, department) } > 1
    }

    /// Seals a message that only the gateway can open, and only for one department.
    ///
    /// 1 byte 0xE2, 4 bytes version of the department's key (big-endian), nonce, ciphertext, tag, in the suite of that
    /// key. Its key is HKDF(salt = none, key = department's pseudonym key, info = "gw/hand-over/v1" | department |
    /// version), as long as the suite's; associated data is "gw/hand-over/v1" | tenant | department | version.
    ///
    /// - Throws: ``FieldCryptoError/unknownKey(_:)`` where the department has no key.
    package func sealHandOver(
        _ message: [UInt8], to department: String, tenant: String
    ) throws(FieldCryptoError) -> [UInt8] {
        let key = try state.withLock { $0.keys }.keys(.pseudonym, department)[0]
        try reserveUses(1, of: key.name)
        let nonce = try random.bytes(key.suite.nonceByteCount)
        let sealed = try key.suite.cipher().encrypt(
            message, key: Self.handOverKey(from: key), nonce: nonce,
            associatedData: Self.handOverData(key.name, tenant: tenant))
        return [Self.handOverFormat] + Self.bigEndian(key.name.version) + nonce + sealed
    }

    /// Opens what was sealed for a department; nil for anything else.
    package func openHandOver(
        _ token: [UInt8], of department: String, tenant: String
    ) throws(FieldCryptoError) -> [UInt8]? {
        guard token.count > 5, token[0] == Self.handOverFormat, hasPseudonymKey(department)
        else { return nil }
        let version = token[1..<5].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let keys = try state.withLock { $0.keys }.keys(.pseudonym, department)
        guard let key = keys.first(where: { $0.name.version == version }) else { return nil }
        let start = 5 + key.suite.nonceByteCount
        guard token.count > start + key.suite.tagByteCount else { return nil }
        return try key.suite.cipher().decrypt(
            Array(token[start...]), key: Self.handOverKey(from: key),
            nonce: Array(token[5..<start]),
            associatedData: Self.handOverData(key.name, tenant: tenant))
    }

    private static let handOverFormat: UInt8 = 0xE2

    private static func handOverKey(from key: RingKey) throws(FieldCryptoError) -> SecretBytes {
        var info = CanonicalBytes(capacity: 64)
        info.append("gw/hand-over/v1")
        info.append(key.name.name)
        info.append(key.name.version)
        return try hkdf(
            salt: [], inputKey: key.secret, info: info.bytes, byteCount: key.suite.keyByteCount,
            hash: key.suite.family.hash)
    }

    private static func handOverData(_ name: KeyName, tenant: String) -> [UInt8] {
        var data = CanonicalBytes(capacity: 64)
        data.append("gw/hand-over/v1")
        data.append(tenant)
        data.append(name.name)
        data.append(name.version)
        return data.bytes
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { [UInt8]($0) }
    }
}
