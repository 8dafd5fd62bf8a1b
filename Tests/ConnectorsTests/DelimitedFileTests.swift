import Connectors
import ResidentModel
import TestSupport
import Testing

@Suite("Delimited files")
struct DelimitedFileTests {
    private func contract(
        _ delivery: Delivery, _ names: [String], optional: [String] = [],
        neverIngest: [String] = [], location: String = "a.csv",
        format: DelimitedFormat = DelimitedFormat(), hidden: [String] = []
    ) -> RecordSourceContract {
        RecordSourceContract(
            StreamRequest(
                stream: "a", location: location, columns: columns(names, optional: optional),
                neverIngest: neverIngest),
            hiddenTexts: hidden
        ) {
            DelimitedFileSource(
                name: SourceName("test"), folder: delivery.path, format: format,
                makeDigest: TestDigest.make)
        }
    }

    @Test(
        "Quotes, line breaks and blank lines are read after RFC 4180, whatever ends the lines",
        arguments: ["\n", "\r\n"])
    func quoting(end: String) throws {
        let delivery = try Delivery()
        let lines = [
            "编号,姓名,注", "", "1,\"王,芳\",\"说\"\"好\"\"\"", "2,,\"第一行\(end)第二行\"", "3,\"\",", "",
        ]
        try delivery.write("\u{FEFF}" + lines.joined(separator: end), to: "a.csv")
        let read = try contract(delivery, ["姓名", "注", "编号"]).verify(goodCount: 3)
        #expect(
            read.rows == [
                ["王,芳", "说\"好\"", "1"], [nil, "第一行\(end)第二行", "2"], [nil, nil, "3"],
            ])
        #expect(read.entries.map(\.position.line) == [3, 4, 6])
        #expect(read.entries.map(\.position.record) == [1, 2, 3])
    }

    @Test("The last record needs no line feed")
    func lastLine() throws {
        let delivery = try Delivery()
        for ending in ["", "\r", "\n", "\r\n", "\n\n\r\n"] {
            try delivery.write("a,b\n1,2\n3,4\(ending)", to: "a.csv")
            #expect(try contract(delivery, ["b"]).verify(goodCount: 2).rows == [["2"], ["4"]])
        }
    }

    @Test("Tabs, optional columns, never-ingest columns and columns not taken")
    func columnsOfAFile() throws {
        let delivery = try Delivery()
        try delivery.write(" id \tface\tname\textra\n1\tAAAA\tx\t\n2\t\ty\tz\n", to: "a.tsv.gz")
        #expect(
            throws: SourceError.damaged(
                container: "a.tsv.gz", afterRecord: 0, why: "the file is not gzip as its name says")
        ) {
            try contract(delivery, ["id"], location: "a.tsv").read(after: nil)
        }
        try delivery.write(
            gzip(Array(" id \tface\tname\textra\n1\tAAAA\tx\t\n2\t\ty\tz\n".utf8)), to: "a.tsv.gz")
        let read = try contract(
            delivery, ["id", "name"], optional: ["phone"], neverIngest: ["face", "voice"],
            location: "a.tsv", format: DelimitedFormat(delimiter: UInt8(ascii: "\t"))
        ).verify(goodCount: 2)
        #expect(read.rows == [["1", "x", nil], ["2", "y", nil]])
        #expect(read.entries.map(\.neverIngestCount) == [1, 0])
        #expect(read.columnsNotTaken == ["extra"])
        #expect(read.entries[0].position.container == "a.tsv.gz")
    }

    @Test("A broken record is told with its line and column, and reading goes on after it")
    func brokenRecords() throws {
        let delivery = try Delivery()
        let secret = "780181195110054349"
        let lines = [
            "id,no,name",  // 1
            "1,\(secret),a",  // 2
            "2,\"\(secret)\"x,b",  // 3: garbage after a closing quote
            "3,\(secret)",  // 4: a cell too few
            "4,\(secret),c,d",  // 5: a cell too many
            "5,ab\"\(secret),e",  // 6: a quote within an unquoted cell
            "6,\(secret),\"f",  // 7: a stray quote, which the next quote closes
            "7,\"\(secret)\",g",  // 8
            "8,\(secret),h",  // 9
            "9,\"\(secret),i",  // 10: a quote that nothing closes
            "10,\(secret),j",  // 11
        ]
        try delivery.write(lines.joined(separator: "\n") + "\n", to: "a.csv")
        let read = try contract(delivery, ["id", "name"], hidden: [secret])
            .verify(goodCount: 4, badCount: 6)
        #expect(read.rows.map { $0[0] } == ["1", "7", "8", "10"])
        let bad = read.entries.filter { $0.finding != nil }
        #expect(bad.map(\.position.line) == [3, 4, 5, 6, 7, 10])
        #expect(bad.map(\.position.record) == [2, 3, 4, 5, 6, 9])
        #expect(
            bad.map { $0.finding?.kind } == [
                .quoting, .columnCount, .columnCount, .quoting, .quoting, .quoting,
            ])
        #expect(bad.map { $0.finding?.field } == ["no", nil, nil, "no", "name", "no"])
        #expect(bad[1].finding?.detail == "2 cells, expected 3")
        #expect(bad[5].finding?.detail.contains("before the end of the file") == true)
    }

    @Test("What stands in a quoted cell is never read as a record, even when its own record is bad")
    func quotedCellsAreNoRecords() throws {
        let delivery = try Delivery()
        var bytes = Array("id,note\n1,\"x\n66,forged\ny ".utf8)
        bytes += [0xFF] + Array("\"\n2,\"x\n77,forged\n\",3\n4,z\n".utf8)
        try delivery.write(bytes, to: "a.csv")
        let read = try contract(delivery, ["id", "note"]).verify(goodCount: 1, badCount: 2)
        #expect(read.rows == [["4", "z"]])
        #expect(read.findings.map(\.kind) == [.encoding, .columnCount])
        #expect(read.entries.map(\.position.line) == [2, 5, 8])
    }

    @Test("Records longer than the limit are bad, with and without quotes, and memory stays small")
    func tooLong() throws {
        let delivery = try Delivery()
        let long = String(repeating: "x", count: 300_000)
        let text = "id,note\n1,\(long)\n2,ok\n3,\"\(long)\n\(long)\"\n4,ok\n5,\(long)"
        try delivery.write(text, to: "a.csv")
        let reader = try DelimitedFileSource(
            name: SourceName("test"), folder: delivery.path, makeDigest: TestDigest.make
        ).open(
            StreamRequest(stream: "a", location: "a.csv", columns: columns("id")), after: nil,
            limits: ReadLimits(recordBytesMax: 1_000))
        let batch = try #require(try reader.next())
        #expect(batch.records.map { $0.cells[0] } == ["2", "4"])
        #expect(batch.badRecords.map(\.position.line) == [2, 4, 5, 7])
        #expect(batch.badRecords.allSatisfy { $0.finding.kind == .tooLong })
        #expect(try reader.next() == nil)
    }

    @Test("A delivery that lacks a required column, its header or itself is refused")
    func refused() throws {
        let delivery = try Delivery()
        func fault(_ names: [String], location: String = "a.csv") -> SourceError? {
            #expect(throws: SourceError.self) {
                try contract(delivery, names, location: location).read(after: nil)
            }
        }
        #expect(fault(["a"]) == .absent(container: "a.csv"))
        try delivery.write("a,b\n1,2\n", to: "a.csv")
        #expect(fault(["a", "c"]) == .missingColumn("c", container: "a.csv"))
        try delivery.write("a,a\n1,2\n", to: "a.csv")
        guard case .unsupported? = fault(["a"]) else { throw Unexpected() }
        try delivery.write("", to: "a.csv")
        guard case .damaged? = fault(["a"]) else { throw Unexpected() }
        try delivery.write([0xFF, 0xFE, 0x61, 0x00], to: "a.csv")
        guard case .damaged? = fault(["a"]) else { throw Unexpected() }
        for location in ["../a.csv", "/etc/passwd", "", "x/../a.csv", "./a.csv"] {
            guard case .unsupported? = fault(["a"], location: location) else { throw Unexpected() }
        }
    }
}

struct Unexpected: Error {}
