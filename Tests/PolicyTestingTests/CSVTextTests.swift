import StrictYAML
import Testing

import PolicyTesting

/// Table files as spreadsheets save them.
struct CSVTextTests {
    @Test(
        "Quotes, commas, a byte order mark and Windows line ends are read, and each cell keeps its place"
    )
    func cells() throws {
        let records = try CSVText.records(
            "\u{FEFF}a,\"b,\"\"c\"\"\"\r\n# note\r\n\r\n d ,e\r\n", file: "t.csv")
        #expect(records.count == 2)
        let texts = try records.map { try $0.map { try $0.text() } }
        #expect(texts == [["a", "b,\"c\""], ["d", "e"]])
        #expect("\(records[1][1].position)" == "t.csv:4:5")
    }

    @Test("A quote that never ends is refused where it begins")
    func openQuote() throws {
        let fault = try #require(throws: ScenarioFault.self) {
            _ = try CSVText.records("a,b\nc,\"d\n", file: "t.csv")
        }
        #expect("\(fault.position)" == "t.csv:2:3")
    }
}
