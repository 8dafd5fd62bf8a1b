/// A collision-resistant digest (SHA-256 or SM3) over bytes that come in pieces.
///
/// A cursor holds the digest of what was read before it, which tells a file that has grown from one that was
/// replaced. The digest is passed in because only one module may know the cryptographic library.
package protocol StreamingDigest: AnyObject {
    func update(_ bytes: UnsafeRawBufferPointer)

    /// The digest of all bytes so far; more may follow.
    func value() -> [UInt8]
}

/// Makes a digest over no bytes.
package typealias DigestFactory = @Sendable () -> any StreamingDigest

/// Lower-case hexadecimal.
func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
}
