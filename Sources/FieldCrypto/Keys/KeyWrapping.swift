/// Wraps 32-byte keys with AES-256-GCM: 12 nonce, 32 wrapped key, 16 tag.
enum KeyWrapping {
    static let wrappedByteCount = 60

    /// Wraps a key for one purpose.
    ///
    /// - Parameters:
    ///   - key: The 32 bytes to wrap.
    ///   - wrappingKey: 32 bytes.
    ///   - associatedData: What the wrapped key is for.
    ///   - cipher: The contexts to use.
    ///   - random: Where the nonce comes from.
    /// - Returns: 60 bytes.
    /// - Throws: ``FieldCryptoError/length(of:byteCount:expected:)`` if a key is not 32 bytes.
    static func wrap(
        _ key: SecretBytes, under wrappingKey: SecretBytes, associatedData: [UInt8],
        cipher: AES256GCM, random: any RandomSource
    ) throws(FieldCryptoError) -> [UInt8] {
        try checkLength(of: key)
        var output = [UInt8](repeating: 0, count: wrappedByteCount)
        try output.withUnsafeMutableBufferPointer { elements throws(FieldCryptoError) in
            let output = UnsafeMutableRawBufferPointer(elements)
            let nonce = UnsafeMutableRawBufferPointer(rebasing: output[0..<12])
            let text = UnsafeMutableRawBufferPointer(rebasing: output[12..<44])
            let tag = UnsafeMutableRawBufferPointer(rebasing: output[44..<60])
            try random.fill(nonce)
            key.withUnsafeBytes { text.copyMemory(from: $0) }
            guard let nonceStart = nonce.baseAddress, let tagStart = tag.baseAddress else { return }
            try withKey(wrappingKey) { key throws(FieldCryptoError) in
                try withBytes(of: associatedData) { data throws(FieldCryptoError) in
                    try cipher.encrypt(
                        inPlace: text, key: key, nonce: nonceStart, associatedData: data,
                        tag: tagStart)
                }
            }
        }
        return output
    }

    /// Unwraps what `wrap` gave for the same purpose; `what` names the key in the error.
    ///
    /// - Throws: ``FieldCryptoError/unwrap(_:)`` if the key, its wrapping key or its purpose is another.
    static func unwrap(
        _ wrapped: [UInt8], under wrappingKey: SecretBytes, associatedData: [UInt8],
        cipher: AES256GCM, what: @autoclosure () -> String
    ) throws(FieldCryptoError) -> SecretBytes {
        guard wrapped.count == wrappedByteCount else { throw .unwrap(what()) }
        var isAuthentic = false
        let key = try SecretBytes(count: 32) { text throws(FieldCryptoError) in
            isAuthentic = try withBytes(of: wrapped) { wrapped throws(FieldCryptoError) in
                text.copyMemory(from: UnsafeRawBufferPointer(rebasing: wrapped[12..<44]))
                guard let start = wrapped.baseAddress else { return false }
                return try withKey(wrappingKey) { key throws(FieldCryptoError) in
                    try withBytes(of: associatedData) { data throws(FieldCryptoError) in
                        try cipher.decrypt(
                            inPlace: text, key: key, nonce: start, associatedData: data,
                            tag: start + 44)
                    }
                }
            }
        }
        guard isAuthentic else { throw .unwrap(what()) }
        return key
    }

    private static func checkLength(of key: SecretBytes) throws(FieldCryptoError) {
        guard key.count == AES256GCM.keyByteCount else {
            throw .length(of: "key", byteCount: key.count, expected: AES256GCM.keyByteCount)
        }
    }

    private static func withKey<Result>(
        _ key: SecretBytes, _ body: (UnsafeRawPointer?) throws(FieldCryptoError) -> Result
    ) throws(FieldCryptoError) -> Result {
        try checkLength(of: key)
        return try key.withUnsafeBytes { bytes throws(FieldCryptoError) in
            try body(bytes.baseAddress)
        }
    }
}

/// Lends the bytes of an array, with a typed error.
@inline(__always)
func withBytes<Result>(
    of bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(FieldCryptoError) -> Result
) throws(FieldCryptoError) -> Result {
    try bytes.withUnsafeBufferPointer { elements throws(FieldCryptoError) in
        try body(UnsafeRawBufferPointer(elements))
    }
}
