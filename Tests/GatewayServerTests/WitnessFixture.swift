import FieldCrypto
import Foundation
import TestSupport
import TransparencyLog

import GatewayServer

/// A log in memory whose checkpoints of every size can be sent to a witness.
struct SmallLog {
    let key: SigningKey
    let noteKey: NoteKey
    private let leaves: [SHA256Digest]

    init(_ count: Int, origin: String = "log.example", salt: UInt8 = 0) throws {
        key = try SigningKey(seed: SecretBytes(copying: sha256([7]).bytes))
        noteKey = try NoteKey(name: origin, key: key.publicKey)
        var hasher = MerkleHasher()
        var leaves: [SHA256Digest] = []
        for number in 0..<count { leaves.append(hasher.leaf([salt, UInt8(number % 251)])) }
        self.leaves = leaves
    }

    private func tiles(_ size: Int) -> (tree: LogTree, files: [String: [UInt8]]) {
        var tree = LogTree()
        var files: [String: [UInt8]] = [:]
        for tile in tree.append(leafHashes: Array(leaves.prefix(size))) {
            files[tile.coordinate.path] = tile.bytes
        }
        return (tree, files)
    }

    func checkpoint(_ size: Int) -> Checkpoint {
        Checkpoint(origin: noteKey.name, size: UInt64(size), root: tiles(size).tree.root())
    }

    func request(from old: Int, to size: Int) throws -> AddCheckpoint {
        let files = tiles(size).files
        let tree = TiledTree(size: UInt64(size), reader: PathTileReader { files[$0] })
        return AddCheckpoint(
            oldSize: UInt64(old), hashes: try tree.consistencyProof(from: UInt64(old)).hashes,
            checkpoint: try checkpoint(size).signed(by: key).bytes)
    }
}

/// A witness in a folder of its own.
struct WitnessFixture {
    let folder: TemporaryFolder
    let place: WitnessFolder
    let key: NoteKey

    init(knowing logs: [NoteKey]) throws {
        folder = try TemporaryFolder()
        place = WitnessFolder(folder.file("witness"))
        key = try place.create(name: "w.example/1", random: SeededRandom(seed: 3))
        let lines = logs.map(\.encoded).joined(separator: "\n") + "\n"
        try Data(lines.utf8).write(to: folder.file("witness/logs"))
    }

    func open(at seconds: UInt64 = 1_700_000_000) throws -> Witness {
        try Witness(place) { seconds }
    }
}
