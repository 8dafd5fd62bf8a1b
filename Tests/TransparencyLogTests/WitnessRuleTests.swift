import FieldCrypto
import Testing
import TransparencyLog

/// The rule of a witness, and what is made of its replies, without a network.
struct WitnessRuleTests {
    private var log: TestLog
    private let witnessKey: SigningKey
    private let witness: NoteKey

    init() throws {
        log = try TestLog()
        try log.append((0..<5).map { [UInt8($0)] })
        try log.append((5..<13).map { [UInt8($0)] })
        witnessKey = try SigningKey(seed: SecretBytes(copying: sha256([9]).bytes))
        witness = try NoteKey(
            name: "w.example", kind: .cosignature, key: witnessKey.publicKey)
    }

    private func checkpoint(_ size: UInt64) throws -> Checkpoint {
        try Checkpoint.verified(log.files["checkpoint.\(size)"] ?? [], log: log.noteKey).checkpoint
    }

    private func request(from old: UInt64, to size: UInt64 = 13) throws -> AddCheckpoint {
        AddCheckpoint(
            oldSize: old,
            hashes: old > size
                ? []
                : try TiledTree(size: size, reader: log.reader).consistencyProof(from: old).hashes,
            checkpoint: log.files["checkpoint.\(size)"] ?? [])
    }

    private func refusal(_ request: AddCheckpoint, latest: Checkpoint? = nil) -> WitnessRefusal? {
        do {
            _ = try WitnessedLog(keys: [log.noteKey], latest: latest).judge(request)
            return nil
        } catch { return error }
    }

    @Test("A witness follows a log from nothing to its newest size, and cosigns one size again")
    func follows() throws {
        var known = WitnessedLog(keys: [log.noteKey])
        for (old, size) in [(0, 0), (0, 5), (5, 5), (5, 13), (13, 13)] as [(UInt64, UInt64)] {
            let cosigned = try known.judge(try request(from: old, to: size))
            #expect(cosigned.size == size)
            known = WitnessedLog(keys: [log.noteKey], latest: cosigned)
        }
    }

