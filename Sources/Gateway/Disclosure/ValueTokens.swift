import FieldCrypto
import ResidentModel

/// Puts a keyed hash in the place of a value.
///
/// Equal values of one field give one department equal tokens, so that it can see a change or count without seeing the
/// value. Another department, another field or another home has other tokens, and nobody can go back without the key.
package struct ValueTokens: Sendable {
    let keyring: Keyring
    let department: String

    /// The name of the key; it is no search index and keeps one version.
    package static let keyName = "value-token"
    private static let bits = 128

    /// The tokens of some values of one field: 32 hexadecimal digits of HMAC(key, department 0x1F field 0x1F value).
    func tokens(of texts: [String], field: FieldID) throws(GatewayError) -> [String] {
        let messages = texts.map { Array("\(department)\u{1F}\(field)\u{1F}\($0)".utf8) }
        let keyed = try inCrypto { () throws(FieldCryptoError) in
            try keyring.blindIndexes(messages, index: Self.keyName, bits: Self.bits)
        }
        return try keyed.map { versions throws(GatewayError) in
            guard let newest = versions.first else {
                throw .crypto(.ring("no key for the index '\(Self.keyName)'"))
            }
            return hexadecimal(newest.bytes)
        }
    }
}
