/// Into how many shares a backup's key is split, and how many of them open it.
package struct KeyShareCount: Hashable, Sendable {
    package static let sharesMax = 16
    package let needed: Int
    package let shares: Int

    /// - Returns: Nil unless 2 to `shares` are needed of at most 16.
    package init?(needed: Int, shares: Int) {
        guard (2...Self.sharesMax).contains(shares), (2...shares).contains(needed) else {
            return nil
        }
        self.needed = needed
        self.shares = shares
    }
}

/// Names one backup and its shares: 8 random bytes.
package struct KeyShareSet: Hashable, Sendable, CustomStringConvertible {
    static let byteCount = 8
    package let bytes: [UInt8]

    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Reads what ``description`` gave.
    package init?(text: String) {
        guard let bytes = Base32.decode(text) else { return nil }
        self.init(bytes: bytes)
    }

    /// 13 characters of base32.
    package var description: String { Base32.encode(bytes) }
}

/// Why a share is of no use.
package enum KeyShareFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// A line was misread; nil where it cannot be said which.
    case damaged(line: Int?)
    /// It belongs to another backup.
    case otherBackup(found: String, expected: String)
    /// It is none of the shares that were made, though it reads well.
    case forged(number: Int)
    case twice(number: Int)
    case tooFew(given: Int, needed: Int)

    package var description: String {
        switch self {
        case .damaged(let line?): "line \(line) of the share is damaged or misread"
        case .damaged: "the share is damaged or misread"
        case .otherBackup(let found, let expected):
            "the share is of backup \(found), expected \(expected)"
        case .forged(let number): "share \(number) is not the one that was made"
        case .twice(let number): "share \(number) was given twice"
        case .tooFew(let given, let needed): "\(given) shares were given, \(needed) are needed"
        }
    }
}

/// One person's share of a backup's key, for paper.
///
/// 50 bytes: 1 version, 8 set, 1 needed, 1 shares, 1 number, 32 values, 6 check (SHA-256 over `hangu/share/v1` and
/// the 44 bytes before). Printed as 80 characters of base32 in five lines of 16, each with its number before and two
/// check characters behind, so that a slip of the pen is found in its line.
package struct KeyShare: Sendable {
    private static let version: UInt8 = 1
    private static let contentByteCount = 44
    private static let lineCount = 5
    private static let lineLength = 16

    package let set: KeyShareSet
    package let count: KeyShareCount
    /// From 1.
    package let number: Int
    let values: SecretBytes

    init(set: KeyShareSet, count: KeyShareCount, number: Int, values: SecretBytes) {
        self.set = set
        self.count = count
        self.number = number
        self.values = values
    }

    /// What tells this share from every other, and nothing of its values: kept with the backup.
    package var digest: [UInt8] {
        withContent { sha256(Array("hangu/share-digest/v1".utf8) + $0).bytes }
    }

    /// Lends the 44 bytes before the check.
    private func withContent<Result>(_ body: ([UInt8]) -> Result) -> Result {
        var content =
            [Self.version] + set.bytes
            + [UInt8(count.needed), UInt8(count.shares), UInt8(number)]
        content.reserveCapacity(Self.contentByteCount)
        values.withUnsafeBytes { content.append(contentsOf: $0) }
        defer { wipe(&content) }
        return body(content)
    }

    private static func check(of content: [UInt8]) -> [UInt8] {
        Array(sha256(Array("hangu/share/v1".utf8) + content).bytes.prefix(6))
    }

    /// The five lines, in capitals; as secret as the share itself.
    package var lines: [String] {
        withContent { content in
            let text = Array(Base32.encode(content + Self.check(of: content)).uppercased().utf8)
            return (0..<Self.lineCount).map { line in
                let part = Array(text[line * Self.lineLength..<(line + 1) * Self.lineLength])
                let groups = stride(from: 0, to: part.count, by: 4).map {
                    String(decoding: part[$0..<$0 + 4], as: UTF8.self)
                }
                let mark = String(decoding: Self.lineCheck(line, part), as: UTF8.self)
                return "\(line + 1)  \(groups.joined(separator: " "))  \(mark)"
            }
        }
    }

    /// Two characters: ten bits of SHA-256 over the line's number and text.
    private static func lineCheck(_ line: Int, _ text: [UInt8]) -> [UInt8] {
        let digest = sha256([UInt8(line)] + text).bytes
        return Array(Base32.encode([digest[0], digest[1]]).uppercased().utf8.prefix(2))
    }

    /// Reads a share as it was printed, or as somebody typed it from paper: case, blanks and hyphens do not matter,
    /// 0, 1 and 8 are taken as O, I and B, and lines that do not begin with 1 to 5 are passed over.
    ///
    /// - Throws: ``FieldCryptoError/share(_:)`` with the line that is wrong.
    package init(reading text: String) throws(FieldCryptoError) {
        var found = [[UInt8]?](repeating: nil, count: Self.lineCount)
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let number = words.first.flatMap({ Int($0) }),
                (1...Self.lineCount).contains(number)
            else { continue }
            found[number - 1] = Self.characters(words.dropFirst().joined())
        }
        var symbols: [UInt8] = []
        symbols.reserveCapacity(Self.lineCount * Self.lineLength)
        defer { wipe(&symbols) }
        for (index, line) in found.enumerated() {
            guard let line, line.count == Self.lineLength + 2,
                Array(line.suffix(2)) == Self.lineCheck(index, Array(line.prefix(Self.lineLength)))
            else { throw .share(.damaged(line: index + 1)) }
            symbols += line.prefix(Self.lineLength)
        }
        var bytes = Self.decode(symbols)
        defer { wipe(&bytes) }
        let content = Array(bytes.prefix(Self.contentByteCount))
        guard
            isEqualInConstantTime(
                Self.check(of: content), Array(bytes.dropFirst(Self.contentByteCount))),
            content[0] == Self.version, let set = KeyShareSet(bytes: Array(content[1..<9])),
            let count = KeyShareCount(needed: Int(content[9]), shares: Int(content[10])),
            (1...count.shares).contains(Int(content[11]))
        else { throw .share(.damaged(line: nil)) }
        self.init(
            set: set, count: count, number: Int(content[11]),
            values: SecretBytes(copying: Array(content[12...])))
    }

    /// The characters of a line in capitals, misreadings mended.
    private static func characters(_ text: String) -> [UInt8] {
        text.uppercased().utf8.compactMap { character in
            switch character {
            case UInt8(ascii: "0"): UInt8(ascii: "O")
            case UInt8(ascii: "1"): UInt8(ascii: "I")
            case UInt8(ascii: "8"): UInt8(ascii: "B")
            case UInt8(ascii: "-"): nil
            default: character
            }
        }
    }

    /// 80 characters give 50 bytes; others than base32's were found by the check of their line.
    private static func decode(_ symbols: [UInt8]) -> [UInt8] {
        Base32.bytes(
            of: symbols.lazy.map { symbol in
                (symbol >= UInt8(ascii: "A") ? symbol - UInt8(ascii: "A") : symbol &- 24) & 31
            })
    }
}

extension KeyShare: CustomStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
