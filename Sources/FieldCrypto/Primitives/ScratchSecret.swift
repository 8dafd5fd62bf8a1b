internal import COpenSSL

/// Memory for one key after another, wiped after each use: for keys that are needed for microseconds only.
final class ScratchSecret {
    private let start: UnsafeMutableRawPointer
    private let byteCount: Int
    private let isProtected: Bool

    init(byteCount: Int) {
        self.byteCount = byteCount
        if let place = ProtectedMemory.allocate(byteCount) {
            (start, isProtected) = (place, true)
        } else {
            (start, isProtected) = (.allocate(byteCount: byteCount, alignment: 16), false)
        }
    }

    deinit {
        if isProtected { return ProtectedMemory.free(start, byteCount: byteCount) }
        OPENSSL_cleanse(start, byteCount)
        start.deallocate()
    }

    /// Lends the memory to `body`, which must not keep the pointer, and wipes it on every way out.
    func withUnsafeMutableBytes<Result>(
        _ body: (UnsafeMutableRawBufferPointer) throws(FieldCryptoError) -> Result
    ) throws(FieldCryptoError) -> Result {
        defer { OPENSSL_cleanse(start, byteCount) }
        return try body(UnsafeMutableRawBufferPointer(start: start, count: byteCount))
    }
}
