import Cedar

/// Which fields a rule names as those it is about.
enum RuleReach {
    private static let type = "Hangu::Field"

    /// The fields to which a rule's head or one of its conditions confines the resource; empty where it names none.
    ///
    /// Only what must hold counts: `resource == F` and `[F, G].contains(resource)`, alone or joined by `&&` in a `when`.
    static func fields(of rule: Policy) -> [String] {
        var found: [String] = []
        if case .equal(.entity(let uid)) = rule.scope.resource, uid.type == type {
            found.append(uid.id)
        }
        for condition in rule.conditions where !condition.isUnless {
            for part in conjuncts(of: condition.body) { found += fields(of: part) }
        }
        return found
    }

    private static func conjuncts(of expression: Expression) -> [Expression] {
        if case .and(let members) = expression.kind { return members.flatMap(conjuncts) }
        return [expression]
    }

    private static func fields(of expression: Expression) -> [String] {
        guard case .binary(let operation, let left, let right) = expression.kind else { return [] }
        switch operation {
        case .equal:
            if isResource(left) { return literals(right) }
            return isResource(right) ? literals(left) : []
        case .contains: return isResource(right) ? literals(left) : []
        default: return []
        }
    }

    private static func isResource(_ expression: Expression) -> Bool {
        if case .variable(.resource) = expression.kind { true } else { false }
    }

    private static func literals(_ expression: Expression) -> [String] {
        switch expression.kind {
        case .literal(.entity(let uid)): uid.type == type ? [uid.id] : []
        case .set(let members): members.flatMap(literals)
        default: []
        }
    }
}
