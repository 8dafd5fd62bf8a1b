import Cedar

/// The entities whose ancestors the policies ask for.
///
/// Ancestors are a set for each entity and each type above its own. That they are transitive and without cycles is
/// said of these entities only, which is enough: in a counterexample every other entity stands alone.
struct Hierarchy {
    /// Bounds the number of pairs of which transitivity is said.
    static let entitiesMax = 100

    struct Member: Hashable {
        let type: String
        let identity: Term
    }

    private(set) var members: [Member] = []
    /// The types of entities that something may be in.
    private(set) var groups: Set<String> = []

    mutating func ask(_ member: Member, isIn group: String) {
        if !members.contains(member) { members.append(member) }
        groups.insert(group)
    }

    /// The types of which ancestors play a part.
    var wanted: Set<String> { groups.union(members.map(\.type)) }
}

extension Encoder {
    func membership(_ left: Expression, _ right: Expression) throws(AnalysisError) -> Outcome {
        if case .set(let members) = right.kind { return try membership(left, inAny: members) }
        return try operands(left, right) { left, right throws(AnalysisError) in
            guard case .entity(let type, let identity) = left else { return nil }
            let member = Hierarchy.Member(type: type, identity: identity)
            switch right {
            case .entity(let group, let other):
                return (terms.no, .bool(isMember(member, in: group, other)))
            case .set(.literal(let members, _)):
                var tests: [Term] = []
                for value in members {
                    guard case .entity(let group, let other) = value else { return nil }
                    tests.append(isMember(member, in: group, other))
                }
                return (terms.no, .bool(terms.or(tests)))
            case .set(.term(let set, .entity(let group))):
                return (terms.no, .bool(isMember(member, inSet: group, set)))
            default: return nil
            }
        }
    }

    /// Members of several types may stand in a literal here, as in the scope's `action in [...]`.
    private func membership(_ left: Expression, inAny members: [Expression]) throws(AnalysisError)
        -> Outcome
    {
        let left = try outcome(left)
        guard case .entity(let type, let identity)? = left.value else { return failure }
        var errors = [left.error]
        var tests: [Term] = []
        for member in members {
            let outcome = try outcome(member)
            guard case .entity(let group, let other)? = outcome.value else { return failure }
            errors.append(outcome.error)
            tests.append(
                isMember(Hierarchy.Member(type: type, identity: identity), in: group, other))
        }
        return Outcome(error: terms.or(errors), value: .bool(terms.or(tests)))
    }

    /// Whether an entity is another one or below it.
    private func isMember(_ member: Hierarchy.Member, in group: String, _ other: Term) -> Term {
        var tests: [Term] = []
        if member.type == group { tests.append(terms.equal(member.identity, other)) }
        if schema.actionTypes.contains(member.type) {
            for action in schema.actions.values where action.uid.type == member.type {
                for ancestor in action.ancestors where ancestor.type == group {
                    tests.append(
                        terms.and(
                            terms.equal(member.identity, actionIdentity(action.uid)),
                            terms.equal(other, actionIdentity(ancestor))))
                }
            }
        } else if isBelow(member.type, group) {
            hierarchy.ask(member, isIn: group)
            tests.append(terms.make("set.member", [other, ancestors(member, group)], .bool))
        }
        return terms.or(tests)
    }

    private func isMember(_ member: Hierarchy.Member, inSet group: String, _ set: Term) -> Term {
        var tests: [Term] = []
        if member.type == group {
            tests.append(terms.make("set.member", [member.identity, set], .bool))
        }
        if isBelow(member.type, group) {
            hierarchy.ask(member, isIn: group)
            tests.append(meets(ancestors(member, group), set))
        }
        return terms.or(tests)
    }

    private func actionIdentity(_ uid: EntityUID) -> Term {
        terms.leaf(texts.literal(uid.id), .string)
    }

    private func isBelow(_ type: String, _ group: String) -> Bool {
        schema.entityTypes[type]?.ancestors.contains(group) ?? false
    }

    private func ancestors(_ member: Hierarchy.Member, _ group: String) -> Term {
        apply(
            "ancestors\0\(member.type)\0\(group)", [member.identity], .set(sorts.identity(group)))
    }

    /// The ancestors that a counterexample has to show, by member and type.
    var ancestorSets: [(member: Hierarchy.Member, group: String, term: Term)] {
        let wanted = hierarchy.wanted.sorted()
        return hierarchy.members.flatMap { member in
            wanted.filter { isBelow(member.type, $0) }.map {
                (member, $0, ancestors(member, $0))
            }
        }
    }

    /// That no member is above itself, and that what is above a member's ancestor is above the member.
    func hierarchyFacts() throws(AnalysisError) -> [Term] {
        guard hierarchy.members.count <= Hierarchy.entitiesMax else {
            throw .tooLarge("entities whose ancestors are asked for", most: Hierarchy.entitiesMax)
        }
        let wanted = hierarchy.wanted.sorted()
        var facts: [Term] = []
        for lower in hierarchy.members {
            if isBelow(lower.type, lower.type) {
                let own = ancestors(lower, lower.type)
                facts.append(
                    terms.not(terms.make("set.member", [lower.identity, own], .bool)))
            }
            for upper in hierarchy.members where upper != lower && isBelow(lower.type, upper.type) {
                let isAbove = terms.make(
                    "set.member", [upper.identity, ancestors(lower, upper.type)], .bool)
                for group in wanted where isBelow(upper.type, group) {
                    let included = terms.make(
                        "set.subset", [ancestors(upper, group), ancestors(lower, group)], .bool)
                    facts.append(terms.implies(isAbove, included))
                }
            }
        }
        return facts
    }
}
