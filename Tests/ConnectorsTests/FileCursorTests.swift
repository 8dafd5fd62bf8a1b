import Connectors
import ResidentModel
import TestSupport
import Testing

/// How a stored cursor meets a delivery that has changed since.
@Suite("Files that change between readings")
struct FileCursorTests {
    private let request = StreamRequest(stream: "a", location: "a.csv", columns: columns("id"))

    private func contract(_ delivery: Delivery) -> RecordSourceContract {
        RecordSourceContract(request) {
            DelimitedFileSource(
                name: SourceName("test"), folder: delivery.path, makeDigest: TestDigest.make)
        }
    }

    private func ids(
        _ delivery: Delivery, after cursor: SourceCursor?
    ) throws -> (ids: [String], cursor: SourceCursor?) {
        let read = try contract(delivery).read(after: cursor)
        return (read.rows.compactMap { $0[0] }, read.cursors.last)
    }

    @Test("An appended file gives the new records only, with their own numbers and lines")
    func appended() throws {
        let delivery = try Delivery()
        try delivery.write("id,name\n1,a\n2,b\n", to: "a.csv")
        let first = try ids(delivery, after: nil)
        #expect(first.ids == ["1", "2"])
        #expect(try ids(delivery, after: first.cursor).ids == [])
        try delivery.append("3,c\n", to: "a.csv")
        let read = try contract(delivery).read(after: first.cursor)
        #expect(read.rows == [["3"]])
        #expect(read.entries[0].position == RecordPosition(container: "a.csv", record: 3, line: 4))
    }

    @Test("A last line without line feed that grows starts the reading over")
    func grownLine() throws {
        let delivery = try Delivery()
        try delivery.write("id\n1\n2", to: "a.csv")
        let first = try ids(delivery, after: nil)
        #expect(first.ids == ["1", "2"])
        #expect(try ids(delivery, after: first.cursor).ids == [])
        try delivery.append("5\n3\n", to: "a.csv")
        #expect(try ids(delivery, after: first.cursor).ids == ["1", "25", "3"])
    }

    @Test("A file that was replaced, shortened or reordered starts over")
    func replaced() throws {
        let delivery = try Delivery()
        try delivery.write("id\n1\n2\n3\n", to: "a.csv")
        let first = try ids(delivery, after: nil)
        for (text, expected) in [
            ("id\n1\n9\n3\n", ["1", "9", "3"]), ("id\n1\n", ["1"]), ("id\n", []),
            ("id\n3\n2\n1\n4\n", ["3", "2", "1", "4"]),
        ] {
            try delivery.write(text, to: "a.csv")
            #expect(try ids(delivery, after: first.cursor).ids == expected)
        }
    }

    @Test("Packing a file changes nothing, and a further gzip member is an addition")
    func packed() throws {
        let delivery = try Delivery()
        try delivery.write("id\n1\n2\n", to: "a.csv")
        let first = try ids(delivery, after: nil)
        let packed = try Delivery()
        try packed.write(gzip(Array("id\n1\n2\n".utf8)), to: "a.csv.gz")
        #expect(try ids(packed, after: first.cursor).ids == [])
        try packed.write(
            gzip(Array("id\n1\n".utf8)) + gzip([]) + gzip(Array("2\n3\n4\n".utf8)) + [0, 0, 0],
            to: "a.csv.gz")
        #expect(try ids(packed, after: first.cursor).ids == ["3", "4"])
        try contract(packed).verify(goodCount: 4)
    }

    @Test("A truncated gzip file gives what it holds and then the fault, at every truncation")
    func truncatedGzip() throws {
        let text = "id,note\n" + (1...200).map { "\($0),\($0 * 7919 % 10_007)\n" }.joined()
        let packed = gzip(Array(text.utf8))
        let delivery = try Delivery()
        var cut = 0
        for end in stride(from: 2, to: packed.count, by: 7) {
            try delivery.write(packed[..<end], to: "a.csv.gz")
            do {
                let read = try contract(delivery).read(after: nil)
                #expect(
                    read.fault
                        == .truncated(container: "a.csv.gz", afterRecord: read.entries.count))
                #expect(read.rows.compactMap { $0[0] } == (0..<read.rows.count).map { "\($0 + 1)" })
                #expect(read.badCount == 0)
            } catch SourceError.truncated {
                // Cut before the header's end.
            }
            cut += 1
        }
        print("gzip: \(cut) truncations")
        #expect(cut > 50)
        try delivery.write(packed[..<(packed.count - 9)], to: "a.csv.gz")
        let end = try contract(delivery).read(after: nil).entries.count
        #expect(end > 100)
        try contract(delivery).verify(
            goodCount: end, fault: .truncated(container: "a.csv.gz", afterRecord: end))
    }

    @Test("A gzip file with a flipped byte ends in a fault or gives what it gave before")
    func damagedGzip() throws {
        let text = "id,note\n" + (1...50).map { "\($0),\($0 * 7919 % 10_007)\n" }.joined()
        let packed = gzip(Array(text.utf8))
        let delivery = try Delivery()
        try delivery.write(packed, to: "a.csv.gz")
        let sound = try contract(delivery).read(after: nil).entries
        var faults = 0
        for index in 10..<packed.count {
            var changed = packed
            changed[index] ^= 0x10
            try delivery.write(changed, to: "a.csv.gz")
            do {
                let read = try contract(delivery).read(after: nil)
                // A bit that deflate does not use changes nothing.
                #expect(read.fault != nil || read.entries == sound)
                if read.fault != nil { faults += 1 }
            } catch is SourceError {
                faults += 1
            }
        }
        #expect(faults > packed.count - 15)
    }

    @Test("Something else after the gzip data is a fault, not an end")
    func trailingBytes() throws {
        let delivery = try Delivery()
        try delivery.write(gzip(Array("id\n1\n".utf8)) + Array("id\n2\n".utf8), to: "a.csv.gz")
        let read = try contract(delivery).read(after: nil)
        #expect(read.rows == [["1"]])
        #expect(read.fault != nil)
    }
}
