import Connectors
import Foundation
import ResidentModel
import TestSupport
import Testing

@Suite("GB18030")
struct EncodingTests {
    private func contract(_ delivery: Delivery, delimiter: Character = ",") -> RecordSourceContract
    {
        RecordSourceContract(
            StreamRequest(stream: "a", location: "a.csv", columns: columns("id", "name"))
        ) {
            DelimitedFileSource(
                name: SourceName("test"), folder: delivery.path,
                format: DelimitedFormat(
                    encoding: .gb18030, delimiter: delimiter.asciiValue ?? UInt8(ascii: ",")),
                makeDigest: TestDigest.make)
        }
    }

    @Test("Characters of one, two and four bytes are read")
    func allForms() throws {
        let delivery = try Delivery()
        // 镕 and 䶮 and 𠀀: two bytes, four bytes within the first plane, four bytes beyond it.
        var bytes = Array("id,name\n1,".utf8)
        bytes += [0xE9, 0x46] + Array("\n2,".utf8) + [0xFE, 0x9F] + Array("\n3,".utf8)
        bytes += [0x95, 0x32, 0x82, 0x36] + Array("\n4,\"".utf8) + [0x81, 0x30, 0x84, 0x36]
        bytes += Array("\"\n".utf8)
        try delivery.write(bytes, to: "a.csv")
        let read = try contract(delivery).verify(goodCount: 4)
        #expect(read.rows.map { $0[1] } == ["镕", "䶮", "𠀀", "\u{A5}"])
    }

    @Test("A second byte that equals the delimiter splits no cell")
    func secondByteIsDelimiter() throws {
        let delivery = try Delivery()
        // 倈 is 0x82 0x7C, whose second byte is `|`.
        try delivery.write(
            Array("id|name\n1|".utf8) + [0x82, 0x7C] + Array("\n".utf8), to: "a.csv")
        let read = try contract(delivery, delimiter: "|").verify(goodCount: 1)
        #expect(read.rows[0] == ["1", "倈"])
    }

    @Test("Bytes that do not decode make their record bad, naming the column, and no other")
    func undecodable() throws {
        let delivery = try Delivery()
        var bytes = Array("\u{FEFF}".utf8)
        bytes = [0x84, 0x31, 0x95, 0x33] + Array("id,name\r\n1,".utf8) + [0xFF]
        bytes += Array("\r\n2,ok\r\n3,".utf8) + [0x81] + Array("\r\n4,ok\r\n".utf8)
        bytes +=
            [0x81, 0x30, 0x81] + Array(",x\r\n6,\"".utf8) + [0x81] + Array("\",\"\r\n7,ok".utf8)
        try delivery.write(bytes, to: "a.csv")
        let read = try contract(delivery).verify(goodCount: 3, badCount: 4)
        #expect(read.rows.map { $0[0] } == ["2", "4", "7"])
        #expect(read.findings.prefix(3).map(\.kind) == [.encoding, .encoding, .encoding])
        #expect(read.findings.prefix(3).map(\.field) == ["name", "name", "id"])
    }

    @Test("A file in UTF-8 that is called GB18030 is refused where it says so itself")
    func wrongName() throws {
        let delivery = try Delivery()
        try delivery.write("\u{FEFF}id,name\n1,王\n", to: "a.csv")
        #expect(throws: SourceError.self) { try contract(delivery).read(after: nil) }
    }

    @Test("Every character that GB18030 can write comes through in one file")
    func wholeRange() throws {
        let delivery = try Delivery()
        let ranges: [ClosedRange<UInt32>] = [0xA0...0xD7FF, 0xF900...0xFFFD, 0x10000...0x2FA1D]
        var scalars: [Unicode.Scalar] = []
        for range in ranges { scalars += range.compactMap { Unicode.Scalar($0) } }
        // The system's iconv program writes the file; characters it has no code for are left out by it.
        let text = scalars.enumerated().map { "\($0),\($1)\n" }.joined()
        try delivery.write("id,name\n" + text, to: "u.csv")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "iconv", "-c", "-f", "UTF-8", "-t", "GB18030", "-o", delivery.path + "/a.csv",
            delivery.path + "/u.csv",
        ]
        try process.run()
        process.waitUntilExit()
        let reader = try DelimitedFileSource(
            name: SourceName("test"), folder: delivery.path,
            format: DelimitedFormat(encoding: .gb18030), makeDigest: TestDigest.make
        ).open(
            StreamRequest(stream: "a", location: "a.csv", columns: columns("id", "name")),
            after: nil, limits: ReadLimits())
        var checked = 0
        while let batch = try reader.next() {
            #expect(batch.badRecords.isEmpty)
            for record in batch.records {
                guard let id = record.cells[0].flatMap({ Int($0) }), let name = record.cells[1]
                else { continue }
                checked += name == String(scalars[id]) ? 1 : 0
            }
        }
        print("GB18030: \(checked) of \(scalars.count) characters came through")
        #expect(checked > scalars.count - 100)
    }
}
