internal import COpenSSL

/// The hashes of the two families; both give 32 bytes.
package enum HashAlgorithm: Hashable, Sendable {
    case sha256
    /// GB/T 32905.
    case sm3

    /// As libcrypto calls it.
    var libraryName: String {
        switch self {
        case .sha256: "SHA256"
        case .sm3: "SM3"
        }
    }

    var fetched: OpaquePointer {
        switch self {
        case .sha256: Algorithms.sha256
        case .sm3: Algorithms.sm3
        }
    }
}

/// The algorithms of libcrypto, fetched once: a fetch for each use costs three times a 16-byte encryption.
///
/// libcrypto shares these read-only objects between threads; they live as long as the process.
enum Algorithms {
    /// Safe to share: libcrypto only reads these objects, and counts references to them atomically.
    private struct Fetched: @unchecked Sendable {
        let sha256 = EVP_MD_fetch(nil, "SHA256", nil)
        let sm3 = EVP_MD_fetch(nil, "SM3", nil)
        let hmac = EVP_MAC_fetch(nil, "HMAC", nil)
        let cmac = EVP_MAC_fetch(nil, "CMAC", nil)
        let aes256GCM = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)
        let aes128CTR = EVP_CIPHER_fetch(nil, "AES-128-CTR", nil)
        let aes192CTR = EVP_CIPHER_fetch(nil, "AES-192-CTR", nil)
        let aes256CTR = EVP_CIPHER_fetch(nil, "AES-256-CTR", nil)
        let sm4CTR = EVP_CIPHER_fetch(nil, "SM4-CTR", nil)
    }

    private static let fetched = Fetched()

    static var sha256: OpaquePointer { found(fetched.sha256, "SHA256") }
    static var sm3: OpaquePointer { found(fetched.sm3, "SM3") }
    static var hmac: OpaquePointer { found(fetched.hmac, "HMAC") }
    static var cmac: OpaquePointer { found(fetched.cmac, "CMAC") }
    static var aes256GCM: OpaquePointer { found(fetched.aes256GCM, "AES-256-GCM") }
    static var sm4CTR: OpaquePointer { found(fetched.sm4CTR, "SM4-CTR") }

    /// AES in counter mode with a key of 16, 24 or 32 bytes.
    static func aesCTR(keyByteCount: Int) -> OpaquePointer {
        switch keyByteCount {
        case 16: found(fetched.aes128CTR, "AES-128-CTR")
        case 24: found(fetched.aes192CTR, "AES-192-CTR")
        default: found(fetched.aes256CTR, "AES-256-CTR")
        }
    }

    /// The name of AES with a key of so many bytes, or nil where there is none.
    static func aesName(keyByteCount: Int) -> String? {
        [16, 24, 32].contains(keyByteCount) ? "AES-\(keyByteCount * 8)" : nil
    }

    /// A libcrypto without one of them can do nothing here, so its absence stops the process.
    private static func found(_ algorithm: OpaquePointer?, _ name: String) -> OpaquePointer {
        guard let algorithm else {
            preconditionFailure("libcrypto has no \(name); its default provider must be loaded")
        }
        return algorithm
    }
}

/// Throws what libcrypto says about its last failure on this thread, and clears its error queue.
func libraryFailure(_ call: String) -> FieldCryptoError {
    let code = ERR_get_error()
    ERR_clear_error()
    return .library(call: call, code: code)
}

/// Checks the result of a libcrypto call that answers 1 for success.
@inline(__always)
func check(_ result: Int32, _ call: @autoclosure () -> String) throws(FieldCryptoError) {
    if result != 1 { throw libraryFailure(call()) }
}
