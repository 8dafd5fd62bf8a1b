import FieldCrypto
import ResidentModel

/// Names the content of a value without telling it, so that a person's confirmation holds for that content alone.
enum ValueDigest {
    private static let bits = 128

    /// HMAC(the key of record contents, resident 0x1F field 0x1F value), its first 16 bytes.
    ///
    /// The resident is part of it: equal values of two residents have nothing in common.
    static func of(
        _ text: String, field: FieldID, resident: ResidentID, keyring: Keyring
    ) throws(GatewayError) -> [UInt8] {
        let message = resident.bytes + Array("\u{1F}\(field)\u{1F}\(text)".utf8)
        return try inCrypto { () throws(FieldCryptoError) in
            guard
                let value = try keyring.blindIndex(
                    message, index: RecordDigests.contentName, bits: bits
                ).last
            else { throw FieldCryptoError.ring("no key for '\(RecordDigests.contentName)'") }
            return value.bytes
        }
    }
}
