import JSONText

/// Finds the records of a delimited file and says which of them are broken.
final class DelimitedScanner {
    /// What was found and consumed; the cells of a sound record are in ``splitter`` until the next call.
    struct Record {
        /// The line on which it starts.
        let line: Int
        let byteCount: Int
        let endsInLineFeed: Bool
        let fault: Fault?
    }

    enum Fault {
        case quoting(cell: Int)
        case unterminatedQuote(cell: Int)
        case tooLong
        case encoding(cell: Int)
    }

    let lines: LineBuffer
    /// The line of the next record, counted from 1.
    var line = 1
    private(set) var splitter: CellSplitter
    private let decoder: GB18030Decoder?
    private let recordBytesMax: Int
    private var decoded: [UInt8] = []

    init(
        lines: LineBuffer, delimiter: UInt8, decoder: GB18030Decoder?, recordBytesMax: Int
    ) {
        self.lines = lines
        splitter = CellSplitter(delimiter: delimiter)
        self.decoder = decoder
        self.recordBytesMax = recordBytesMax
    }

    /// Consumes the next record; nil at the end of the file.
    func next() throws(InputFault) -> Record? {
        while true {
            splitter.startRecord()
            switch try lines.line(at: 0, byteCountMax: recordBytesMax) {
            case .end: return nil
            case .tooLong:
                let start = lines.byteOffset
                let endsInLineFeed = try lines.skipLine()
                return consumed(
                    lines.byteOffset - start, lineCount: 1, endsInLineFeed, fault: .tooLong)
            case .whole(let byteCount, let endsInLineFeed):
                if isBlank(byteCount, endsInLineFeed) {
                    lines.consume(byteCount)
                    line += 1
                    continue
                }
                return try record(firstLine: byteCount, endsInLineFeed)
            }
        }
    }

    private func record(
        firstLine: Int, _ firstEndsInLineFeed: Bool
    ) throws(InputFault) -> Record {
        var byteCount = firstLine
        var lineCount = 1
        var lineByteCount = firstLine
        var endsInLineFeed = firstEndsInLineFeed
        func broken(_ fault: Fault) -> Record {
            lines.consume(firstLine)
            return consumed(firstLine, lineCount: 1, firstEndsInLineFeed, fault: fault)
        }
        while true {
            switch take(at: byteCount - lineByteCount, lineByteCount, endsInLineFeed) {
            case .broken(let cell): return broken(.quoting(cell: cell))
            case .recordEnds:
                lines.consume(byteCount)
                return consumed(
                    byteCount, lineCount: lineCount, endsInLineFeed, fault: encodingFault())
            case .goesOn: break
            }
            switch try lines.line(at: byteCount, byteCountMax: recordBytesMax - byteCount) {
            case .end: return broken(.unterminatedQuote(cell: splitter.cellEnds.count))
            case .tooLong: return broken(.tooLong)
            case .whole(let next, let nextEndsInLineFeed):
                lineByteCount = next
                byteCount += next
                lineCount += 1
                endsInLineFeed = nextEndsInLineFeed
            }
        }
    }

    private func take(
        at distance: Int, _ byteCount: Int, _ endsInLineFeed: Bool
    ) -> CellSplitter.Outcome {
        let content = lines.peek(at: distance, count: endsInLineFeed ? byteCount - 1 : byteCount)
        guard let decoder else { return splitter.take(content, endsInLineFeed: endsInLineFeed) }
        decoder.decode(content, into: &decoded)
        return decoded.withUnsafeBufferPointer {
            splitter.take($0, endsInLineFeed: endsInLineFeed)
        }
    }

    private func encodingFault() -> Fault? {
        splitter.text.withUnsafeBufferPointer { firstOffsetOutsideUTF8($0) }
            .map { .encoding(cell: splitter.cell(at: $0)) }
    }

    private func isBlank(_ byteCount: Int, _ endsInLineFeed: Bool) -> Bool {
        let content = lines.peek(at: 0, count: endsInLineFeed ? byteCount - 1 : byteCount)
        return content.isEmpty || (content.count == 1 && content[0] == 0x0D)
    }

    private func consumed(
        _ byteCount: Int, lineCount: Int, _ endsInLineFeed: Bool, fault: Fault?
    ) -> Record {
        defer { line += lineCount }
        return Record(
            line: line, byteCount: byteCount, endsInLineFeed: endsInLineFeed, fault: fault)
    }
}
