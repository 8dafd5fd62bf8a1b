import Foundation
package import ResidentModel
package import Testing

/// What every ``RecordSource`` must do, whatever it reads; a new connector is done when it passes.
///
/// It is given a stream that is not empty, and reads it whole, in batches of several sizes, and again from every
/// batch's cursor.
package struct RecordSourceContract {
    private let makeSource: () throws -> any RecordSource
    private let request: StreamRequest
    private let hiddenTexts: [String]

    /// - Parameters:
    ///   - request: The stream to read.
    ///   - hiddenTexts: Values of the data, which no finding, error, cursor or print may repeat.
    ///   - makeSource: Makes a new source over the same delivery.
    package init(
        _ request: StreamRequest, hiddenTexts: [String] = [],
        makeSource: @escaping () throws -> any RecordSource
    ) {
        self.request = request
        self.hiddenTexts = hiddenTexts
        self.makeSource = makeSource
    }

    /// Runs every check and records an issue for each that fails.
    ///
    /// - Parameters:
    ///   - goodCount: How many records the stream has.
    ///   - badCount: How many bad ones it has beside those.
    ///   - fault: The error with which the stream ends, where it does.
    ///   - sourceLocation: Where issues are shown.
    /// - Returns: What a reading of the whole stream gave, for further checks.
    /// - Throws: What the source throws when it is made or opened.
    @discardableResult
    package func verify(
        goodCount: Int, badCount: Int = 0, fault: SourceError? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> StreamTranscript {
        let whole = try read(after: nil, limits: ReadLimits())
        #expect(whole.goodCount == goodCount, sourceLocation: sourceLocation)
        #expect(whole.badCount == badCount, sourceLocation: sourceLocation)
        #expect(whole.fault == fault, sourceLocation: sourceLocation)
        #expect(
            !whole.entries.isEmpty, "the contract needs records", sourceLocation: sourceLocation)
        let positions = Set(whole.entries.map(\.position))
        #expect(
            positions.count == whole.entries.count, "every record has a place of its own",
            sourceLocation: sourceLocation)

        let sizes = whole.entries.count <= 60 ? [1, 2, 7] : [whole.entries.count / 3 + 1]
        for size in sizes {
            try verifyBatches(of: size, whole: whole, sourceLocation)
        }
        let byBytes = try read(after: nil, limits: ReadLimits(batchBytesMax: 1))
        #expect(byBytes.entries == whole.entries, sourceLocation: sourceLocation)
        #expect(byBytes.cursors.count == whole.entries.count, sourceLocation: sourceLocation)
        try verifyForeignCursors(sourceLocation)
        verifySecrecy(whole, sourceLocation)
        return whole
    }

    /// Reading again from a batch's cursor, with a new source, gives the rest and nothing else.
    private func verifyBatches(
        of size: Int, whole: StreamTranscript, _ sourceLocation: SourceLocation
    ) throws {
        let limits = ReadLimits(batchRecordsMax: size)
        let batched = try read(after: nil, limits: limits)
        #expect(batched.entries == whole.entries, sourceLocation: sourceLocation)
        #expect(batched.fault == whole.fault, sourceLocation: sourceLocation)
        #expect(batched.batchSizes.allSatisfy { $0 <= size }, sourceLocation: sourceLocation)
        var handedOut = 0
        for (cursor, batchSize) in zip(batched.cursors, batched.batchSizes) {
            handedOut += batchSize
            let rest = try read(after: cursor, limits: limits)
            // A faulty delivery may start over, since what it holds cannot be checked.
            let isRest = rest.entries == Array(whole.entries.dropFirst(handedOut))
            let isAll = whole.fault != nil && rest.entries == whole.entries
            #expect(
                isRest || isAll, "reading on after \(handedOut) records",
                sourceLocation: sourceLocation)
            #expect(rest.fault == whole.fault, sourceLocation: sourceLocation)
        }
    }

    private func verifyForeignCursors(_ sourceLocation: SourceLocation) throws {
        for text in ["", "{}", "null", #"{"kind":"another","version":1}"#] {
            let source = try makeSource()
            let error = #expect(throws: SourceError.self, sourceLocation: sourceLocation) {
                try source.open(request, after: SourceCursor(text: text), limits: ReadLimits())
            }
            guard case .cursor? = error else {
                Issue.record("a foreign cursor must be told from a replaced source")
                continue
            }
        }
    }

    private func verifySecrecy(_ whole: StreamTranscript, _ sourceLocation: SourceLocation) {
        let prints =
            whole.entries.compactMap { $0.finding.map { "\($0)" } } + whole.cursors.map(\.text)
            + whole.prints + [whole.fault.map { "\($0)" } ?? ""]
        for text in hiddenTexts {
            #expect(
                !prints.contains { $0.contains(text) }, "a value of the data was printed",
                sourceLocation: sourceLocation)
        }
    }

    /// Reads the stream to its end.
    package func read(
        after cursor: SourceCursor?, limits: ReadLimits = ReadLimits()
    ) throws -> StreamTranscript {
        let reader = try makeSource().open(request, after: cursor, limits: limits)
        var transcript = StreamTranscript()
        do throws(SourceError) {
            while let batch = try reader.next() { transcript.append(batch) }
            let isOver = try reader.next() == nil
            #expect(isOver, "the end of a stream stays its end")
        } catch {
            transcript.fault = error
            #expect(throws: error, "a fault stays") { try reader.next() }
        }
        transcript.columnsNotTaken = reader.columnsNotTaken
        return transcript
    }
}

/// All that the reading of a stream gave, records in the order of their places.
package struct StreamTranscript: Sendable {
    /// One record, good or bad.
    package struct Entry: Hashable, Sendable {
        package let position: RecordPosition
        package let cells: [String?]
        package let neverIngestCount: Int
        package let finding: RecordFinding?
    }

    package private(set) var entries: [Entry] = []
    package private(set) var batchSizes: [Int] = []
    package private(set) var cursors: [SourceCursor] = []
    package fileprivate(set) var fault: SourceError?
    package fileprivate(set) var columnsNotTaken: [String] = []
    fileprivate private(set) var prints: [String] = []

    package var goodCount: Int { entries.count { $0.finding == nil } }
    package var badCount: Int { entries.count { $0.finding != nil } }
    package var findings: [RecordFinding] { entries.compactMap(\.finding) }

    /// The cells of the good records.
    package var rows: [[String?]] { entries.filter { $0.finding == nil }.map(\.cells) }

    fileprivate mutating func append(_ batch: RawBatch) {
        var added = batch.records.map {
            Entry(
                position: $0.position, cells: $0.cells, neverIngestCount: $0.neverIngestCount,
                finding: nil)
        }
        added += batch.badRecords.map {
            Entry(position: $0.position, cells: [], neverIngestCount: 0, finding: $0.finding)
        }
        // Good and bad records come apart; their numbers, and those of their files, tell their order.
        entries += added.sorted { left, right in
            let (first, second) = (left.position.container, right.position.container)
            if first == second { return left.position.record < right.position.record }
            return first.compare(second, options: .numeric) == .orderedAscending
        }
        prints += batch.records.map { "\($0)" }
        batchSizes.append(added.count)
        cursors.append(batch.cursor)
    }
}
