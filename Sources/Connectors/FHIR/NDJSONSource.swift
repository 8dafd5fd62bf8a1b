package import ResidentModel

/// Reads FHIR R4 resources, one a line (NDJSON as Bulk Data Export ships it), plain or gzip.
///
/// A stream's location is a resource type. Its files are `Type.ndjson` and `Type.NNN.ndjson`, each also with `.gz`,
/// read one after the other, the unnumbered first. A column is a ``ColumnPath``. Blank lines and a byte order mark are
/// passed over.
///
/// A resource of another type, one with `implicitRules` and one with a `modifierExtension` that is not known, at any
/// depth, are bad records: both may turn what the resource says into its opposite.
package struct NDJSONSource: RecordSource {
    package let name: SourceName
    private let folder: DeliveryFolder
    private let knownModifierExtensions: Set<String>
    private let makeDigest: DigestFactory

    /// - Parameters:
    ///   - name: The source's name.
    ///   - folder: The path of the delivery's folder.
    ///   - knownModifierExtensions: The URLs of modifier extensions that the mapping minds.
    ///   - makeDigest: Makes the digest of the cursors.
    package init(
        name: SourceName, folder: String, knownModifierExtensions: Set<String> = [],
        makeDigest: @escaping DigestFactory
    ) {
        self.name = name
        self.folder = DeliveryFolder(path: folder)
        self.knownModifierExtensions = knownModifierExtensions
        self.makeDigest = makeDigest
    }

    package func open(
        _ request: StreamRequest, after cursor: SourceCursor?, limits: ReadLimits
    ) throws(SourceError) -> any RecordReader {
        let parts = try resourceParts(type: request.location, in: folder)
        let plan = try ResourcePlan(request, knownModifierExtensions: knownModifierExtensions)
        let fresh = NDJSONReader(
            parts: parts, plan: plan, recordBytesMax: limits.recordBytesMax, digest: makeDigest())
        guard let cursor else { return BatchingReader(fresh, limits: limits) }
        let place = try FileCursor(
            cursor, kind: NDJSONReader.cursorKind, container: request.location)
        if fresh.advance(to: place) { return BatchingReader(fresh, limits: limits) }
        let again = NDJSONReader(
            parts: parts, plan: plan, recordBytesMax: limits.recordBytesMax, digest: makeDigest())
        return BatchingReader(again, limits: limits)
    }
}

/// The paths of a resource type's files, in the order of reading.
private func resourceParts(
    type: String, in folder: DeliveryFolder
) throws(SourceError) -> [String] {
    var parts: [(number: Int, name: String)] = []
    for name in try folder.names() {
        let stem = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
        guard stem.hasPrefix(type + "."), stem.hasSuffix(".ndjson") else { continue }
        let middle = stem.dropFirst(type.count).dropLast(".ndjson".count)
        if middle.isEmpty {
            parts.append((-1, name))
        } else if middle.count <= 10, middle.dropFirst().allSatisfy({ ("0"..."9").contains($0) }),
            let number = Int(middle.dropFirst())
        {
            parts.append((number, name))
        }
    }
    guard !parts.isEmpty else { throw .absent(container: type + ".ndjson") }
    parts.sort { ($0.number, $0.name) < ($1.number, $1.name) }
    for (part, next) in zip(parts, parts.dropFirst()) where part.number == next.number {
        throw .unsupported(
            container: next.name, what: "a second file beside '\(part.name)'",
            expected: "each part once, plain or gzip")
    }
    return parts.map { folder.path + "/" + $0.name }
}
