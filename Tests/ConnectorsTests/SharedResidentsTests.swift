import Connectors
import Foundation
import ResidentModel
import TestSupport
import Testing

/// 10,000 invented residents as three departments ship them.
@Suite("The shared residents")
struct SharedResidentsTests {
    @Test("Every record of the civil affairs files is read, in both encodings")
    func civilAffairs() throws {
        guard let folder = SharedData.url("linkage/seed1/minzheng") else { return }
        let first = try RecordSourceContract(
            StreamRequest(
                stream: "residents", location: "residents.csv",
                columns: columns("记录编号", "姓名", "公民身份号码", "出生日期", "住址")),
            hiddenTexts: ["780181195110054349", "曹彩"]
        ) { civilAffairsSource(folder) }
        .verify(goodCount: try count("minzheng/residents.csv.gz", prefix: "MZA"))
        #expect(first.rows[0][0...3] == ["MZA0000001", "曹彩", "780181195110054349", "1951-10-05"])
        #expect(first.columnsNotTaken.contains("行政区划代码"))
        let second = try RecordSourceContract(
            StreamRequest(
                stream: "linhe", location: "residents_linhe_gb18030.csv",
                columns: columns("编号", "身份证号", "姓名", "地址", "修改时间"))
        ) { civilAffairsSource(folder) }
        .verify(goodCount: 6_894 - first.goodCount)
        #expect(
            second.rows[0] == [
                "MZB0000001", "78022219960512535X", "艾合买提·买买提", "柳林县太平镇下坝村六组110号", "2013/4/1",
            ])
        print("civil affairs: \(first.goodCount) + \(second.goodCount) records")
        #expect(first.goodCount + second.goodCount == 6_894)
    }

    @Test("Every row of the social security dump is read")
    func socialSecurity() throws {
        guard let file = SharedData.url("linkage/seed1/shebao/shebao.sql.gz") else { return }
        let source = SQLiteSource(
            name: SourceName("shebao"), path: file.path, makeDigest: TestDigest.make)
        let streams = [
            ("AC01", ["AAE036", "AAC001"], ["AAC001", "AAC002", "AAC003", "AAC006"]),
            ("AC02", ["AAC001", "AAE140"], ["AAC001", "AAE140", "AAE202"]),
            ("AC60", ["AAC001", "AAE140"], ["AAC001", "AIC165", "AAE116"]),
            ("AB01", ["AAB001"], ["AAB001", "AAB003", "AAB004"]),
        ]
        let text = try String(decoding: decompressed(file), as: UTF8.self)
        var counts: [String: Int] = [:]
        for (table, order, names) in streams {
            let request = StreamRequest(
                stream: table, location: table, columns: columns(names), keysetColumns: order,
                changeColumn: table == "AC01" ? "AAE036" : nil)
            let rowCount = rows(of: table, inDump: text)
            let read = try RecordSourceContract(request) { source }.verify(goodCount: rowCount)
            #expect(Set(read.rows.map { $0[0] }).isSuperset(of: [read.rows[0][0]]))
            counts[table] = rowCount
        }
        print("social security: \(counts)")
        #expect(counts["AC01"] == 9_453)
    }

    @Test("Every resource of the health files is read")
    func health() throws {
        guard let folder = SharedData.url("linkage/seed1/weijian") else { return }
        let streams: [(type: String, count: Int, names: [String])] = [
            (
                "Patient", 9_663,
                [
                    "id", "identifier[system=https://example.org/fhir/sid/cn-resident-id].value",
                    "name[use=official].text", "gender", "birthDate",
                    "address.extension[url=https://example.org/fhir/StructureDefinition/gb2260].valueCode",
                ]
            ),
            (
                "Condition", 2_609,
                ["id", "subject.reference", "code.coding.code", "meta.security[].code"]
            ),
            ("EpisodeOfCare", 1_751, ["id", "patient.reference", "period.end"]),
            (
                "Observation", 2_257,
                [
                    "id",
                    "component[code.coding.code=8480-6].valueQuantity.value | valueQuantity.value",
                ]
            ),
            ("Immunization", 3_444, ["id", "vaccineCode.coding.code", "occurrenceDateTime"]),
        ]
        for (type, count, names) in streams {
            let read = try RecordSourceContract(
                StreamRequest(stream: type, location: type, columns: columns(names))
            ) {
                NDJSONSource(
                    name: SourceName("weijian"), folder: folder.path, makeDigest: TestDigest.make)
            }
            .verify(goodCount: count)
            print("health: \(type) \(read.goodCount)")
            #expect(read.rows.allSatisfy { $0[0] != nil })
            if type == "Condition" {
                #expect(read.rows.contains { $0[3] == "V PSY" && $0[2]?.hasPrefix("F2") == true })
            }
            if type == "Observation" { #expect(read.rows.allSatisfy { $0[1] != nil }) }
        }
        #expect(streams.first?.count == 9_663)
    }

    private func civilAffairsSource(_ folder: URL) -> DelimitedFileSource {
        DelimitedFileSource(
            name: SourceName("minzheng"), folder: folder.path,
            formats: ["residents_linhe_gb18030.csv": DelimitedFormat(encoding: .gb18030)],
            makeDigest: TestDigest.make)
    }

    /// Counts records in the list that the shared data gives of itself.
    private func count(_ file: String, prefix: String) throws -> Int {
        let flat = try #require(SharedData.url("linkage/seed1/truth.csv.gz"))
        return try String(decoding: decompressed(flat), as: UTF8.self)
            .split(separator: "\n").count { $0.hasPrefix("MZ,\(prefix)") }
    }

    private func rows(of table: String, inDump text: String) -> Int {
        var count = 0
        var isInTable = false
        for line in text.split(separator: "\n") {
            if line.hasPrefix("INSERT INTO ") { isInTable = line.contains(" \(table) ") }
            if isInTable, line.hasPrefix("(") { count += 1 }
        }
        return count
    }
}

/// What `gzip -dc` says a file holds.
func decompressed(_ file: URL) throws -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", file.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd()
    process.waitUntilExit()
    return data ?? Data()
}
