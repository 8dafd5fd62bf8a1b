import FieldCrypto
import Foundation
import TestSupport
import Testing
import TransparencyLog

@Suite("Tiles")
struct TileTests {
    private struct Vectors: Decodable {
        struct Tile: Decodable {
            var level: Level
            var index: UInt64
            var width: Int
            var path: String
        }

        struct Shape: Decodable {
            var size: UInt64
            var level0_full: UInt64
            var level0_partial: Int
            var level1_full: UInt64
            var level1_partial: Int
            var level2_full: UInt64
            var level2_partial: Int
        }

        enum Level: Decodable {
            case hashes(Int)
            case entries

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                do { self = .hashes(try container.decode(Int.self)) } catch {
                    try #require(container.decode(String.self) == "entries")
                    self = .entries
                }
            }
        }

        var tiles: [Tile]
        var tree_shapes: [Shape]
    }

    @Test("Paths and widths follow C2SP tlog-tiles")
    func vectors() throws {
        guard let bytes = try sharedBytes("vectors/tlog/tile_paths.json") else { return }
        let vectors = try JSONDecoder().decode(Vectors.self, from: Data(bytes))
        for tile in vectors.tiles {
            let kind: TileCoordinate.Kind =
                switch tile.level {
                case .hashes(let level): .hashes(level: level)
                case .entries: .entries
                }
            let coordinate = TileCoordinate(kind: kind, index: tile.index, width: tile.width)
            #expect(coordinate.path == tile.path)
            #expect(TileCoordinate(path: tile.path) == coordinate)
        }
        for shape in vectors.tree_shapes {
            let levels = [
                (shape.level0_full, shape.level0_partial),
                (shape.level1_full, shape.level1_partial),
                (shape.level2_full, shape.level2_partial),
            ]
            for (level, (full, partial)) in levels.enumerated() {
                func width(_ index: UInt64) -> Int? {
                    TileCoordinate.tile(
                        kind: .hashes(level: level), index: index, size: shape.size)?.width
                }
                for index in 0..<full { #expect(width(index) == 256) }
                #expect(width(full) == (partial > 0 ? partial : nil))
                #expect(width(full + 1) == nil)
            }
        }
        print("tile vectors: \(vectors.tiles.count) paths, \(vectors.tree_shapes.count) shapes")
        #expect(vectors.tiles.count > 0 && vectors.tree_shapes.count > 0)
    }

    @Test("A tree of 70,000 entries writes the tiles that the specification counts")
    func shapeOf70000() {
        var tree = LogTree()
        var hasher = MerkleHasher()
        let leaves = (0..<70_000).map { hasher.leaf(Array(String($0).utf8)) }
        var widths: [TileCoordinate.Kind: [UInt64: Int]] = [:]
        for start in stride(from: 0, to: leaves.count, by: 999) {
            let batch = Array(leaves[start..<min(start + 999, leaves.count)])
            for tile in tree.append(leafHashes: batch) {
                let coordinate = tile.coordinate
                #expect(tile.hashes.count == coordinate.width)
                widths[coordinate.kind, default: [:]][coordinate.index] = coordinate.width
            }
        }
        func count(_ level: Int, _ isFull: Bool) -> Int {
            widths[.hashes(level: level), default: [:]].values.filter { ($0 == 256) == isFull }
                .count
        }
        #expect(count(0, true) == 273 && widths[.hashes(level: 0)]?[273] == 112)
        #expect(count(1, true) == 1 && widths[.hashes(level: 1)]?[1] == 17)
        #expect(count(2, true) == 0 && widths[.hashes(level: 2)]?[0] == 1)
        #expect(widths.count == 3)
    }

    @Test("No other spelling of a path is read")
    func badPaths() {
        let bad = [
            "", "tile", "tile/0", "tile/0/", "tile/00/000", "tile/64/000", "tile/-1/000",
            "tile/0/00", "tile/0/0000", "tile/0/x000", "tile/0/x000/000", "tile/0/001/234",
            "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p", "/tile/0/000",
            "tile/0/000/", "tile/0/000.p/1/", "tile/entries/", "tile/entrie/000", "tile/0/+01",
            "tile/0/x-01/000", "tile/0/x999/x999/x999/x999/x999/x999/x999/999", "TILE/0/000",
            "tile/0/０00",
        ]
        for path in bad { #expect(TileCoordinate(path: path) == nil, "\(path)") }
    }

    @Test("Random paths come back the same")
    func pathRoundTrips() {
        let numbers = SeededRandom(seed: 11)
        for _ in 0..<2000 {
            let kind: TileCoordinate.Kind =
                numbers.below(3) == 0 ? .entries : .hashes(level: numbers.below(64))
            let tile = TileCoordinate(
                kind: kind, index: numbers.next() >> UInt64(numbers.below(64)),
                width: numbers.below(256) + 1)
            #expect(TileCoordinate(path: tile.path) == tile)
        }
    }

    @Test("Batches of any size give the same tree, and it can be taken up at any size")
    func batches() throws {
        let numbers = SeededRandom(seed: 12)
        for _ in 0..<30 {
            var log = try TestLog()
            var single = LogTree()
            var hasher = MerkleHasher()
            for _ in 0..<numbers.below(6) + 1 {
                let batch = (0..<numbers.below(400)).map { _ in numbers.bytes(5) }
                try log.append(batch)
                for entry in batch { _ = single.append(leafHashes: [hasher.leaf(entry)]) }
                #expect(log.tree == single)
                #expect(try LogTree(size: log.tree.size, reader: log.reader) == log.tree)
                #expect(try log.tiled.root() == log.tree.root())
            }
        }
    }

    @Test("A missing, short or long tile is named")
    func missingTiles() throws {
        var log = try TestLog()
        try log.append((0..<300).map { [UInt8($0 & 0xFF)] })
        let path = "tile/0/001.p/44"
        let bytes = try #require(log.files[path])
        for wrong in [nil, [], Array(bytes.dropLast()), bytes + [0]] as [[UInt8]?] {
            log.files[path] = wrong
            let reader = log.reader
            let error = #expect(throws: TransparencyLogError.self) {
                try LogTree(size: 300, reader: reader)
            }
            #expect(error?.description.hasPrefix("\(path): ") == true)
        }
        // The full tile takes the place of a partial one that was deleted.
        log.files[path] = nil
        log.files["tile/0/001"] = bytes + [UInt8](repeating: 0, count: 8192 - bytes.count)
        #expect(try LogTree(size: 300, reader: log.reader).root() == log.tree.root())
    }

    @Test("Bundles come back the same, and no cut one is read whole")
    func bundles() throws {
        let numbers = SeededRandom(seed: 13)
        let entries = [[], numbers.bytes(1), numbers.bytes(112), numbers.bytes(65_535), []]
        let bytes = try EntryBundle.encode(entries)
        #expect(try EntryBundle.decode(bytes) == entries)
        #expect(throws: TransparencyLogError.self) {
            try EntryBundle.encode([numbers.bytes(65_536)])
        }
        let small = try EntryBundle.encode([[1, 2, 3], [], [4]])
        for count in 0..<small.count {
            do {
                #expect(try EntryBundle.decode(Array(small.prefix(count))).count < 3)
            } catch {}
        }
    }
}
