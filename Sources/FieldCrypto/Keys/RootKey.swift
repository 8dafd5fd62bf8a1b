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
/// It wraps the few keys of the ring, at start and at rotation only.
///
/// Whoever has it and the key store has everything; keep the two apart.
package final class RootKey: Sendable {
    package static let byteCount = 32
    package let name: RootKeyName
    private let key: SecretBytes

    /// - Parameters:
    ///   - fileContent: The 32 bytes of the key file, which only its owner may read.
    ///   - name: The id and version written beside every key it wraps.
    /// - Throws: ``FieldCryptoError/length(of:byteCount:expected:)`` if it is not 32 bytes, or
    ///   ``FieldCryptoError/name(of:byteCount:maximum:)`` for an id that is empty or too long.
    package init(fileContent: SecretBytes, name: RootKeyName) throws(FieldCryptoError) {
        guard fileContent.count == Self.byteCount else {
            throw .length(
                of: "root key", byteCount: fileContent.count, expected: Self.byteCount)
        }
        try checkName(name.id, of: "root key id")
        key = fileContent
        self.name = name
    }

    /// Wraps a key of the ring; the result holds for that name and suite only.
    func wrap(
        _ key: SecretBytes, name: KeyName, suite: CipherSuite, random: any RandomSource
    ) throws(FieldCryptoError) -> WrappedKey {
        let wrapped = try KeyWrapping.wrap(
            key, underRoot: self.key,
            associatedData: associatedData(of: name, suite: suite.rawValue),
            family: suite.family, random: random)
        return WrappedKey(
            name: name, suite: suite.rawValue, rootKey: self.name, wrapped: wrapped)
    }

    /// - Throws: ``FieldCryptoError/otherRootKey(expected:found:)`` if another root key wrapped it,
    ///   ``FieldCryptoError/unwrap(_:)`` if it does not unwrap.
    func unwrap(_ wrapped: WrappedKey) throws(FieldCryptoError) -> SecretBytes {
        guard wrapped.rootKey == name else {
            throw .otherRootKey(
                expected: wrapped.rootKey.description, found: name.description)
        }
        return try KeyWrapping.unwrap(
            wrapped.wrapped, underRoot: key,
            associatedData: associatedData(of: wrapped.name, suite: wrapped.suite),
            family: CipherSuite(byte: wrapped.suite).family, what: wrapped.name.description)
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
