/// A word or sign of policy and schema text.
struct Token: Sendable {
    enum Kind: UInt8, Sendable {
        case identifier, number, string, slot
        case leftParenthesis, rightParenthesis, leftBracket, rightBracket, leftBrace, rightBrace
        case comma, semicolon, colon, doubleColon, dot, at
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
        case and, or, not, plus, minus, times, divide, remainder, assign, question
        case end
    }

    let kind: Kind
    /// Byte offsets into the text; a string's include its quotes.
    let start: Int
    let end: Int
    let position: TextPosition
}
