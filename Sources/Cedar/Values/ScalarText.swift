/// Compares and hashes strings by their UTF-8 bytes.
///
/// Swift's own `==` on `String` is canonical equivalence, under which "é" written as one scalar and as two are
/// equal. Cedar compares scalar values, so every comparison in this module goes through here.
enum ScalarText {
    /// Whether both strings hold the same scalars in the same order.
    @inline(__always)
    static func same(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        let answer = left.utf8.withContiguousStorageIfAvailable { leftBytes in
            right.utf8.withContiguousStorageIfAvailable { rightBytes in
                sameBytes(UnsafeRawBufferPointer(leftBytes), UnsafeRawBufferPointer(rightBytes))
            }
        }
        if let answer, let answer { return answer }
        return left.utf8.elementsEqual(right.utf8)
    }

    /// Compares eight bytes at a time; both have the same length.
    @inline(__always)
    private static func sameBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer)
        -> Bool
    {
        let count = left.count
        var position = 0
        while position + 8 <= count {
            let leftWord = left.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let rightWord = right.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            if leftWord != rightWord { return false }
            position += 8
        }
        while position < count {
            if left[position] != right[position] { return false }
            position += 1
        }
        return true
    }

    /// Whether `left` comes before `right` in the order of UTF-8 bytes, which is the order of scalars.
    static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    /// A hash of the UTF-8 bytes, seeded anew in each process so that chosen names cannot collide on purpose.
    static func hash(_ text: String) -> Int {
        var hasher = Hasher()
        combine(text, into: &hasher)
        return hasher.finalize()
    }

    static func combine(_ text: String, into hasher: inout Hasher) {
        let done: Void? = text.utf8.withContiguousStorageIfAvailable { bytes in
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        }
        if done == nil {
            for byte in text.utf8 { hasher.combine(byte) }
        }
        hasher.combine(text.utf8.count)
    }
}

/// A string as a dictionary key that is equal only to the same scalars.
package struct ScalarKey: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (left: ScalarKey, right: ScalarKey) -> Bool {
        ScalarText.same(left.text, right.text)
    }

    package func hash(into hasher: inout Hasher) { ScalarText.combine(text, into: &hasher) }
}
