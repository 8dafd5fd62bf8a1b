import ResidentModel

/// Reads the records of one delimited file.
final class DelimitedReader: RecordStepper {
    static let cursorKind = "delimited"

    private let container: String
    private let recordBytesMax: Int
    private let digest: any StreamingDigest
    private let scanner: DelimitedScanner
    private let plan: ColumnPlan
    /// How many records came before, good and bad.
    private var record = 0
    private var endsWithinLine = false

    /// Opens the file and reads its header.
    init(
        path: String, format: DelimitedFormat, request: StreamRequest, limits: ReadLimits,
        digest: any StreamingDigest
    ) throws(SourceError) {
        container = fileName(path)
        self.digest = digest
        recordBytesMax = limits.recordBytesMax
        let decoder = format.encoding == .gb18030 ? try GB18030Decoder(container: container) : nil
        let names: [String]
        do throws(InputFault) {
            let lines = LineBuffer(try openInput(path: path), digest: digest)
            try skipByteOrderMark(lines, encoding: format.encoding)
            scanner = DelimitedScanner(
                lines: lines, delimiter: format.delimiter, decoder: decoder,
                recordBytesMax: limits.recordBytesMax)
            names = try readHeader(scanner)
        } catch {
            throw error.sourceError(container: container, afterRecord: 0)
        }
        plan = try ColumnPlan(header: names, request: request, container: container)
    }

    var columnsNotTaken: [String] { plan.notTaken }

    /// Goes on at the place, where everything before it is what was read then.
    ///
    /// - Returns: false where the file has been replaced; the reader is of no more use then.
    func advance(to place: FileCursor) -> Bool {
        let lines = scanner.lines
        do throws(InputFault) {
            guard place.byteOffset >= lines.byteOffset, try lines.advance(to: place.byteOffset)
            else { return false }
            lines.digestConsumed()
            guard hexadecimal(digest.value()) == place.digest else { return false }
            if place.endsWithinLine { guard try lines.isUsedUp() else { return false } }
        } catch {
            // Read from the start, the same fault comes again, after the records before it.
            return false
        }
        scanner.line = place.line
        record = place.record
        endsWithinLine = place.endsWithinLine
        return true
    }

    func cursor() -> SourceCursor {
        scanner.lines.digestConsumed()
        return FileCursor(
            part: container, byteOffset: scanner.lines.byteOffset, line: scanner.line,
            record: record, digest: hexadecimal(digest.value()), endsWithinLine: endsWithinLine
        ).sourceCursor(kind: Self.cursorKind)
    }

    func step() throws(SourceError) -> SteppedRecord? {
        let found: DelimitedScanner.Record?
        do throws(InputFault) {
            found = try scanner.next()
        } catch {
            throw error.sourceError(container: container, afterRecord: record)
        }
        guard let found else { return nil }
        record += 1
        endsWithinLine = !found.endsInLineFeed
        let position = RecordPosition(container: container, record: record, line: found.line)
        let content: SteppedRecord.Content =
            if let finding = finding(found) {
                .bad(BadRecord(position: position, finding: finding))
            } else {
                .good(rawRecord(position))
            }
        return SteppedRecord(content: content, byteCount: found.byteCount)
    }

    private func rawRecord(_ position: RecordPosition) -> RawRecord {
        let splitter = scanner.splitter
        var cells: [String?] = []
        cells.reserveCapacity(plan.taken.count)
        var neverIngestCount = 0
        splitter.text.withUnsafeBufferPointer { text in
            for cell in plan.taken {
                let range = cell.map { splitter.range(ofCell: $0) } ?? 0..<0
                cells.append(
                    range.isEmpty
                        ? nil
                        : String(
                            decoding: UnsafeBufferPointer(rebasing: text[range]), as: UTF8.self))
            }
        }
        for cell in plan.neverIngested where !splitter.range(ofCell: cell).isEmpty {
            neverIngestCount += 1
        }
        return RawRecord(position: position, cells: cells, neverIngestCount: neverIngestCount)
    }

    private func finding(_ found: DelimitedScanner.Record) -> RecordFinding? {
        switch found.fault {
        case .quoting(let cell):
            return RecordFinding(
                .quoting, field: plan.name(ofCell: cell),
                detail: "expected a quoted cell to end at its closing quote, others to hold none")
        case .unterminatedQuote(let cell):
            return RecordFinding(
                .quoting, field: plan.name(ofCell: cell),
                detail: "expected a closing quote before the end of the file")
        case .tooLong:
            return RecordFinding(.tooLong, detail: "expected at most \(recordBytesMax) bytes")
        case .encoding(let cell):
            return RecordFinding(
                .encoding, field: plan.name(ofCell: cell),
                detail: "expected bytes of the file's encoding")
        case nil:
            let count = scanner.splitter.cellEnds.count
            guard count != plan.names.count else { return nil }
            return RecordFinding(
                .columnCount, detail: "\(count) cells, expected \(plan.names.count)")
        }
    }
}

private func skipByteOrderMark(
    _ lines: LineBuffer, encoding: TextEncoding
) throws(InputFault) {
    for mark: [UInt8] in [[0xFF, 0xFE], [0xFE, 0xFF]] where try lines.starts(with: mark) {
        throw .damaged("its byte order mark is that of UTF-16, expected \(encoding.rawValue)")
    }
    let utf8Mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let isUTF8 = try lines.starts(with: utf8Mark)
    guard encoding == .gb18030 else {
        if isUTF8 { lines.consume(utf8Mark.count) }
        return
    }
    if isUTF8 { throw .damaged("its byte order mark is that of UTF-8, expected gb18030") }
    let mark: [UInt8] = [0x84, 0x31, 0x95, 0x33]
    if try lines.starts(with: mark) { lines.consume(mark.count) }
}

private func readHeader(_ scanner: DelimitedScanner) throws(InputFault) -> [String] {
    guard let header = try scanner.next() else { throw .damaged("it has no header line") }
    guard header.fault == nil else {
        throw .damaged("its header line is broken: quoting, encoding or length")
    }
    let splitter = scanner.splitter
    return splitter.cellEnds.indices.map { cell in
        let name = splitter.text[splitter.range(ofCell: cell)]
        let trimmed = name.drop { $0 == 0x20 || $0 == 0x09 }
        let end = trimmed.lastIndex { $0 != 0x20 && $0 != 0x09 }.map { $0 + 1 }
        return String(decoding: trimmed[..<(end ?? trimmed.startIndex)], as: UTF8.self)
    }
}
