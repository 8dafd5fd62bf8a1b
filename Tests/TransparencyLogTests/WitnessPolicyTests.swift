import FieldCrypto
import Testing
import TransparencyLog

/// Reading and asking of tlog-policy files.
struct WitnessPolicyTests {
    private let keys: [NoteKey]
    private let log: NoteKey

    init() throws {
        keys = try (0..<6).map { number in
            try NoteKey(
                name: "w\(number).example", kind: .cosignature,
                key: SigningKey(seed: SecretBytes(copying: sha256([UInt8(number)]).bytes)).publicKey
            )
        }
        log = try TestLog().noteKey
    }

    private func policy(_ lines: [String]) throws(TransparencyLogError) -> WitnessPolicy {
        try WitnessPolicy(
            parsing: Array((lines.joined(separator: "\n") + "\n").utf8), file: "p")
    }

    private var witnesses: [String] {
        keys.enumerated().map { "witness W\($0) \($1.encoded) https://w\($0).example/" }
    }

    @Test("Two of three departments are a quorum, in every combination")
    func twoOfThree() throws {
        let policy = try policy(
            ["# departments", "", "  log \(log.encoded)"] + witnesses.prefix(3)
                + ["\tgroup\tdepartments 2 W0 W1 W2", "quorum departments"])
        #expect(policy.logs.map(\.key) == [log] && policy.witnesses.count == 3)
        #expect(policy.witnesses[1].url == "https://w1.example/")
        for mask in 0..<8 {
            let signed = (0..<3).filter { mask >> $0 & 1 == 1 }.map { keys[$0] }
            #expect(policy.isQuorum(signed) == (signed.count >= 2))
        }
        #expect(policy.isQuorumPossible(without: ["W1"]))
        #expect(!policy.isQuorumPossible(without: ["W1", "W2"]))
    }

    @Test("Groups of groups follow the example of the specification")
    func nested() throws {
        let policy = try policy(
            witnesses + [
                "group X 2 W0 W1 W2", "group Y any W3 W4 W5", "group X-and-Y all X Y",
                "quorum X-and-Y",
            ])
        #expect(policy.isQuorum([keys[0], keys[2], keys[4]]))
        #expect(!policy.isQuorum([keys[0], keys[4], keys[5]]))
        #expect(!policy.isQuorum(keys.prefix(3)))
    }

    @Test("A quorum of none asks for nobody, and one witness can be a quorum")
    func simple() throws {
        #expect(try policy(["quorum none"]).isQuorum([NoteKey]()))
        let one = try policy([witnesses[0], "quorum W0"])
        #expect(one.isQuorum([keys[0]]) && !one.isQuorum([keys[1]]))
    }

    @Test("Names are bytes: the Kelvin sign is not a K")
    func opaqueNames() throws {
        let two = try policy([
            "witness K \(keys[0].encoded)", "witness \u{212A} \(keys[1].encoded)",
            "quorum \u{212A}",
        ])
        #expect(two.isQuorum([keys[1]]) && !two.isQuorum([keys[0]]))
    }

