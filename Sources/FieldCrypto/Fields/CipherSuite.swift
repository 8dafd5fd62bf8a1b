/// How a field is encrypted; the byte stands in every envelope and in every key derivation.
///
/// Reserved and refused by this build: 0x02 AES-256-SIV, 0x03 XAES-256-GCM, 0x11 SM4-CTR with HMAC-SM3, 0x12
/// SM4-GCM.
package enum CipherSuite: UInt8, Hashable, Sendable {
    case aes256GCM = 0x01

    /// The suite of a byte that was read.
    ///
    /// - Throws: ``FieldCryptoError/unknownSuite(_:)`` for every byte but 0x01.
    init(byte: UInt8) throws(FieldCryptoError) {
        guard let suite = CipherSuite(rawValue: byte) else { throw .unknownSuite(byte) }
        self = suite
    }
}
