import CPKCS11

/// Cryptoki's numbers, by the names of the standard (OASIS PKCS #11 2.40).
enum Cryptoki {
    static let ok: CK_RV = 0x0
    static let generalError: CK_RV = 0x5
    static let attributeSensitive: CK_RV = 0x11
    static let deviceError: CK_RV = 0x30
    static let deviceRemoved: CK_RV = 0x32
    static let aeadDecryptFailed: CK_RV = 0x35
    static let encryptedDataInvalid: CK_RV = 0x40
    static let encryptedDataLengthRange: CK_RV = 0x41
    static let pinIncorrect: CK_RV = 0xA0
    static let pinLengthRange: CK_RV = 0xA2
    static let pinLocked: CK_RV = 0xA4
    static let sessionClosed: CK_RV = 0xB0
    static let sessionHandleInvalid: CK_RV = 0xB3
    static let tokenNotPresent: CK_RV = 0xE0
    static let tokenNotRecognized: CK_RV = 0xE1
    static let userAlreadyLoggedIn: CK_RV = 0x100
    static let userNotLoggedIn: CK_RV = 0x101
    static let alreadyInitialized: CK_RV = 0x191

    static let osLockingFlag: CK_FLAGS = 0x2
    static let writingSessionFlag: CK_FLAGS = 0x2
    static let serialSessionFlag: CK_FLAGS = 0x4
    static let tokenInitializedFlag: CK_FLAGS = 0x400
    static let normalUser: CK_ULONG = 1

    static let secretKeyClass: CK_ULONG = 0x4
    static let aesKeyType: CK_ULONG = 0x1F
    static let aesKeyGeneration: CK_MECHANISM_TYPE = 0x1080
    static let aesGCM: CK_MECHANISM_TYPE = 0x1087

    enum Attribute {
        static let objectClass: CK_ATTRIBUTE_TYPE = 0x0
        static let token: CK_ATTRIBUTE_TYPE = 0x1
        static let isPrivate: CK_ATTRIBUTE_TYPE = 0x2
        static let label: CK_ATTRIBUTE_TYPE = 0x3
        static let value: CK_ATTRIBUTE_TYPE = 0x11
        static let keyType: CK_ATTRIBUTE_TYPE = 0x100
        static let id: CK_ATTRIBUTE_TYPE = 0x102
        static let isSensitive: CK_ATTRIBUTE_TYPE = 0x103
        static let encrypts: CK_ATTRIBUTE_TYPE = 0x104
        static let decrypts: CK_ATTRIBUTE_TYPE = 0x105
        static let wraps: CK_ATTRIBUTE_TYPE = 0x106
        static let unwraps: CK_ATTRIBUTE_TYPE = 0x107
        static let valueLength: CK_ATTRIBUTE_TYPE = 0x161
        static let isExtractable: CK_ATTRIBUTE_TYPE = 0x162
        static let neverExtractable: CK_ATTRIBUTE_TYPE = 0x164
        static let alwaysSensitive: CK_ATTRIBUTE_TYPE = 0x165
    }
}

/// Turns what a call answered into an error; 0 passes.
func checkCryptoki(_ code: CK_RV, _ call: String) throws(TokenError) {
    switch code {
    case Cryptoki.ok: return
    case Cryptoki.pinIncorrect, Cryptoki.pinLengthRange: throw .wrongPIN
    case Cryptoki.pinLocked: throw .lockedPIN
    case Cryptoki.deviceError, Cryptoki.deviceRemoved, Cryptoki.sessionClosed,
        Cryptoki.sessionHandleInvalid, Cryptoki.tokenNotPresent, Cryptoki.tokenNotRecognized,
        Cryptoki.userNotLoggedIn:
        throw .unplugged
    default: throw .failed(call: call, code: UInt(code))
    }
}

/// A list of attributes as Cryptoki takes it, with the memory behind it.
struct AttributeList {
    private var parts: [(type: CK_ATTRIBUTE_TYPE, bytes: [UInt8])] = []

    mutating func add(_ type: CK_ATTRIBUTE_TYPE, _ fact: Bool) {
        parts.append((type, [fact ? 1 : 0]))
    }

    mutating func add(_ type: CK_ATTRIBUTE_TYPE, _ number: CK_ULONG) {
        parts.append((type, withUnsafeBytes(of: number) { [UInt8]($0) }))
    }

    mutating func add(_ type: CK_ATTRIBUTE_TYPE, _ bytes: [UInt8]) { parts.append((type, bytes)) }

    /// Lends the list; neither it nor what it points to may be kept.
    func withAttributes<Result>(
        _ body: (UnsafeMutablePointer<CK_ATTRIBUTE>?, CK_ULONG) throws(TokenError) -> Result
    ) throws(TokenError) -> Result {
        var memory = parts.flatMap(\.bytes)
        var attributes: [CK_ATTRIBUTE] = []
        return try memory.withUnsafeMutableBufferPointer { memory throws(TokenError) in
            var offset = 0
            for part in parts {
                let start = memory.baseAddress.map { UnsafeMutableRawPointer($0 + offset) }
                attributes.append(
                    CK_ATTRIBUTE(
                        type: part.type, value: start, length: CK_ULONG(part.bytes.count)))
                offset += part.bytes.count
            }
            return try attributes.withUnsafeMutableBufferPointer { list throws(TokenError) in
                try body(list.baseAddress, CK_ULONG(list.count))
            }
        }
    }
}
