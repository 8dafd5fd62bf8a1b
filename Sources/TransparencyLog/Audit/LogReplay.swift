internal import FieldCrypto

/// One thing that is wrong with a log.
package struct LogFinding: Hashable, Sendable, CustomStringConvertible {
    /// The file, such as `tile/0/003.p/17`, or `checkpoint`.
    package let path: String
    /// The entry's number in the log, where it is about one.
    package let entry: UInt64?
    package let reason: String

    package init(path: String, entry: UInt64? = nil, reason: String) {
        self.path = path
        self.entry = entry
        self.reason = reason
    }

    package var description: String {
        entry.map { "\(path): entry \($0): \(reason)" } ?? "\(path): \(reason)"
    }
}

/// What a replay of a whole log found.
package struct LogReport: Hashable, Sendable {
    /// Nil where the checkpoint could not be believed; nothing else was then looked at.
    package let checkpoint: Checkpoint?
    package let entryCount: UInt64
    package let tileCount: UInt64
    /// Entries that were removed from the beginning, whose hashes alone were looked at.
    package let prunedCount: UInt64
    package let findings: [LogFinding]
    /// Whether the replay stopped since there were too many findings.
    package let isCut: Bool

    package var isSound: Bool { checkpoint != nil && findings.isEmpty && !isCut }
}

