/// Why a key, a ciphertext or a signature was refused.
///
/// No case carries a resident's id, a value or key bytes, so any of them may be logged.
package enum FieldCryptoError: Error, Hashable, Sendable, CustomStringConvertible {
    /// libcrypto refused a call that should never fail; `code` is its own error code.
    case library(call: String, code: UInt)
    /// A key, seed, nonce or signature of a wrong length was handed in.
    case length(of: String, byteCount: Int, expected: Int)
    /// A name in an address or key is empty where it may not be, or too long.
    case name(of: String, byteCount: Int, maximum: Int)
    /// A plaintext or ciphertext is longer than one envelope may hold.
    case tooLong(of: String, byteCount: Int, maximum: Int)
    /// A suite this build does not know: refused, never guessed.
    case unknownSuite(UInt8)
    /// The first byte is not that of an envelope.
    case unknownFormat(UInt8)
    /// The envelope ends too early, or a resident's address meets a system envelope or the reverse.
    case malformedEnvelope(String)
    /// The ciphertext, its key or a part of its address is not what was sealed; which of them is never told.
    case notAuthentic(table: String, field: String)
    /// The derived key is not the one committed to when it was first used.
    case commitment(fieldClass: String)
    /// No commitment is kept for a key that is said to have sealed something.
    case commitmentMissing(fieldClass: String)
    /// The ring has no key of that kind, name or version.
    case unknownKey(KeyName)
    /// The ring has no field class of that name.
    case unknownClass(String)
    /// A class of identifiers, under one key for all residents, has no value that belongs to one.
    case deterministicClass(String)
    /// The resident has no key: it was never made.
    case residentKeyMissing
    /// The resident's key was destroyed; what it sealed can never be opened again.
    case residentKeyDestroyed
    /// A wrapped key does not unwrap: wrong wrapping key, or damaged.
    case unwrap(String)
    /// The ring was wrapped by another root key than the one handed in.
    case otherRootKey(expected: String, found: String)
    /// The root key cannot be used now, or not for this.
    case rootKey(RootKeyFault)
    /// A share of a backup's key is of no use, or there are too few.
    case share(KeyShareFault)
    /// A key has sealed as often as is safe with random nonces; add a new version.
    case exhausted(KeyName)
    /// The ring as a whole is not usable: empty, already there, or incomplete.
    case ring(String)
    /// The key store failed.
    case store(KeyStoreError)

    package var description: String {
        switch self {
        case .library(let call, let code): "libcrypto: \(call) failed with code \(code)"
        case .length(let what, let count, let expected):
            "\(what) is \(count) bytes, expected \(expected)"
        case .name(let what, let count, let maximum):
            "\(what) is \(count) bytes of UTF-8, expected 1 to \(maximum)"
        case .tooLong(let what, let count, let maximum):
            "\(what) is \(count) bytes, expected at most \(maximum)"
        case .unknownSuite(let suite): "cipher suite \(suite) is unknown"
        case .unknownFormat(let byte): "byte \(byte) is not the start of an envelope"
        case .malformedEnvelope(let reason): "envelope: \(reason)"
        case .notAuthentic(let table, let field):
            "\(table).\(field): the ciphertext or its address was changed"
        case .commitment(let name): "field class \(name): the key differs from its commitment"
        case .commitmentMissing(let name): "field class \(name): no commitment is kept for the key"
        case .unknownKey(let name): "key ring: no key \(name)"
        case .unknownClass(let name): "key ring: no field class '\(name)'"
        case .deterministicClass(let name):
            "field class '\(name)' holds identifiers to join by, and they belong to no resident"
        case .residentKeyMissing: "key ring: the resident has no key"
        case .residentKeyDestroyed: "key ring: the resident's key was destroyed"
        case .unwrap(let what): "\(what): the wrapped key does not unwrap"
        case .otherRootKey(let expected, let found):
            "root key: the ring needs \(expected), found \(found)"
        case .rootKey(let fault): "root key: \(fault)"
        case .share(let fault): "\(fault)"
        case .exhausted(let name): "key \(name) has been used as often as is safe: add a version"
        case .ring(let reason): "key ring: \(reason)"
        case .store(let error): "key store: \(error)"
        }
    }
}
