package import FieldCrypto

/// Why a log, a proof or a signed text was not accepted.
package enum TransparencyLogError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A text or record does not follow its format; `what` names the format.
    case malformed(what: String, reason: String)
    /// A key that is known signed, and its signature is wrong.
    case signature(key: String)
    /// No key that is known signed.
    case unsigned
    /// A tile or entry bundle is absent or not what it must be.
    case tile(path: String, reason: String)
    /// A proof was asked for that does not exist: an index or size beyond the tree.
    case outOfRange(what: String, value: UInt64, bound: UInt64)
    /// A proof does not lead to the root.
    case proof(reason: String)
    /// A witness policy cannot be read.
    case policy(file: String, line: Int, reason: String)
    /// Signing or keyed hashing failed.
    case crypto(FieldCryptoError)

    package var description: String {
        switch self {
        case .malformed(let what, let reason): "\(what): \(reason)"
        case .signature(let key): "signed note: the signature of '\(key)' is wrong"
        case .unsigned: "signed note: no known key signed it"
        case .tile(let path, let reason): "\(path): \(reason)"
        case .outOfRange(let what, let value, let bound):
            "\(what) is \(value), expected less than \(bound)"
        case .proof(let reason): "proof: \(reason)"
        case .policy(let file, let line, let reason): "\(file):\(line): \(reason)"
        case .crypto(let error): "\(error)"
        }
    }
}
