/// Builds the layout of valid policies from their tokens.
struct PolicyLayout {
    private let tokens: [Token]
    private let layouts: TokenLayouts
    private var index = 0

    init(tokens: [Token], layouts: TokenLayouts) {
        self.tokens = tokens
        self.layouts = layouts
    }

    mutating func policies() -> Layout {
        var parts: [Layout] = []
        while tokens[index].kind != .end {
            if index > 0 { parts.append(Layout(.blankLine)) }
            parts.append(policy())
        }
        parts += layouts.leadingComments(index, keepingBlankLines: true)
        return .sequence(parts)
    }

    private mutating func policy() -> Layout {
        var parts = layouts.leadingComments(index, keepingBlankLines: true)
        var isFirst = true
        func next(_ layout: PolicyLayout, _ index: Int) -> Layout {
            isFirst ? layout.layouts.bareLayout(index) : layout.layouts.layout(index)
        }
        while tokens[index].kind == .at {
            parts.append(next(self, index))
            isFirst = false
            parts.append(layouts.layout(index + 1))
            index += 2
            if tokens[index].kind == .leftParenthesis {
                parts += [
                    layouts.layout(index), layouts.layout(index + 1), layouts.layout(index + 2),
                ]
                index += 3
            }
            parts.append(.newLine)
        }
        parts.append(next(self, index))
        parts.append(.text(" "))
        let scopeEnd = matching(index + 1)
        parts.append(bracketed(index + 1, scopeEnd))
        index = scopeEnd + 1
        while tokens[index].kind == .identifier {
            let end = matching(index + 1)
            parts += [.newLine, layouts.layout(index), .text(" "), bracketed(index + 1, end)]
            index = end + 1
        }
        parts.append(layouts.layout(index))
        index += 1
        return .sequence(parts)
    }

    /// The index of the bracket that closes the one at `start`.
    private func matching(_ start: Int) -> Int {
        var depth = 0
        var position = start
        while true {
            if tokens[position].kind.opens { depth += 1 }
            if tokens[position].kind.closes { depth -= 1 }
            if depth == 0 || position == tokens.count - 1 { return position }
            position += 1
        }
    }

    /// Brackets with what they hold, separated by commas.
    private func bracketed(_ start: Int, _ end: Int) -> Layout {
        if end == start + 1 { return .sequence([layouts.layout(start), layouts.layout(end)]) }
        let edge = tokens[start].kind == .leftBrace ? Layout.space : .joint
        var members: [Layout] = [edge]
        var memberStart = start + 1
        for comma in separators(start + 1, end, { $0 == .comma }) + [end] {
            if memberStart < comma { members.append(expression(memberStart, comma)) }
            if comma < end {
                members.append(layouts.layout(comma))
                if comma + 1 < end { members.append(.space) }
            }
            memberStart = comma + 1
        }
        return .group(
            .sequence([
                layouts.layout(start), .indented(.sequence(members)), edge, layouts.layout(end),
            ]))
    }

    /// The tokens of a kind between two indexes that are in no bracket.
    private func separators(_ start: Int, _ end: Int, _ isSeparator: (Token.Kind) -> Bool) -> [Int]
    {
        var found: [Int] = []
        var depth = 0
        for position in start..<end {
            let kind = tokens[position].kind
            if kind.opens { depth += 1 }
            if kind.closes { depth -= 1 }
            if depth == 0, isSeparator(kind) { found.append(position) }
        }
        return found
    }

    private func isWord(_ index: Int, _ word: String) -> Bool {
        tokens[index].kind == .identifier && layouts.text(index) == word
    }

    private func expression(_ start: Int, _ end: Int) -> Layout {
        if end - start > 1, tokens[start].kind == .identifier || tokens[start].kind == .string,
            tokens[start + 1].kind == .colon
        {
            return .sequence([
                layouts.layout(start), layouts.layout(start + 1), .text(" "),
                expression(start + 2, end),
            ])
        }
        if isWord(start, "if") { return choice(start, end) }
        for kind in [Token.Kind.or, .and] {
            let operators = separators(start, end) { $0 == kind }
            if !operators.isEmpty { return chain(start, end, operators) }
        }
        return plain(start, end)
    }

    private func chain(_ start: Int, _ end: Int, _ operators: [Int]) -> Layout {
        var parts: [Layout] = []
        var memberStart = start
        for position in operators + [end] {
            parts.append(expression(memberStart, position))
            if position < end { parts += [.text(" "), layouts.layout(position), .space] }
            memberStart = position + 1
        }
        return .group(.sequence(parts))
    }

    private func choice(_ start: Int, _ end: Int) -> Layout {
        var depth = 0
        var open = 0
        var then = start
        var otherwise = start
        for position in start..<end where otherwise == start {
            let kind = tokens[position].kind
            if kind.opens { depth += 1 }
            if kind.closes { depth -= 1 }
            guard depth == 0 else { continue }
            if isWord(position, "if") { open += 1 }
            if isWord(position, "then"), open == 1, then == start { then = position }
            if isWord(position, "else") {
                if open == 1 { otherwise = position }
                open -= 1
            }
        }
        func branch(_ word: Int, _ end: Int) -> Layout {
            .indented(
                .sequence([.space, layouts.layout(word), .text(" "), expression(word + 1, end)]))
        }
        return .group(
            .sequence([
                layouts.layout(start), .text(" "), expression(start + 1, then),
                branch(then, otherwise),
                branch(otherwise, end),
            ]))
    }

    /// Tokens in a row, single spaces between those that need it.
    private func plain(_ start: Int, _ end: Int) -> Layout {
        var parts: [Layout] = []
        var position = start
        while position < end {
            if position > start, isSpaced(position, start) { parts.append(.text(" ")) }
            if tokens[position].kind.opens {
                let close = matching(position)
                parts.append(bracketed(position, close))
                position = close + 1
            } else {
                parts.append(layouts.layout(position))
                position += 1
            }
        }
        return .sequence(parts)
    }

    /// Whether a space stands before a token.
    private func isSpaced(_ index: Int, _ start: Int) -> Bool {
        let previous = tokens[index - 1].kind
        switch tokens[index].kind {
        case .dot, .doubleColon: return false
        case .leftParenthesis, .leftBracket: if endsValue(index - 1) { return false }
        default: break
        }
        switch previous {
        case .dot, .doubleColon, .not: return false
        // A minus that does not follow a value is a sign.
        case .minus: return index - 1 > start && endsValue(index - 2)
        default: return true
        }
    }

    private func endsValue(_ index: Int) -> Bool {
        switch tokens[index].kind {
        case .identifier:
            !["in", "has", "like", "is", "if", "then", "else"].contains(layouts.text(index))
        case .number, .string, .slot, .rightParenthesis, .rightBracket, .rightBrace: true
        default: false
        }
    }
}

extension Token.Kind {
    fileprivate var opens: Bool {
        self == .leftParenthesis || self == .leftBracket || self == .leftBrace
    }
    fileprivate var closes: Bool {
        self == .rightParenthesis || self == .rightBracket || self == .rightBrace
    }
}
