/// Evaluates expressions in plain form as far as the known parts of a request go.
///
/// Relies on the expression being well typed in the environment of the checker, so that only absent entities,
/// overflow and extension functions can fail.
struct PartialEvaluator {
    let request: PartialRequest
    let entities: [EntityUID: PartialEntity]
    let checker: TypeChecker

    enum Result {
        case value(Value)
        /// Always fails.
        case failure
        case residual(Expression, mayFail: Bool)
    }

    func evaluate(_ expression: Expression) -> Result {
        let result = reduce(expression)
        // What has only one value and cannot fail is that value.
        if case .residual(_, mayFail: false) = result,
            case .bool(let known?)? = checker.types[ObjectIdentifier(expression)]
        {
            return .value(.bool(known))
        }
        return result
    }

    private func reduce(_ expression: Expression) -> Result {
        let place = expression.position
        switch expression.kind {
        case .literal(let literal): return .value(literal.value)
        case .variable(let variable):
            return self.variable(variable) ?? .residual(expression, mayFail: false)
        case .and(let members): return chain(members, deciding: false, place)
        case .or(let members): return chain(members, deciding: true, place)
        case .ifThenElse(let guarding, let then, let otherwise):
            return choice(guarding, then, otherwise, place)
        case .binary(.isIn, let left, let right): return membership(left, right, place)
        case .binary(.hasTag, let left, let right): return tag(left, right, isTest: true, place)
        case .binary(.getTag, let left, let right): return tag(left, right, isTest: false, place)
        case .attribute(let member, let name): return attribute(member, name, place)
        case .has(let member, let path): return has(member, path.first ?? "", place)
        case .isType(let member, let type, _):
            return strict([member], mayFail: false, place) { .isType($0[0], type, in: nil) }
        case .not(let member): return strict([member], mayFail: false, place) { .not($0[0]) }
        case .negate(let member): return strict([member], mayFail: true, place) { .negate($0[0]) }
        case .isEmpty(let member):
            return strict([member], mayFail: false, place) { .isEmpty($0[0]) }
        case .like(let member, let pattern):
            return strict([member], mayFail: false, place) { .like($0[0], pattern) }
        case .binary(let symbol, let left, let right):
            return strict([left, right], mayFail: false, place) { .binary(symbol, $0[0], $0[1]) }
        case .sum(let first, let terms):
            return strict([first] + terms.map(\.expression), mayFail: true, place) { members in
                let rest = zip(terms, members.dropFirst()).map {
                    Expression.Term(isSubtraction: $0.isSubtraction, expression: $1)
                }
                return .sum(members[0], rest)
            }
        case .product(let members): return strict(members, mayFail: true, place) { .product($0) }
        case .set(let members): return strict(members, mayFail: false, place) { .set($0) }
        case .record(let members):
            return strict(members.map(\.value), mayFail: false, place) { values in
                .record(
                    zip(members, values).map { Expression.RecordMember(name: $0.name, value: $1) })
            }
        case .call(let function, let arguments):
            return strict(arguments, mayFail: function.mayFail, place) { .call(function, $0) }
        }
    }

    private func variable(_ variable: Variable) -> Result? {
        switch variable {
        case .principal: request.principal.uid.map { .value(.entity($0)) }
        case .action: .value(.entity(request.action))
        case .resource: request.resource.uid.map { .value(.entity($0)) }
        case .context: request.context.map { .value(.record($0)) }
        }
    }

    // MARK: Operators that evaluate all their operands

    private func strict(
        _ members: [Expression], mayFail: Bool, _ place: TextPosition,
        _ rebuild: ([Expression]) -> Expression.Kind
    ) -> Result {
        var parts: [Expression] = []
        var isKnown = true
        var mayFail = mayFail
        for member in members {
            switch evaluate(member) {
            // Whatever the operands before it do, the whole fails.
            case .failure: return .failure
            case .value(let value): parts.append(Expression.of(value, at: member.position))
            case .residual(let part, let partMayFail):
                parts.append(part)
                isKnown = false
                mayFail = mayFail || partMayFail
            }
        }
        let whole = Expression(rebuild(parts), at: place)
        return isKnown ? compute(whole) : .residual(whole, mayFail: mayFail)
    }

    /// The value of an expression that asks for nothing outside itself.
    private func compute(_ expression: Expression) -> Result {
        do throws(EvaluationFailure) {
            return .value(try Compiler.compile(expression).evaluate(Self.nothing))
        } catch {
            return .failure
        }
    }

    private static let nothing: Frame = {
        let nobody = EntityUID(type: "", id: "")
        return Frame(
            request: Request(principal: nobody, action: nobody, resource: nobody), store: .empty)
    }()

    /// An operand as an expression; an operand that fails as one that always does.
    private func rebuilt(_ result: Result, _ place: TextPosition) -> (
        expression: Expression, mayFail: Bool
    ) {
        switch result {
        case .value(let value): (Expression.of(value, at: place), false)
        case .failure: (Expression.failing(at: place), true)
        case .residual(let expression, let mayFail): (expression, mayFail)
        }
    }

    // MARK: Operators that may leave out operands

