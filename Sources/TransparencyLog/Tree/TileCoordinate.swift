/// Which tile or entry bundle of a log (C2SP tlog-tiles, height 8).
package struct TileCoordinate: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Hashes of subtrees of 256^level entries; 0 to 63.
        case hashes(level: Int)
        /// The entries themselves.
        case entries
    }

    package static let fullWidth = 256
    package static let height = 8

    package let kind: Kind
    /// Counted from 0 within the kind.
    package let index: UInt64
    /// How many hashes or entries: 1 to 255 of a partial one, 256 of a full one.
    package let width: Int

    package init(kind: Kind, index: UInt64, width: Int) {
        precondition((1...Self.fullWidth).contains(width), "a tile has 1 to 256 hashes")
        if case .hashes(let level) = kind {
            precondition((0...63).contains(level), "a tile's level is 0 to 63")
        }
        self.kind = kind
        self.index = index
        self.width = width
    }

    package var isFull: Bool { width == Self.fullWidth }

    /// The same tile once it is full.
    package var full: TileCoordinate {
        TileCoordinate(kind: kind, index: index, width: Self.fullWidth)
    }

    /// Where it lies under the log's folder or URL, such as `tile/0/x001/234.p/56`.
    package var path: String {
        let name =
            switch kind {
            case .hashes(let level): String(level)
            case .entries: "entries"
            }
        var groups: [String] = []
        var rest = index
        repeat {
            let digits = String(rest % 1000)
            let padded = String(repeating: "0", count: 3 - digits.utf8.count) + digits
            groups.append(groups.isEmpty ? padded : "x" + padded)
            rest /= 1000
        } while rest > 0
        let folder = "tile/\(name)/" + groups.reversed().joined(separator: "/")
        return isFull ? folder : "\(folder).p/\(width)"
    }

    /// Reads a path as ``path`` writes it; nil for any other spelling.
    package init?(path: String) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)[...]
        guard parts.popFirst() == "tile", let name = parts.popFirst() else { return nil }
        if name == "entries" {
            kind = .entries
        } else {
            guard let level = decimal(name), level <= 63 else { return nil }
            kind = .hashes(level: Int(level))
        }
        var width = UInt64(Self.fullWidth)
        if parts.count >= 2, parts[parts.endIndex - 2].hasSuffix(".p") {
            guard let last = parts.popLast(), let partial = decimal(last),
                (1..<width).contains(partial)
            else { return nil }
            width = partial
            parts[parts.endIndex - 1].removeLast(2)
        }
        guard let index = Self.index(of: parts) else { return nil }
        self.index = index
        self.width = Int(width)
        guard self.path == path else { return nil }
    }

    /// The number in groups of three digits, all but the last with `x` before them.
    private static func index(of groups: ArraySlice<Substring>) -> UInt64? {
        guard !groups.isEmpty else { return nil }
        var index: UInt64 = 0
        for (position, group) in groups.enumerated() {
            let digits = position < groups.count - 1 ? group.dropFirst() : group
            guard digits.utf8.count == 3, let value = UInt64(digits) else { return nil }
            let (product, isTooLarge) = index.multipliedReportingOverflow(by: 1000)
            let (sum, isAlsoTooLarge) = product.addingReportingOverflow(value)
            if isTooLarge || isAlsoTooLarge { return nil }
            index = sum
        }
        return index
    }

    /// How many hashes a level has in a tree of `size` entries.
    package static func hashCount(level: Int, size: UInt64) -> UInt64 {
        level * height < UInt64.bitWidth ? size >> UInt64(level * height) : 0
    }

    /// The tile in a tree of `size` entries, or nil where the tree has no such tile.
    package static func tile(kind: Kind, index: UInt64, size: UInt64) -> TileCoordinate? {
        var count = size
        if case .hashes(let level) = kind { count = hashCount(level: level, size: size) }
        guard index <= (count / 256), index * 256 < count else { return nil }
        return TileCoordinate(kind: kind, index: index, width: Int(min(256, count - index * 256)))
    }

    /// The entry bundles that change when a log grows, each with the numbers of its entries.
    package static func bundles(
        from oldSize: UInt64, to newSize: UInt64
    ) -> [(bundle: TileCoordinate, entries: Range<UInt64>)] {
        var found: [(bundle: TileCoordinate, entries: Range<UInt64>)] = []
        var start = oldSize / 256 * 256
        while start < newSize, oldSize < newSize {
            let end = newSize - start > 256 ? start + 256 : newSize
            let bundle = TileCoordinate(
                kind: .entries, index: start / 256, width: Int(end - start))
            found.append((bundle, start..<end))
            start = end
        }
        return found
    }
}

/// Reads an unsigned decimal number without sign or leading zeros.
func decimal(_ text: some StringProtocol) -> UInt64? {
    let digits = text.utf8
    guard let first = digits.first, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
        return nil
    }
    if first == 0x30, digits.count > 1 { return nil }
    return UInt64(text)
}
