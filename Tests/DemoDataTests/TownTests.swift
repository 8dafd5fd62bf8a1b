import Connectors
import DemoData
import Foundation
import ResidentModel
import TestSupport
import Testing

@Suite("A written town")
struct TownTests {
    private static let tables: [String: [String]] = [
        "AC01": [
            "AAC001", "AAC002", "AAC003", "AAC004", "AAC005", "AAC006", "AAE005", "AAE006",
            "AAB301", "AAC009", "AAC084", "AAB001", "AAC060", "AAE036",
        ],
        "AC02": ["AAC001", "AAE140", "AAC031", "AAC049", "AAE202"],
        "AC60": ["AAC001", "AAE140", "AAE041", "AIC165", "AAE116"],
        "AB01": ["AAB001", "AAB003", "AAB004", "AAB301"],
    ]

    @Test("The connectors read exactly what was written, in every file and table")
    func readBack() throws {
        let town = try WrittenTown(TownGenerator(residents: 2_000, seed: 5))
        var read: [String: Int] = [:]
        read[WrittenTown.register] = try town.rows(
            WrittenTown.register, ["记录编号", "户编号", "殡葬火化日期", "家庭月收入", "死亡标志"]
        ).count
        read[WrittenTown.linhe] = try town.rows(WrittenTown.linhe, ["编号", "身份证号"]).count
        for (table, columns) in Self.tables {
            read["shebao/\(table)"] = try town.rows(table, columns).count
        }
        for type in ["Patient", "Condition", "Observation", "Immunization", "EpisodeOfCare"] {
            read["weijian/\(type).ndjson.gz"] = try town.rows(type, ["id"]).count
        }
        print("town: \(read.values.reduce(0, +)) records of 2000 residents")
        #expect(read == town.story.recordCounts)
        #expect(read.values.allSatisfy { $0 > 20 })
    }

    @Test("The same arguments give the same bytes, and another seed gives others")
    func deterministic() throws {
        let first = try WrittenTown(TownGenerator(residents: 400, seed: 9))
        let again = try WrittenTown(TownGenerator(residents: 400, seed: 9))
        let other = try WrittenTown(TownGenerator(residents: 400, seed: 10))
        #expect(first.story == again.story)
        for file in WrittenTown.files {
            let bytes = try Data(contentsOf: first.folder.appendingPathComponent(file))
            #expect(try Data(contentsOf: again.folder.appendingPathComponent(file)) == bytes)
            #expect(try Data(contentsOf: other.folder.appendingPathComponent(file)) != bytes)
        }
        for (table, columns) in Self.tables {
            #expect(try first.rows(table, columns) == again.rows(table, columns))
        }
    }

