/// A set of entries within one block of 65,536, by their offsets in it.
///
/// Kept as a list while it is small and as bits once it is not (as in Roaring bitmaps), so that a frequent term costs at
/// most one bit an entry and a rare one two bytes.
package struct EntrySet: Hashable, Sendable {
    /// How many entries a block has.
    package static let span: UInt64 = 65_536
    /// A list of more is kept as bits, which take as many bytes.
    private static let listMax = 4_095
    private static let wordCount = 1_024

    private enum Form: Hashable {
        /// Ascending, each once; at most ``listMax``.
        case list([UInt16])
        case bits([UInt64])
    }

    private var form: Form = .list([])

    package init() {}

    package init(_ offsets: some Sequence<UInt16>) { for offset in offsets { insert(offset) } }

    /// A run of offsets.
    package init(run: ClosedRange<UInt16>) {
        var words = [UInt64](repeating: 0, count: Self.wordCount)
        for offset in run { words[Int(offset) / 64] |= 1 << UInt64(offset % 64) }
        self.init(words: words)
    }

    private init(words: [UInt64]) {
        let count = words.reduce(0) { $0 + $1.nonzeroBitCount }
        form = count > Self.listMax ? .bits(words) : .list(Self.offsets(of: words))
    }

    package var count: Int {
        switch form {
        case .list(let offsets): offsets.count
        case .bits(let words): words.reduce(0) { $0 + $1.nonzeroBitCount }
        }
    }

    package var isEmpty: Bool {
        if case .list(let offsets) = form { return offsets.isEmpty }
        return false
    }

    package mutating func insert(_ offset: UInt16) {
        switch form {
        case .list(var offsets):
            form = .list([])
            if let last = offsets.last, last < offset {
                offsets.append(offset)
            } else {
                let place = offsets.firstIndex { $0 >= offset } ?? offsets.endIndex
                if place == offsets.endIndex || offsets[place] != offset {
                    offsets.insert(offset, at: place)
                }
            }
            form = offsets.count > Self.listMax ? .bits(Self.words(of: offsets)) : .list(offsets)
        case .bits(var words):
            form = .list([])
            words[Int(offset) / 64] |= 1 << UInt64(offset % 64)
            form = .bits(words)
        }
    }

    package func union(_ other: EntrySet) -> EntrySet {
        EntrySet(words: zip(words, other.words).map { $0 | $1 })
    }

    package func intersection(_ other: EntrySet) -> EntrySet {
        switch (form, other.form) {
        case (.list(let few), .bits(let words)), (.bits(let words), .list(let few)):
            // What is in a list stays in one.
            var both = EntrySet()
            both.form = .list(few.filter { words[Int($0) / 64] >> UInt64($0 % 64) & 1 == 1 })
            return both
        case (.list(let one), .list(let other)): return EntrySet(inBoth: one, other)
        case (.bits(let one), .bits(let other)):
            return EntrySet(words: zip(one, other).map { $0 & $1 })
        }
    }

    /// What two ascending lists have in common.
    private init(inBoth one: [UInt16], _ other: [UInt16]) {
        var both: [UInt16] = []
        var (left, right) = (0, 0)
        while left < one.count, right < other.count {
            let (a, b) = (one[left], other[right])
            if a == b { both.append(a) }
            if a <= b { left += 1 }
            if b <= a { right += 1 }
        }
        form = .list(both)
    }

    package func subtracting(_ other: EntrySet) -> EntrySet {
        EntrySet(words: zip(words, other.words).map { $0 & ~$1 })
    }

    /// Ascending.
    package var offsets: [UInt16] {
        switch form {
        case .list(let offsets): offsets
        case .bits(let words): Self.offsets(of: words)
        }
    }

    private var words: [UInt64] {
        switch form {
        case .list(let offsets): Self.words(of: offsets)
        case .bits(let words): words
        }
    }

    private static func words(of offsets: [UInt16]) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: wordCount)
        for offset in offsets { words[Int(offset) / 64] |= 1 << UInt64(offset % 64) }
        return words
    }

    private static func offsets(of words: [UInt64]) -> [UInt16] {
        var offsets: [UInt16] = []
        for (index, word) in words.enumerated() where word != 0 {
            var rest = word
            while rest != 0 {
                offsets.append(UInt16(index * 64 + rest.trailingZeroBitCount))
                rest &= rest - 1
            }
        }
        return offsets
    }
}

extension EntrySet {
    /// Two bytes an offset, big-endian; 8,192 bytes of bits, eight bytes a word, where there are 4,096 or more.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        switch form {
        case .list(let offsets):
            bytes.reserveCapacity(offsets.count * 2)
            for offset in offsets { bytes += [UInt8(offset >> 8), UInt8(offset & 0xFF)] }
        case .bits(let words):
            bytes.reserveCapacity(words.count * 8)
            for word in words { withUnsafeBytes(of: word.bigEndian) { bytes += $0 } }
        }
        return bytes
    }

    /// Reads a set as ``bytes`` writes it; nil for any other form.
    package init?(bytes: [UInt8]) {
        if bytes.count == Self.wordCount * 8 {
            let words = bytes.withUnsafeBytes { bytes in
                (0..<Self.wordCount).map {
                    UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
                }
            }
            self.init(words: words)
            guard case .bits = form else { return nil }
            return
        }
        guard bytes.count % 2 == 0, bytes.count / 2 <= Self.listMax else { return nil }
        let offsets = bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / 2).map {
                UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: $0 * 2, as: UInt16.self))
            }
        }
        for index in offsets.indices.dropFirst() where offsets[index - 1] >= offsets[index] {
            return nil
        }
        self.init()
        form = .list(offsets)
    }
}
