import ResidentModel

/// Splits the lines of one record into cells after RFC 4180.
///
/// A cell that starts with a quote ends with one, holds line breaks and delimiters as they are, and quotes as two.
/// Any other cell holds no quote. Lines come one by one, since a line break within quotes belongs to the cell.
struct CellSplitter {
    enum Outcome {
        case recordEnds
        /// A quoted cell goes on in the next line.
        case goesOn
        case broken(cell: Int)
    }

    private enum State { case cellStart, unquoted, quoted, quoteInQuoted }

    private let delimiter: UInt8
    private var state = State.cellStart
    /// The unquoted cells, with one byte between each two so that no character can join over a border.
    private(set) var text: [UInt8] = []
    /// Where each finished cell ends in `text`; the next one starts a byte after.
    private(set) var cellEnds: [Int] = []

    init(delimiter: UInt8) { self.delimiter = delimiter }

    mutating func startRecord() {
        state = .cellStart
        text.removeAll(keepingCapacity: true)
        cellEnds.removeAll(keepingCapacity: true)
    }

    /// Takes the record's next line.
    ///
    /// - Parameters:
    ///   - line: Decoded, without its line feed.
    ///   - endsInLineFeed: False for the last line of a file that ends without one.
    /// - Returns: Whether the record ends with the line; where it is broken, in which cell.
    mutating func take(_ line: UnsafeBufferPointer<UInt8>, endsInLineFeed: Bool) -> Outcome {
        let hasReturn = line.last == 0x0D
        let end = hasReturn ? line.count - 1 : line.count
        var index = 0
        while index < end {
            switch state {
            case .cellStart where line[index] == Self.quote:
                state = .quoted
                index += 1
            case .cellStart, .unquoted:
                let runEnd = endOfRun(line, from: index, to: end)
                text.append(contentsOf: UnsafeBufferPointer(rebasing: line[index..<runEnd]))
                state = .unquoted
                index = runEnd + 1
                guard runEnd < end else { break }
                guard line[runEnd] == delimiter else { return .broken(cell: cellEnds.count) }
                endCell()
            case .quoted:
                let runEnd = endOfQuotedRun(line, from: index, to: end)
                text.append(contentsOf: UnsafeBufferPointer(rebasing: line[index..<runEnd]))
                index = runEnd + 1
                if runEnd < end { state = .quoteInQuoted }
            case .quoteInQuoted:
                switch line[index] {
                case Self.quote:
                    text.append(Self.quote)
                    state = .quoted
                case delimiter: endCell()
                default: return .broken(cell: cellEnds.count)
                }
                index += 1
            }
        }
        if state == .quoted {
            // The line break is part of the cell, as it was written.
            if hasReturn { text.append(0x0D) }
            if endsInLineFeed { text.append(0x0A) }
            return .goesOn
        }
        endCell()
        return .recordEnds
    }

    /// The cell to which a byte of `text` belongs.
    func cell(at offset: Int) -> Int { cellEnds.firstIndex { offset <= $0 } ?? cellEnds.count }

    func range(ofCell cell: Int) -> Range<Int> {
        (cell == 0 ? 0 : cellEnds[cell - 1] + 1)..<cellEnds[cell]
    }

    private mutating func endCell() {
        cellEnds.append(text.count)
        text.append(delimiter)
        state = .cellStart
    }

    private func endOfRun(
        _ line: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
    ) -> Int {
        var index = start
        while index < end, line[index] != delimiter, line[index] != Self.quote { index += 1 }
        return index
    }

    private func endOfQuotedRun(
        _ line: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
    ) -> Int {
        var index = start
        while index < end, line[index] != Self.quote { index += 1 }
        return index
    }

    private static let quote = UInt8(ascii: "\"")
}