    @Test("A town has as many residents as asked for, and tells how far it is")
    func progress() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "hangu-town-\(UUID().uuidString)", isDirectory: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        var steps: [Int] = []
        _ = try TownGenerator(residents: 1_500, seed: 2).write(to: folder) { steps.append($0) }
        #expect(steps.last == 1_500)
        #expect(steps.count > 2 && steps == steps.sorted())
        #expect(throws: TownError.alreadyThere(file: "minzheng/residents.csv")) {
            try TownGenerator(residents: 1_500, seed: 2).write(to: folder)
        }
        #expect(throws: TownError.tooFewResidents(99, atLeast: 100)) {
            try TownGenerator(residents: 99, seed: 2).write(to: folder)
        }
    }

    @Test(
        "Every citizen number belongs to a province that does not exist; faults are a few percent")
    func numbers() throws {
        let town = try WrittenTown(TownGenerator(residents: 4_000, seed: 3))
        let streams = [
            (WrittenTown.register, "公民身份号码"), (WrittenTown.linhe, "身份证号"), ("AC01", "AAC002"),
            (
                "Patient", "identifier[system=https://example.org/fhir/sid/cn-resident-id].value"
            ),
        ]
        for (location, column) in streams {
            let texts = try town.rows(location, [column]).map { $0[column] ?? "" }
            var sound = 0
            for text in texts where !text.isEmpty {
                do {
                    let number = try CitizenNumber(text, today: TownGenerator.defaultToday)
                    #expect(number.digits.hasPrefix("78") || number.digits.hasPrefix("79"))
                    sound += 1
                } catch {
                    continue
                }
            }
            let share = Double(sound) / Double(texts.count)
            print("town: \(location): \(sound) of \(texts.count) citizen numbers are sound")
            #expect(share > 0.86 && share < 0.995)
        }
        let written = try town.rows("AC01", ["AAC002"]).compactMap { $0["AAC002"] }
        #expect(written.contains { $0.count == 15 })
        #expect(written.contains { $0.unicodeScalars.contains { $0.value > 0xFF00 } })
    }

    @Test("Telephones are of segments without people, employers' codes are sound")
    func phonesAndCodes() throws {
        let town = try WrittenTown(TownGenerator(residents: 1_000, seed: 4))
        let phones = try town.rows("AC01", ["AAE005"]).compactMap { $0["AAE005"] }
        #expect(phones.count > 500)
        let segments: Set = ["160", "161", "163", "164", "168", "169"]
        #expect(phones.allSatisfy { $0.count == 11 && segments.contains(String($0.prefix(3))) })
        let codes = try town.rows("AB01", ["AAB003"]).compactMap { $0["AAB003"] }
        #expect(codes.count == 20)
        #expect(codes.allSatisfy { UnifiedCreditCode($0)?.kind == "91" })
    }

    @Test("Deaths reach some departments and not others; minority names come with several dots")
    func differences() throws {
        let town = try WrittenTown(TownGenerator(residents: 4_000, seed: 6))
        let deaths = try town.rows(
            WrittenTown.register, ["公民身份号码", "死亡标志", "死亡日期", "殡葬火化日期"]
        ).filter { $0["死亡标志"] == "1" }
        #expect(deaths.allSatisfy { $0["死亡日期"] != nil })
        #expect(deaths.contains { $0["殡葬火化日期"] != nil })
        let insured = try town.rows("AC01", ["AAC002", "AAC060", "AAC003", "AAC006"])
        func numbers(_ state: String) -> Set<String> {
            Set(insured.filter { $0["AAC060"] == state }.compactMap { $0["AAC002"] })
        }
        let dead = Set(deaths.compactMap { $0["公民身份号码"] })
        let unheard = dead.intersection(numbers("1")).count
        let heard = dead.intersection(numbers("2")).count
        print("town: of \(dead.count) deaths, social security knows \(heard), not \(unheard)")
        #expect(heard > 5 && unheard > 3)
        let names = insured.compactMap { $0["AAC003"] }
        #expect(names.contains { $0.contains("·") } && names.contains { $0.contains("•") })
        #expect(insured.contains { $0["AAC006"]?.hasSuffix("0000") == true })
    }

    @Test("Columns, tables and their names are those of the shared residents")
    func layout() throws {
        guard SharedData.url("linkage/seed1/minzheng") != nil else { return }
        let shared = try #require(SharedData.url("linkage/seed1"))
        let town = try WrittenTown(TownGenerator(residents: 300, seed: 1))
        func reader(_ folder: URL, _ location: String, _ key: String) throws -> any RecordReader {
            let reader = try DelimitedFileSource(
                name: SourceName("m"), folder: folder.path,
                formats: [WrittenTown.linhe: DelimitedFormat(encoding: .gb18030)],
                makeDigest: { NoDigest() }
            ).open(
                StreamRequest(stream: "s", location: location, columns: [SourceColumn(key)]),
                after: nil, limits: ReadLimits())
            return reader
        }
        let ours = try reader(town.folder, WrittenTown.register, "记录编号").columnsNotTaken
        let theirs = try reader(shared, WrittenTown.register, "记录编号").columnsNotTaken
        #expect(ours == theirs + ["户编号", "殡葬火化日期", "家庭月收入"])
        #expect(
            try reader(town.folder, WrittenTown.linhe, "编号").columnsNotTaken
                == reader(shared, WrittenTown.linhe, "编号").columnsNotTaken)
        let dump = SQLiteSource(
            name: SourceName("s"), path: shared.path + "/shebao/shebao.sql.gz",
            makeDigest: { NoDigest() })
        for (table, columns) in Self.tables {
            let request = StreamRequest(
                stream: "s", location: table, columns: columns.map { SourceColumn($0) })
            #expect(try dump.open(request, after: nil, limits: ReadLimits()).columnsNotTaken == [])
            #expect(try town.rows(table, columns).count > 5)
        }
    }
}

private final class NoDigest: StreamingDigest {
    func update(_ bytes: UnsafeRawBufferPointer) {}
    func value() -> [UInt8] { [] }
}
