// Operators on two operands.

extension TypeChecker {
    func binary(
        _ expression: Expression, _ symbol: BinaryOperator, _ left: Expression, _ right: Expression,
        _ prior: Set<Proof>
    ) -> Typing {
        switch symbol {
        case .equal: return equality(expression, left, right, prior)
        case .notEqual:
            guard case .bool(let known)? = equality(expression, left, right, prior).type else {
                return .failed
            }
            return Typing(type: .bool(known.map { !$0 }))
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return order(left, right, prior)
        case .isIn: return membership(left, right, prior)
        case .contains:
            let owner = set(left, prior)
            let member = check(right, prior)
            guard case .set(let element)? = owner.type, let memberType = member.type else {
                return .failed
            }
            return comparable(element, memberType, at: expression.position)
        case .containsAll, .containsAny:
            let owner = set(left, prior)
            let other = set(right, prior)
            guard let ownerType = owner.type, let otherType = other.type else { return .failed }
            return comparable(ownerType, otherType, at: expression.position)
        case .hasTag: return hasTag(left, right, prior)
        case .getTag: return getTag(expression, left, right, prior)
        }
    }

    private func comparable(_ left: SchemaType?, _ right: SchemaType, at place: TextPosition)
        -> Typing
    {
        if let left, SchemaType.bound(left, right) != nil { return Typing(type: .boolean) }
        return fault(
            "\(left?.text ?? "nothing") and \(right.text) have nothing in common, so this is never true",
            at: place)
    }

    private func equality(
        _ expression: Expression, _ left: Expression, _ right: Expression, _ prior: Set<Proof>
    ) -> Typing {
        let leftTyping = check(left, prior)
        let rightTyping = check(right, prior)
        guard let leftType = leftTyping.type, let rightType = rightTyping.type else {
            return .failed
        }
        if let leftName = leftType.entityName, let rightName = rightType.entityName,
            leftName != rightName
        {
            return Typing(type: .bool(false))
        }
        if let leftLiteral = literal(left), let rightLiteral = literal(right) {
            return Typing(type: .bool(leftLiteral == rightLiteral))
        }
        return comparable(leftType, rightType, at: expression.position)
    }

    /// The literal an expression is; the action is known in every environment.
    private func literal(_ expression: Expression) -> Literal? {
        switch expression.kind {
        case .literal(let literal): literal
        case .variable(.action): .entity(environment.action)
        default: nil
        }
    }

    private func order(_ left: Expression, _ right: Expression, _ prior: Set<Proof>) -> Typing {
        let leftTyping = check(left, prior)
        let rightTyping = check(right, prior)
        guard let leftType = leftTyping.type, let rightType = rightTyping.type else {
            return .failed
        }
        if !leftType.isOrdered, !rightType.isOrdered || leftType != rightType {
            let expected = rightType.isOrdered ? rightType.text : "Long, datetime or duration"
            return fault("expected \(expected), found \(leftType.text)", at: left.position)
        }
        if leftType != rightType {
            return fault("expected \(leftType.text), found \(rightType.text)", at: right.position)
        }
        return Typing(type: .boolean)
    }

    private func membership(_ left: Expression, _ right: Expression, _ prior: Set<Proof>) -> Typing
    {
        let member = entity(left, prior)
        let group = check(right, prior).type
        let ancestor: String
        switch group {
        case .entity(let name)?: ancestor = name
        case .set(.entity(let name)?)?: ancestor = name
        case nil: return .failed
        case let other?:
            return fault(
                "expected an entity or a set of entities, found \(other.text)", at: right.position)
        }
        guard let member else { return .failed }
        if case .entity(let uid)? = literal(left), uid.isAction, let candidates = entities(right) {
            let actions = candidates.filter(\.isAction)
            if actions.isEmpty { return Typing(type: .bool(false)) }
            if let isIn = schema.isAction(uid, inAny: actions) { return Typing(type: .bool(isIn)) }
            return Typing(type: .boolean)
        }
        return Typing(type: schema.mayBe(member, in: ancestor) ? .boolean : .bool(false))
    }

    /// The entities of a literal or of a set of literals.
    private func entities(_ expression: Expression) -> [EntityUID]? {
        if case .entity(let uid)? = literal(expression) { return [uid] }
        guard case .set(let members) = expression.kind else { return nil }
        var uids: [EntityUID] = []
        for member in members {
            guard case .entity(let uid)? = literal(member) else { return nil }
            uids.append(uid)
        }
        return uids
    }

    private func tagProof(_ owner: Expression, _ key: Expression) -> Proof {
        Proof(owner: ExpressionKey.of(owner), name: ExpressionKey.of(key), isTag: true)
    }

    private func hasTag(_ owner: Expression, _ key: Expression, _ prior: Set<Proof>) -> Typing {
        let name = entity(owner, prior)
        let keyTyping = expect(.string, key, prior)
        guard let name, keyTyping.type != nil else { return .failed }
        let proof = tagProof(owner, key)
        if schema.entityTypes[name]?.tags == nil {
            return Typing(type: .bool(false), proofs: [proof])
        }
        return Typing(type: prior.contains(proof) ? .bool(true) : .boolean, proofs: [proof])
    }

    private func getTag(
        _ expression: Expression, _ owner: Expression, _ key: Expression, _ prior: Set<Proof>
    ) -> Typing {
        let name = entity(owner, prior)
        let keyTyping = expect(.string, key, prior)
        guard let name, keyTyping.type != nil else { return .failed }
        guard prior.contains(tagProof(owner, key)) else {
            return fault(
                "the tag may be absent; test it with 'hasTag' first", at: expression.position)
        }
        guard let type = schema.entityTypes[name]?.tags else {
            return fault("entities of type \(name) have no tags", at: expression.position)
        }
        return Typing(type: type)
    }
}
