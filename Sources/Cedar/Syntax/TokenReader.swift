/// Walks over tokens; shared by the parsers of policies and schemas.
///
/// A class, since copies of it would swell the stack frames of the parsers, and so the cost of each level of nesting.
final class TokenReader {
    let tokens: [Token]
    let bytes: [UInt8]
    let file: String
    let limits: Limits
    private(set) var index = 0
    private var depth = 0

    init(_ text: String, file: String, limits: Limits) throws(PolicySyntaxError) {
        self.file = file
        self.limits = limits
        guard text.utf8.count <= limits.textBytesMax else {
            throw .tooLarge(
                "the text", most: limits.textBytesMax,
                at: SourcePosition(file: file, line: 1, column: 1))
        }
        var lexer = Lexer(text, file: file)
        bytes = lexer.bytes
        tokens = try lexer.tokens()
    }

    var current: Token { tokens[index] }
    var kind: Token.Kind { tokens[index].kind }
    var position: TextPosition { tokens[index].position }

    func peek(_ distance: Int = 1) -> Token.Kind {
        index + distance < tokens.count ? tokens[index + distance].kind : .end
    }

    func text(of token: Token) -> String {
        String(decoding: bytes[token.start..<token.end], as: UTF8.self)
    }

    var word: String { kind == .identifier ? text(of: current) : "" }

    func isWord(_ expected: StaticString) -> Bool {
        guard kind == .identifier, current.end - current.start == expected.utf8CodeUnitCount else {
            return false
        }
        let bytes = bytes[current.start..<current.end]
        return expected.withUTF8Buffer { bytes.elementsEqual($0) }
    }

    func advance() {
        if index + 1 < tokens.count { index += 1 }
    }

    /// Moves past the token if it is of this kind.
    func take(_ expected: Token.Kind) -> Bool {
        guard kind == expected else { return false }
        advance()
        return true
    }

    func takeWord(_ expected: StaticString) -> Bool {
        guard isWord(expected) else { return false }
        advance()
        return true
    }

    func expect(_ expected: Token.Kind, _ name: String) throws(PolicySyntaxError) {
        guard take(expected) else { throw unexpected(name) }
    }

    // MARK: Errors

    private static let shownCharactersMax = 40

    func unexpected(_ expected: String) -> PolicySyntaxError {
        var found = kind == .end ? "the end of the text" : "'\(text(of: current))'"
        if found.count > Self.shownCharactersMax {
            found = found.prefix(Self.shownCharactersMax) + "…'"
        }
        return .unexpected(found, expected: expected, at: position.within(file))
    }

    func invalid(_ what: String, at place: TextPosition) -> PolicySyntaxError {
        .invalid(what, at: place.within(file))
    }

    // MARK: Nesting

    func enter() throws(PolicySyntaxError) {
        depth += 1
        if depth > limits.nestingMax {
            throw .tooLarge("the nesting", most: limits.nestingMax, at: position.within(file))
        }
    }

    func leave() { depth -= 1 }

    /// Refuses one more member of a list that has as many as it may.
    func requireRoom(after count: Int) throws(PolicySyntaxError) {
        if count >= limits.memberCountMax {
            throw .tooLarge(
                "the number of members", most: limits.memberCountMax, at: position.within(file))
        }
    }

    // MARK: Words

    /// An identifier that is not reserved.
    func identifier(_ role: String) throws(PolicySyntaxError) -> String {
        guard kind == .identifier else { throw unexpected(role) }
        let word = text(of: current)
        guard !Name.reserved.contains(word) else {
            throw invalid("'\(word)' is reserved and cannot be \(role)", at: position)
        }
        advance()
        return word
    }

    /// A string literal, its escapes resolved.
    func string(_ role: String) throws(PolicySyntaxError) -> String {
        guard kind == .string else { throw unexpected(role) }
        let token = current
        do {
            let text = try StringEscapes.string(bytes[token.start + 1..<token.end - 1])
            advance()
            return text
        } catch {
            throw escapeError(error, at: token.position)
        }
    }

    func pattern() throws(PolicySyntaxError) -> Pattern {
        guard kind == .string else { throw unexpected("a pattern in quotes") }
        let token = current
        do {
            let pattern = try StringEscapes.pattern(bytes[token.start + 1..<token.end - 1])
            advance()
            return pattern
        } catch {
            throw escapeError(error, at: token.position)
        }
    }

    private func escapeError(_ fault: StringEscapes.Fault, at place: TextPosition)
        -> PolicySyntaxError
    {
        switch fault {
        case .invalid(let what): invalid(what, at: place)
        }
    }

    /// A name of one or more identifiers joined by `::`.
    ///
    /// Stops before a `::` that a string follows.
    func name(_ role: String) throws(PolicySyntaxError) -> String {
        var name = try identifier(role)
        while kind == .doubleColon, peek() == .identifier {
            advance()
            name += "::"
            name += try identifier(role)
        }
        return name
    }

    /// Annotations in front of a declaration: each key once, the value optional.
    func annotations() throws(PolicySyntaxError) -> [String: String] {
        try placedAnnotations().annotations
    }

    /// Annotations, and where the sign before each stands.
    func placedAnnotations() throws(PolicySyntaxError) -> (
        annotations: [String: String], places: [String: TextPosition]
    ) {
        var annotations: [String: String] = [:]
        var places: [String: TextPosition] = [:]
        while kind == .at {
            let place = position
            advance()
            guard kind == .identifier else { throw unexpected("an annotation's name") }
            let key = text(of: current)
            if annotations[key] != nil {
                throw invalid("the annotation '@\(key)' is given twice", at: position)
            }
            advance()
            var value = ""
            if take(.leftParenthesis) {
                value = try string("the annotation's value in quotes")
                try expect(.rightParenthesis, "')'")
            }
            annotations[key] = value
            places[key] = place
        }
        return (annotations, places)
    }
}
