/// Which country's algorithms a ring works with; no key is of both.
///
/// A ring's family is that of its newest epoch key. Each key names its suite in what the root key authenticates, so
/// nobody without the root key can bring a ring down to another family.
package enum CryptoFamily: String, Hashable, Sendable, CaseIterable {
    /// AES, SHA-256, Ed25519.
    case international
    /// SM4, SM3, SM2 (GB/T 32907, 32905, 32918).
    case sm

    /// What new keys of fields seal with, and new keys of epochs and the root key wrap with.
    package var suite: CipherSuite {
        switch self {
        case .international: .aes256GCM
        case .sm: .sm4HMACSM3
        }
    }

    /// Below HMAC and HKDF.
    package var hash: HashAlgorithm {
        switch self {
        case .international: .sha256
        case .sm: .sm3
        }
    }

    package var signature: SignatureAlgorithm {
        switch self {
        case .international: .ed25519
        case .sm: .sm2
        }
    }
}

/// How a field is encrypted; the byte stands in every envelope and in every key derivation.
///
/// Reserved and refused by this build: 0x03 XAES-256-GCM, 0x12 SM4-GCM.
package enum CipherSuite: UInt8, Hashable, Sendable, CaseIterable {
    case aes256GCM = 0x01
    /// AES-256-SIV (RFC 5297), for identifiers that are compared for equality and nothing else.
    ///
    /// Equal values at one address give equal envelopes, whoever they belong to: the key is the class's alone. Such
    /// a value is not shredded with its resident's key, and its row is not bound.
    case aes256SIV = 0x02
    /// SM4-CTR and HMAC-SM3 over the ciphertext.
    case sm4HMACSM3 = 0x11

    /// The suite of a byte that was read.
    ///
    /// - Throws: ``FieldCryptoError/unknownSuite(_:)`` for every byte that is none.
    package init(byte: UInt8) throws(FieldCryptoError) {
        guard let suite = CipherSuite(rawValue: byte) else { throw .unknownSuite(byte) }
        self = suite
    }

    package var family: CryptoFamily {
        switch self {
        case .aes256GCM, .aes256SIV: .international
        case .sm4HMACSM3: .sm
        }
    }

    /// Whether equal values at one address give equal envelopes.
    package var isDeterministic: Bool { self == .aes256SIV }

    package var keyByteCount: Int {
        switch self {
        case .aes256GCM: AES256GCM.keyByteCount
        case .aes256SIV: AES256SIV.keyByteCount
        case .sm4HMACSM3: SM4HMACSM3.keyByteCount
        }
    }

    package var nonceByteCount: Int {
        switch self {
        case .aes256GCM: AES256GCM.nonceByteCount
        case .aes256SIV: 0
        case .sm4HMACSM3: SM4HMACSM3.nonceByteCount
        }
    }

    package var tagByteCount: Int {
        switch self {
        case .aes256GCM: AES256GCM.tagByteCount
        case .aes256SIV: AES256SIV.tagByteCount
        case .sm4HMACSM3: SM4HMACSM3.tagByteCount
        }
    }

    /// New contexts for this suite.
    func cipher() throws(FieldCryptoError) -> any AuthenticatedCipher {
        switch self {
        case .aes256GCM: try AES256GCM()
        case .aes256SIV: try AES256SIV()
        case .sm4HMACSM3: try SM4HMACSM3()
        }
    }
}
