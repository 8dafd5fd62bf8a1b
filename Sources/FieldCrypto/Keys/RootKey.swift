/// Names a root key: which one, and which version of it.
package struct RootKeyName: Hashable, Sendable, CustomStringConvertible {
    package let id: String
    package let version: UInt16

    package init(id: String, version: UInt16) {
        self.id = id
        self.version = version
    }

    package var description: String { "'\(id)' version \(version)" }
}

/// The key that all others hang from.
///
/// It wraps the few keys of the ring, at start and at rotation only. Its bytes stand in memory (from a file, a
/// passphrase or a backup's shares), or it stays in a device.
///
/// Whoever has it and the key store has everything; keep the two apart.
package final class RootKey: Sendable {
    private enum Holder {
        case memory(SecretBytes)
        case device(any RootKeyDevice)
    }

    package static let byteCount = 32
    package let name: RootKeyName
    private let holder: Holder

    /// A root key whose bytes are in memory.
    ///
    /// - Parameters:
    ///   - fileContent: The 32 bytes of the key file, which only its owner may read, or what stands for them.
    ///   - name: The id and version written beside every key it wraps.
    /// - Throws: ``FieldCryptoError/length(of:byteCount:expected:)`` if it is not 32 bytes, or
    ///   ``FieldCryptoError/name(of:byteCount:maximum:)`` for an id that is empty or too long.
    package init(fileContent: SecretBytes, name: RootKeyName) throws(FieldCryptoError) {
        guard fileContent.count == Self.byteCount else {
            throw .length(
                of: "root key", byteCount: fileContent.count, expected: Self.byteCount)
        }
        try checkName(name.id, of: "root key id")
        holder = .memory(fileContent)
        self.name = name
    }

    /// A root key that stays in its device.
    ///
    /// - Throws: ``FieldCryptoError/name(of:byteCount:maximum:)`` for an id that is empty or too long.
    package init(device: any RootKeyDevice, name: RootKeyName) throws(FieldCryptoError) {
        try checkName(name.id, of: "root key id")
        holder = .device(device)
        self.name = name
    }

    /// Wraps a key of the ring; the result holds for that name and suite only.
    ///
    /// - Throws: ``FieldCryptoError/rootKey(_:)`` if the device does not do it.
    func wrap(
        _ key: SecretBytes, name: KeyName, suite: CipherSuite, random: any RandomSource
    ) throws(FieldCryptoError) -> WrappedKey {
        // Suites from 0x10 on are those of the SM family.
        if case .device = holder, suite.rawValue >= 0x10 {
            throw .rootKey(
                .unusable(
                    "a key in a token wraps with AES-256-GCM, and this ring is of the SM family: "
                        + "use a file or a passphrase"))
        }
        let data = associatedData(of: name, suite: suite.rawValue)
        let wrapped: [UInt8]
        switch holder {
        case .memory(let own):
            wrapped = try KeyWrapping.wrap(
                key, underRoot: own, associatedData: data, family: suite.family, random: random)
        case .device(let device):
            wrapped = try KeyWrapping.wrap(
                key, in: device, associatedData: data, random: random)
        }
        return WrappedKey(
            name: name, suite: suite.rawValue, rootKey: self.name, wrapped: wrapped)
    }

    /// - Throws: ``FieldCryptoError/otherRootKey(expected:found:)`` if another root key wrapped it,
    ///   ``FieldCryptoError/unwrap(_:)`` if it does not unwrap, ``FieldCryptoError/rootKey(_:)`` if the device
    ///   does not answer.
    func unwrap(_ wrapped: WrappedKey) throws(FieldCryptoError) -> SecretBytes {
        guard wrapped.rootKey == name else {
            throw .otherRootKey(
                expected: wrapped.rootKey.description, found: name.description)
        }
        let data = associatedData(of: wrapped.name, suite: wrapped.suite)
        switch holder {
        case .memory(let own):
            return try KeyWrapping.unwrap(
                wrapped.wrapped, underRoot: own, associatedData: data,
                family: CipherSuite(byte: wrapped.suite).family, what: wrapped.name.description)
        case .device(let device):
            return try KeyWrapping.unwrap(
                wrapped.wrapped, in: device, associatedData: data,
                what: wrapped.name.description)
        }
    }

    /// "gw/root/v1" | kind | name | version (4 bytes) | suite (1) | root key id | root key version (2).
    private func associatedData(of name: KeyName, suite: UInt8) -> [UInt8] {
        var canonical = CanonicalBytes()
        canonical.append("gw/root/v1")
        canonical.append(name.kind.rawValue)
        canonical.append(name.name)
        canonical.append(name.version)
        canonical.append(suite)
        canonical.append(self.name.id)
        canonical.append(self.name.version)
        return canonical.bytes
    }
}

extension RootKey: CustomStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Refuses a name that is empty or longer than a name may be.
func checkName(_ text: String, of what: String) throws(FieldCryptoError) {
    let maximum = KeyringLimits.nameBytesMax
    guard (1...maximum).contains(text.utf8.count) else {
        throw .name(of: what, byteCount: text.utf8.count, maximum: maximum)
    }
}
