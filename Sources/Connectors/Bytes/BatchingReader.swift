import ResidentModel

/// Reads a stream record by record; ``BatchingReader`` makes batches of it.
protocol RecordStepper: AnyObject {
    /// The next record, good or bad; nil at the end.
    func step() throws(SourceError) -> SteppedRecord?

    /// A cursor after the last record that was handed out.
    func cursor() throws(SourceError) -> SourceCursor

    var columnsNotTaken: [String] { get }
}

/// One record of a stream and how much of the batch's room it takes.
struct SteppedRecord {
    let content: Content
    let byteCount: Int

    enum Content {
        case good(RawRecord)
        case bad(BadRecord)
    }
}

/// Gathers records into batches within the limits.
///
/// A fault comes after the batch of what was read before it, and comes again whenever more is asked for.
final class BatchingReader: RecordReader {
    private let stepper: any RecordStepper
    private let limits: ReadLimits
    private var fault: SourceError?

    init(_ stepper: any RecordStepper, limits: ReadLimits) {
        self.stepper = stepper
        self.limits = limits
    }

    var columnsNotTaken: [String] { stepper.columnsNotTaken }

    func next() throws(SourceError) -> RawBatch? {
        if let fault { throw fault }
        var records: [RawRecord] = []
        var badRecords: [BadRecord] = []
        var byteCount = 0
        do throws(SourceError) {
            while records.count + badRecords.count < max(1, limits.batchRecordsMax),
                byteCount < limits.batchBytesMax || byteCount == 0
            {
                guard let next = try stepper.step() else { break }
                byteCount += next.byteCount
                switch next.content {
                case .good(let record): records.append(record)
                case .bad(let record): badRecords.append(record)
                }
            }
        } catch {
            fault = error
            if records.isEmpty, badRecords.isEmpty { throw error }
        }
        if records.isEmpty, badRecords.isEmpty { return nil }
        return RawBatch(records: records, badRecords: badRecords, cursor: try stepper.cursor())
    }
}
