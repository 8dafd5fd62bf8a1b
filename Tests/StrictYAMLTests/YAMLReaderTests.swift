import StrictYAML
import Testing

/// The traps of YAML that a policy file must not fall into, each with the place where it is reported.
@Suite("Strict YAML")
struct YAMLReaderTests {
    struct Fault: CustomTestStringConvertible {
        let name: String
        let text: String
        let line: Int
        let column: Int
        var testDescription: String { name }

        init(_ name: String, _ text: String, line: Int, column: Int) {
            self.name = name
            self.text = text
            self.line = line
            self.column = column
        }
    }

    static let faults: [Fault] = [
        Fault("a key twice", "a: 1\nb: 2\na: 3\n", line: 1, column: 1),
        Fault("a key twice in braces", "a: {w: 0, x: 1, y: 2, x: 3}\n", line: 1, column: 11),
        Fault("a key twice, once in quotes", "b: 0\na: 1\n\"a\": 2\n", line: 2, column: 1),
        Fault("a number and the same text", "a:\n  1: x\n  \"1\": y\n", line: 2, column: 3),
        Fault("no", "share: no\n", line: 1, column: 8),
        Fault("No in a list", "x:\n  - yes1\n  - No\n", line: 3, column: 5),
        Fault("on", "notice: on\n", line: 1, column: 9),
        Fault("OFF", "notice: OFF\n", line: 1, column: 9),
        Fault("y", "a: y\n", line: 1, column: 4),
        Fault("null", "a: null\n", line: 1, column: 4),
        Fault("~", "a: ~\n", line: 1, column: 4),
        Fault("an unquoted word as a key", "aliases:\n  no: \"47\"\n", line: 2, column: 3),
        Fault("an alias", "a: &x {b: 1}\nc: *x\n", line: 1, column: 4),
        Fault("an anchor nobody uses", "a: &x 1\n", line: 1, column: 4),
        Fault("a merge key", "a: {b: 1}\nc: {<<: {b: 2}}\n", line: 2, column: 5),
        Fault("a tag", "a: !!str 1\n", line: 1, column: 4),
        Fault("a tag of one's own", "a: !secret x\n", line: 1, column: 4),
        Fault("a list as a key", "? [a]\n: 1\n", line: 1, column: 3),
        Fault("a tab for indentation", "a:\n\tb: 1\n", line: 2, column: 1),
        Fault("an open bracket", "a: [1, 2\nb: 3\n", line: 2, column: 2),
        Fault("a second document", "a: 1\n---\nb: 2\n", line: 2, column: 1),
        Fault("nothing", "", line: 1, column: 1),
        Fault("a comment alone", "# nothing\n", line: 1, column: 1),
        Fault(
            "nested too deeply",
            String(repeating: "[", count: 40) + String(repeating: "]", count: 40),
            line: 1, column: 33),
    ]

    @Test("A fault is reported with file, line and column", arguments: faults)
    func reportsPlace(fault: Fault) throws {
        let error = #expect(throws: YAMLError.self) {
            try YAMLReader.read(fault.text, file: "policies/x.yaml")
        }
        #expect(
            error?.position
                == YAMLPosition(file: "policies/x.yaml", line: fault.line, column: fault.column),
            "\(error.map { "\($0)" } ?? "")")
        #expect(
            error?.description.hasPrefix("policies/x.yaml:\(fault.line):\(fault.column): ") == true)
    }

    @Test("The place counts characters, so Chinese keys do not shift it")
    func countsCharacters() throws {
        let error = #expect(throws: YAMLError.self) {
            try YAMLReader.read("性别: {男: 是的, 女: no}\n", file: "x.yaml")
        }
        #expect(error?.position == YAMLPosition(file: "x.yaml", line: 1, column: 16))
    }

    @Test("A fault behind a byte order mark and Windows line ends has the right line")
    func countsWindowsLines() throws {
        let error = #expect(throws: YAMLError.self) {
            try YAMLReader.read("\u{FEFF}a: 1\r\nb: 2\r\nc: no\r\n", file: "x.yaml")
        }
        #expect(error?.position == YAMLPosition(file: "x.yaml", line: 3, column: 4))
    }

    @Test("A quoted word is a text, whatever it says", arguments: ["no", "on", "~", "null", "Yes"])
    func takesQuotedWords(word: String) throws {
        let root = try YAMLReader.read("a: \"\(word)\"\nb: '\(word)'\n", file: "x.yaml")
        var fields = try YAMLFields(root)
        #expect(try fields.required("a").text() == word)
        #expect(try fields.required("b").text() == word)
        try fields.finish()
    }

    @Test("A quoted word is a key too")
    func takesQuotedKeys() throws {
        let root = try YAMLReader.read("\"no\": \"47\"\n'y': \"1\"\n", file: "x.yaml")
        #expect(try root.entries().map(\.key) == ["no", "y"])
    }

    @Test("Codes keep their zeros and letters")
    func keepsCodes() throws {
        let root = try YAMLReader.read("a: \"01\"\nb: 0101\nc: 1e3\nd: 0x10\n", file: "x.yaml")
        let texts = try root.entries().map { try $0.value.text() }
        #expect(texts == ["01", "0101", "1e3", "0x10"])
    }

    @Test("Brackets without end are refused, not followed")
    func refusesDeepNesting() throws {
        let text = String(repeating: "[", count: 100_000)
        let error = #expect(throws: YAMLError.self) { try YAMLReader.read(text, file: "x.yaml") }
        #expect(error != nil)
    }

    @Test("A file above the limit is refused before it is parsed")
    func refusesLargeFiles() throws {
        let text = "a: " + String(repeating: "x", count: YAMLReader.fileBytesMax) + "\n"
        let error = #expect(throws: YAMLError.self) {
            try YAMLReader.read(text, file: "large.yaml")
        }
        #expect(error?.problem.contains("larger than") == true)
    }

    @Test("Every truncation of a file is read or refused, never more")
    func survivesTruncation() throws {
        let text = "format: hangu/x/1\nlist: [a, \"b\", {c: 'd'}]\ntext: |\n  低保\nlast: \"x\\n\"\n"
        let scalars = Array(text.unicodeScalars)
        var readCount = 0
        var refusedCount = 0
        for length in 0..<scalars.count {
            var head = String.UnicodeScalarView()
            head.append(contentsOf: scalars[..<length])
            do throws(YAMLError) {
                _ = try YAMLReader.read(String(head), file: "x.yaml")
                readCount += 1
            } catch {
                refusedCount += 1
                #expect(error.position.line >= 1 && error.position.column >= 1)
            }
        }
        print("YAML truncations: \(readCount) read, \(refusedCount) refused")
        #expect(readCount > 0 && refusedCount > 0)
    }
}
