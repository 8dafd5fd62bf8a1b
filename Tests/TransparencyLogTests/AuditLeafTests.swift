import FieldCrypto
import TestSupport
import Testing
import TransparencyLog

@Suite("Audit leaves")
struct AuditLeafTests {
    @Test("A leaf has the bytes that its table says")
    func layout() throws {
        let operation = try #require(SHA256Digest([UInt8](repeating: 0x11, count: 32)))
        let commitment = try #require(SHA256Digest([UInt8](repeating: 0x22, count: 32)))
        let chain = try #require(SHA256Digest([UInt8](repeating: 0x33, count: 32)))
        let leaf = AuditLeaf(
            type: .ingest, decision: .partlyAllowed, minute: 0x0102_0304_0506_0708,
            policyEpoch: 0x0A0B_0C0D, operationCommitment: operation,
            subject: .init(commitment: commitment, chain: chain))
        let header: [UInt8] = [1, 8, 3, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x0A, 0x0B, 0x0C, 0x0D]
        #expect(leaf.bytes == header + operation.bytes + commitment.bytes + chain.bytes)
        let without = AuditLeaf(
            type: .decision, decision: .none, minute: 0, policyEpoch: 0,
            operationCommitment: operation, subject: nil)
        #expect(without.bytes.suffix(64) == [UInt8](repeating: 0, count: 64)[...])
    }

    @Test("Types and decisions keep their numbers")
    func numbers() {
        let types: [AuditEntryType] = [
            .decision, .outcome, .consentChange, .keyEvent, .shred, .admin, .mapRoot, .ingest,
            .auditRead,
        ]
        #expect(types.map(\.rawValue) == [1, 2, 3, 4, 5, 6, 7, 8, 9])
        #expect(types == AuditEntryType.allCases)
        let decisions: [AuditDecision] = [
            .none, .allowed, .refused, .partlyAllowed, .released, .failed,
        ]
        #expect(decisions.map(\.rawValue) == [0, 1, 2, 3, 4, 5])
        #expect(decisions == AuditDecision.allCases)
    }

    @Test("Random leaves come back the same")
    func roundTrips() throws {
        let numbers = SeededRandom(seed: 41)
        for _ in 0..<2000 {
            let made = leaf(numbers)
            #expect(made.bytes.count == AuditLeaf.byteCount)
            #expect(try AuditLeaf(bytes: made.bytes) == made)
        }
    }

    @Test("Other lengths, versions, types, decisions and reserved bytes are refused")
    func refusals() throws {
        let numbers = SeededRandom(seed: 42)
        var bytes = leaf(numbers).bytes
        for count in 0..<bytes.count {
            #expect(throws: TransparencyLogError.self) {
                try AuditLeaf(bytes: Array(bytes.prefix(count)))
            }
        }
        #expect(throws: TransparencyLogError.self) { try AuditLeaf(bytes: bytes + [0]) }
        for (position, allowed) in [(0, [1]), (1, Array(1...9)), (2, Array(0...5)), (3, [0])] {
            let kept = bytes[position]
            for value in 0...255 where !allowed.contains(value) {
                bytes[position] = UInt8(value)
                #expect(throws: TransparencyLogError.self) { try AuditLeaf(bytes: bytes) }
            }
            bytes[position] = kept
        }
        for range in [48..<80, 80..<112] {
            var half = AuditLeaf(
                type: .decision, decision: .allowed, minute: 1, policyEpoch: 1,
                operationCommitment: sha256([1]),
                subject: .init(commitment: sha256([2]), chain: sha256([3]))
            ).bytes
            half.replaceSubrange(range, with: [UInt8](repeating: 0, count: 32))
            #expect(throws: TransparencyLogError.self) { try AuditLeaf(bytes: half) }
        }
    }

    @Test("A replay takes as leaves what reads as one, and nothing else")
    func forms() {
        func isLeaf(_ bytes: [UInt8]) -> Bool {
            var replay = LeafReplay()
            return bytes.withUnsafeBytes { bytes in replay.add(bytes) { _ in } }
        }
        func bytes(_ type: AuditEntryType, _ decision: AuditDecision) -> [UInt8] {
            AuditLeaf(
                type: type, decision: decision, minute: 1, policyEpoch: 1,
                operationCommitment: sha256([1]), subject: nil
            ).bytes
        }
        for type in AuditEntryType.allCases {
            for decision in AuditDecision.allCases { #expect(isLeaf(bytes(type, decision))) }
        }
        for (position, allowed) in [(0, [1]), (1, Array(1...9)), (2, Array(0...5)), (3, [0])] {
            for value in 0...255 {
                var leaf = bytes(.decision, .none)
                leaf[position] = UInt8(value)
                #expect(isLeaf(leaf) == allowed.contains(value))
            }
        }
    }

    @Test("Commitments and chains are the keyed and plain hashes they are said to be")
    func commitments() throws {
        let salt = [UInt8](repeating: 9, count: 32)
        let detail = Array("detail".utf8)
        let commitment = try AuditCommitment.commitment(to: detail, salt: salt)
        #expect(commitment == (try hmacSHA256(detail, key: salt)))
        let start = sha256([1])
        #expect(
            AuditCommitment.chain(after: start, commitment: commitment)
                == sha256(start.bytes + commitment.bytes))
        for count in [0, 16, 31, 33] {
            #expect(throws: TransparencyLogError.self) {
                try AuditCommitment.commitment(
                    to: detail, salt: [UInt8](repeating: 1, count: count))
            }
        }
    }
}
