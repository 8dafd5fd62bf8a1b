/// Nonces of one batch, drawn many at a time.
///
/// A draw of a whole buffer costs what a few nonces cost one by one. What a batch did not use is thrown away with it,
/// so no nonce outlives the lock under which it was drawn, nor a fork.
final class NonceBuffer {
    private static let byteCountMax = 4_096
    private let storage = UnsafeMutableRawPointer.allocate(
        byteCount: NonceBuffer.byteCountMax, alignment: 16)
    private var next = 0
    private var end = 0
    /// How many bytes the batch still needs beyond those in the buffer.
    private var neededByteCount = 0

    deinit { storage.deallocate() }

    /// Begins a batch that needs at most so many bytes.
    func begin(byteCount: Int) { (next, end, neededByteCount) = (0, 0, byteCount) }

    /// Writes one nonce of `byteCount` bytes to `output`.
    @inline(__always)
    func write(
        to output: UnsafeMutableRawPointer, byteCount: Int, from random: any RandomSource
    ) throws(FieldCryptoError) {
        if end - next < byteCount { try refill(byteCount, random) }
        output.copyMemory(from: storage + next, byteCount: byteCount)
        next += byteCount
    }

    @inline(never)
    private func refill(
        _ byteCount: Int, _ random: any RandomSource
    ) throws(FieldCryptoError) {
        let whole = Self.byteCountMax / byteCount * byteCount
        let count = min(max(neededByteCount, byteCount), whole)
        (next, end) = (0, 0)
        try random.fill(UnsafeMutableRawBufferPointer(start: storage, count: count))
        neededByteCount -= count
        end = count
    }
}
