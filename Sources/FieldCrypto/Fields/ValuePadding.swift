/// Up to which multiple a value is padded before it is encrypted, so that its length does not tell its value.
///
/// Every value is padded, as ISO/IEC 7816-4 does: one byte 0x80, then zeros to a multiple of the bucket. With a
/// bucket of 1 that is the byte 0x80 alone. Taking the zeros and the 0x80 off the end gives the value back
/// whatever the bucket was, so nothing has to be remembered for opening. A value of exactly 16 bytes fills 32.
package enum ValuePadding: Int, Hashable, Sendable, CaseIterable {
    /// The length shows: for values whose length says nothing.
    case none = 1
    case bucket16 = 16
    case bucket32 = 32

    /// The length of a value of `byteCount` bytes once padded: at least one byte more.
    package func paddedByteCount(_ byteCount: Int) -> Int {
        (byteCount / rawValue + 1) * rawValue
    }

    /// Writes a value and its padding, which fill `output`.
    func write(_ value: borrowing [UInt8], to output: UnsafeMutableRawBufferPointer) {
        let count = value.count
        value.withUnsafeBytes { output.copyMemory(from: $0) }
        output[count] = 0x80
        let zeros = UnsafeMutableRawBufferPointer(rebasing: output[(count + 1)...])
        zeros.initializeMemory(as: UInt8.self, repeating: 0)
    }

    /// The length of the value in `padded`, or nil where it does not end in 0x80 and zeros.
    static func valueByteCount(in padded: UnsafeRawBufferPointer) -> Int? {
        var end = padded.count
        while end > 0, padded[end - 1] == 0 { end -= 1 }
        return end > 0 && padded[end - 1] == 0x80 ? end - 1 : nil
    }
}
