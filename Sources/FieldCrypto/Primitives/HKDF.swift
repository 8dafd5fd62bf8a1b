internal import COpenSSL

/// HKDF (RFC 5869) with one hash from kept HMAC contexts: a third of the time of libcrypto's own.
///
/// Not `Sendable`, as its contexts are not.
final class HKDF {
    private let expander: HMACContext
    /// The pseudorandom key and the running block.
    private let scratch = ScratchSecret(byteCount: 2 * Digest256.byteCount)

    init(hash: HashAlgorithm) throws(FieldCryptoError) { expander = try HMACContext(hash: hash) }

    /// Derives `output.count` bytes.
    ///
    /// - Parameters:
    ///   - extractor: A context of the same hash, keyed with the salt.
    ///   - inputKey: The input key material.
    ///   - info: What the derived key is for.
    ///   - output: 1 to 8,160 bytes to fill.
    /// - Throws: ``FieldCryptoError/length(of:byteCount:expected:)`` for more output than the function has.
    func derive(
        extractor: HMACContext, inputKey: UnsafeRawBufferPointer, info: [UInt8],
        into output: UnsafeMutableRawBufferPointer
    ) throws(FieldCryptoError) {
        guard output.count <= 255 * Digest256.byteCount else {
            throw .length(of: "derived key", byteCount: output.count, expected: 255 * 32)
        }
        try scratch.withUnsafeMutableBytes { scratch throws(FieldCryptoError) in
            let half = Digest256.byteCount
            guard let keyStart = scratch.baseAddress else { return }
            try extractor.begin()
            try extractor.update(inputKey)
            try extractor.finish(into: keyStart)
            try expander.setKey(UnsafeRawBufferPointer(start: keyStart, count: half))
            try expand(
                info,
                block: UnsafeMutableRawBufferPointer(start: keyStart + half, count: half),
                into: output)
        }
    }

    private func expand(
        _ info: [UInt8], block: UnsafeMutableRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(FieldCryptoError) {
        guard let blockStart = block.baseAddress else { return }
        var filled = 0
        var counter: UInt8 = 0
        while filled < output.count {
            if counter > 0 {
                try expander.begin()
                try expander.update(UnsafeRawBufferPointer(block))
            }
            counter += 1
            try expander.update(info)
            try withUnsafeBytes(of: counter) { byte throws(FieldCryptoError) in
                try expander.update(byte)
            }
            try expander.finish(into: blockStart)
            let count = min(block.count, output.count - filled)
            UnsafeMutableRawBufferPointer(rebasing: output[filled..<filled + count])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: block[0..<count]))
            filled += count
        }
    }

    /// Forgets the key of the last derivation.
    func dropKey() throws(FieldCryptoError) {
        try expander.setKey(UnsafeRawBufferPointer(start: nil, count: 0))
    }
}

/// HKDF (RFC 5869), extract and expand.
///
/// - Parameters:
///   - salt: Any length, also none.
///   - inputKey: The input key material.
///   - info: What the derived key is for.
///   - byteCount: 1 to 8,160.
///   - hash: The hash below it.
/// - Returns: The derived key.
/// - Throws: ``FieldCryptoError/length(of:byteCount:expected:)`` for more output than the function has.
package func hkdf(
    salt: [UInt8], inputKey: SecretBytes, info: [UInt8], byteCount: Int, hash: HashAlgorithm
) throws(FieldCryptoError) -> SecretBytes {
    let extractor = try HMACContext(hash: hash)
    try extractor.setKey(salt)
    let derivation = try HKDF(hash: hash)
    return try SecretBytes(count: byteCount) { output throws(FieldCryptoError) in
        try inputKey.withUnsafeBytes { key throws(FieldCryptoError) in
            try derivation.derive(
                extractor: extractor, inputKey: key, info: info, into: output)
        }
    }
}
