/// The 32 bytes of a SHA-256, an SM3 or an HMAC over one, held inline: no allocation for each node of a tree.
package struct Digest256: Hashable, Sendable {
    package static let byteCount = 32
    private var words: (UInt64, UInt64, UInt64, UInt64)

    /// All zero: what a field of a fixed record holds where there is no digest.
    package static let zero = Digest256()

    private init() { words = (0, 0, 0, 0) }

    /// Reads a digest, or nil where the count is not 32.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self = bytes.withUnsafeBytes { Self(reading: $0, at: 0) }
    }

    /// Reads a digest, or nil where the count is not 32.
    package init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self = bytes.withUnsafeBytes { Self(reading: $0, at: 0) }
    }

    /// Reads digests that lie one after another, or nil where the count is no multiple of 32.
    package static func list(_ bytes: [UInt8]) -> [Digest256]? {
        guard bytes.count % byteCount == 0 else { return nil }
        return bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / byteCount).map { Self(reading: bytes, at: $0 * byteCount) }
        }
    }

    private init(reading bytes: UnsafeRawBufferPointer, at offset: Int) {
        words = (
            bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: offset + 16, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: offset + 24, as: UInt64.self)
        )
    }

    /// Lets `fill` write the 32 bytes, which are zero before.
    package init<Failure: Error>(
        filledBy fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        self.init()
        try withUnsafeMutableBytes(fill)
    }

    package var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }

    /// Adds the 32 bytes to the end of an array.
    package func append(to bytes: inout [UInt8]) {
        withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try Swift.withUnsafeBytes(of: words, body)
    }

    private mutating func withUnsafeMutableBytes<Result, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try Swift.withUnsafeMutableBytes(of: &words, body)
    }

    /// Takes the same time whether or not the digests are equal, so it also suits authentication codes.
    package static func == (left: Digest256, right: Digest256) -> Bool {
        let first = (left.words.0 ^ right.words.0) | (left.words.1 ^ right.words.1)
        let second = (left.words.2 ^ right.words.2) | (left.words.3 ^ right.words.3)
        return first | second == 0
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}

extension Digest256: CustomStringConvertible {
    /// Lower-case hexadecimal, 64 characters.
    package var description: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(2 * Self.byteCount)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// A digest where only SHA-256 will do: a node of the published tree, a key's id.
package typealias SHA256Digest = Digest256