    /// `&&`, which is decided by a false member, or `||`, which is decided by a true one.
    private func chain(_ members: [Expression], deciding: Bool, _ place: TextPosition) -> Result {
        var parts: [Expression] = []
        var mayFail = false
        scan: for member in members {
            switch evaluate(member) {
            case .value(.bool(let value)):
                if value != deciding { continue }
                // Earlier parts may still fail, and then the whole does.
                if !mayFail { return .value(.bool(deciding)) }
                parts.append(Expression(.literal(.bool(deciding)), at: member.position))
                break scan
            case .value, .failure:
                if parts.isEmpty { return .failure }
                parts.append(Expression.failing(at: member.position))
                mayFail = true
                break scan
            case .residual(let part, let partMayFail):
                parts.append(part)
                mayFail = mayFail || partMayFail
            }
        }
        if parts.isEmpty { return .value(.bool(!deciding)) }
        if parts.count == 1 { return .residual(parts[0], mayFail: mayFail) }
        return .residual(
            Expression(deciding ? .or(parts) : .and(parts), at: place), mayFail: mayFail)
    }

    private func choice(
        _ guarding: Expression, _ then: Expression, _ otherwise: Expression, _ place: TextPosition
    ) -> Result {
        switch evaluate(guarding) {
        case .failure: return .failure
        case .value(.bool(let value)): return evaluate(value ? then : otherwise)
        case .value: return .failure
        case .residual(let test, let testMayFail):
            let left = rebuilt(evaluate(then), then.position)
            let right = rebuilt(evaluate(otherwise), otherwise.position)
            return .residual(
                Expression(
                    .ifThenElse(test, then: left.expression, otherwise: right.expression), at: place
                ),
                mayFail: testMayFail || left.mayFail || right.mayFail)
        }
    }

    // MARK: Operators that look into entities

    private func membership(_ left: Expression, _ right: Expression, _ place: TextPosition)
        -> Result
    {
        let member = evaluate(left)
        let group = evaluate(right)
        if case .failure = member { return .failure }
        if case .failure = group { return .failure }
        if case .value(.entity(let uid)) = member, case .value(let value) = group {
            let ancestors: [Value] = if case .set(let set) = value { set.elements } else { [value] }
            if ancestors.contains(.entity(uid)) { return .value(.bool(true)) }
            if ancestors.isEmpty { return .value(.bool(false)) }
            if let known = entities[uid]?.ancestors {
                return .value(
                    .bool(
                        ancestors.contains {
                            if case .entity(let above) = $0 { known.contains(above) } else { false }
                        }))
            }
        }
        let (leftPart, leftMayFail) = rebuilt(member, left.position)
        let (rightPart, rightMayFail) = rebuilt(group, right.position)
        return .residual(
            Expression(.binary(.isIn, leftPart, rightPart), at: place),
            mayFail: leftMayFail || rightMayFail)
    }

    private func attribute(_ member: Expression, _ name: String, _ place: TextPosition) -> Result {
        switch evaluate(member) {
        case .failure: return .failure
        case .value(.record(let record)): return record[name].map(Result.value) ?? .failure
        case .value(.entity(let uid)):
            if let attributes = entities[uid]?.attributes {
                return attributes[name].map(Result.value) ?? .failure
            }
            let owner = Expression(.literal(.entity(uid)), at: member.position)
            return .residual(Expression(.attribute(owner, name), at: place), mayFail: true)
        case .value: return .failure
        case .residual(let owner, let ownerMayFail):
            // A record has what it is proven to have; an entity may be absent.
            let isEntity = checker.types[ObjectIdentifier(member)]?.entityName != nil
            return .residual(
                Expression(.attribute(owner, name), at: place), mayFail: ownerMayFail || isEntity)
        }
    }

    private func has(_ member: Expression, _ name: String, _ place: TextPosition) -> Result {
        switch evaluate(member) {
        case .failure: return .failure
        case .value(.record(let record)): return .value(.bool(record[name] != nil))
        case .value(.entity(let uid)):
            if let attributes = entities[uid]?.attributes {
                return .value(.bool(attributes[name] != nil))
            }
            let owner = Expression(.literal(.entity(uid)), at: member.position)
            return .residual(Expression(.has(owner, [name]), at: place), mayFail: false)
        case .value: return .failure
        case .residual(let owner, let mayFail):
            return .residual(Expression(.has(owner, [name]), at: place), mayFail: mayFail)
        }
    }

    private func tag(_ owner: Expression, _ key: Expression, isTest: Bool, _ place: TextPosition)
        -> Result
    {
        let ownerResult = evaluate(owner)
        let keyResult = evaluate(key)
        if case .failure = ownerResult { return .failure }
        if case .failure = keyResult { return .failure }
        if case .value(.entity(let uid)) = ownerResult, case .value(.string(let name)) = keyResult,
            let tags = entities[uid]?.tags
        {
            if isTest { return .value(.bool(tags[name] != nil)) }
            return tags[name].map(Result.value) ?? .failure
        }
        let (ownerPart, ownerMayFail) = rebuilt(ownerResult, owner.position)
        let (keyPart, keyMayFail) = rebuilt(keyResult, key.position)
        return .residual(
            Expression(.binary(isTest ? .hasTag : .getTag, ownerPart, keyPart), at: place),
            mayFail: ownerMayFail || keyMayFail || !isTest)
    }
}

extension ExtensionFunction {
    /// Whether a well-typed call can fail.
    fileprivate var mayFail: Bool {
        switch self {
        case .ip, .decimal, .datetime, .duration, .offset, .durationSince, .toDate: true
        default: false
        }
    }
}
