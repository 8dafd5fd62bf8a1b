import Testing

import Gateway

struct StoredZipTests {
    @Test(
        "An archive is the same bytes whatever order its files came in, and ends as the format says"
    )
    func bytes() throws {
        let one = try StoredZip.archive(["b/x": [1, 2, 3], "a": Array("hello".utf8), "c": []])
        let two = try StoredZip.archive(["c": [], "a": Array("hello".utf8), "b/x": [1, 2, 3]])
        #expect(one == two)
        // The CRC-32 of "hello" is 0x3610A686, and the first file is "a".
        #expect(Array(one[0..<4]) == [0x50, 0x4B, 3, 4])
        #expect(Array(one[14..<18]) == [0x86, 0xA6, 0x10, 0x36])
        #expect(one[30] == UInt8(ascii: "a"))
        let end = Array(one.suffix(22))
        #expect(end[0..<4] == [0x50, 0x4B, 5, 6] && end[10] == 3)
        #expect(try StoredZip.archive([:]).count == 22)
    }
}
