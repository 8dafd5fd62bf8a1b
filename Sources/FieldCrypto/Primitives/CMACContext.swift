internal import COpenSSL

/// AES-CMAC (NIST SP 800-38B) over a context that is kept.
///
/// Not `Sendable`: a libcrypto context belongs to one user at a time.
final class CMACContext {
    private let context: OpaquePointer

    /// A context that has no key yet, over a block cipher as libcrypto calls it, such as `AES-256-CBC`.
    init(cipher: String) throws(FieldCryptoError) {
        guard let made = EVP_MAC_CTX_new(Algorithms.cmac) else {
            throw libraryFailure("EVP_MAC_CTX_new")
        }
        context = made
        var name = Array(cipher.utf8CString)
        let result = name.withUnsafeMutableBufferPointer { name in
            var parameters = [
                parameter_cipher(name.baseAddress),
                OSSL_PARAM_construct_end(),
            ]
            return EVP_MAC_CTX_set_params(made, &parameters)
        }
        try check(result, "EVP_MAC_CTX_set_params")
    }

    deinit { EVP_MAC_CTX_free(context) }

    /// Replaces the key, which has the cipher's length.
    func setKey(_ key: UnsafeRawBufferPointer) throws(FieldCryptoError) {
        let start = key.baseAddress?.assumingMemoryBound(to: UInt8.self)
        try check(EVP_MAC_init(context, start, key.count, nil), "EVP_MAC_init")
    }

    /// The code of one block.
    func code(of block: Block) throws(FieldCryptoError) -> Block {
        try begin()
        try update(block)
        return try finish()
    }

    /// The code of a message.
    ///
    /// - Parameters:
    ///   - message: At least 16 bytes where `last` is given.
    ///   - last: Added, bit by bit, to the last 16 bytes (RFC 5297's "xorend").
    /// - Returns: The code.
    /// - Throws: ``FieldCryptoError/library(call:code:)`` if libcrypto fails.
    func code(
        of message: UnsafeRawBufferPointer, endingWith last: Block?
    ) throws(FieldCryptoError) -> Block {
        try begin()
        guard let last else {
            try update(message)
            return try finish()
        }
        let split = message.count - Block.byteCount
        try update(UnsafeRawBufferPointer(rebasing: message[..<split]))
        try update(
            Block(loading: UnsafeRawBufferPointer(rebasing: message[split...])) ^ last)
        return try finish()
    }

    private func begin() throws(FieldCryptoError) {
        try check(EVP_MAC_init(context, nil, 0, nil), "EVP_MAC_init")
    }

    private func update(_ bytes: UnsafeRawBufferPointer) throws(FieldCryptoError) {
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        try check(EVP_MAC_update(context, start, bytes.count), "EVP_MAC_update")
    }

    private func update(_ block: Block) throws(FieldCryptoError) {
        var copy = block
        try copy.withUnsafeMutableBytes { bytes throws(FieldCryptoError) in
            try update(UnsafeRawBufferPointer(bytes))
        }
    }

    private func finish() throws(FieldCryptoError) -> Block {
        var code = Block()
        var count = 0
        try code.withUnsafeMutableBytes { bytes throws(FieldCryptoError) in
            let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            try check(EVP_MAC_final(context, start, &count, Block.byteCount), "EVP_MAC_final")
        }
        if count != Block.byteCount { throw libraryFailure("EVP_MAC_final") }
        return code
    }
}

/// The 16 bytes of a block of AES, as two numbers; the first byte is the highest.
struct Block {
    static let byteCount = 16
    private var high: UInt64 = 0
    private var low: UInt64 = 0

    /// All zero.
    init() {}

    /// Reads 16 bytes.
    init(loading bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == Self.byteCount, "a block has 16 bytes")
        high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
        low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    init(loading start: UnsafeRawPointer) {
        self.init(loading: UnsafeRawBufferPointer(start: start, count: Self.byteCount))
    }

    func store(to start: UnsafeMutableRawPointer) {
        start.storeBytes(of: high.bigEndian, as: UInt64.self)
        start.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
    }

    /// Multiplied by x in GF(2^128), without a branch on the value (RFC 5297, section 2.3).
    var doubled: Block {
        var result = Block()
        result.high = high << 1 | low >> 63
        result.low = low << 1 ^ (0 &- (high >> 63)) & 0x87
        return result
    }

    static func ^ (left: Block, right: Block) -> Block {
        var result = left
        result.high ^= right.high
        result.low ^= right.low
        return result
    }

    func isEqualInConstantTime(to other: Block) -> Bool {
        (high ^ other.high) | (low ^ other.low) == 0
    }

    /// Clears the 32nd and the 64th bit from the end.
    mutating func clearCounterBits() { low &= 0x7FFF_FFFF_7FFF_FFFF }

    /// Lends the 16 bytes in their order; what is written there is kept.
    mutating func withUnsafeMutableBytes<Result, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var words = (high.bigEndian, low.bigEndian)
        defer { (high, low) = (UInt64(bigEndian: words.0), UInt64(bigEndian: words.1)) }
        return try Swift.withUnsafeMutableBytes(of: &words, body)
    }
}
