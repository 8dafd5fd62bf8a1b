/// The one encoding behind every "a | b | c" that is authenticated or derived from.
///
/// Each component is written as its length in bytes (UInt32, big-endian) and its bytes; text is UTF-8 as given,
/// integers are big-endian of their own width. So no two lists of components give the same bytes.
struct CanonicalBytes {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 160) { bytes.reserveCapacity(capacity) }

    /// Begins anew in the same memory.
    mutating func clear() { bytes.removeAll(keepingCapacity: true) }

    mutating func append(_ text: String) {
        appendLength(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func append(_ component: [UInt8]) {
        appendLength(component.count)
        bytes.append(contentsOf: component)
    }

    mutating func append(_ resident: ResidentKeyID?) {
        guard let resident else { return appendLength(0) }
        appendLength(ResidentKeyID.byteCount)
        appendBigEndian(resident.high)
        appendBigEndian(resident.low)
    }

    mutating func append(_ number: some FixedWidthInteger) {
        appendLength(number.bitWidth / 8)
        appendBigEndian(number)
    }

    private mutating func appendLength(_ count: Int) {
        appendBigEndian(UInt32(truncatingIfNeeded: count))
    }

    @inline(__always)
    private mutating func appendBigEndian<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
