import JSONText
import ResidentModel

/// Reads the resources of one type, file after file.
final class NDJSONReader: RecordStepper {
    static let cursorKind = "ndjson"

    private let parts: [String]
    private let plan: ResourcePlan
    private let recordBytesMax: Int
    private let digest: any StreamingDigest
    /// The file being read; nil before the first and after the last.
    private var lines: LineBuffer?
    private var partIndex = 0
    private var line = 1
    /// How many records of the file came before, good and bad.
    private var record = 0
    private var endsWithinLine = false
    private var otherNames: Set<String> = []

    init(
        parts: [String], plan: ResourcePlan, recordBytesMax: Int, digest: any StreamingDigest
    ) {
        self.parts = parts
        self.plan = plan
        self.recordBytesMax = recordBytesMax
        self.digest = digest
    }

    /// The members of the resources seen so far that no column looks into, where they are spelled as FHIR spells them:
    /// what a file gives as a name could else be a value.
    var columnsNotTaken: [String] { otherNames.sorted() }

    private var container: String { fileName(parts[min(partIndex, parts.count - 1)]) }

    /// Goes on at the place, where everything before it is what was read then.
    ///
    /// - Returns: false where a file has been replaced; the reader is of no more use then.
    func advance(to place: FileCursor) -> Bool {
        do throws(InputFault) {
            while let lines = try openedPart(), container != place.part {
                while !(try lines.isUsedUp()) { _ = try lines.skipLine() }
                closePart()
            }
            guard let lines, try lines.advance(to: place.byteOffset) else { return false }
            lines.digestConsumed()
            guard hexadecimal(digest.value()) == place.digest else { return false }
            if place.endsWithinLine { guard try lines.isUsedUp() else { return false } }
        } catch {
            // Read from the start, the same fault comes again, after the records before it.
            return false
        }
        line = place.line
        record = place.record
        endsWithinLine = place.endsWithinLine
        return true
    }

    func cursor() -> SourceCursor {
        lines?.digestConsumed()
        return FileCursor(
            part: container, byteOffset: lines?.byteOffset ?? 0, line: line, record: record,
            digest: hexadecimal(digest.value()), endsWithinLine: endsWithinLine
        ).sourceCursor(kind: Self.cursorKind)
    }

    func step() throws(SourceError) -> SteppedRecord? {
        do throws(InputFault) {
            while let lines = try openedPart() {
                if let found = try next(in: lines) { return found }
                // The last file stays open, so that a cursor after its last record stands in it.
                guard partIndex + 1 < parts.count else { return nil }
                closePart()
            }
            return nil
        } catch {
            throw error.sourceError(container: container, afterRecord: record)
        }
    }

    private func next(in lines: LineBuffer) throws(InputFault) -> SteppedRecord? {
        while true {
            switch try lines.line(at: 0, byteCountMax: recordBytesMax) {
            case .end: return nil
            case .tooLong:
                let start = lines.byteOffset
                endsWithinLine = !(try lines.skipLine())
                let finding = RecordFinding(
                    .tooLong, detail: "expected at most \(recordBytesMax) bytes")
                return stepped(lines.byteOffset - start) { _ in .bad(finding) }
            case .whole(let byteCount, let endsInLineFeed):
                let bytes = lines.peek(at: 0, count: byteCount)
                defer { lines.consume(byteCount) }
                if bytes.allSatisfy({ $0 <= 0x20 }) {
                    line += 1
                    continue
                }
                endsWithinLine = !endsInLineFeed
                return stepped(byteCount) { position in read(bytes, at: position) }
            }
        }
    }

    private enum Read {
        case good(RawRecord)
        case bad(RecordFinding)
    }

    private func stepped(
        _ byteCount: Int, _ read: (RecordPosition) -> Read
    ) -> SteppedRecord {
        record += 1
        let position = RecordPosition(container: container, record: record, line: line)
        line += 1
        switch read(position) {
        case .good(let record):
            return SteppedRecord(content: .good(record), byteCount: byteCount)
        case .bad(let finding):
            return SteppedRecord(
                content: .bad(BadRecord(position: position, finding: finding)),
                byteCount: byteCount)
        }
    }

    private func read(_ bytes: UnsafeBufferPointer<UInt8>, at position: RecordPosition) -> Read {
        let resource: JSONValue
        do throws(JSONTextError) {
            resource = try JSONValue(
                parsing: bytes, limits: JSONLimits(bytesMax: recordBytesMax + 1))
        } catch {
            return .bad(
                RecordFinding(
                    error.kind == .invalidUTF8 ? .encoding : .json,
                    detail: "column \(error.position.column): \(error.kind)"))
        }
        do throws(RecordFinding) {
            let record = try plan.record(of: resource, at: position)
            noteOtherNames(of: resource)
            return .good(record)
        } catch {
            return .bad(error)
        }
    }

    private func noteOtherNames(of resource: JSONValue) {
        for member in resource.object?.members ?? []
        where !plan.knownNames.contains(member.name) && !otherNames.contains(member.name) {
            let isElementName = member.name.utf8.allSatisfy {
                ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A
            }
            if isElementName, member.name.utf8.count <= 40, otherNames.count < 100 {
                otherNames.insert(member.name)
            }
        }
    }

    /// The current file, opened where it is not yet; nil after the last.
    private func openedPart() throws(InputFault) -> LineBuffer? {
        if let lines { return lines }
        guard partIndex < parts.count else { return nil }
        let opened = LineBuffer(try openInput(path: parts[partIndex]), digest: digest)
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        if try opened.starts(with: mark) { opened.consume(mark.count) }
        lines = opened
        return opened
    }

    /// Leaves a file of which all is consumed, and marks its end and name in the digest, so that a byte added to it
    /// later counts as a change.
    private func closePart() {
        lines?.digestConsumed()
        let mark = [0] + Array(container.utf8) + [0]
        mark.withUnsafeBytes { digest.update($0) }
        lines = nil
        partIndex += 1
        line = 1
        record = 0
        endsWithinLine = false
    }
}
