import Cedar
import Foundation
import Testing

/// Mutations of the seeds in `Tests/CedarCorpus`; how many, and from which seed, the environment can say.
@Suite("Mutated texts")
struct FuzzTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("CedarCorpus")
    private static let standardCount = 300
    /// A text of at most 8 KiB that takes longer shows time that grows faster than its length.
    ///
    /// Counted in time that this thread computes, so that a busy machine fails nothing.
    private static let secondsMax = 10.0

    private let properties: FuzzProperties

    init() throws {
        let schema = try Schema(parsing: Self.text("app.cedarschema"))
        properties = FuzzProperties(
            schema: schema,
            policies: try PolicySet(
                parsing: try Self.text("all.cedar") + Self.text("extensions.cedar"), file: "all"),
            store: try EntityStore(json: Self.text("typed.entities.json"), schema: schema),
            requests: [
                try Request(json: Self.text("all.request.json"), schema: schema),
                Request(
                    principal: EntityUID(type: "User", id: "a"),
                    action: EntityUID(type: "Action", id: "w"),
                    resource: EntityUID(type: "File", id: "f"), context: ["a": ["b": ["c": []]]]),
            ])
    }

    private static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment["HANGU_FUZZ_\(name)"].flatMap(Int.init)
    }

    private static func computedSeconds() throws -> Double {
        var time = timespec()
        try #require(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private typealias Property = (String) throws(FuzzProperties.Broken) -> Bool

    private var kinds: [(suffix: String, property: Property)] {
        [
            (".cedar", properties.policyText), (".policies.json", properties.policyJSON),
            (".cedarschema", properties.schemaText), (".schema.json", properties.schemaJSON),
            (".entities.json", properties.entities), (".request.json", properties.request),
        ]
    }

    @Test("Every seed is read, and holds what must hold")
    func seeds() throws {
        var count = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted() {
            guard let kind = kinds.first(where: { name.hasSuffix($0.suffix) }) else { continue }
            #expect(try kind.property(Self.text(name)), "\(name)")
            count += 1
        }
        #expect(count >= 12)
    }

    @Test("Mutated texts are read or refused, and what is read survives all that is done with it")
    func mutations() throws {
        let count = Self.setting("COUNT") ?? Self.standardCount
        let seed = Self.setting("SEED") ?? 1
        let first = Self.setting("FIRST") ?? 0
        let isVerbose = Self.setting("VERBOSE") != nil
        var seeds: [(texts: [String], property: Property)] = []
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
        for kind in kinds {
            let texts = try names.filter { $0.hasSuffix(kind.suffix) }.map(Self.text)
            seeds.append((texts, kind.property))
        }
        var readCount = 0
        var slowest = (seconds: 0.0, number: 0)
        for number in first..<first + count {
            var mutator = FuzzMutator(seed: UInt64(seed) << 40 ^ UInt64(number))
            // Policies as text are half of all, since most of the language is in them.
            let kind = number % 2 == 0 ? seeds[0] : seeds[number / 2 % seeds.count]
            let text = mutator.mutated(
                kind.texts[number / 16 % kind.texts.count],
                with: kind.texts[number / 64 % kind.texts.count])
            if isVerbose { print("mutation \(number):\n\(text)") }
            let started = try Self.computedSeconds()
            do {
                if try kind.property(text) { readCount += 1 }
            } catch {
                Issue.record("mutation \(number) of seed \(seed): \(error)\n\(text)")
            }
            let taken = try Self.computedSeconds() - started
            if taken > slowest.seconds { slowest = (taken, number) }
            if count > 100_000, number % 100_000 == 0 { print("mutation \(number)") }
        }
        print(
            "mutations: \(count) from seed \(seed), \(readCount) read; slowest number "
                + "\(slowest.number), \(slowest.seconds) s")
        // Most mutations are refused, as they should be; but the properties must have had something to hold for.
        #expect(readCount * 50 > count)
        #expect(slowest.seconds < Self.secondsMax, "mutation \(slowest.number)")
    }
}
