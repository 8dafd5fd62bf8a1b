/// A root key that stays in its device, such as a PKCS#11 token.
///
/// The device encrypts with AES-256-GCM under a key that no call gives out. It is asked at start and at rotation
/// only, and its calls may block.
package protocol RootKeyDevice: Sendable {
    /// Encrypts a key of the ring.
    ///
    /// - Parameters:
    ///   - key: 32 bytes.
    ///   - nonce: 12 bytes, never used before.
    ///   - associatedData: What is authenticated beside it.
    /// - Returns: 48 bytes: ciphertext and tag.
    /// - Throws: ``RootKeyFault`` if the device has gone or cannot do it.
    func encrypt(
        _ key: SecretBytes, nonce: [UInt8], associatedData: [UInt8]
    ) throws(RootKeyFault) -> [UInt8]

    /// Opens what ``encrypt(_:nonce:associatedData:)`` gave; nil where anything was changed.
    func decrypt(
        _ sealed: [UInt8], nonce: [UInt8], associatedData: [UInt8]
    ) throws(RootKeyFault) -> SecretBytes?
}

/// Why a root key cannot be used, though nothing is damaged.
///
/// Texts name devices, files and labels; never a PIN, a passphrase or key bytes.
package enum RootKeyFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// It may work when tried again: a token that is not plugged in.
    case unavailable(String)
    /// The PIN or passphrase is not the right one.
    case refused(String)
    /// This key cannot do what is asked, or is not there.
    case unusable(String)

    package var description: String {
        switch self {
        case .unavailable(let text), .refused(let text), .unusable(let text): text
        }
    }
}

extension SecretBytes {
    /// The first bytes as a secret of their own.
    package func prefix(_ byteCount: Int) -> SecretBytes {
        precondition((1...count).contains(byteCount), "a part is not longer than the whole")
        return withUnsafeBytes { bytes in
            SecretBytes(count: byteCount) {
                $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<byteCount]))
            }
        }
    }
}
