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

    /// Writes a value and its padding to `output`, which has room for the padded value.
    @inline(__always)
    func write(_ value: UnsafeRawBufferPointer, to output: UnsafeMutableRawPointer) {
        let count = value.count
        if let start = value.baseAddress { output.copyMemory(from: start, byteCount: count) }
        output.storeBytes(of: 0x80, toByteOffset: count, as: UInt8.self)
        let zeroCount = paddedByteCount(count) - count - 1
        if zeroCount > 0 {
            (output + count + 1).initializeMemory(
                as: UInt8.self, repeating: 0, count: zeroCount)
        }
    }

    /// The length of the value in `padded`, or nil where it does not end in 0x80 and zeros.
    static func valueByteCount(in padded: UnsafeRawBufferPointer) -> Int? {
        var end = padded.count
        while end > 0, padded[end - 1] == 0 { end -= 1 }
        return end > 0 && padded[end - 1] == 0x80 ? end - 1 : nil
    }
}
