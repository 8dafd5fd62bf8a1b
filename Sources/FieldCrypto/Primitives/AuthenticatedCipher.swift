/// Encryption that also authenticates, over kept contexts of libcrypto.
///
/// Not `Sendable`: a context belongs to one user at a time. Every result of libcrypto is checked, so a tag is never
/// stored that was not computed, and plaintext never leaves before its tag was found right.
package protocol AuthenticatedCipher: AnyObject {
    var suite: CipherSuite { get }

    /// Wipes the key schedules; the next use must bring a key.
    func dropKeys() throws(FieldCryptoError)

    /// Encrypts in place and writes the tag.
    ///
    /// - Parameters:
    ///   - text: The plaintext; afterwards the ciphertext. At most 2^31 - 1 bytes.
    ///   - key: As many bytes as the suite says, or nil for the key of the encryption before.
    ///   - nonce: As many bytes as the suite says, never used before with this key.
    ///   - associatedData: What is authenticated beside the text.
    ///   - tag: Room for as many bytes as the suite says.
    /// - Throws: ``FieldCryptoError/library(call:code:)``; the text is then neither plain nor to be used.
    func encrypt(
        inPlace text: UnsafeMutableRawBufferPointer, key: UnsafeRawPointer?,
        nonce: UnsafeRawPointer, associatedData: UnsafeRawBufferPointer,
        tag: UnsafeMutableRawPointer
    ) throws(FieldCryptoError)

    /// Decrypts in place; where the tag is not right the text is wiped.
    ///
    /// The arguments are those of `encrypt`; `tag` is what to compare with, and a nil key means that of the
    /// decryption before. Answers whether text, nonce, associated data and tag belong together.
    func decrypt(
        inPlace text: UnsafeMutableRawBufferPointer, key: UnsafeRawPointer?,
        nonce: UnsafeRawPointer, associatedData: UnsafeRawBufferPointer, tag: UnsafeRawPointer
    ) throws(FieldCryptoError) -> Bool
}

extension AuthenticatedCipher {
    /// Encrypts a message of its own, not an envelope; who calls it answers for the nonce.
    ///
    /// - Parameters:
    ///   - plaintext: At most 2^31 - 1 bytes.
    ///   - key: As many bytes as the suite says.
    ///   - nonce: As many bytes as the suite says, never used before with this key.
    ///   - associatedData: What is authenticated beside it.
    /// - Returns: The ciphertext and, behind it, the tag.
    /// - Throws: ``FieldCryptoError/length(of:byteCount:expected:)`` for a key or nonce of another length.
    package func encrypt(
        _ plaintext: [UInt8], key: SecretBytes, nonce: [UInt8], associatedData: [UInt8]
    ) throws(FieldCryptoError) -> [UInt8] {
        try checkLengths(key: key, nonce: nonce)
        var output = plaintext + [UInt8](repeating: 0, count: suite.tagByteCount)
        try output.withUnsafeMutableBufferPointer { elements throws(FieldCryptoError) in
            let output = UnsafeMutableRawBufferPointer(elements)
            guard let start = output.baseAddress else { return }
            let text = UnsafeMutableRawBufferPointer(start: start, count: plaintext.count)
            try withAddresses(of: nonce, key) { nonce, key throws(FieldCryptoError) in
                try withBytes(of: associatedData) { data throws(FieldCryptoError) in
                    try encrypt(
                        inPlace: text, key: key, nonce: nonce, associatedData: data,
                        tag: start + plaintext.count)
                }
            }
        }
        return output
    }

    /// Opens what ``encrypt(_:key:nonce:associatedData:)`` gave.
    ///
    /// - Returns: The plaintext, or nil where anything was changed.
    /// - Throws: ``FieldCryptoError/length(of:byteCount:expected:)`` for a key or nonce of another length.
    package func decrypt(
        _ sealed: [UInt8], key: SecretBytes, nonce: [UInt8], associatedData: [UInt8]
    ) throws(FieldCryptoError) -> [UInt8]? {
        try checkLengths(key: key, nonce: nonce)
        guard sealed.count >= suite.tagByteCount else { return nil }
        var text = Array(sealed.dropLast(suite.tagByteCount))
        let isAuthentic = try text.withUnsafeMutableBufferPointer {
            elements throws(FieldCryptoError) in
            let text = UnsafeMutableRawBufferPointer(elements)
            return try withBytes(of: sealed) { sealed throws(FieldCryptoError) in
                guard let start = sealed.baseAddress else { return false }
                return try withAddresses(of: nonce, key) { nonce, key throws(FieldCryptoError) in
                    try withBytes(of: associatedData) { data throws(FieldCryptoError) in
                        try decrypt(
                            inPlace: text, key: key, nonce: nonce, associatedData: data,
                            tag: start + text.count)
                    }
                }
            }
        }
        return isAuthentic ? text : nil
    }

    private func checkLengths(key: SecretBytes, nonce: [UInt8]) throws(FieldCryptoError) {
        guard key.count == suite.keyByteCount else {
            throw .length(of: "key", byteCount: key.count, expected: suite.keyByteCount)
        }
        guard nonce.count == suite.nonceByteCount else {
            throw .length(of: "nonce", byteCount: nonce.count, expected: suite.nonceByteCount)
        }
    }

    private func withAddresses<Result>(
        of nonce: [UInt8], _ key: SecretBytes,
        _ body: (UnsafeRawPointer, UnsafeRawPointer) throws(FieldCryptoError) -> Result
    ) throws(FieldCryptoError) -> Result {
        try key.withUnsafeBytes { key throws(FieldCryptoError) in
            guard let key = key.baseAddress else { preconditionFailure("a secret has bytes") }
            return try withBytes(of: nonce) { nonce throws(FieldCryptoError) in
                // A suite without a nonce never looks at the address.
                try body(nonce.baseAddress ?? key, key)
            }
        }
    }
}
