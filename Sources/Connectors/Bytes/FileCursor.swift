import JSONText
import ResidentModel

/// Where the reading of text files stopped.
///
/// The digest of everything before the place tells whether the file is still the one that was read: a file that has
/// only grown goes on, any other starts over.
struct FileCursor {
    /// The file's name, where a stream is several files.
    var part: String
    /// In the decompressed, undecoded bytes of the file, at the start of a record.
    var byteOffset: Int
    /// The line of the next record, counted from 1.
    var line: Int
    /// How many records of the file came before.
    var record: Int
    /// Over all bytes before the place, in hexadecimal.
    var digest: String
    /// The last line had no line feed, so more bytes would change the last record rather than follow it.
    var endsWithinLine: Bool

    func sourceCursor(kind: String) -> SourceCursor {
        let object: JSONObject = [
            "kind": .string(kind), "version": 1.json, "part": .string(part),
            "byteOffset": byteOffset.json, "line": line.json, "record": record.json,
            "digest": .string(digest), "endsWithinLine": .bool(endsWithinLine),
        ]
        return SourceCursor(text: JSONValue.object(object).canonicalText)
    }
}

extension FileCursor {
    /// - Throws: ``SourceError/cursor(container:)`` where the text is not a cursor of this kind.
    init(_ cursor: SourceCursor, kind: String, container: String) throws(SourceError) {
        let value = try cursorValue(cursor, kind: kind, container: container)
        guard let part = value["part"]?.string, let byteOffset = value["byteOffset"]?.integer,
            let line = value["line"]?.integer, let record = value["record"]?.integer,
            let digest = value["digest"]?.string,
            let endsWithinLine = value["endsWithinLine"]?.bool,
            byteOffset >= 0, line >= 1, record >= 0
        else { throw .cursor(container: container) }
        self.init(
            part: part, byteOffset: byteOffset, line: line, record: record, digest: digest,
            endsWithinLine: endsWithinLine)
    }
}

/// Reads a cursor's text and checks that it is one of this kind of source.
func cursorValue(
    _ cursor: SourceCursor, kind: String, container: String
) throws(SourceError) -> JSONValue {
    do {
        let value = try JSONValue(parsing: cursor.text)
        if value["kind"]?.string == kind, value["version"]?.integer == 1 { return value }
    } catch {
        throw .cursor(container: container)
    }
    throw .cursor(container: container)
}

extension Int {
    var json: JSONValue { .integer(self) }
}
