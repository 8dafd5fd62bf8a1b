/// Lays out policy text: the same tokens and comments, with spaces and lines where they help reading.
///
/// Formatting again changes nothing, and comments stay beside what they stood beside. Lines are broken where they
/// would exceed the width, wherever the language allows.
public struct PolicyFormatter: Sendable {
    /// The width that lines should not exceed, in scalars.
    public let widthMax: Int
    /// The number of spaces of one step of indentation.
    public let indentWidth: Int

    /// Makes a formatter.
    public init(widthMax: Int = 80, indentWidth: Int = 2) {
        self.widthMax = widthMax
        self.indentWidth = indentWidth
    }

    /// The text laid out anew.
    ///
    /// - Parameters:
    ///   - text: Any number of policies.
    ///   - file: The name to use in errors.
    ///   - limits: Bounds on size and nesting.
    /// - Returns: Text of the same meaning that ends with a new line; empty for nothing.
    /// - Throws: ``PolicySyntaxError`` if the text is not Cedar.
    public func format(
        _ text: String, file: String, limits: Limits = .standard
    ) throws(PolicySyntaxError) -> String {
        _ = try PolicyParser.parse(text, file: file, limits: limits)
        var lexer = Lexer(text, file: file)
        let tokens = try lexer.tokens()
        let layouts = TokenLayouts(tokens: tokens, comments: lexer.comments, bytes: lexer.bytes)
        var builder = PolicyLayout(tokens: tokens, layouts: layouts)
        let printed = LayoutPrinter.print(
            builder.policies(), widthMax: widthMax, indentWidth: indentWidth)
        return printed.isEmpty ? "" : printed + "\n"
    }
}

/// The layout of each token with the comments that belong to it.
struct TokenLayouts {
    private let bytes: [UInt8]
    private let tokens: [Token]
    /// Comments on lines of their own before a token, and the one that ends its line.
    private var leading: [Int: [Token]] = [:]
    private var trailing: [Int: Token] = [:]

    init(tokens: [Token], comments: [Token], bytes: [UInt8]) {
        self.bytes = bytes
        self.tokens = tokens
        var next = 0
        for comment in comments {
            while next < tokens.count - 1, tokens[next].start < comment.start { next += 1 }
            let previous = next - 1
            if previous >= 0, trailing[previous] == nil, leading[next] == nil,
                !bytes[tokens[previous].end..<comment.start].contains(10)
            {
                trailing[previous] = comment
            } else {
                leading[next, default: []].append(comment)
            }
        }
    }

    func text(_ index: Int) -> String {
        String(decoding: bytes[tokens[index].start..<tokens[index].end], as: UTF8.self)
    }

    private func comment(_ token: Token) -> String {
        var content = bytes[token.start..<token.end]
        while let last = content.last, last == 0x20 || last == 0x09 { content.removeLast() }
        return String(decoding: content, as: UTF8.self)
    }

    /// The comments before a token, then the token, then the comment that ends its line.
    func layout(_ index: Int) -> Layout {
        var parts = leadingComments(index, keepingBlankLines: false)
        parts.append(.text(text(index)))
        if let comment = trailing[index] {
            parts.append(Layout(.comment(self.comment(comment), endsLine: true)))
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    /// A token whose leading comments are laid out already.
    func bareLayout(_ index: Int) -> Layout {
        guard let comment = trailing[index] else { return .text(text(index)) }
        return .sequence([
            .text(text(index)), Layout(.comment(self.comment(comment), endsLine: true)),
        ])
    }

    func leadingComments(_ index: Int, keepingBlankLines: Bool) -> [Layout] {
        var parts: [Layout] = []
        for comment in leading[index] ?? [] {
            if keepingBlankLines, isBlankLineBefore(comment.start) {
                parts.append(Layout(.blankLine))
            }
            parts.append(Layout(.comment(self.comment(comment), endsLine: false)))
        }
        if keepingBlankLines, !parts.isEmpty, tokens[index].kind != .end,
            isBlankLineBefore(tokens[index].start)
        {
            parts.append(Layout(.blankLine))
        }
        return parts
    }

    private func isBlankLineBefore(_ start: Int) -> Bool {
        var position = start - 1
        var lineEnds = 0
        while position >= 0, bytes[position] <= 0x20 {
            if bytes[position] == 10 { lineEnds += 1 }
            position -= 1
        }
        return lineEnds > 1
    }
}