    @Test("Each refusal has the status of the protocol")
    func refusals() throws {
        let five = try checkpoint(5)
        #expect(refusal(try request(from: 0), latest: five) == .otherSize(5))
        #expect(refusal(try request(from: 5)) == .otherSize(0))
        #expect(refusal(try request(from: 14), latest: five) == .oldSizeAbove(checkpoint: 13))
        var cut = try request(from: 5)
        cut = AddCheckpoint(oldSize: 5, hashes: cut.hashes.dropLast(), checkpoint: cut.checkpoint)
        #expect(refusal(cut, latest: five) == .badProof)
        let sure = try request(from: 0)
        let more = AddCheckpoint(
            oldSize: 0, hashes: [sha256([1])], checkpoint: sure.checkpoint)
        #expect(refusal(more) == .badProof)
        var other = try TestLog()
        try other.append((0..<13).map { [UInt8($0 + 1)] })
        let split = AddCheckpoint(
            oldSize: 13, hashes: [], checkpoint: other.files["checkpoint"] ?? [])
        #expect(refusal(split, latest: try checkpoint(13)) == .otherRoot)
        let stranger = try TestLog(origin: log.origin, seed: sha256([77]).bytes)
        let foreign = AddCheckpoint(
            oldSize: 0, hashes: [], checkpoint: stranger.files["checkpoint"] ?? [])
        #expect(refusal(foreign) == .badSignature)
        let unknown = AddCheckpoint(
            oldSize: 0, hashes: [], checkpoint: try TestLog(origin: "x").files["checkpoint"] ?? [])
        #expect(refusal(unknown) == .unknownOrigin)
        let statuses: [(WitnessRefusal, Int)] = [
            (.oldSizeAbove(checkpoint: 1), 400), (.malformed(.unsigned), 400),
            (.badSignature, 403), (.unknownOrigin, 404), (.otherSize(5), 409), (.otherRoot, 422),
            (.badProof, 422),
        ]
        for (refusal, status) in statuses { #expect(refusal.status == status) }
    }

    @Test("A request is read back as written, and none of its beginnings or odd spellings is")
    func requestForm() throws {
        let request = try request(from: 5)
        let body = request.body
        #expect(try AddCheckpoint(parsing: body) == request)
        let head = body.count - request.checkpoint.count
        for count in 0..<head {
            #expect(throws: TransparencyLogError.self) {
                try AddCheckpoint(parsing: Array(body.prefix(count)))
            }
        }
        for text in ["old 05\n\n", "old -1\n\n", "old  5\n\n", "Old 5\n\n", "old 5\r\n\n", "\n"] {
            #expect(throws: TransparencyLogError.self) {
                try AddCheckpoint(parsing: Array(text.utf8))
            }
        }
        let many = AddCheckpoint(
            oldSize: 1, hashes: Array(repeating: .zero, count: 64), checkpoint: [])
        #expect(throws: TransparencyLogError.self) { try AddCheckpoint(parsing: many.body) }
    }

    private func judged(_ status: Int, _ body: String, type: String? = nil, from old: UInt64 = 5)
        throws -> WitnessAnswer
    {
        WitnessReply(status: status, contentType: type, body: Array(body.utf8)).judged(
            for: try checkpoint(13), from: old, key: witness, at: 1_000_000)
    }

    @Test("An honest cosignature is taken, and every kind of lie is named")
    func replies() throws {
        let checkpoint = try checkpoint(13)
        let line = try checkpoint.cosignatureLine(
            name: "w.example", key: witnessKey, at: 1_000_000)
        guard case .cosigned(let signature) = try judged(200, line) else {
            Issue.record("an honest line was not taken")
            return
        }
        #expect(signature.line == line)
        let other = try Checkpoint(origin: log.origin, size: 13, root: sha256([1]))
            .cosignatureLine(name: "w.example", key: witnessKey, at: 1_000_000)
        let size = try Checkpoint(origin: log.origin, size: 12, root: checkpoint.root)
            .cosignatureLine(name: "w.example", key: witnessKey, at: 1_000_000)
        let stranger = try checkpoint.cosignatureLine(
            name: "w.example", key: SigningKey(seed: SecretBytes(copying: sha256([8]).bytes)),
            at: 1_000_000)
        let future = try checkpoint.cosignatureLine(
            name: "w.example", key: witnessKey, at: 1_003_601)
        let lies: [(String, WitnessLie)] = [
            (other, .otherCheckpoint), (size, .otherCheckpoint), (stranger, .otherKey),
            (future, .future), ("", .unreadable), ("thank you\n", .unreadable),
            (line + "\n" + line, .unreadable), (String(line.dropLast()), .unreadable),
        ]
        for (body, lie) in lies { #expect(try judged(200, body) == .lied(lie), "\(lie)") }
        #expect(try judged(200, stranger + line) == .cosigned(signature))
    }

    @Test("A conflict tells the size to go on from, and one that tells none is a lie")
    func conflicts() throws {
        let type = WitnessReply.sizeType
        #expect(try judged(409, "9\n", type: type) == .hasSize(9))
        #expect(try judged(409, "99\n", type: type) == .hasSize(99))
        #expect(try judged(409, "5\n", type: type) == .lied(.noSize))
        #expect(try judged(409, "9\n", type: "text/plain") == .lied(.noSize))
        for body in ["", "9", "09\n", "nine\n", "9\n\n"] {
            #expect(try judged(409, body, type: type) == .lied(.noSize))
        }
        #expect(try judged(409, "other root\n", from: 13) == .contradicts)
        #expect(try judged(422, "") == .contradicts)
        for status in [400, 403, 404, 500, 503] {
            #expect(try judged(status, "") == .refused(status: status))
        }
    }
}
