import Foundation

/// One text of a resident that may stand nowhere in the clear.
struct Secret: Hashable {
    enum Kind: String, CaseIterable {
        case name, citizenNumber, phone, address, recordID, diagnosis, birthDate, neverIngest
    }

    let kind: Kind
    let text: String
}

/// Looks for many texts at once, in several encodings, in any bytes.
struct SecretSearch {
    private struct Pattern {
        let secret: Secret
        let encoding: String
        let bytes: [UInt8]
    }

    /// Something was found: what and how encoded; the text itself is not repeated.
    struct Hit: Hashable, CustomStringConvertible {
        let kind: Secret.Kind
        let encoding: String
        let offset: Int
        var description: String { "\(kind.rawValue) in \(encoding) at byte \(offset)" }
    }

    /// Shorter patterns stand by chance in ciphertext: 4 bytes about once in 4 GiB for each pattern.
    static let patternBytesMin = 6

    private var patterns: [Pattern] = []
    /// By the first four bytes.
    private var byHead: [UInt32: [Int]] = [:]
    /// A bit for each hash of a head, so that most places need no look-up.
    private var headBits: [Bool] = Array(repeating: false, count: 1 << 18)
    private(set) var secretCount = 0
    /// How many encoded texts were too short to look for.
    private(set) var tooShortCount = 0
    var patternCount: Int { patterns.count }

    /// - Parameter secrets: Each is looked for in UTF-8, GB18030 and UTF-16 of both byte orders.
    /// - Throws: ``Unencodable`` where an encoding lacks a character.
    init(_ secrets: Set<Secret>) throws {
        let sorted = secrets.sorted { ($0.kind.rawValue, $0.text) < ($1.kind.rawValue, $1.text) }
        secretCount = sorted.count
        let joined = sorted.map(\.text).joined(separator: "\n")
        for encoding in ["UTF-8", "GB18030", "UTF-16LE", "UTF-16BE"] {
            let encoded = try toolOutput(
                ["iconv", "-f", "UTF-8", "-t", encoding], input: Data(joined.utf8))
            let lineBreak: [UInt8] =
                switch encoding {
                case "UTF-16LE": [0x0A, 0]
                case "UTF-16BE": [0, 0x0A]
                default: [0x0A]
                }
            let texts = split([UInt8](encoded), at: lineBreak)
            guard texts.count == sorted.count else { throw Unencodable(encoding: encoding) }
            for (secret, bytes) in zip(sorted, texts) {
                add(Pattern(secret: secret, encoding: encoding, bytes: bytes))
            }
        }
    }

    struct Unencodable: Error { let encoding: String }

    private mutating func add(_ pattern: Pattern) {
        guard pattern.bytes.count >= Self.patternBytesMin else {
            tooShortCount += 1
            return
        }
        let head = pattern.bytes.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        byHead[head, default: []].append(patterns.count)
        headBits[Self.hash(head)] = true
        patterns.append(pattern)
    }

    private static func hash(_ head: UInt32) -> Int { Int((head &* 2_654_435_761) >> 14) }

    /// Splits at a line break that starts at a whole character.
    private func split(_ bytes: [UInt8], at lineBreak: [UInt8]) -> [[UInt8]] {
        var parts: [[UInt8]] = []
        var part: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let end = index + lineBreak.count
            if end <= bytes.count, Array(bytes[index..<end]) == lineBreak {
                parts.append(part)
                part = []
            } else {
                part += bytes[index..<min(end, bytes.count)]
            }
            index = end
        }
        return parts + [part]
    }

    /// Every place at which one of the texts stands, at most ten.
    func hits(in data: Data) -> [Hit] {
        var hits: [Hit] = []
        scan(data) { pattern, offset in
            hits.append(
                Hit(kind: pattern.secret.kind, encoding: pattern.encoding, offset: offset))
            return hits.count < 10
        }
        return hits
    }

    /// Those of the texts that stand somewhere in the data.
    func secrets(in data: Data) -> Set<Secret> {
        var found: Set<Secret> = []
        scan(data) { pattern, _ in
            found.insert(pattern.secret)
            return true
        }
        return found
    }

    /// Calls `visit` for every place of every pattern, until it answers false.
    private func scan(_ data: Data, visit: (Pattern, Int) -> Bool) {
        data.withUnsafeBytes { bytes in
            var head: UInt32 = 0
            for index in 0..<bytes.count {
                head = head << 8 | UInt32(bytes[index])
                guard index >= 3, headBits[Self.hash(head)], let found = byHead[head] else {
                    continue
                }
                let start = index - 3
                for number in found {
                    let pattern = patterns[number]
                    guard start + pattern.bytes.count <= bytes.count,
                        bytes[start..<start + pattern.bytes.count].elementsEqual(pattern.bytes)
                    else { continue }
                    if !visit(pattern, start) { return }
                }
            }
        }
    }
}
