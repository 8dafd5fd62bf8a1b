import Connectors
import DemoData
import Foundation
import ResidentModel
import Testing

/// A town in a folder of its own, read back by the connectors; removed with its last reference.
final class WrittenTown: Sendable {
    let folder: URL
    let story: TownStory

    init(_ generator: TownGenerator) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "hangu-town-\(UUID().uuidString)", isDirectory: true)
        story = try generator.write(to: folder)
    }

    deinit {
        do {
            try FileManager.default.removeItem(at: folder)
        } catch {
            print("the test's folder stays: \(error)")
        }
    }

    /// Every record of one stream, by column.
    func rows(_ location: String, _ columns: [String]) throws -> [[String: String]] {
        let source: any RecordSource
        if location.hasPrefix("minzheng/") {
            source = DelimitedFileSource(
                name: SourceName("minzheng"), folder: folder.path,
                formats: [Self.linhe: DelimitedFormat(encoding: .gb18030)],
                makeDigest: { LengthDigest() })
        } else if location.hasPrefix("A") {
            source = SQLiteSource(
                name: SourceName("shebao"), path: folder.path + "/shebao/shebao.sqlite",
                makeDigest: { LengthDigest() })
        } else {
            source = NDJSONSource(
                name: SourceName("weijian"), folder: folder.path + "/weijian",
                makeDigest: { LengthDigest() })
        }
        let request = StreamRequest(
            stream: "s", location: location, columns: columns.map { SourceColumn($0) })
        let reader = try source.open(request, after: nil, limits: ReadLimits())
        var rows: [[String: String]] = []
        while let batch = try reader.next() {
            #expect(batch.badRecords.isEmpty)
            for record in batch.records {
                var row: [String: String] = [:]
                for (column, cell) in zip(columns, record.cells) { row[column] = cell }
                rows.append(row)
            }
        }
        return rows
    }

    static let register = "minzheng/residents.csv"
    static let linhe = "minzheng/residents_linhe_gb18030.csv"
    static let files =
        [register, linhe]
        + ["Patient", "Condition", "Observation", "Immunization", "EpisodeOfCare"].map {
            "weijian/\($0).ndjson.gz"
        }
}

/// These tests read every file once and keep no cursor, so no digest is needed.
private final class LengthDigest: StreamingDigest {
    private var count = 0
    func update(_ bytes: UnsafeRawBufferPointer) { count += bytes.count }
    func value() -> [UInt8] { Array("\(count)".utf8) }
}
