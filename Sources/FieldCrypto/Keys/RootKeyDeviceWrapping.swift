/// Wrapping in a device gives the same 60 bytes as in memory: 12 nonce, 32 wrapped key, 16 tag.
extension KeyWrapping {
    private static let nonceByteCount = 12

    static func wrap(
        _ key: SecretBytes, in device: any RootKeyDevice, associatedData: [UInt8],
        random: any RandomSource
    ) throws(FieldCryptoError) -> [UInt8] {
        guard key.count == RootKey.byteCount else {
            throw .length(of: "key", byteCount: key.count, expected: RootKey.byteCount)
        }
        let nonce = try random.bytes(nonceByteCount)
        let sealed: [UInt8]
        do {
            sealed = try device.encrypt(key, nonce: nonce, associatedData: associatedData)
        } catch { throw .rootKey(error) }
        guard sealed.count == wrappedByteCount - nonceByteCount else {
            throw .rootKey(.unusable("the root key's device gave \(sealed.count) bytes for a key"))
        }
        return nonce + sealed
    }

    /// - Throws: ``FieldCryptoError/unwrap(_:)`` if the key, its wrapping key or its purpose is another.
    static func unwrap(
        _ wrapped: [UInt8], in device: any RootKeyDevice, associatedData: [UInt8],
        what: @autoclosure () -> String
    ) throws(FieldCryptoError) -> SecretBytes {
        guard wrapped.count == wrappedByteCount else { throw .unwrap(what()) }
        let key: SecretBytes?
        do {
            key = try device.decrypt(
                Array(wrapped.dropFirst(nonceByteCount)),
                nonce: Array(wrapped.prefix(nonceByteCount)), associatedData: associatedData)
        } catch { throw .rootKey(error) }
        guard let key, key.count == RootKey.byteCount else { throw .unwrap(what()) }
        return key
    }
}
