import Foundation
import ResidentModel
import StrictYAML
import Testing

/// The key policy speaks of the keys that there are, and of no secret.
@Suite("The key policy")
struct KeyPolicyTests {
    private static let folder = PolicyFolder.url.deletingLastPathComponent()
        .appendingPathComponent("Keys", isDirectory: true).resolvingSymlinksInPath()

    private func root() throws -> YAMLFields {
        let text = try String(
            contentsOf: Self.folder.appendingPathComponent("key-policy.yaml"), encoding: .utf8)
        return try YAMLFields(YAMLReader.read(text, file: "Keys/key-policy.yaml"))
    }

    @Test("It names every field class of the catalogue, and no other")
    func namesEveryClass() throws {
        var root = try root()
        #expect(try root.required("format").text() == "hangu/key-policy/1")
        let named = try root.required("classes").entries().map(\.key)
        let classes = try PolicyFolder.catalogue().classes.map(\.name)
        #expect(Set(named) == Set(classes))
        print("key policy: \(named.count) classes")
        #expect(named.count >= 12)
    }

    @Test("Every class has a period, and the most sensitive one the shortest")
    func hasPeriods() throws {
        var root = try root()
        var periods: [String: Int] = [:]
        for part in ["classes", "own-classes"] {
            for entry in try root.required(part).entries() {
                var fields = try YAMLFields(entry.value)
                periods[entry.key] = try fields.required("rotation-days").integer(in: 1...3_650)
                #expect(try !fields.texts("readers").isEmpty, "\(entry.key)")
                try fields.finish()
            }
        }
        let shortest = try #require(periods.values.min())
        #expect(periods["health-sensitive"] == shortest)
    }

    @Test("No file of the folder holds anything that looks like a key")
    func holdsNoSecret() throws {
        let names = try FileManager.default.subpathsOfDirectory(atPath: Self.folder.path)
        var checked = 0
        for name in names where name.hasSuffix(".md") || name.hasSuffix(".yaml") {
            let text = try String(
                contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
            let longRuns = text.split { !$0.isHexDigit && !"+/=_".contains($0) }
                .filter { $0.count >= 32 }
            #expect(longRuns.isEmpty, "\(name)")
            #expect(!text.contains("PRIVATE KEY"), "\(name)")
            checked += 1
        }
        #expect(checked >= 3)
    }
}
