internal import FieldCrypto

extension WitnessPolicy {
    package static let fileBytesMax = 1 << 20
    /// How many logs and groups there may be, each; the specification asks for 32 at least.
    package static let entriesMax = 256
    /// How many witnesses there may be: all of their lines fit under one checkpoint, beside those of the log's own keys.
    package static let witnessesMax = SignedNote.signaturesMax - 4

    /// Reads a policy file.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - file: How faults name it.
    /// - Throws: ``TransparencyLogError/policy(file:line:reason:)`` at the first fault.
    package init(parsing bytes: [UInt8], file: String) throws(TransparencyLogError) {
        var reader = WitnessPolicyReader(file: file)
        self = try reader.read(bytes)
    }
}

/// Reads a policy line by line; a name must be defined before it is used.
private struct WitnessPolicyReader {
    let file: String
    private var line = 0
    private var logs: [WitnessPolicy.Log] = []
    private var witnesses: [WitnessPolicy.Witness] = []
    private var groupCount = 0
    /// By the bytes of the name.
    private var names: [[UInt8]: WitnessPolicy.Demand] = [Array("none".utf8): .nobody]
    /// The names that a group has as members; each may be one once.
    private var used: Set<[UInt8]> = []
    private var quorum: WitnessPolicy.Demand?

    init(file: String) { self.file = file }

    mutating func read(_ bytes: [UInt8]) throws(TransparencyLogError) -> WitnessPolicy {
        line = 1
        guard bytes.count <= WitnessPolicy.fileBytesMax else {
            throw fault("the file is longer than \(WitnessPolicy.fileBytesMax) bytes")
        }
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        guard let rest = lines.popLast(), rest.isEmpty else {
            line = lines.count + 1
            throw fault("the last line does not end in a newline")
        }
        for (index, text) in lines.enumerated() {
            line = index + 1
            try read(line: text)
        }
        guard let quorum else { throw fault("there is no quorum line") }
        return WitnessPolicy(
            logs: logs, witnesses: witnesses, quorum: quorum)
    }

    private mutating func read(line text: ArraySlice<UInt8>) throws(TransparencyLogError) {
        guard text.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }) else {
            throw fault("a control character other than tab")
        }
        let words = text.split { $0 == 0x20 || $0 == 0x09 }.map { Array($0) }
        guard let keyword = words.first, keyword.first != UInt8(ascii: "#") else { return }
        let arguments = Array(words.dropFirst())
        switch String(decoding: keyword, as: UTF8.self) {
        case "log": try readLog(arguments)
        case "witness": try readWitness(arguments)
        case "group": try readGroup(arguments)
        case "quorum": try readQuorum(arguments)
        default: throw fault("expected 'log', 'witness', 'group' or 'quorum'")
        }
    }

    private mutating func readLog(_ words: [[UInt8]]) throws(TransparencyLogError) {
        guard (1...2).contains(words.count) else { throw fault("expected: log VKEY [URL]") }
        let key = try key(words[0], kind: .ed25519)
        guard !logs.contains(where: { $0.key.key == key.key }) else {
            throw fault("a log with this public key stands here twice")
        }
        try checkCount(logs.count, of: "logs")
        logs.append(WitnessPolicy.Log(key: key, url: try words.count > 1 ? text(words[1]) : nil))
    }

    private mutating func readWitness(_ words: [[UInt8]]) throws(TransparencyLogError) {
        guard (2...3).contains(words.count) else {
            throw fault("expected: witness NAME VKEY [URL]")
        }
        let key = try key(words[1], kind: .cosignature)
        guard !witnesses.contains(where: { $0.key.key == key.key }) else {
            throw fault("a witness with this public key stands here twice")
        }
        try checkCount(witnesses.count, of: "witnesses", max: WitnessPolicy.witnessesMax)
        try define(words[0], .witness(witnesses.count))
        witnesses.append(
            WitnessPolicy.Witness(
                name: try text(words[0]), key: key,
                url: try words.count > 2 ? text(words[2]) : nil))
    }

    private mutating func readGroup(_ words: [[UInt8]]) throws(TransparencyLogError) {
        guard words.count >= 3 else { throw fault("expected: group NAME all|any|K MEMBER...") }
        var members: [WitnessPolicy.Demand] = []
        for name in words.dropFirst(2) {
            guard name != Array("none".utf8) else { throw fault("'none' is no group member") }
            let demand = try demand(of: name)
            guard used.insert(name).inserted else {
                throw fault("'\(try text(name))' is a member already, and may be one once")
            }
            members.append(demand)
        }
        let threshold: Int
        switch String(decoding: words[1], as: UTF8.self) {
        case "all": threshold = members.count
        case "any": threshold = 1
        case let number:
            guard let value = decimal(number), (1...UInt64(members.count)).contains(value) else {
                throw fault("expected 'all', 'any' or a number from 1 to \(members.count)")
            }
            threshold = Int(value)
        }
        try checkCount(groupCount, of: "groups")
        groupCount += 1
        try define(words[0], .group(threshold: threshold, members: members))
    }

    private mutating func readQuorum(_ words: [[UInt8]]) throws(TransparencyLogError) {
        guard words.count == 1 else { throw fault("expected: quorum NAME") }
        guard quorum == nil else { throw fault("there is a quorum line already") }
        quorum = try demand(of: words[0])
    }

    private func demand(of name: [UInt8]) throws(TransparencyLogError) -> WitnessPolicy.Demand {
        guard let demand = names[name] else {
            throw fault("'\(try text(name))' is defined on no line before this one")
        }
        return demand
    }

    private mutating func define(
        _ name: [UInt8], _ demand: WitnessPolicy.Demand
    ) throws(TransparencyLogError) {
        guard names.updateValue(demand, forKey: name) == nil else {
            throw fault("the name '\(try text(name))' is taken")
        }
    }

    private func key(
        _ word: [UInt8], kind: NoteSignatureKind
    ) throws(TransparencyLogError) -> NoteKey {
        let key: NoteKey
        do { key = try NoteKey(encoded: try text(word)) } catch {
            throw fault("the key cannot be read: \(error)")
        }
        guard key.kind == kind else {
            throw fault(
                kind == .cosignature
                    ? "a log's key, expected a witness's (signature kind 4)"
                    : "a witness's key, expected a log's (signature kind 1)")
        }
        return key
    }

    private func text(_ bytes: [UInt8]) throws(TransparencyLogError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw fault("a word is not UTF-8")
        }
        return text
    }

    private func checkCount(
        _ count: Int, of what: String, max: Int = WitnessPolicy.entriesMax
    ) throws(TransparencyLogError) {
        guard count < max else { throw fault("more than \(max) \(what)") }
    }

    private func fault(_ reason: String) -> TransparencyLogError {
        .policy(file: file, line: line, reason: reason)
    }
}