/// Checks a whole log against its signed checkpoint: every entry, every tile, the root, and earlier checkpoints.
///
/// Reads each file once, 256 entries at a time; needs no key but the log's public one. It never stops at the first
/// fault and never crashes on what it reads.
package struct LogReplay {
    package static let findingsMax = 100

    private let log: NoteKey
    private let minimum: UInt64
    private let reader: PathTileReader
    private let checkEntry: (UInt64, [UInt8]) -> String?

    private var findings: [LogFinding] = []
    private var tree = LogTree()
    private var entryCount: UInt64 = 0
    private var tileCount: UInt64 = 0
    private var prunedCount: UInt64 = 0
    /// By level: hashes that the tile to come must have.
    private var expected: [[SHA256Digest]] = []

    private init(
        log: NoteKey, minimum: UInt64, read: @escaping (String) -> [UInt8]?,
        checkEntry: @escaping (UInt64, [UInt8]) -> String?
    ) {
        self.log = log
        self.minimum = minimum
        reader = PathTileReader(read: read)
        self.checkEntry = checkEntry
    }

    /// Says why an entry is no audit leaf, or nil.
    package static func auditLeafFault(_ number: UInt64, _ entry: [UInt8]) -> String? {
        do {
            _ = try AuditLeaf(bytes: entry)
            return nil
        } catch {
            return error.description
        }
    }

    /// Replays the log.
    ///
    /// - Parameters:
    ///   - log: The log's key, from somewhere else than the log.
    ///   - earlier: Checkpoints seen before, whose signatures were checked then: each must be of a beginning of
    ///     this log.
    ///   - minimum: The first entry that the log still has; those before were removed by its retention policy, as far
    ///     as whole bundles go, and only their hashes are there (C2SP tlog-tiles, pruning).
    ///   - read: The bytes at a path under the log's folder, or nil where there are none.
    ///   - checkEntry: Why an entry is not one, or nil; such as ``auditLeafFault(_:_:)``.
    /// - Returns: What was looked at and every fault found, at most ``findingsMax``.
    package static func run(
        log: NoteKey, earlier: [Checkpoint] = [], minimum: UInt64 = 0,
        read: @escaping (String) -> [UInt8]?,
        checkEntry: @escaping (UInt64, [UInt8]) -> String? = { _, _ in nil }
    ) -> LogReport {
        var replay = LogReplay(log: log, minimum: minimum, read: read, checkEntry: checkEntry)
        return replay.run(earlier: earlier)
    }

    private mutating func run(earlier: [Checkpoint]) -> LogReport {
        guard let bytes = reader.bytes(at: "checkpoint") else {
            note(LogFinding(path: "checkpoint", reason: "it is absent"))
            return report(nil)
        }
        let checkpoint: Checkpoint
        do { checkpoint = try Checkpoint.verified(bytes, log: log).checkpoint } catch {
            note(LogFinding(path: "checkpoint", reason: error.description))
            return report(nil)
        }
        var marks = earlier.sorted { $0.size < $1.size }[...]
        var index: UInt64 = 0
        checkMarks(&marks)
        while !isCut,
            let bundle = TileCoordinate.tile(
                kind: .entries, index: index, size: checkpoint.size)
        {
            guard replayBundle(bundle, marks: &marks) else { break }
            index += 1
        }
        if tree.size == checkpoint.size {
            finishTiles()
            if tree.root() != checkpoint.root {
                note(
                    LogFinding(
                        path: "checkpoint",
                        reason: "its root is not that of the \(tree.size) entries"))
            }
        }
        for mark in marks where mark.size > checkpoint.size {
            note(
                LogFinding(
                    path: "checkpoint",
                    reason: "\(checkpoint.size) entries, but one was signed for \(mark.size)"))
        }
        return report(checkpoint)
    }

    private var isCut: Bool { findings.count >= Self.findingsMax }

    private mutating func note(_ finding: LogFinding) {
        if !isCut { findings.append(finding) }
    }

    private func report(_ checkpoint: Checkpoint?) -> LogReport {
        LogReport(
            checkpoint: checkpoint, entryCount: entryCount, tileCount: tileCount,
            prunedCount: prunedCount, findings: findings, isCut: isCut)
    }

    /// Compares earlier checkpoints of the present size.
    private mutating func checkMarks(_ marks: inout ArraySlice<Checkpoint>) {
        while let mark = marks.first, mark.size == tree.size {
            marks.removeFirst()
            if mark.root != tree.root() || mark.origin != log.name {
                note(
                    LogFinding(
                        path: "checkpoint",
                        reason: "another one was signed for the first \(mark.size) entries"))
            }
        }
    }

    /// Adds up to 256 entries; false where neither they nor their hashes can be read.
    private mutating func replayBundle(
        _ bundle: TileCoordinate, marks: inout ArraySlice<Checkpoint>
    ) -> Bool {
        let first = bundle.index * 256
        let tile = TileCoordinate(kind: .hashes(level: 0), index: bundle.index, width: bundle.width)
        var hashes: [SHA256Digest] = []
        if first + UInt64(bundle.width) <= minimum {
            guard let stored = storedHashes(of: tile) else {
                note(
                    LogFinding(path: tile.path, reason: "it is absent, and its entries are pruned"))
                return false
            }
            hashes = stored
            prunedCount += UInt64(hashes.count)
            addHashes(hashes, marks: &marks)
            return true
        }
        do {
            var hasher = MerkleHasher()
            for (offset, entry) in try reader.entries(of: bundle).enumerated() {
                if let fault = checkEntry(first + UInt64(offset), entry) {
                    note(
                        LogFinding(
                            path: bundle.path, entry: first + UInt64(offset), reason: fault))
                }
                hashes.append(hasher.leaf(entry))
            }
            entryCount += UInt64(hashes.count)
        } catch {
            note(finding(error))
            // The tile stands in for the bundle, so that the rest of the log is still looked at.
            guard let stored = storedHashes(of: tile) else { return false }
            hashes = stored
        }
        addHashes(hashes, marks: &marks)
        return true
    }

    private mutating func addHashes(
        _ hashes: [SHA256Digest], marks: inout ArraySlice<Checkpoint>
    ) {
        var rest = hashes[...]
        while !rest.isEmpty {
            let next = marks.first.map { $0.size - tree.size } ?? UInt64(rest.count)
            let count = Int(min(next, UInt64(rest.count)))
            _ = tree.append(leafHashes: Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
            checkMarks(&marks)
        }
        for hash in hashes { expect(hash, level: 0) }
    }

    private func storedHashes(of tile: TileCoordinate) -> [SHA256Digest]? {
        do { return try reader.hashes(of: tile) } catch { return nil }
    }

    private func finding(_ error: TransparencyLogError) -> LogFinding {
        if case .tile(let path, let reason) = error {
            return LogFinding(path: path, reason: reason)
        }
        return LogFinding(path: "checkpoint", reason: error.description)
    }

    /// Takes note of the next hash of a level, and compares the tile once it is full.
    private mutating func expect(_ hash: SHA256Digest, level: Int) {
        if expected.count == level { expected.append([]) }
        expected[level].append(hash)
        if expected[level].count == TileCoordinate.fullWidth { compareTile(level: level) }
    }

    /// Compares the partial tiles, from the lowest level up.
    private mutating func finishTiles() {
        for level in expected.indices where !expected[level].isEmpty { compareTile(level: level) }
    }

    private mutating func compareTile(level: Int) {
        let hashes = expected[level]
        expected[level] = []
        let last = TileCoordinate.hashCount(level: level, size: tree.size) - 1
        let tile = TileCoordinate(
            kind: .hashes(level: level), index: last / 256, width: hashes.count)
        var stored = hashes
        do {
            stored = try reader.hashes(of: tile)
            tileCount += 1
        } catch {
            note(finding(error))
        }
        for (offset, (one, other)) in zip(stored, hashes).enumerated() where one != other {
            let number = tile.index * 256 + UInt64(offset)
            if level == 0 {
                note(
                    LogFinding(
                        path: tile.path, entry: number,
                        reason: "the hash in the tile is not that of the entry"))
            } else {
                let below = TileCoordinate(
                    kind: .hashes(level: level - 1), index: number,
                    width: TileCoordinate.fullWidth)
                note(
                    LogFinding(
                        path: tile.path,
                        reason: "hash \(offset) is not that of \(below.path)"))
            }
        }
        guard tile.isFull else { return }
        var hasher = MerkleHasher()
        expect(hasher.root(ofComplete: stored[...]), level: level + 1)
    }
}
