import FieldCrypto
import TestSupport
import Testing
import TransparencyLog

@Suite("Replay of a whole log")
struct ReplayTests {
    private func log(_ sizes: [Int]) throws -> (log: TestLog, earlier: [Checkpoint]) {
        let numbers = SeededRandom(seed: 51)
        var log = try TestLog()
        var earlier = [log.checkpoint]
        for size in sizes {
            try log.append((0..<size).map { _ in leaf(numbers).bytes })
            earlier.append(log.checkpoint)
        }
        return (log, earlier)
    }

    /// The files that a log of this size needs.
    private func needed(_ log: TestLog) -> [String] {
        var paths: [String] = ["checkpoint"]
        let kinds = [TileCoordinate.Kind.entries] + (0..<4).map { .hashes(level: $0) }
        for kind in kinds {
            var index: UInt64 = 0
            while let tile = TileCoordinate.tile(kind: kind, index: index, size: log.tree.size) {
                paths.append(tile.path)
                index += 1
            }
        }
        return paths
    }

    @Test("Logs of many sizes are sound, with all checkpoints on the way")
    func sound() throws {
        for sizes in [[], [1], [255], [256], [257], [100, 156, 1, 300], [65_536], [66_000, 5]] {
            let (log, earlier) = try log(sizes)
            let files = log.files
            let report = LogReplay.run(
                log: log.noteKey, earlier: earlier, read: { files[$0] },
                checkEntry: LogReplay.auditLeafFault)
            #expect(report.isSound, "\(sizes): \(report.findings)")
            #expect(report.entryCount == UInt64(sizes.reduce(0, +)))
            #expect(report.checkpoint == log.checkpoint)
        }
    }

    @Test("A changed byte anywhere is found, and its file named")
    func changedBytes() throws {
        let (log, _) = try log([400, 200])
        let numbers = SeededRandom(seed: 52)
        var ran = 0
        for path in needed(log) {
            let bytes = try #require(log.files[path])
            for _ in 0..<20 {
                var changed = log
                let position = numbers.below(bytes.count)
                changed.files[path]?[position] ^= UInt8(1 << numbers.below(8))
                let report = changed.replay()
                #expect(!report.isSound, "\(path) at \(position)")
                let number = path.contains("entries") ? path.dropFirst(13).prefix(3) : ""
                let isNamed = report.findings.contains {
                    $0.path == path || !number.isEmpty && $0.path.contains("tile/0/\(number)")
                }
                #expect(isNamed, "\(path) at \(position): \(report.findings)")
                ran += 1
            }
        }
        print("replay: \(ran) changed bytes found")
        #expect(ran > 0)
    }

    @Test("A changed entry is named by its number")
    func changedEntry() throws {
        let (log, _) = try log([600])
        for number in [0, 255, 256, 599] {
            var changed = log
            var bundle = Array(log.entries[number / 256 * 256..<min(600, number / 256 * 256 + 256)])
            bundle[number % 256][5] ^= 1
            let path =
                TileCoordinate(
                    kind: .entries, index: UInt64(number / 256), width: bundle.count
                ).path
            changed.files[path] = try EntryBundle.encode(bundle)
            let findings = changed.replay().findings
            #expect(findings.compactMap(\.entry) == [UInt64(number)])
            #expect(findings.contains { $0.path == "checkpoint" })
        }
    }

    @Test("A missing or cut file is named, and the rest is still looked at")
    func missingFiles() throws {
        let (log, _) = try log([600])
        for path in needed(log) {
            for cut in [nil, 0, 1, 31] as [Int?] {
                var changed = log
                changed.files[path] = cut.flatMap { count in
                    log.files[path].map { Array($0.prefix(count)) }
                }
                let report = changed.replay()
                #expect(!report.isSound && report.findings.contains { $0.path == path }, "\(path)")
                if path.hasPrefix("tile/"), !path.contains("entries") {
                    #expect(report.entryCount == 600)
                }
            }
        }
    }

    @Test("A rewritten log is found by the checkpoint that was kept")
    func rewritten() throws {
        let (log, earlier) = try log([300, 300])
        var forged = try TestLog()
        var entries = log.entries
        entries[10][5] ^= 1
        try forged.append(entries)
        #expect(forged.replay().isSound)
        let findings = forged.replay(earlier: earlier).findings
        #expect(findings.map(\.path) == ["checkpoint", "checkpoint"])
        #expect(findings.first?.reason == "another one was signed for the first 300 entries")
        var short = try TestLog()
        try short.append(Array(log.entries.prefix(300)))
        #expect(
            short.replay(earlier: earlier).findings.map(\.reason)
                == ["300 entries, but one was signed for 600"])
    }

    @Test("A checkpoint of another key or without signature stops the replay")
    func wrongKey() throws {
        let (log, _) = try log([3])
        let other = try TestLog(seed: sha256([2]).bytes)
        let files = log.files
        let report = LogReplay.run(log: other.noteKey, read: { files[$0] })
        #expect(report.checkpoint == nil && !report.isSound && report.entryCount == 0)
    }

    @Test("A checkpoint of an impossible size ends soon")
    func hugeSize() throws {
        var log = try TestLog()
        try log.append([[1]])
        let huge = Checkpoint(origin: log.origin, size: UInt64(Int64.max), root: sha256([]))
        log.files["checkpoint"] = try huge.signed(by: log.key).bytes
        let report = log.replay()
        #expect(!report.isSound && report.findings.count == 1)
    }

    @Test("Entries that are no audit leaves are named")
    func badLeaves() throws {
        var (log, _) = try log([2])
        try log.append([[9, 9], log.entries[0]])
        let files = log.files
        let report = LogReplay.run(
            log: log.noteKey, read: { files[$0] }, checkEntry: LogReplay.auditLeafFault)
        #expect(report.findings.map(\.entry) == [2])
        #expect(report.findings.first?.reason == "audit leaf: 2 bytes, expected 112")
    }
}
