/// A suite's contexts, and whose key they hold in each direction.
final class KeptCipher {
    enum Direction { case seal, open }

    let cipher: any AuthenticatedCipher
    /// The serial of the key that stands in each direction's contexts; 0 for none.
    private var sealingSerial: UInt64 = 0
    private var openingSerial: UInt64 = 0

    init(_ suite: CipherSuite) throws(FieldCryptoError) { cipher = try suite.cipher() }

    /// Wipes both directions' keys.
    func dropKeys() throws(FieldCryptoError) {
        (sealingSerial, openingSerial) = (0, 0)
        try cipher.dropKeys()
    }

    /// Says that another key is about to be given to the contexts that open.
    func forgetOpeningKey() { openingSerial = 0 }

    /// Lends the cipher, and the key that its next use must bring: nil where the contexts hold it already.
    ///
    /// `body` sets it to nil once a use has brought it. Where it throws, the contexts count as holding no key.
    @inline(__always)
    func use<Result>(
        _ key: FieldKey, to direction: Direction,
        _ body: (any AuthenticatedCipher, inout UnsafeRawPointer?) throws(FieldCryptoError) ->
            Result
    ) throws(FieldCryptoError) -> Result {
        try key.withCipherKey { bytes throws(FieldCryptoError) in
            try use(bytes, serial: key.serial, to: direction, body)
        }
    }

    /// As above, with a key's bytes and its serial.
    @inline(__always)
    func use<Result>(
        _ bytes: UnsafeRawPointer?, serial: UInt64, to direction: Direction,
        _ body: (any AuthenticatedCipher, inout UnsafeRawPointer?) throws(FieldCryptoError) ->
            Result
    ) throws(FieldCryptoError) -> Result {
        var cipherKey = self.serial(direction) == serial ? nil : bytes
        setSerial(0, direction)
        let result = try body(cipher, &cipherKey)
        if cipherKey == nil { setSerial(serial, direction) }
        return result
    }

    @inline(__always)
    private func serial(_ direction: Direction) -> UInt64 {
        direction == .seal ? sealingSerial : openingSerial
    }

    @inline(__always)
    private func setSerial(_ serial: UInt64, _ direction: Direction) {
        if direction == .seal { sealingSerial = serial } else { openingSerial = serial }
    }
}

/// One kept cipher for each suite, made when the suite is first met: a ring seldom has keys of both families.
struct SuiteCiphers {
    private var ciphers: [KeptCipher?] = [nil, nil, nil]

    @inline(__always)
    mutating func cipher(_ suite: CipherSuite) throws(FieldCryptoError) -> KeptCipher {
        let position =
            switch suite {
            case .aes256GCM: 0
            case .aes256SIV: 1
            case .sm4HMACSM3: 2
            }
        if let kept = ciphers[position] { return kept }
        let made = try KeptCipher(suite)
        ciphers[position] = made
        return made
    }

    func dropKeys() throws(FieldCryptoError) {
        for kept in ciphers { try kept?.dropKeys() }
    }
}
