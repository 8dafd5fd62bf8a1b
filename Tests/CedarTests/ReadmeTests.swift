import Foundation
import Testing

@Suite("The README")
struct ReadmeTests {
    private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    private static func lines(_ file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
    }

    /// The blocks of Swift code, by the title in the comment before each.
    private static func blocks() throws -> [(title: String, code: [String])] {
        let readme = tests.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/Cedar/README.md")
        var blocks: [(title: String, code: [String])] = []
        var title = ""
        var code: [String]?
        for line in try lines(readme) {
            if let open = code {
                if line == "```" { blocks.append((title, open)) }
                code = line == "```" ? nil : open + [line]
                if line == "```" { title = "" }
            } else if line.hasPrefix("<!-- example: "), line.hasSuffix(" -->") {
                title = String(line.dropFirst(14).dropLast(4))
            } else if line == "```swift" {
                code = []
            }
        }
        #expect(code == nil, "a block is not closed")
        return blocks
    }

    /// What is compiled, by title, without the indentation of the functions around.
    private static func examples() throws -> [(title: String, code: [String])] {
        let opening = "        // example: "
        var examples: [(title: String, code: [String])] = []
        var title: String?
        var code: [String] = []
        for line in try lines(tests.appendingPathComponent("ReadmeExamples.swift")) {
            if line.hasPrefix(opening) {
                title = String(line.dropFirst(opening.count))
                code = []
            } else if let known = title, line == "        // end" {
                examples.append((known, code))
                title = nil
            } else if title != nil {
                #expect(line.isEmpty || line.hasPrefix("        "))
                code.append(String(line.dropFirst(8)))
            }
        }
        return examples
    }

    @Test("Every block of Swift in the README is one that the tests compile and run")
    func blocksAreCompiled() throws {
        let blocks = try Self.blocks().sorted { $0.title < $1.title }
        let examples = try Self.examples().sorted { $0.title < $1.title }
        print("examples of the README: \(blocks.count)")
        #expect(blocks.count >= 15)
        #expect(blocks.map(\.title) == examples.map(\.title))
        for (block, example) in zip(blocks, examples) {
            #expect(block.code == example.code, "\(block.title)")
        }
    }
}
