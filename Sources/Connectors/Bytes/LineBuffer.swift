import Glibc

/// Finds the lines of an input without knowing its encoding: in UTF-8 and in GB18030 the byte of a line feed is
/// never part of another character.
///
/// Bytes stay here until they are consumed, so a reader can look at several lines and give all but the first back.
/// Holds at most the longest line asked for and one chunk.
final class LineBuffer {
    /// A line, or what was found in its place.
    enum Line {
        /// How many bytes the line has with its line feed; without one only as the last of the input.
        case whole(byteCount: Int, endsInLineFeed: Bool)
        case tooLong
        case end
    }

    private let input: any ByteInput
    private let digest: any StreamingDigest
    private var bytes: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    /// Consumed bytes before this are part of the digest already.
    private var digestedEnd = 0
    private var isAtEnd = false
    /// The place of the next byte in the input, decompressed and undecoded.
    private(set) var byteOffset = 0

    init(_ input: any ByteInput, digest: any StreamingDigest) {
        self.input = input
        self.digest = digest
        bytes = .allocate(byteCount: Self.chunkByteCount * 2, alignment: 16)
    }

    deinit { bytes.deallocate() }

    /// Looks at the line that starts some bytes after the consumed ones.
    func line(at distance: Int, byteCountMax: Int) throws(InputFault) -> Line {
        var searched = distance
        while true {
            let from = start + searched
            if from < end, let base = bytes.baseAddress,
                let found = memchr(base + from, 0x0A, end - from)
            {
                let byteCount =
                    UnsafeRawPointer(found) - UnsafeRawPointer(base) - start - distance + 1
                return byteCount > byteCountMax + 1
                    ? .tooLong : .whole(byteCount: byteCount, endsInLineFeed: true)
            }
            searched = max(searched, end - start)
            let byteCount = searched - distance
            if byteCount > byteCountMax { return .tooLong }
            if isAtEnd {
                return byteCount == 0 ? .end : .whole(byteCount: byteCount, endsInLineFeed: false)
            }
            try fill()
        }
    }

    /// Bytes that were looked at, for as long as nothing else is asked of the buffer.
    func peek(at distance: Int, count: Int) -> UnsafeBufferPointer<UInt8> {
        precondition(start + distance + count <= end, "only bytes that are here can be seen")
        let place = (start + distance)..<(start + distance + count)
        return UnsafeRawBufferPointer(rebasing: bytes[place]).assumingMemoryBound(to: UInt8.self)
    }

    /// Whether the input goes on with these bytes.
    func starts(with prefix: [UInt8]) throws(InputFault) -> Bool {
        while end - start < prefix.count, !isAtEnd { try fill() }
        return end - start >= prefix.count && peek(at: 0, count: prefix.count).elementsEqual(prefix)
    }

    func consume(_ byteCount: Int) {
        precondition(start + byteCount <= end, "only bytes that are here can be consumed")
        start += byteCount
        byteOffset += byteCount
    }

    /// Consumes the rest of a line that is too long to be held.
    ///
    /// - Returns: Whether it ends in a line feed.
    func skipLine() throws(InputFault) -> Bool {
        while true {
            if start < end, let base = bytes.baseAddress,
                let found = memchr(base + start, 0x0A, end - start)
            {
                consume(UnsafeRawPointer(found) - UnsafeRawPointer(base) - start + 1)
                return true
            }
            consume(end - start)
            if isAtEnd { return false }
            try fill()
        }
    }

    /// Consumes bytes up to a place in the input.
    ///
    /// - Returns: false where the input ends before it.
    func advance(to offset: Int) throws(InputFault) -> Bool {
        while byteOffset < offset {
            if start == end {
                if isAtEnd { return false }
                try fill()
            }
            consume(min(end - start, offset - byteOffset))
        }
        return byteOffset == offset
    }

    /// Whether every byte has been consumed.
    func isUsedUp() throws(InputFault) -> Bool {
        if start == end, !isAtEnd { try fill() }
        return start == end && isAtEnd
    }

    /// Adds the consumed bytes to the digest.
    func digestConsumed() {
        guard digestedEnd < start else { return }
        digest.update(UnsafeRawBufferPointer(rebasing: bytes[digestedEnd..<start]))
        digestedEnd = start
    }

    private func fill() throws(InputFault) {
        if bytes.count - end < Self.chunkByteCount { makeRoom() }
        let count = try input.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[end...]))
        if count == 0 { isAtEnd = true }
        end += count
    }

    /// Moves what is not consumed to the front, into a larger buffer where it fills more than half of this one.
    private func makeRoom() {
        digestConsumed()
        let kept = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        if kept.count > bytes.count / 2 {
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: bytes.count * 2, alignment: 16)
            larger.copyMemory(from: kept)
            bytes.deallocate()
            bytes = larger
        } else if let base = bytes.baseAddress, let source = kept.baseAddress {
            memmove(base, source, kept.count)
        }
        end -= start
        digestedEnd = 0
        start = 0
    }

    private static let chunkByteCount = 1 << 16
}
