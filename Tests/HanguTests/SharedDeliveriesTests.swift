import Foundation
import TestSupport
import Testing

/// Deliveries that nobody here wrote, pulled whole: what goes in adds up to what the files hold.
@Suite("Shared deliveries")
struct SharedDeliveriesTests {
    /// How many lines a gzip file has.
    private func lineCount(_ file: URL) throws -> Int {
        try toolOutput(["gzip", "-dc", file.path]).count { $0 == UInt8(ascii: "\n") }
    }

    /// How many rows the INSERT statements of a dump have for each table: one row a line.
    private func rowCounts(_ dump: URL) throws -> [Substring: Int] {
        let text = String(decoding: try toolOutput(["gzip", "-dc", dump.path]), as: UTF8.self)
        var table: Substring?
        var counts: [Substring: Int] = [:]
        for line in text.split(separator: "\n") {
            if line.hasPrefix("INSERT INTO ") {
                table = line.dropFirst("INSERT INTO ".count).prefix { $0 != " " }
            } else if line.hasPrefix("("), let table {
                counts[table, default: 0] += 1
            }
        }
        return counts
    }

    @Test("A town of 26,010 records adds up to its files, and a second pull changes nothing")
    func town() throws {
        guard let town = SharedData.url("linkage/seed1") else { return }
        let rows = try rowCounts(town.appendingPathComponent("shebao/shebao.sql.gz"))
        // A header, and no line break inside a cell of these two files.
        let expected = [
            "residents": try lineCount(town.appendingPathComponent("minzheng/residents.csv.gz"))
                - 1,
            "residents-linhe": try lineCount(
                town.appendingPathComponent("minzheng/residents_linhe_gb18030.csv.gz")) - 1,
            "persons": rows["AC01"], "insurances": rows["AC02"], "benefits": rows["AC60"],
            "patients": try lineCount(town.appendingPathComponent("weijian/Patient.ndjson.gz")),
            "conditions": try lineCount(town.appendingPathComponent("weijian/Condition.ndjson.gz")),
            "observations": try lineCount(
                town.appendingPathComponent("weijian/Observation.ndjson.gz")),
            "immunizations": try lineCount(
                town.appendingPathComponent("weijian/Immunization.ndjson.gz")),
            "family-doctor-contracts": try lineCount(
                town.appendingPathComponent("weijian/EpisodeOfCare.ndjson.gz")),
        ]
        let identityStreams = ["residents", "residents-linhe", "persons", "patients"]
        #expect(identityStreams.compactMap { expected[$0] ?? nil }.reduce(0, +) == 26_010)

        let home = try TestHome(town: town.path)
        let first = try home.pull()
        #expect(first.streams.count == expected.count)
        for (name, count) in expected {
            let stream = try first.stream(name)
            #expect(stream.read == count, "\(name)")
            #expect(stream.addsUp, "\(name)")
            #expect(stream.error == nil && stream.updated == 0 && stream.unchanged == 0, "\(name)")
        }
        #expect(first.residents == first.total(\.opened))
        try checkQuarantine(of: first, home: home)
        let log = try home.verifyLog()
        #expect(log.sound && log.entries > 0)

        let second = try home.pull()
        #expect(second.residents == first.residents)
        #expect(second.total(\.stored) == 0 && second.total(\.updated) == 0)
        #expect(second.streams.allSatisfy { $0.error == nil && $0.read == $0.unchanged })
        let after = try home.verifyLog()
        #expect(after.sound && after.entries == log.entries)
        print(
            "seed1: \(first.total(\.read)) records read = \(first.total(\.stored)) stored + "
                + "\(first.total(\.quarantined)) quarantined; \(first.total(\.linked)) linked, "
                + "\(first.residents) residents, \(log.entries) log entries")
    }

    /// Every quarantined record is on the list, with its place and its reason.
    private func checkQuarantine(of counts: PullCounts, home: TestHome) throws {
        let listed = try home.check(["review", "quarantine", "--json", "--limit", "100000"])
            .json(QuarantineLine.self)
        #expect(listed.count == counts.total(\.quarantined))
        #expect(listed.allSatisfy { $0.record > 0 && !$0.findings.isEmpty })
        for stream in counts.streams {
            let name = "\(stream.source)/\(stream.stream)"
            #expect(listed.count { $0.stream == name } == stream.quarantined, "\(name)")
        }
    }

    @Test(
        "A health delivery of 300 patients adds up to its files, and a second pull changes nothing")
    func health() throws {
        guard let town = SharedData.url("linkage/seed1"),
            let folder = SharedData.url("fhir/export-300")
        else { return }
        let home = try TestHome(town: town.path, healthFolder: folder.path)
        let first = try home.pull(["--source", "health"])
        let files = [
            "patients": ("Patient", 300), "conditions": ("Condition", 2_269),
            "observations": ("Observation", 43_813), "immunizations": ("Immunization", 3_576),
            "allergies": ("AllergyIntolerance", 215),
        ]
        #expect(first.streams.count == files.count)
        for (name, (file, count)) in files {
            let stream = try first.stream(name)
            let lines = try lineCount(folder.appendingPathComponent("\(file).ndjson.gz"))
            #expect(lines == count && stream.read == count, "\(name)")
            #expect(stream.addsUp && stream.error == nil, "\(name)")
        }
        #expect(try first.stream("patients").neverIngest > 0)
        try checkQuarantine(of: first, home: home)
        let log = try home.verifyLog()
        #expect(log.sound && log.entries > 0)

        let second = try home.pull(["--source", "health"])
        #expect(second.residents == first.residents)
        #expect(second.total(\.stored) == 0 && second.total(\.updated) == 0)
        #expect(second.streams.allSatisfy { $0.error == nil && $0.read == $0.unchanged })
        #expect(try home.logSize() == log.entries)
        print(
            "export-300: \(first.total(\.read)) resources read, \(first.total(\.stored)) stored, "
                + "\(first.total(\.quarantined)) quarantined, \(first.residents) residents")
    }
}
