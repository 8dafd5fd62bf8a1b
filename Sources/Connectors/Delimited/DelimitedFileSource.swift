package import ResidentModel

/// How a delimited text file is written.
package struct DelimitedFormat: Hashable, Sendable {
    package var encoding: TextEncoding
    /// An ASCII character between two cells: `,` for CSV, a tab for TSV.
    package var delimiter: UInt8

    /// - Precondition: The delimiter is ASCII and neither a quote nor a line break.
    package init(encoding: TextEncoding = .utf8, delimiter: UInt8 = UInt8(ascii: ",")) {
        precondition(
            delimiter < 0x80 && ![0x22, 0x0A, 0x0D].contains(delimiter),
            "a delimiter is an ASCII character other than a quote and a line break")
        self.encoding = encoding
        self.delimiter = delimiter
    }
}

/// Reads CSV and TSV files after RFC 4180, plain or gzip, one file a stream.
///
/// A stream's location is the file's name in the folder, where the same name with `.gz` stands in for it. The first
/// line names the columns. Lines end in LF or CRLF; blank lines are passed over.
///
/// A record of which the quoting is broken is bad and reading goes on at the line after its first, so that one stray
/// quote costs one record. A record with sound quoting that has another number of cells than the header, or bytes
/// that do not decode, is bad with all its lines: what stands inside a quoted cell is never taken for a record.
package struct DelimitedFileSource: RecordSource {
    package let name: SourceName
    private let folder: DeliveryFolder
    private let format: DelimitedFormat
    private let formats: [String: DelimitedFormat]
    private let makeDigest: DigestFactory

    /// - Parameters:
    ///   - name: The source's name.
    ///   - folder: The path of the delivery's folder.
    ///   - format: How the files are written.
    ///   - formats: By location, the files that are written otherwise.
    ///   - makeDigest: Makes the digest of the cursors.
    package init(
        name: SourceName, folder: String, format: DelimitedFormat = DelimitedFormat(),
        formats: [String: DelimitedFormat] = [:], makeDigest: @escaping DigestFactory
    ) {
        self.name = name
        self.folder = DeliveryFolder(path: folder)
        self.format = format
        self.formats = formats
        self.makeDigest = makeDigest
    }

    package func open(
        _ request: StreamRequest, after cursor: SourceCursor?, limits: ReadLimits
    ) throws(SourceError) -> any RecordReader {
        let path = try folder.file(request.location)
        let format = formats[request.location] ?? format
        func reader() throws(SourceError) -> DelimitedReader {
            try DelimitedReader(
                path: path, format: format, request: request, limits: limits, digest: makeDigest())
        }
        let fresh = try reader()
        guard let cursor else { return BatchingReader(fresh, limits: limits) }
        let place = try FileCursor(
            cursor, kind: DelimitedReader.cursorKind, container: request.location)
        if fresh.advance(to: place) { return BatchingReader(fresh, limits: limits) }
        return BatchingReader(try reader(), limits: limits)
    }
}
