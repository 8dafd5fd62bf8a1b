import ArgumentParser
import Foundation
import Gateway
import SQLiteStore

/// Times first pages over an index of many entries: `make bench` runs it, nobody else needs to.
struct AuditIndexBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-index", abstract: "Time first pages over a made-up index.",
        shouldDisplay: false)

    @Option(help: "How many entries the made-up log has.")
    var entries: UInt64 = 10_000_000

    @Option(help: "The folder for the index; it must exist and is left as it is but for one file.")
    var folder: String

    @OptionGroup var options: HomeOptions

    /// A question, and the groups of terms that it becomes.
    private static let questions: [(name: String, groups: [[Int64]])] = [
        ("a department", [[department(3)]]),
        ("a department and a purpose", [[department(3)], [purpose(7)]]),
        ("four conditions", [[department(3)], [purpose(7)], [item(5)], [officer(800)]]),
        ("a class of 40 fields", [(0..<40).map { item($0) }]),
        ("a rare officer", [[officer(4_999)]]),
        ("a resident", [[resident(123_456)]]),
        ("what never was", [[-1]]),
        ("two that never meet", [[department(0)], [never]]),
        ("a class that never was", [(1...40).map { -Int64($0) }]),
    ]

    private static let never: Int64 = 99
    private static func department(_ number: UInt64) -> Int64 { 1_000 + Int64(number) }
    private static func purpose(_ number: UInt64) -> Int64 { 2_000 + Int64(number) }
    private static func item(_ number: UInt64) -> Int64 { 3_000 + Int64(number) }
    private static func officer(_ number: UInt64) -> Int64 { 10_000 + Int64(number) }
    private static func resident(_ number: UInt64) -> Int64 { 1_000_000 + Int64(number) }

    func run() throws {
        try options.run { console in
            let url = URL(fileURLWithPath: folder).appendingPathComponent("audit-index.db")
            let store = try AuditIndexDatabase(at: url)
            let clock = ContinuousClock()
            let filling = try clock.measure { try fill(store) }
            let size = try size(of: url)
            if !console.isJSON {
                console.say("filled: \(entries) entries in \(seconds(filling)) s, \(size) MiB")
            }
            var slowest = 0.0
            for question in Self.questions {
                // The first run reads from disk what later ones find in memory.
                var times: [Double] = []
                var found = 0
                for _ in 0..<5 {
                    let time = try clock.measure { found = try ask(question.groups, store) }
                    times.append(rounded(seconds(time) * 1_000))
                }
                slowest = max(slowest, times.max() ?? 0)
                if !console.isJSON {
                    console.say(
                        "\(question.name): \(found) candidates, first \(times[0]) ms, "
                            + "best \(times.min() ?? 0) ms")
                }
            }
            if console.isJSON {
                try console.say(json: ["slowestMilliseconds": slowest])
            } else {
                console.say("slowest: \(slowest) ms")
            }
        }
    }

    /// How many of the 51 candidates that decide a page there are.
    private func ask(_ groups: [[Int64]], _ store: AuditIndexDatabase) throws -> Int {
        var found = 0
        try AuditQuery(groups: groups).forEach(below: .max, in: store) { _ in
            found += 1
            return found < 51
        }
        return found
    }

    /// Terms as a log has them: few departments, many officers, hundreds of thousands of residents.
    private func fill(_ store: AuditIndexDatabase) throws {
        var state: AuditIndexState?
        var random: UInt64 = 1
        func next(_ bound: UInt64) -> UInt64 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (random >> 33) % bound
        }
        for start in stride(from: 0, to: entries, by: Int(EntrySet.span)) {
            let end = min(entries, start + EntrySet.span)
            var addition = AuditIndexAddition(
                state: AuditIndexState(size: end, lastLeaf: [], keyVersion: 1))
            for entry in start..<end {
                let department = min(next(20), next(20))
                let lasting = [
                    1 + Int64(entry % 2), 5 + Int64(next(4)), Self.department(department),
                    Self.purpose(next(30)), Self.item(next(200)), Self.item(next(200)),
                    Self.item(next(200)), Self.never + 1 + Int64(next(50)),
                ]
                let ofSubject = [
                    Self.officer(department * 250 + next(250)), Self.resident(next(200_000)),
                ]
                addition.add(entry, lasting: lasting, ofSubject: ofSubject, minute: entry / 20)
            }
            guard try store.extend(addition, after: state) else { return }
            state = addition.state
        }
    }

    private func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    private func rounded(_ number: Double) -> Double { (number * 100).rounded() / 100 }

    private func size(of url: URL) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
        return (attributes[.size] as? Int ?? 0) >> 20
    }
}
