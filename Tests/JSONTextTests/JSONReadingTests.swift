import JSONText
import Testing

@Suite("Reading JSON")
struct JSONReadingTests {
    @Test("Every kind of value is read as it was written")
    func readsValues() throws {
        let value = try JSONValue(
            parsing:
                #" {"a": [1, 72.50, -0, 1E+2, true, false, null], "b":{"c":"é\u4e2d\ud83d\ude00\n"}} "#
        )
        let lexemes = value["a"]?.array?.compactMap { element -> String? in
            if case .number(let number) = element { return number.lexeme }
            return nil
        }
        #expect(lexemes == ["1", "72.50", "-0", "1E+2"])
        #expect(value["a"]?.array?.suffix(3) == [.bool(true), .bool(false), .null])
        #expect(value["b"]?["c"]?.string == "é中😀\n")
        #expect(value["a"]?.array?[0].integer == 1)
        #expect(value["a"]?.array?[1].integer == nil)
        #expect(value["none"] == nil)
    }

    @Test("Members keep the order in which they came")
    func keepsOrder() throws {
        let value = try JSONValue(parsing: #"{"z":1,"a":2,"m":3}"#)
        #expect(value.object?.members.map(\.name) == ["z", "a", "m"])
    }

    @Test(
        "What is not JSON is refused with the place of the fault",
        arguments: [
            ("", 0, "the text ends"), ("{", 1, "the text ends"), ("[1,]", 3, "expected a value"),
            ("{\"a\":1,}", 7, "expected a name"), ("01", 0, "number"), ("1.", 0, "number"),
            ("-", 0, "number"), ("1e", 0, "number"), (".5", 0, "value"), ("+1", 0, "value"),
            ("tru", 3, "'true'"), ("nul!", 3, "'null'"), ("1 2", 2, "end of the text"),
            ("\"a\nb\"", 2, "control character"), (#""\x""#, 2, "escape"),
            (#""\u12g4""#, 5, "hexadecimal"), (#""\ud800""#, 1, "surrogate"),
            (#""\ud800\ud800""#, 1, "surrogate"), (#""\udc00""#, 1, "surrogate"),
            (#""\ud800\u0041""#, 1, "surrogate"), (#""\ud800x1234""#, 1, "surrogate"),
            ("\u{FEFF}{}", 0, "byte order mark"), ("{'a':1}", 1, "name in quotes"),
            ("[1 2]", 3, "','"), ("{\"a\" 1}", 5, "':'"), ("NaN", 0, "value"),
            ("{\"a\":1,\"a\":2}", 0, "twice"), (#"[{"a":1,"\u0061":2}]"#, 1, "twice"),
        ])
    func refuses(text: String, offset: Int, words: String) {
        let error = #expect(throws: JSONTextError.self) { try JSONValue(parsing: text) }
        #expect(error?.position.byteOffset == offset)
        #expect(error?.description.contains(words) == true)
    }

    @Test(
        "Bytes that are not UTF-8 are refused where they stand",
        arguments: [
            ([0xFF], 0), ([0x41, 0xC3], 1), ([0xC0, 0x80], 0), ([0xED, 0xA0, 0x80], 0),
            ([0xF4, 0x90, 0x80, 0x80], 0), ([0xE4, 0xB8], 0), ([0x41, 0x80], 1),
        ] as [([UInt8], Int)])
    func refusesOtherBytes(bytes: [UInt8], offset: Int) {
        for tail in [[], Array(#"\n"#.utf8)] {
            let text = Array("[\"".utf8) + bytes + tail + Array("\"]".utf8)
            let error = #expect(throws: JSONTextError.self) { try JSONValue(parsing: text) }
            #expect(error?.kind == .invalidUTF8)
            #expect(error?.position.byteOffset == 2 + offset)
        }
    }

    @Test("Halves of a character on both sides of an escape do not join")
    func halvesDoNotJoin() {
        let text: [UInt8] =
            Array("\"".utf8) + [0xE4, 0xB8] + Array(#"\u0041"#.utf8) + [0xAD, 0x22]
        #expect(throws: JSONTextError.self) { try JSONValue(parsing: text) }
    }

    @Test("A fault's line and column are counted in code points")
    func countsLines() {
        let error = #expect(throws: JSONTextError.self) {
            try JSONValue(parsing: "{\n  \"姓名\": 民}")
        }
        #expect(error?.position.line == 2)
        #expect(error?.position.column == 9)
        #expect(error?.description == "2:9 (byte 14): expected a value")
    }

    @Test("Depth, length and number of values are limited")
    func limits() throws {
        let deep = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
        #expect(throws: JSONTextError.self) { try JSONValue(parsing: deep) }
        _ = try JSONValue(parsing: deep, limits: JSONLimits(depthMax: 65))
        let text = "[1,2,3]"
        #expect(throws: JSONTextError.self) {
            try JSONValue(parsing: text, limits: JSONLimits(bytesMax: 6))
        }
        #expect(throws: JSONTextError.self) {
            try JSONValue(parsing: text, limits: JSONLimits(valuesMax: 3))
        }
        _ = try JSONValue(parsing: text, limits: JSONLimits(bytesMax: 7, valuesMax: 4))
        let millions = String(repeating: "[", count: 5_000_000)
        #expect(throws: JSONTextError.self) { try JSONValue(parsing: millions) }
    }

    @Test("A name twice is found among many members")
    func manyMembers() throws {
        let names = (0..<1_000).map { "\"n\($0)\":\($0)" }
        let value = try JSONValue(parsing: "{" + names.joined(separator: ",") + "}")
        #expect(value["n999"]?.integer == 999)
        #expect(throws: JSONTextError.self) {
            try JSONValue(parsing: "{" + (names + ["\"n500\":0"]).joined(separator: ",") + "}")
        }
    }

    @Test("Names that look alike but differ in code points are different names")
    func canonicallyEquivalentNames() throws {
        let value = try JSONValue(parsing: "{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(value["\u{E9}"]?.integer == 1)
        #expect(value["e\u{301}"]?.integer == 2)
        #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
    }

    @Test("No error text holds content")
    func errorsHoldNoContent() {
        let secret = "780181195110054349"
        let text = "{\"id\":\"\(secret)\",\"id\":\"\(secret)\", x\(secret)}"
        for end in 1...text.utf8.count {
            do {
                _ = try JSONValue(parsing: Array(text.utf8.prefix(end)))
            } catch {
                #expect(!"\(error)".contains(secret.prefix(6)))
            }
        }
    }
}
