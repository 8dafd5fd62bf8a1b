internal import Synchronization

/// A value's place in a blind index under one version of the index's key.
package struct BlindIndexValue: Hashable, Sendable {
    package let version: UInt32
    /// The first bits of the code, in as few bytes as hold them; bits beyond are zero.
    package let bytes: [UInt8]

    package init(version: UInt32, bytes: [UInt8]) {
        self.version = version
        self.bytes = bytes
    }

    /// The first bits, 1 to 256, of a code.
    init(version: UInt32, digest: [UInt8], bits: Int) {
        precondition((1...256).contains(bits), "a blind index has 1 to 256 bits")
        self.version = version
        var bytes = digest
        bytes.removeLast(bytes.count - (bits + 7) / 8)
        if bits % 8 != 0 { bytes[bytes.count - 1] &= 0xFF << UInt8(8 - bits % 8) }
        self.bytes = bytes
    }
}

/// The name by which one department knows one resident; it says nothing to another department.
package struct Pseudonym: Hashable, Sendable {
    package let version: UInt32
    /// 20 characters `a-z2-7`, that is 100 bits.
    package let text: String

    package init(version: UInt32, text: String) {
        self.version = version
        self.text = text
    }
}

extension Keyring {
    /// The blind index values of one value under every version of the index's key, newest first.
    ///
    /// HMAC(index key, value) with the hash of the key's family, cut to the first `bits` bits. Search for all of them; store the newest, or
    /// all. It lets whoever has the index see which residents share a value, so a value few people vary in
    /// (sex, marital state) must have none.
    ///
    /// - Parameters:
    ///   - value: Normalised by the caller: equal values must be equal bytes.
    ///   - index: The index's name.
    ///   - bits: 1 to 256. For X different values between log2(sqrt(X)) and log2(X / 2); 128 for unique numbers.
    /// - Returns: One value for each version.
    /// - Throws: ``FieldCryptoError/unknownKey(_:)`` before ``addVersion(of:name:)`` for that index.
    package func blindIndex(
        _ value: [UInt8], index: String, bits: Int
    ) throws(FieldCryptoError) -> [BlindIndexValue] {
        try blindIndexes([value], index: index, bits: bits)[0]
    }

    /// The same for many values, in their order.
    package func blindIndexes(
        _ values: [[UInt8]], index: String, bits: Int
    ) throws(FieldCryptoError) -> [[BlindIndexValue]] {
        precondition((1...256).contains(bits), "a blind index has 1 to 256 bits")
        let keySet = state.withLock { $0.keys }
        let keys = try keySet.keys(.blindIndex, index)
        return try workers.withWorker { worker throws(FieldCryptoError) in
            var found: [[BlindIndexValue]] = []
            found.reserveCapacity(values.count)
            for value in values {
                var versions: [BlindIndexValue] = []
                for key in keys {
                    let digest = try worker.authenticate(value, key: key).bytes
                    versions.append(
                        BlindIndexValue(version: key.name.version, digest: digest, bits: bits))
                }
                found.append(versions)
            }
            return found
        }
    }

    /// A resident's pseudonyms for one department under every version of its key, newest first.
    ///
    /// The first 20 characters of base32 (RFC 4648, lower case) of HMAC(department's key, sector | resident id), with
    /// the hash of the key's family, each with its length before it (UInt32, big-endian).
    ///
    /// - Parameters:
    ///   - resident: The random id inside the gateway, never a citizen number.
    ///   - sector: The sector the department works in; may be empty.
    ///   - department: The name of the department's key.
    /// - Returns: One pseudonym for each version.
    /// - Throws: ``FieldCryptoError/unknownKey(_:)`` before ``addVersion(of:name:)`` for that department.
    package func pseudonyms(
        of resident: ResidentKeyID, sector: String, department: String
    ) throws(FieldCryptoError) -> [Pseudonym] {
        let keySet = state.withLock { $0.keys }
        let keys = try keySet.keys(.pseudonym, department)
        var message = CanonicalBytes(capacity: 64)
        message.append(sector)
        message.append(resident)
        let bytes = message.bytes
        return try workers.withWorker { worker throws(FieldCryptoError) in
            var found: [Pseudonym] = []
            for key in keys {
                let code = try worker.authenticate(bytes, key: key).bytes
                let text = String(Base32.encode(code).prefix(20))
                found.append(Pseudonym(version: key.name.version, text: text))
            }
            return found
        }
    }
}
