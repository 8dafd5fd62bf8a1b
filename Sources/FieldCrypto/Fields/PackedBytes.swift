/// Byte strings, one after another in one buffer: many values without an allocation for each.
package struct PackedBytes: Hashable, Sendable {
    package private(set) var bytes: [UInt8]
    /// Where each string ends.
    private(set) var ends: [Int]

    package init() { (bytes, ends) = ([], []) }

    init(bytes: [UInt8], ends: [Int]) {
        self.bytes = bytes
        self.ends = ends
    }

    package var count: Int { ends.count }
    package var isEmpty: Bool { ends.isEmpty }

    /// One of the strings; it shares the buffer.
    package subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(of: index)] }

    /// Where one of the strings lies in `bytes`.
    package func range(of index: Int) -> Range<Int> {
        (index == 0 ? 0 : ends[index - 1])..<ends[index]
    }

    /// How many of the strings are empty.
    package var emptyCount: Int { indices.count { range(of: $0).isEmpty } }

    package var indices: Range<Int> { ends.indices }

    package mutating func reserve(count: Int, byteCount: Int) {
        ends.reserveCapacity(count)
        bytes.reserveCapacity(byteCount)
    }

    /// Adds bytes that are copied at once.
    package mutating func append(copying string: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: string)
        ends.append(bytes.count)
    }

    package mutating func append(_ string: some Collection<UInt8>) {
        bytes.append(contentsOf: string)
        ends.append(bytes.count)
    }

    /// Overwrites every string with zeros.
    package mutating func wipe() { FieldCrypto.wipe(&bytes) }

    /// Lends the strings in place.
    @inline(__always)
    func withUnsafeStrings<Result, Failure: Error>(
        _ body: (UnsafeStrings) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.withUnsafeBufferPointer { bytes throws(Failure) in
            try ends.withUnsafeBufferPointer { ends throws(Failure) in
                try body(UnsafeStrings(bytes: UnsafeRawBufferPointer(bytes), ends: ends))
            }
        }
    }
}

/// The strings of a ``PackedBytes`` where they lie; good while they are lent.
struct UnsafeStrings {
    let bytes: UnsafeRawBufferPointer
    let ends: UnsafeBufferPointer<Int>

    @inline(__always)
    subscript(index: Int) -> UnsafeRawBufferPointer {
        let start = index == 0 ? 0 : ends[index - 1]
        return UnsafeRawBufferPointer(rebasing: bytes[start..<ends[index]])
    }
}
