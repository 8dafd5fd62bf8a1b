/// Reads policies and templates from Cedar text.
public enum PolicyParser {
    /// The policies of a text, in order, with the ids `policy0`, `policy1` and so on.
    ///
    /// - Parameters:
    ///   - text: Any number of policies and templates; none is fine.
    ///   - file: The name to use in positions and errors.
    ///   - limits: Bounds on size and nesting.
    /// - Returns: The policies; templates count in the numbering.
    /// - Throws: ``PolicySyntaxError`` at the first thing that is not Cedar.
    public static func parse(
        _ text: String, file: String, limits: Limits = .standard
    ) throws(PolicySyntaxError) -> [Policy] {
        var parser = PolicyTextParser(
            expressions: ExpressionParser(reader: try TokenReader(text, file: file, limits: limits))
        )
        var policies: [Policy] = []
        while parser.expressions.reader.kind != .end {
            if policies.count == limits.policyCountMax {
                throw .tooLarge(
                    "the number of policies", most: limits.policyCountMax,
                    at: parser.expressions.reader.position.within(file))
            }
            policies.append(try parser.policy(id: PolicyID("policy\(policies.count)")))
        }
        return policies
    }

    /// A single expression, as it would stand in a condition.
    static func expression(
        _ text: String, file: String, limits: Limits = .standard
    ) throws(PolicySyntaxError) -> Expression {
        var parser = ExpressionParser(reader: try TokenReader(text, file: file, limits: limits))
        let expression = try parser.expression()
        guard parser.reader.kind == .end else {
            throw parser.reader.unexpected("the end of the expression")
        }
        return expression
    }
}

private struct PolicyTextParser {
    var expressions: ExpressionParser

    private var reader: TokenReader { expressions.reader }

    mutating func policy(id: PolicyID) throws(PolicySyntaxError) -> Policy {
        let place = reader.position
        let (annotations, places) = try reader.placedAnnotations()
        guard let effect = Effect(rawValue: reader.word) else {
            throw reader.unexpected("'permit' or 'forbid'")
        }
        reader.advance()
        try reader.expect(.leftParenthesis, "'('")
        let principal = try entityConstraint(.principal)
        try reader.expect(.comma, "','")
        let action = try actionConstraint()
        try reader.expect(.comma, "','")
        let resource = try entityConstraint(.resource)
        if reader.take(.comma), reader.kind != .rightParenthesis {
            throw reader.invalid(
                "a scope has principal, action and resource only", at: reader.position)
        }
        try reader.expect(.rightParenthesis, "')'")
        var conditions: [Condition] = []
        while reader.isWord("when") || reader.isWord("unless") {
            conditions.append(try condition())
        }
        try reader.expect(.semicolon, "'when', 'unless' or ';'")
        return Policy(
            id: id, effect: effect, annotations: annotations,
            annotationPositions: places.mapValues { $0.within(reader.file) },
            position: place.within(reader.file),
            scope: Scope(principal: principal, action: action, resource: resource),
            conditions: conditions)
    }

    private mutating func condition() throws(PolicySyntaxError) -> Condition {
        let place = reader.position
        let isUnless = reader.isWord("unless")
        reader.advance()
        try reader.expect(.leftBrace, "'{'")
        if reader.kind == .rightBrace {
            throw reader.invalid("a condition cannot be empty", at: place)
        }
        let body = try expressions.expression()
        try reader.expect(.rightBrace, "'}'")
        return Condition(isUnless: isUnless, body: body, position: place)
    }

    private mutating func entityConstraint(_ slot: Slot) throws(PolicySyntaxError)
        -> EntityConstraint
    {
        let variable = String(slot.rawValue.dropFirst())
        guard reader.word == variable else { throw reader.unexpected("'\(variable)'") }
        reader.advance()
        if reader.take(.equal) { return .equal(try target(slot)) }
        if reader.takeWord("in") { return .isIn(try target(slot)) }
        guard reader.takeWord("is") else { return .any }
        let type = try reader.name("an entity type")
        if reader.kind == .doubleColon { throw reader.unexpected("an entity type, not an entity") }
        return reader.takeWord("in") ? .isTypeIn(type, try target(slot)) : .isType(type)
    }

    private mutating func target(_ slot: Slot) throws(PolicySyntaxError) -> EntityConstraint.Target
    {
        if reader.kind == .leftParenthesis {
            return try parenthesised { parser throws(PolicySyntaxError) in try parser.target(slot) }
        }
        guard reader.kind == .slot else { return .entity(try entity()) }
        guard reader.text(of: reader.current) == slot.rawValue else {
            throw reader.unexpected("'\(slot.rawValue)'")
        }
        reader.advance()
        return .slot
    }

    private mutating func parenthesised<Inner>(
        _ inner: (inout PolicyTextParser) throws(PolicySyntaxError) -> Inner
    ) throws(PolicySyntaxError) -> Inner {
        try reader.enter()
        defer { reader.leave() }
        reader.advance()
        let result = try inner(&self)
        try reader.expect(.rightParenthesis, "')'")
        return result
    }

    private mutating func entity() throws(PolicySyntaxError) -> EntityUID {
        if reader.kind == .leftParenthesis {
            return try parenthesised { parser throws(PolicySyntaxError) in try parser.entity() }
        }
        let type = try reader.name("an entity such as Type::\"id\"")
        try reader.expect(.doubleColon, "'::' and an entity id")
        return EntityUID(type: type, id: try reader.string("an entity id in quotes"))
    }

    private mutating func actionConstraint() throws(PolicySyntaxError) -> ActionConstraint {
        guard reader.takeWord("action") else { throw reader.unexpected("'action'") }
        if reader.take(.equal) { return .equal(try action()) }
        guard reader.takeWord("in") else { return .any }
        return try actions()
    }

    private mutating func actions() throws(PolicySyntaxError) -> ActionConstraint {
        if reader.kind == .leftParenthesis {
            return try parenthesised { parser throws(PolicySyntaxError) in try parser.actions() }
        }
        guard reader.take(.leftBracket) else { return .isIn(try action()) }
        var actions: [EntityUID] = []
        while reader.kind != .rightBracket {
            try reader.requireRoom(after: actions.count)
            actions.append(try action())
            guard reader.take(.comma) else { break }
        }
        try reader.expect(.rightBracket, "']'")
        return .isInAny(actions)
    }

    private mutating func action() throws(PolicySyntaxError) -> EntityUID {
        let place = reader.position
        let action = try entity()
        guard action.isAction else {
            throw reader.invalid(
                "an action has the type 'Action', perhaps in a namespace", at: place)
        }
        return action
    }
}
