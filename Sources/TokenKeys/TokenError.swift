package import FieldCrypto

/// Why a key in a token cannot be used.
///
/// Texts name modules, tokens, labels and Cryptoki's own codes; never a PIN.
package enum TokenError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The module's file is absent, not a library, or may be changed by others.
    case module(path: String, reason: String)
    /// The module does not start: its service or its own configuration is absent.
    case notStarted(path: String, code: UInt)
    /// No token of that label is plugged in.
    case tokenAbsent(label: String)
    /// Two tokens of that label: which one is meant is not guessed.
    case severalTokens(label: String)
    /// The token does not take the PIN.
    case wrongPIN
    /// Too many wrong PINs; the token's security officer must unlock it.
    case lockedPIN
    /// The token has no key of that label, or not the one that is meant.
    case keyAbsent(label: String)
    /// There is a key of that label already, or there are two.
    case severalKeys(label: String)
    /// The key is not an AES-256 key that the token keeps to itself.
    case unfitKey(label: String, reason: String)
    /// The token was there and has gone: unplugged, reset or logged out by another program.
    case unplugged
    /// Any other answer of the module, by the call and its code.
    case failed(call: String, code: UInt)

    package var description: String {
        switch self {
        case .module(let path, let reason): "PKCS#11 module \(path): \(reason)"
        case .notStarted(let path, let code):
            "PKCS#11 module \(path) does not start: C_Initialize answered 0x\(String(code, radix: 16))"
        case .tokenAbsent(let label): "no token '\(label)' is plugged in"
        case .severalTokens(let label): "several tokens are named '\(label)'"
        case .wrongPIN: "the token does not take the PIN"
        case .lockedPIN: "the token's PIN is locked after too many wrong ones"
        case .keyAbsent(let label): "the token has no key '\(label)' of this home"
        case .severalKeys(let label): "the token has a key '\(label)' already, or several"
        case .unfitKey(let label, let reason): "the token's key '\(label)' \(reason)"
        case .unplugged: "the token has gone: unplugged, reset or logged out"
        case .failed(let call, let code):
            "the token's \(call) answered 0x\(String(code, radix: 16))"
        }
    }

    /// The same for the key ring.
    package var fault: RootKeyFault {
        switch self {
        case .notStarted, .tokenAbsent, .unplugged: .unavailable(description)
        case .wrongPIN, .lockedPIN: .refused(description)
        case .module, .severalTokens, .keyAbsent, .severalKeys, .unfitKey, .failed:
            .unusable(description)
        }
    }
}
