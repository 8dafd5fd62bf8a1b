// The tightest rule of the grammar: literals, brackets, records, entities and function calls.

extension ExpressionParser {
    mutating func primary() throws(PolicySyntaxError) -> Expression {
        let place = reader.position
        switch reader.kind {
        case .number: return try integer(isNegative: false, at: place)
        case .string: return try make(.literal(.string(try reader.string("a string"))), at: place)
        case .leftParenthesis:
            reader.advance()
            let inner = try expression()
            try reader.expect(.rightParenthesis, "')'")
            return inner
        case .leftBracket: return try make(.set(try list(until: .rightBracket, "']'")), at: place)
        case .leftBrace: return try record(at: place)
        case .identifier: return try word(at: place)
        case .slot:
            throw reader.invalid("a slot is allowed only in the scope of a policy", at: place)
        default: throw reader.unexpected("a value")
        }
    }

    private mutating func record(at place: TextPosition) throws(PolicySyntaxError) -> Expression {
        reader.advance()
        var members: [Expression.RecordMember] = []
        var seen: Set<ScalarKey> = []
        while reader.kind != .rightBrace {
            let keyPlace = reader.position
            let name =
                reader.kind == .string
                ? try reader.string("a record key") : try reader.identifier("a record key")
            try require(
                seen.insert(ScalarKey(name)).inserted, "this record key is given twice",
                at: keyPlace)
            try reader.expect(.colon, "':'")
            members.append(Expression.RecordMember(name: name, value: try expression()))
            guard reader.take(.comma) else { break }
        }
        try reader.expect(.rightBrace, "'}'")
        return try make(.record(members), at: place)
    }

    /// A boolean, a variable, an entity or a function call.
    private mutating func word(at place: TextPosition) throws(PolicySyntaxError) -> Expression {
        if reader.peek() != .doubleColon {
            if reader.takeWord("true") { return try make(.literal(.bool(true)), at: place) }
            if reader.takeWord("false") { return try make(.literal(.bool(false)), at: place) }
            if reader.isWord("if") {
                throw reader.invalid("an 'if' inside an operator needs parentheses", at: place)
            }
            if reader.peek() != .leftParenthesis, let variable = Variable(rawValue: reader.word) {
                reader.advance()
                return try make(.variable(variable), at: place)
            }
        }
        let name = try reader.name("a value")
        if reader.take(.doubleColon) {
            let id = try reader.string("an entity id in quotes")
            return try make(.literal(.entity(EntityUID(type: name, id: id))), at: place)
        }
        guard reader.kind == .leftParenthesis else {
            throw reader.invalid("'\(name)' is neither a variable nor an entity", at: place)
        }
        guard let function = ExtensionFunction(rawValue: name), function.isConstructor else {
            throw reader.invalid("there is no function '\(name)'", at: place)
        }
        return try make(.call(function, try list(until: .rightParenthesis, "')'")), at: place)
    }
}
