/// Reads the conditions of policies: one function for each rule of the grammar, loosest binding first.
struct ExpressionParser {
    let reader: TokenReader

    func make(_ kind: Expression.Kind, at place: TextPosition) throws(PolicySyntaxError)
        -> Expression
    {
        let node = Expression(kind, at: place)
        if let excess = node.excess(over: reader.limits) {
            throw .tooLarge(excess.what, most: excess.most, at: place.within(reader.file))
        }
        return node
    }

    /// `if … then … else …` or a disjunction.
    mutating func expression() throws(PolicySyntaxError) -> Expression {
        try reader.enter()
        defer { reader.leave() }
        guard reader.isWord("if") else { return try disjunction() }
        let place = reader.position
        reader.advance()
        let guarding = try expression()
        guard reader.takeWord("then") else { throw reader.unexpected("'then'") }
        let then = try expression()
        guard reader.takeWord("else") else { throw reader.unexpected("'else'") }
        let otherwise = try expression()
        return try make(.ifThenElse(guarding, then: then, otherwise: otherwise), at: place)
    }

    private mutating func disjunction() throws(PolicySyntaxError) -> Expression {
        let place = reader.position
        let first = try conjunction()
        guard reader.kind == .or else { return first }
        var members = [first]
        while reader.take(.or) { members.append(try conjunction()) }
        return try make(.or(members), at: place)
    }

    private mutating func conjunction() throws(PolicySyntaxError) -> Expression {
        let place = reader.position
        let first = try relation()
        guard reader.kind == .and else { return first }
        var members = [first]
        while reader.take(.and) { members.append(try relation()) }
        return try make(.and(members), at: place)
    }

    private mutating func relation() throws(PolicySyntaxError) -> Expression {
        let place = reader.position
        let left = try sum()
        let result: Expression
        if let comparison = comparison() {
            reader.advance()
            let right = try sum()
            result = try make(.binary(comparison, left, right), at: place)
        } else if reader.takeWord("has") {
            result = try make(.has(left, try hasPath()), at: place)
        } else if reader.takeWord("like") {
            result = try make(.like(left, try reader.pattern()), at: place)
        } else if reader.takeWord("is") {
            let type = try reader.name("an entity type")
            if reader.kind == .doubleColon {
                throw reader.unexpected("an entity type, not an entity")
            }
            let ancestor = reader.takeWord("in") ? try sum() : nil
            result = try make(.isType(left, type, in: ancestor), at: place)
        } else {
            return left
        }
        if comparison() != nil || reader.isWord("has") || reader.isWord("like")
            || reader.isWord("is")
        {
            throw reader.invalid(
                "comparisons cannot be chained; use parentheses", at: reader.position)
        }
        return result
    }

    private func comparison() -> BinaryOperator? {
        switch reader.kind {
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .identifier: reader.isWord("in") ? .isIn : nil
        default: nil
        }
    }

    private mutating func hasPath() throws(PolicySyntaxError) -> [String] {
        if reader.kind == .string { return [try reader.string("an attribute name")] }
        var path = [try reader.identifier("an attribute name")]
        while reader.take(.dot) {
            path.append(try reader.identifier("an attribute name"))
        }
        if path.count > reader.limits.nestingMax {
            throw .tooLarge(
                "the path", most: reader.limits.nestingMax, at: reader.position.within(reader.file))
        }
        return path
    }

    private mutating func sum() throws(PolicySyntaxError) -> Expression {
        let place = reader.position
        let first = try product()
        var terms: [Expression.Term] = []
        while reader.kind == .plus || reader.kind == .minus {
            let isSubtraction = reader.kind == .minus
            reader.advance()
            terms.append(Expression.Term(isSubtraction: isSubtraction, expression: try product()))
        }
        return terms.isEmpty ? first : try make(.sum(first, terms), at: place)
    }

    private mutating func product() throws(PolicySyntaxError) -> Expression {
        let place = reader.position
        var members = [try unary()]
        while true {
            switch reader.kind {
            case .times:
                reader.advance()
                members.append(try unary())
            case .divide, .remainder:
                throw reader.invalid("Cedar has no division or remainder", at: reader.position)
            default:
                return members.count == 1 ? members[0] : try make(.product(members), at: place)
            }
        }
    }

