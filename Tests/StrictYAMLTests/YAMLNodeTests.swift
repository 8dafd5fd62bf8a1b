import StrictYAML
import Testing

/// What a node is asked for and does not have is refused where the node stands.
@Suite("YAML nodes")
struct YAMLNodeTests {
    private static let text = """
        text: 低保
        number: 42
        flag: true
        word: T2
        list: [a, b]
        map: {k: v}
        empty: ""
        """

    private func fields() throws -> YAMLFields {
        try YAMLFields(YAMLReader.read(Self.text, file: "f.yaml"))
    }

    private enum Tier: String, CaseIterable {
        case low = "T1"
        case high = "T2"
    }

    @Test("Each kind of value is read as itself")
    func readsKinds() throws {
        var fields = try fields()
        #expect(try fields.required("text").text() == "低保")
        #expect(try fields.required("number").integer(in: 1...100) == 42)
        #expect(try fields.required("flag").flag())
        #expect(try fields.required("word").word(of: Tier.self) == .high)
        #expect(try fields.texts("list") == ["a", "b"])
        #expect(try fields.texts("absent") == [])
        #expect(try fields.required("map").entries().map(\.key) == ["k"])
    }

    private func fault(_ key: String, _ read: (YAMLNode) throws -> Void) throws -> String {
        var fields = try fields()
        let node = try fields.required(key)
        let error = #expect(throws: YAMLError.self) { try read(node) }
        return error.map { "\($0)" } ?? "no error"
    }

    @Test("A wrong type names what was expected and found")
    func refusesWrongTypes() throws {
        #expect(
            try fault("list") { _ = try $0.text() } == "f.yaml:5:7: expected a text, found a list")
        #expect(
            try fault("text") { _ = try $0.sequence() }
                == "f.yaml:1:7: expected a list, found a text")
        #expect(
            try fault("list") { _ = try $0.entries() }
                == "f.yaml:5:7: expected 'key: value' lines, found a list")
        #expect(
            try fault("map") { _ = try $0.text() }
                == "f.yaml:6:6: expected a text, found 'key: value' lines")
        #expect(
            try fault("empty") { _ = try $0.text() }
                == "f.yaml:7:8: expected a text, found nothing")
    }

    @Test("A number out of range, a flag and a word not listed say what is allowed")
    func refusesWrongScalars() throws {
        #expect(
            try fault("number") { _ = try $0.integer(in: 1...9) }
                == "f.yaml:2:9: expected a whole number from 1 to 9")
        #expect(
            try fault("text") { _ = try $0.integer(in: 1...9) }
                == "f.yaml:1:7: expected a whole number from 1 to 9")
        #expect(try fault("number") { _ = try $0.flag() } == "f.yaml:2:9: expected true or false")
        #expect(
            try fault("text") { _ = try $0.word(of: Tier.self) }
                == "f.yaml:1:7: '低保' is not one of: T1, T2")
    }

    @Test("A missing key is reported where its mapping stands")
    func refusesMissingKeys() throws {
        let root = try YAMLReader.read("a: 1\nb:\n  c: 2\n", file: "f.yaml")
        var top = try YAMLFields(root)
        var inner = try YAMLFields(top.required("b"))
        let error = #expect(throws: YAMLError.self) { try inner.required("title") }
        #expect(error.map { "\($0)" } == "f.yaml:3:3: 'title' is missing here")
    }

    @Test("A key that nobody asked for is refused by name")
    func refusesUnknownKeys() throws {
        let root = try YAMLReader.read("a: 1\nbatch-maxx: 2\n", file: "f.yaml")
        var fields = try YAMLFields(root)
        _ = try fields.required("a")
        let error = #expect(throws: YAMLError.self) { try fields.finish() }
        #expect(
            error.map { "\($0)" } == "f.yaml:2:1: 'batch-maxx' is not a key that is known here")
    }

    @Test("An ambiguous word comes with a hint of what to type")
    func hints() throws {
        let error = #expect(throws: YAMLError.self) {
            try YAMLReader.read("a: no\n", file: "f.yaml")
        }
        #expect(error?.hint == "write 'no' in quotes, or true or false")
    }
}
