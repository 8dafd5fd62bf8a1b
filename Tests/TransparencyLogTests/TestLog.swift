import FieldCrypto
import Foundation
import TestSupport
import TransparencyLog

/// A log in memory: the files it would publish, and the entries it was made of.
struct TestLog {
    let origin: String
    let key: SigningKey
    let noteKey: NoteKey
    private(set) var tree = LogTree()
    private(set) var entries: [[UInt8]] = []
    var files: [String: [UInt8]] = [:]

    init(origin: String = "gateway.example/audit", seed: [UInt8] = sha256([1]).bytes) throws {
        self.origin = origin
        key = try SigningKey(seed: SecretBytes(copying: seed))
        noteKey = try NoteKey(name: origin, key: key.publicKey)
        files["vkey"] = Array((noteKey.encoded + "\n").utf8)
        try publishCheckpoint()
    }

    var reader: PathTileReader {
        let files = self.files
        return PathTileReader { files[$0] }
    }

    var tiled: TiledTree<PathTileReader> { TiledTree(size: tree.size, reader: reader) }

    /// Appends one batch and publishes what a log publishes after it.
    mutating func append(_ batch: [[UInt8]]) throws {
        var hasher = MerkleHasher()
        let oldSize = tree.size
        let tiles = tree.append(leafHashes: batch.map { hasher.leaf($0) })
        entries += batch
        for tile in tiles { files[tile.coordinate.path] = tile.bytes }
        for (bundle, numbers) in TileCoordinate.bundles(from: oldSize, to: tree.size) {
            files[bundle.path] = try EntryBundle.encode(
                Array(entries[Int(numbers.lowerBound)..<Int(numbers.upperBound)]))
        }
        try publishCheckpoint()
    }

    var checkpoint: Checkpoint {
        Checkpoint(origin: origin, size: tree.size, root: tree.root())
    }

    private mutating func publishCheckpoint() throws {
        let bytes = try checkpoint.signed(by: key).bytes
        files["checkpoint"] = bytes
        files["checkpoint.\(tree.size)"] = bytes
    }

    func replay(earlier: [Checkpoint] = []) -> LogReport {
        let files = self.files
        return LogReplay.run(log: noteKey, earlier: earlier, read: { files[$0] })
    }

    func receipt(of index: UInt64, extra: [UInt8]? = nil) throws -> ProofFile {
        let proof = try tiled.inclusionProof(of: index)
        return ProofFile(
            index: index, hashes: proof.hashes, checkpoint: files["checkpoint"] ?? [],
            untrustedExtra: extra)
    }
}

extension SeededRandom {
    /// So many bytes, where nothing can fail.
    func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}

/// A sound leaf whose content follows from the numbers.
func leaf(_ numbers: SeededRandom) -> AuditLeaf {
    let types = AuditEntryType.allCases
    let decisions = AuditDecision.allCases
    let subject = AuditLeaf.Subject(
        commitment: sha256(numbers.bytes(8)), chain: sha256(numbers.bytes(8)))
    return AuditLeaf(
        type: types[numbers.below(types.count)],
        decision: decisions[numbers.below(decisions.count)], minute: numbers.next() >> 30,
        policyEpoch: UInt32(numbers.below(100)), operationCommitment: sha256(numbers.bytes(8)),
        subject: numbers.below(4) == 0 ? nil : subject)
}

/// A file of the shared data, or nil (said out loud) where it is absent.
func sharedBytes(_ path: String) throws -> [UInt8]? {
    try SharedData.url(path).map { [UInt8](try Data(contentsOf: $0)) }
}

/// All files under a shared folder, by their path in it.
func sharedFolder(_ path: String) throws -> [String: [UInt8]]? {
    guard let folder = SharedData.url(path) else { return nil }
    let prefix = folder.resolvingSymlinksInPath().path + "/"
    var files: [String: [UInt8]] = [:]
    let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    while let url = found?.nextObject() as? URL {
        guard !url.hasDirectoryPath else { continue }
        let name = url.resolvingSymlinksInPath().path
        files[String(name.dropFirst(prefix.count))] = [UInt8](try Data(contentsOf: url))
    }
    return files
}

func base64(_ text: String) -> [UInt8] { Data(base64Encoded: text).map { [UInt8]($0) } ?? [] }
