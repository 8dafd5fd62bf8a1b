/// Splits policy or schema text into tokens, dropping white space and comments.
struct Lexer {
    let bytes: [UInt8]
    let file: String
    private var position = 0
    private var line: Int32 = 1
    private var column: Int32 = 1
    /// Comments in order, kept for the formatter.
    private(set) var comments: [Token] = []

    init(_ text: String, file: String) {
        bytes = Array(text.utf8)
        self.file = file
    }

    /// All tokens, the last of kind `.end`.
    mutating func tokens() throws(PolicySyntaxError) -> [Token] {
        var tokens: [Token] = []
        tokens.reserveCapacity(bytes.count / 5 + 1)
        while true {
            try skipSpace()
            let start = position
            let place = TextPosition(line: line, column: column)
            guard position < bytes.count else {
                tokens.append(Token(kind: .end, start: start, end: start, position: place))
                return tokens
            }
            let kind = try scan(at: place)
            tokens.append(Token(kind: kind, start: start, end: position, position: place))
        }
    }

    private func error(_ what: String, at place: TextPosition) -> PolicySyntaxError {
        .invalid(what, at: place.within(file))
    }

    private mutating func advance() {
        let byte = bytes[position]
        position += 1
        if byte == UInt8(ascii: "\n") {
            line += 1
            column = 1
        } else if byte & 0xC0 != 0x80 {
            // Continuation bytes belong to the scalar already counted.
            column += 1
        }
    }

    private func peek(_ distance: Int = 0) -> UInt8 {
        position + distance < bytes.count ? bytes[position + distance] : 0
    }

    private mutating func skipSpace() throws(PolicySyntaxError) {
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "/") {
                let start = position
                let place = TextPosition(line: line, column: column)
                while position < bytes.count, bytes[position] != 10, bytes[position] != 13 {
                    advance()
                }
                comments.append(Token(kind: .end, start: start, end: position, position: place))
                continue
            }
            let width = spaceWidth()
            if width == 0 { return }
            for _ in 0..<width { advance() }
        }
    }

    /// The number of bytes of the White_Space scalar here, 0 where there is none.
    private func spaceWidth() -> Int {
        switch bytes[position] {
        case 0x09...0x0D, 0x20: 1
        case 0xC2: peek(1) == 0x85 || peek(1) == 0xA0 ? 2 : 0
        case 0xE1: peek(1) == 0x9A && peek(2) == 0x80 ? 3 : 0
        case 0xE2:
            switch (peek(1), peek(2)) {
            case (0x80, 0x80...0x8A), (0x80, 0xA8), (0x80, 0xA9), (0x80, 0xAF), (0x81, 0x9F): 3
            default: 0
            }
        case 0xE3: peek(1) == 0x80 && peek(2) == 0x80 ? 3 : 0
        default: 0
        }
    }

    private mutating func scan(at place: TextPosition) throws(PolicySyntaxError) -> Token.Kind {
        let byte = bytes[position]
        if ASCII.isIdentifierStart(byte) {
            while ASCII.isIdentifierPart(peek()) { advance() }
            return .identifier
        }
        if ASCII.digit(byte) != nil {
            while ASCII.digit(peek()) != nil { advance() }
            return .number
        }
        if byte == UInt8(ascii: "\"") {
            try scanString(at: place)
            return .string
        }
        if byte == UInt8(ascii: "?"), ASCII.isIdentifierStart(peek(1)) {
            advance()
            while ASCII.isIdentifierPart(peek()) { advance() }
            return .slot
        }
        return try scanSign(at: place)
    }

    private mutating func scanString(at place: TextPosition) throws(PolicySyntaxError) {
        advance()
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                advance()
                return
            case UInt8(ascii: "\\"):
                advance()
                if position < bytes.count { advance() }
            default:
                advance()
            }
        }
        throw error("this string has no closing quote", at: place)
    }

    private mutating func scanSign(at place: TextPosition) throws(PolicySyntaxError) -> Token.Kind {
        let byte = bytes[position]
        let pair: Token.Kind? =
            switch (byte, peek(1)) {
            case (UInt8(ascii: ":"), UInt8(ascii: ":")): .doubleColon
            case (UInt8(ascii: "="), UInt8(ascii: "=")): .equal
            case (UInt8(ascii: "!"), UInt8(ascii: "=")): .notEqual
            case (UInt8(ascii: "<"), UInt8(ascii: "=")): .lessOrEqual
            case (UInt8(ascii: ">"), UInt8(ascii: "=")): .greaterOrEqual
            case (UInt8(ascii: "&"), UInt8(ascii: "&")): .and
            case (UInt8(ascii: "|"), UInt8(ascii: "|")): .or
            default: nil
            }
        if let pair {
            advance()
            advance()
            return pair
        }
        guard let single = Self.singles[byte] else {
            throw error("this character has no meaning here", at: place)
        }
        advance()
        return single
    }

    private static let singles: [UInt8: Token.Kind] = [
        UInt8(ascii: "("): .leftParenthesis, UInt8(ascii: ")"): .rightParenthesis,
        UInt8(ascii: "["): .leftBracket, UInt8(ascii: "]"): .rightBracket,
        UInt8(ascii: "{"): .leftBrace, UInt8(ascii: "}"): .rightBrace,
        UInt8(ascii: ","): .comma, UInt8(ascii: ";"): .semicolon, UInt8(ascii: ":"): .colon,
        UInt8(ascii: "."): .dot, UInt8(ascii: "@"): .at, UInt8(ascii: "<"): .less,
        UInt8(ascii: ">"): .greater, UInt8(ascii: "!"): .not, UInt8(ascii: "+"): .plus,
        UInt8(ascii: "-"): .minus, UInt8(ascii: "*"): .times, UInt8(ascii: "/"): .divide,
        UInt8(ascii: "%"): .remainder, UInt8(ascii: "="): .assign, UInt8(ascii: "?"): .question,
    ]
}
