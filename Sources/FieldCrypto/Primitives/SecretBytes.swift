internal import COpenSSL

/// Key bytes at one fixed address, wiped when the last owner lets go.
///
/// The bytes are never copied by growth or by copy-on-write, print as `<redacted>` in every way, and are compared
/// in constant time. They stand in ``ProtectedMemory`` as long as there is room.
package final class SecretBytes: Sendable, Equatable {
    package let count: Int
    /// Safe to share: the bytes are written before `init` returns and never again until `deinit`.
    private nonisolated(unsafe) let base: UnsafeMutableRawPointer
    private let isProtected: Bool

    /// Makes `count` bytes and lets `fill` write them; they are zero before it.
    ///
    /// - Parameters:
    ///   - count: How many bytes, at least 1.
    ///   - fill: Writes the bytes. Where it throws, they are wiped.
    /// - Throws: What `fill` throws.
    package init<Failure: Error>(
        count: Int, filledBy fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        precondition(count > 0, "a secret has at least one byte")
        self.count = count
        if let place = ProtectedMemory.allocate(count) {
            (base, isProtected) = (place, true)
        } else {
            (base, isProtected) = (.allocate(byteCount: count, alignment: 16), false)
        }
        let buffer = UnsafeMutableRawBufferPointer(start: base, count: count)
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        try fill(buffer)
    }

    /// Takes the bytes over and wipes the array they came in.
    ///
    /// - Parameter bytes: At least one byte; all zero afterwards.
    package convenience init(wiping bytes: inout [UInt8]) {
        self.init(copying: bytes)
        wipe(&bytes)
    }

    /// Copies bytes whose first owner will wipe them, or that are no secret (test keys).
    ///
    /// - Parameter bytes: At least one byte.
    package convenience init(copying bytes: [UInt8]) {
        self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    deinit {
        if isProtected { return ProtectedMemory.free(base, byteCount: count) }
        OPENSSL_cleanse(base, count)
        base.deallocate()
    }

    /// Lends the bytes to `body`, which must not keep the pointer.
    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    package static func == (left: SecretBytes, right: SecretBytes) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left.base, right.base, left.count) == 0
    }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Whether two byte strings are equal, in a time that depends on their lengths only.
package func isEqualInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}

/// Overwrites an array that held something secret; of use only where no copy of the array is left.
package func wipe(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
}
