internal import COpenSSL

/// The algorithms of libcrypto, fetched once: a fetch for each use costs three times a 16-byte encryption.
///
/// libcrypto shares these read-only objects between threads; they live as long as the process.
enum Algorithms {
    private nonisolated(unsafe) static let fetchedSHA256 = EVP_MD_fetch(nil, "SHA256", nil)
    private nonisolated(unsafe) static let fetchedHMAC = EVP_MAC_fetch(nil, "HMAC", nil)
    private nonisolated(unsafe) static let fetchedAES256GCM =
        EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)

    /// A libcrypto without SHA-256 can do nothing here, so its absence stops the process.
    static var sha256: OpaquePointer { found(fetchedSHA256, "SHA256") }
    static var hmac: OpaquePointer { found(fetchedHMAC, "HMAC") }
    static var aes256GCM: OpaquePointer { found(fetchedAES256GCM, "AES-256-GCM") }

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
