/// Rewrites expressions into the forms that the validator and the partial evaluator look at.
///
/// `e has a.b` becomes `e has a && e.a has b`, and `e is T in x` becomes `e is T && e in x`, which is what they
/// mean. The members of `e` are shared, not copied.
enum PlainForm {
    static func of(_ expression: Expression) -> Expression {
        let place = expression.position
        switch expression.kind {
        case .literal, .variable: return expression
        case .has(let member, let path): return has(of(member), path, place)
        case .isType(let member, let type, let ancestor):
            let member = of(member)
            let test = Expression(.isType(member, type, in: nil), at: place)
            guard let ancestor else { return test }
            return Expression(
                .and([test, Expression(.binary(.isIn, member, of(ancestor)), at: place)]), at: place
            )
        case .ifThenElse(let guarding, let then, let otherwise):
            return Expression(
                .ifThenElse(of(guarding), then: of(then), otherwise: of(otherwise)), at: place)
        case .and(let members): return Expression(.and(members.map(of)), at: place)
        case .or(let members): return Expression(.or(members.map(of)), at: place)
        case .not(let member): return Expression(.not(of(member)), at: place)
        case .negate(let member): return Expression(.negate(of(member)), at: place)
        case .binary(let symbol, let left, let right):
            return Expression(.binary(symbol, of(left), of(right)), at: place)
        case .sum(let first, let terms):
            let terms = terms.map {
                Expression.Term(isSubtraction: $0.isSubtraction, expression: of($0.expression))
            }
            return Expression(.sum(of(first), terms), at: place)
        case .product(let members): return Expression(.product(members.map(of)), at: place)
        case .isEmpty(let member): return Expression(.isEmpty(of(member)), at: place)
        case .attribute(let member, let name):
            return Expression(.attribute(of(member), name), at: place)
        case .like(let member, let pattern):
            return Expression(.like(of(member), pattern), at: place)
        case .set(let members): return Expression(.set(members.map(of)), at: place)
        case .record(let members):
            let members = members.map {
                Expression.RecordMember(name: $0.name, value: of($0.value))
            }
            return Expression(.record(members), at: place)
        case .call(let function, let arguments):
            return Expression(.call(function, arguments.map(of)), at: place)
        }
    }

    private static func has(_ owner: Expression, _ path: [String], _ place: TextPosition)
        -> Expression
    {
        var owner = owner
        var tests: [Expression] = []
        for name in path {
            tests.append(Expression(.has(owner, [name]), at: place))
            owner = Expression(.attribute(owner, name), at: place)
        }
        return tests.count == 1 ? tests[0] : Expression(.and(tests), at: place)
    }

    /// The scope of a policy as conditions.
    ///
    /// A slot stands for an entity yet unknown. The variable itself takes its place, which is as much as is known:
    /// the condition may hold, and tells nothing more about types.
    static func scope(_ scope: Scope, at place: TextPosition) -> [Expression] {
        constraint(scope.principal, Expression(.variable(.principal), at: place))
            + action(scope.action, place)
            + constraint(scope.resource, Expression(.variable(.resource), at: place))
    }

    private static func constraint(
        _ constraint: EntityConstraint, _ variable: Expression
    ) -> [Expression] {
        let place = variable.position
        func entity(_ uid: EntityUID) -> Expression {
            Expression(.literal(.entity(uid)), at: place)
        }
        func isType(_ type: String) -> Expression {
            Expression(.isType(variable, type, in: nil), at: place)
        }
        func isIn(_ uid: EntityUID) -> Expression {
            Expression(.binary(.isIn, variable, entity(uid)), at: place)
        }
        let isInItself = Expression(.binary(.isIn, variable, variable), at: place)
        switch constraint {
        case .any, .equal(.slot): return []
        case .isIn(.slot): return [isInItself]
        case .equal(.entity(let uid)):
            return [Expression(.binary(.equal, variable, entity(uid)), at: place)]
        case .isIn(.entity(let uid)): return [isIn(uid)]
        case .isType(let type): return [isType(type)]
        case .isTypeIn(let type, .slot): return [isType(type), isInItself]
        case .isTypeIn(let type, .entity(let uid)): return [isType(type), isIn(uid)]
        }
    }

    private static func action(_ constraint: ActionConstraint, _ place: TextPosition)
        -> [Expression]
    {
        let variable = Expression(.variable(.action), at: place)
        func entity(_ uid: EntityUID) -> Expression {
            Expression(.literal(.entity(uid)), at: place)
        }
        switch constraint {
        case .any: return []
        case .equal(let uid): return [Expression(.binary(.equal, variable, entity(uid)), at: place)]
        case .isIn(let uid): return [Expression(.binary(.isIn, variable, entity(uid)), at: place)]
        case .isInAny(let uids):
            let set = Expression(.set(uids.map(entity)), at: place)
            return [Expression(.binary(.isIn, variable, set), at: place)]
        }
    }
}
