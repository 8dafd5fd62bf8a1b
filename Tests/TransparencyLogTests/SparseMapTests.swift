import FieldCrypto
import Foundation
import TestSupport
import Testing
import TransparencyLog

/// The sparse Merkle map, against vectors that a program of another language made from the format alone.
struct SparseMapTests {
    private struct Vectors: Decodable {
        struct Case: Decodable {
            let name: String
            let entries: [[Field]]
            let root: String
            let proofs: [String]
        }
        enum Field: Decodable {
            case text(String)
            case number(UInt64)
            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                do { self = .number(try container.decode(UInt64.self)) } catch {
                    self = .text(try container.decode(String.self))
                }
            }
            var digest: SHA256Digest {
                guard case .text(let text) = self else { return .zero }
                return SHA256Digest(base64(text)) ?? .zero
            }
            var count: UInt64 {
                guard case .number(let number) = self else { return 0 }
                return number
            }
        }
        let cases: [Case]
    }

    private func vectors() throws -> [Vectors.Case] {
        let file = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Scripts/verifiers/map_vectors.json")
        return try JSONDecoder().decode(Vectors.self, from: try Data(contentsOf: file)).cases
    }

    private func entries(_ one: Vectors.Case) -> [MapEntry] {
        one.entries.map { MapEntry(key: $0[0].digest, count: $0[1].count, chain: $0[2].digest) }
    }

    @Test("Roots and proofs are byte for byte those of the other program, in one step or in many")
    func otherProgram() throws {
        var proofs = 0
        let cases = try vectors()
        for one in cases {
            let root = SHA256Digest(base64(one.root))
            var map = SparseMap(MemoryMap())
            let entries = entries(one)
            #expect(try map.add(entries) == root, "\(one.name)")
            var slow = SparseMap(MemoryMap())
            for entry in entries.reversed() { _ = try slow.add([entry]) }
            #expect(try slow.root() == root, "\(one.name), one after another")
            for text in one.proofs {
                let proof = try MapProof(parsing: Array(text.utf8))
                let made = try map.proof(of: proof.key)
                #expect(made == proof && made.text == text, "\(one.name)")
                let held = entries.first { $0.key == proof.key }
                #expect(try made.verify(root: try #require(root)) == held)
                proofs += 1
            }
        }
        print("map vectors: \(cases.count) maps, \(proofs) proofs")
        #expect(proofs > 200)
    }

    @Test("A change of one entry changes the root, and the old proof no longer holds")
    func changes() throws {
        let numbers = SeededRandom(seed: 5)
        var map = SparseMap(MemoryMap())
        var entries = (0..<500).map { _ in randomEntry(numbers) }
        var root = try map.add(entries)
        for _ in 0..<50 {
            let index = numbers.below(entries.count)
            let old = try map.proof(of: entries[index].key)
            entries[index] = MapEntry(
                key: entries[index].key, count: entries[index].count + 1,
                chain: sha256(numbers.bytes(8)))
            let next = try map.add([entries[index]])
            #expect(next != root)
            root = next
            #expect(throws: TransparencyLogError.self) { try old.verify(root: root) }
            #expect(try map.proof(of: entries[index].key).verify(root: root) == entries[index])
        }
        var whole = SparseMap(MemoryMap())
        #expect(try whole.add(entries) == root)
    }

    @Test("No changed count, chain, key or sibling proves anything, nor does another's entry")
    func forgeries() throws {
        let numbers = SeededRandom(seed: 6)
        var map = SparseMap(MemoryMap())
        let entries = (0..<64).map { _ in randomEntry(numbers) }
        let root = try map.add(entries)
        var refused = 0
        for entry in entries.prefix(16) {
            let proof = try map.proof(of: entry.key)
            var forged: [MapProof] = [
                MapProof(key: entry.key, end: nil, siblings: proof.siblings),
                MapProof(
                    key: entry.key,
                    end: MapEntry(key: entry.key, count: entry.count - 1, chain: entry.chain),
                    siblings: proof.siblings),
                MapProof(
                    key: entry.key,
                    end: MapEntry(key: entry.key, count: entry.count, chain: sha256([1])),
                    siblings: proof.siblings),
                MapProof(key: entry.key, end: entry, siblings: proof.siblings.dropLast()),
                MapProof(key: entry.key, end: entry, siblings: proof.siblings + [.zero]),
            ]
            // Somebody else's entry in the place of one's own, as if one had none.
            let neighbour = try map.proof(of: entries[20].key)
            forged.append(
                MapProof(key: entry.key, end: entries[20], siblings: neighbour.siblings))
            for index in proof.siblings.indices {
                var siblings = proof.siblings
                siblings[index] = sha256(siblings[index].bytes)
                forged.append(MapProof(key: entry.key, end: entry, siblings: siblings))
            }
            for one in forged {
                #expect(throws: TransparencyLogError.self) { try one.verify(root: root) }
                refused += 1
            }
        }
        print("forged map proofs refused: \(refused)")
        #expect(refused > 150)
    }

    @Test("A proof's text has one form: no beginning of it and no other spelling is read")
    func text() throws {
        let numbers = SeededRandom(seed: 7)
        var map = SparseMap(MemoryMap())
        _ = try map.add((0..<40).map { _ in randomEntry(numbers) })
        let text = try map.proof(of: sha256([3])).text
        let bytes = Array(text.utf8)
        for count in 0..<bytes.count {
            #expect(throws: TransparencyLogError.self) {
                try MapProof(parsing: Array(bytes.prefix(count)))
            }
        }
        for other in [text + "\n", text.replacing("siblings ", with: "siblings 0"), "x" + text] {
            #expect(throws: TransparencyLogError.self) {
                try MapProof(parsing: Array(other.utf8))
            }
        }
    }

    private func randomEntry(_ numbers: SeededRandom) -> MapEntry {
        MapEntry(
            key: sha256(numbers.bytes(8)), count: 1 + numbers.next() % 1_000,
            chain: sha256(numbers.bytes(8)))
    }
}

/// A map in memory.
struct MemoryMap: MapStorage {
    private var buckets: [UInt16: [SHA256Digest: MapEntry]] = [:]
    private var pages: [Int: [UInt8]] = [:]

    func entries(inBucket bucket: UInt16) throws(TransparencyLogError) -> [MapEntry] {
        Array((buckets[bucket] ?? [:]).values)
    }

    func page(_ number: Int) throws(TransparencyLogError) -> [UInt8]? { pages[number] }

    mutating func putPage(_ number: Int, _ bytes: [UInt8]) throws(TransparencyLogError) {
        pages[number] = bytes
    }

    mutating func keep(_ entry: MapEntry) {
        let bytes = entry.key.bytes
        buckets[UInt16(bytes[0]) << 8 | UInt16(bytes[1]), default: [:]][entry.key] = entry
    }
}

extension SparseMap where Storage == MemoryMap {
    /// Keeps entries and rehashes.
    mutating func add(_ entries: [MapEntry]) throws -> SHA256Digest {
        for entry in entries { storage.keep(entry) }
        return try update(entries.map(\.key))
    }
}
