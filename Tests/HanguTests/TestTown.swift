import DemoData
import Foundation
import GRDB
import TestSupport
import Testing

/// A generated town in a folder of its own, and the texts in it that must not be found anywhere else.
final class TestTown: Sendable {
    let folder: TemporaryFolder
    let story: TownStory
    var path: String { folder.path("town") }

    init(residents: Int, seed: UInt64) throws {
        folder = try TemporaryFolder()
        story = try TownGenerator(residents: residents, seed: seed).write(to: folder.url("town"))
    }

    /// How many records the town's streams have; employers are no stream.
    var recordCount: Int {
        story.recordCounts.filter { $0.key != "shebao/AB01" }.values.reduce(0, +)
    }

    /// Every cell of one of the two registers, by column.
    func register(_ name: String, encoding: String) throws -> [[String: String]] {
        let bytes = try toolOutput([
            "iconv", "-f", encoding, "-t", "UTF-8", path + "/minzheng/" + name,
        ])
        var text = String(decoding: bytes, as: UTF8.self)
        if text.hasPrefix("\u{FEFF}") { text.removeFirst() }
        let rows = text.split(whereSeparator: \.isNewline).map { cells(of: String($0)) }
        let header = try #require(rows.first)
        return rows.dropFirst().map { Dictionary(zip(header, $0)) { first, _ in first } }
    }

    /// The cells of a line of CSV, quoted where they hold a comma.
    private func cells(of line: String) -> [String] {
        var cells: [String] = []
        var cell = ""
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted:
                cells.append(cell)
                cell = ""
            default: cell.append(character)
            }
        }
        return cells + [cell]
    }

    /// Every row of the insured persons.
    func persons() throws -> [[String: String]] {
        let queue = try DatabaseQueue(path: path + "/shebao/shebao.sqlite")
        return try queue.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM AC01").map { row in
                var cells: [String: String] = [:]
                for (name, value) in row { cells[name] = String.fromDatabaseValue(value) }
                return cells
            }
        }
    }

    /// The resources of one type, as JSON objects.
    func resources(_ type: String) throws -> [[String: Any]] {
        let bytes = try toolOutput(["gzip", "-dc", path + "/weijian/\(type).ndjson.gz"])
        return try bytes.split(separator: UInt8(ascii: "\n")).map { line in
            try #require(
                try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
        }
    }
}