    @Test("A faulty line is refused with its place")
    func faults() throws {
        let first = witnesses[0]
        let cases: [(lines: [String], line: Int)] = [
            ([], 1), ([first], 1), ([first, "quorum W1"], 2), (["quorum"], 1),
            ([first, "quorum W0", "quorum W0"], 3), (["quorum W0", first], 1),
            (["Quorum none"], 1), (["quorum none extra"], 1), ([first, first, "quorum W0"], 2),
            ([first, "witness W0 \(keys[1].encoded)"], 2), (["witness none \(keys[0].encoded)"], 1),
            (["witness W0 \(log.encoded)"], 1), (["log \(keys[0].encoded)"], 1),
            (["log \(log.encoded)", "log \(log.encoded) https://x"], 2), (["log"], 1),
            (["witness W0"], 1), (["witness W0 x+y+z"], 1), ([first + " more"], 1),
            ([first, "group g 0 W0"], 2), ([first, "group g 2 W0"], 2),
            ([first, "group g 01 W0"], 2), ([first, "group g most W0"], 2),
            ([first, "group g any"], 2), ([first, "group g any none"], 2),
            ([first, "group g any W0 W0"], 2), ([first, "group g any g"], 2),
            ([first, "group g any W0", "group h any W0"], 3), ([first, "group W0 any W0"], 2),
            ([first + "\r", "quorum W0"], 1), (["quorum none\u{7F}"], 1), (["\u{0}"], 1),
        ]
        var count = 0
        for (lines, line) in cases {
            do {
                _ = try policy(lines)
                Issue.record("accepted: \(lines)")
            } catch {
                guard case .policy("p", line, _) = error else {
                    Issue.record("\(lines): \(error)")
                    continue
                }
                count += 1
            }
        }
        print("policy faults refused with their line: \(count)")
        #expect(count == cases.count)
        #expect(throws: TransparencyLogError.self) {
            try WitnessPolicy(parsing: Array("quorum none".utf8), file: "p")
        }
    }

    @Test("No more witnesses are taken than can sign under one checkpoint with the log's own keys")
    func witnessCount() throws {
        let lines = try (0...WitnessPolicy.witnessesMax).map { number in
            let seed = SecretBytes(copying: sha256([1, UInt8(number)]).bytes)
            let key = try NoteKey(
                name: "n\(number).example", kind: .cosignature,
                key: SigningKey(seed: seed).publicKey)
            return "witness N\(number) \(key.encoded)"
        }
        let most = try policy(lines.dropLast() + ["quorum none"])
        #expect(most.witnesses.count == WitnessPolicy.witnessesMax)
        #expect(throws: TransparencyLogError.self) { try policy(lines + ["quorum none"]) }
        var note = try SignedNote(text: "text\n")
        for number in 0..<SignedNote.signaturesMax {
            #expect(!note.isFull)
            note.add(NoteSignature(name: "n\(number)", keyID: 1, signature: [1]))
        }
        #expect(note.isFull)
        #expect(throws: Never.self) { try SignedNote(parsing: note.bytes) }
    }

    @Test("Every beginning of a policy is read or refused, never more")
    func truncations() throws {
        let whole =
            Array(
                (witnesses + ["group g 2 W0 W1 W2", "quorum g"]).joined(separator: "\n").utf8) + [
                10
            ]
        var read = 0
        for count in 0...whole.count {
            do {
                _ = try WitnessPolicy(parsing: Array(whole.prefix(count)), file: "p")
                read += 1
            } catch { #expect("\(error)".hasPrefix("p:")) }
        }
        #expect(read == 1)
    }

    @Test("A note's cosigners are named, and a wrong line of a known one refuses the note")
    func examine() throws {
        var source = try TestLog()
        try source.append([[1], [2]])
        let policy = try policy(witnesses.prefix(3) + ["group g 2 W0 W1 W2", "quorum g"])
        let signed = source.files["checkpoint"] ?? []
        var note = try SignedNote(parsing: signed)
        #expect(try !policy.examine(note.bytes, log: source.noteKey).isQuorum)
        for number in [2, 0] {
            let key = try SigningKey(seed: SecretBytes(copying: sha256([UInt8(number)]).bytes))
            try note.cosign(name: "w\(number).example", key: key, at: 1_700_000_000)
        }
        let found = try policy.examine(note.bytes, log: source.noteKey)
        #expect(found.isQuorum && found.witnesses.map(\.name) == ["W0", "W2"])
        #expect(found.checkpoint == source.checkpoint)
        let text = try #require(String(validating: note.bytes, as: UTF8.self))
        let forged = text.replacing("\n2\n", with: "\n3\n")
        #expect(throws: TransparencyLogError.self) {
            try policy.examine(Array(forged.utf8), log: source.noteKey)
        }
    }
}