    private static let unaryCountMax = 4

    private mutating func unary() throws(PolicySyntaxError) -> Expression {
        let sign = reader.kind
        guard sign == .not || sign == .minus else { return try member() }
        var places: [TextPosition] = []
        while reader.kind == sign {
            places.append(reader.position)
            reader.advance()
            if places.count > Self.unaryCountMax {
                throw reader.invalid(
                    "at most \(Self.unaryCountMax) signs may stand in a row", at: places[0])
            }
        }
        if reader.kind == .not || reader.kind == .minus { throw reader.unexpected("a value") }
        var result: Expression
        if sign == .minus, reader.kind == .number, !startsAccess(reader.peek()) {
            // The sign belongs to the literal, since the least integer has no positive counterpart.
            result = try integer(isNegative: true, at: places.removeLast())
        } else {
            result = try member()
        }
        for place in places.reversed() {
            result = try make(sign == .not ? .not(result) : .negate(result), at: place)
        }
        return result
    }

    private func startsAccess(_ kind: Token.Kind) -> Bool {
        kind == .dot || kind == .leftBracket || kind == .leftParenthesis
    }

    mutating func integer(
        isNegative: Bool, at place: TextPosition
    ) throws(PolicySyntaxError) -> Expression {
        var total: Int64 = 0
        for byte in reader.bytes[reader.current.start..<reader.current.end] {
            guard let digit = ASCII.digit(byte),
                let next = total.appending(digit, sign: isNegative ? -1 : 1)
            else { throw reader.invalid("this integer does not fit 64 bits", at: place) }
            total = next
        }
        reader.advance()
        return try make(.literal(.long(total)), at: place)
    }

    private mutating func member() throws(PolicySyntaxError) -> Expression {
        let place = reader.position
        var result = try primary()
        while true {
            switch reader.kind {
            case .dot:
                reader.advance()
                let name = try reader.identifier("an attribute or method name")
                if reader.kind == .leftParenthesis {
                    result = try method(name, of: result, at: place)
                } else {
                    result = try make(.attribute(result, name), at: place)
                }
            case .leftBracket:
                reader.advance()
                let name = try reader.string("an attribute name in quotes")
                try reader.expect(.rightBracket, "']'")
                result = try make(.attribute(result, name), at: place)
            case .leftParenthesis:
                throw reader.invalid(
                    "only functions and methods can be called", at: reader.position)
            default:
                return result
            }
        }
    }

    private mutating func method(
        _ name: String, of receiver: Expression, at place: TextPosition
    ) throws(PolicySyntaxError) -> Expression {
        let called = reader.position
        let arguments = try list(until: .rightParenthesis, "')'")
        if name == "isEmpty" {
            try require(arguments.count == 0, "'isEmpty' takes no argument", at: called)
            return try make(.isEmpty(receiver), at: place)
        }
        if let binary = BinaryOperator(rawValue: name), binary.isMethod {
            try require(arguments.count == 1, "'\(name)' takes one argument", at: called)
            return try make(.binary(binary, receiver, arguments[0]), at: place)
        }
        guard let function = ExtensionFunction(rawValue: name), !function.isConstructor else {
            throw reader.invalid("there is no method '\(name)'", at: called)
        }
        return try make(.call(function, [receiver] + arguments), at: place)
    }

    func require(_ holds: Bool, _ rule: String, at place: TextPosition)
        throws(PolicySyntaxError)
    {
        if !holds { throw reader.invalid(rule, at: place) }
    }

    /// Expressions between brackets, separated by commas, a last comma allowed.
    mutating func list(
        until end: Token.Kind, _ endName: String
    ) throws(PolicySyntaxError) -> [Expression] {
        reader.advance()
        var members: [Expression] = []
        while reader.kind != end {
            members.append(try expression())
            guard reader.take(.comma) else { break }
        }
        try reader.expect(end, endName)
        return members
    }
}
