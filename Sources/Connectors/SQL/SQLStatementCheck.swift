/// What a statement of a dump may be.
///
/// Anything else is refused before SQLite sees it.
enum SQLStatementKind {
    case createTable
    case createIndex
    case insert
    /// `BEGIN`, `COMMIT` or `END`; the dump is loaded in one transaction whatever it says.
    case transaction

    static let expected =
        "CREATE TABLE, CREATE INDEX, INSERT INTO ... VALUES of literals, BEGIN, COMMIT"

    /// nil where the statement is none of these.
    init?(_ statement: [UInt8]) {
        var tokens = SQLTokens(statement)
        switch tokens.next() {
        case .word("BEGIN"), .word("COMMIT"), .word("END"): self = .transaction
        case .word("CREATE"):
            var second = tokens.next()
            let isUnique = second == .word("UNIQUE")
            if isUnique { second = tokens.next() }
            switch second {
            case .word("TABLE") where !isUnique: self = .createTable
            case .word("INDEX"): self = .createIndex
            default: return nil
            }
            while let token = tokens.next() {
                guard !Self.queryWords.contains(token) else { return nil }
            }
        case .word("INSERT"):
            guard tokens.next() == .word("INTO"), Self.hasLiteralRows(&tokens) else { return nil }
            self = .insert
        default: return nil
        }
    }

    private static let queryWords: Set<SQLTokens.Token> = [
        .word("SELECT"), .word("WITH"), .word("VALUES"), .word("PRAGMA"),
    ]

    /// Whether a table, perhaps its columns, `VALUES` and nothing but literals follow.
    private static func hasLiteralRows(_ tokens: inout SQLTokens) -> Bool {
        var hasValues = false
        while !hasValues, let token = tokens.next() {
            switch token {
            case .word("VALUES"): hasValues = true
            case .word("SELECT"), .word("WITH"), .word("DEFAULT"), .text, .number: return false
            case .word, .name, .mark: continue
            }
        }
        while let token = tokens.next() {
            switch token {
            case .text, .number, .word("NULL"), .word("X"): continue
            case .mark(let mark):
                guard Array("(),+-".utf8).contains(mark) else { return false }
            case .word, .name: return false
            }
        }
        return hasValues
    }
}

/// The tokens of one SQL statement without comments, as far as telling literals from all else needs them.
struct SQLTokens {
    enum Token: Hashable {
        /// A keyword or plain name, in upper case.
        case word(String)
        /// A name in quotes.
        case name
        /// A string in single quotes.
        case text
        case number
        case mark(UInt8)
    }

    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> Token? {
        while index < bytes.count, (1...0x20).contains(bytes[index]) { index += 1 }
        guard index < bytes.count else { return nil }
        let first = bytes[index]
        switch first {
        case UInt8(ascii: "'"):
            skipQuoted(closing: first)
            return .text
        case UInt8(ascii: "\""), UInt8(ascii: "`"):
            skipQuoted(closing: first)
            return .name
        case UInt8(ascii: "["):
            skipQuoted(closing: UInt8(ascii: "]"))
            return .name
        case 0x30...0x39, UInt8(ascii: "."):
            skipWord(alsoDot: true)
            return .number
        default: break
        }
        guard isWordByte(first) else {
            index += 1
            return .mark(first)
        }
        let start = index
        skipWord(alsoDot: false)
        return .word(String(decoding: bytes[start..<index], as: UTF8.self).uppercased())
    }

    private mutating func skipQuoted(closing: UInt8) {
        index += 1
        while index < bytes.count, bytes[index] != closing { index += 1 }
        index += 1
    }

    private mutating func skipWord(alsoDot: Bool) {
        while index < bytes.count,
            isWordByte(bytes[index]) || (alsoDot && bytes[index] == UInt8(ascii: "."))
        {
            index += 1
        }
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...: true
        default: false
        }
    }
}
