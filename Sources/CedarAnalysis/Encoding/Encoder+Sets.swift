import Cedar

// Literals of sets and records, membership and inclusion.

extension Encoder {
    func setLiteral(_ expression: Expression, _ members: [Expression]) throws(AnalysisError)
        -> Outcome
    {
        var error = terms.no
        var values: [SymbolicValue] = []
        var element: ValueType?
        for member in members {
            let outcome = try outcome(member)
            error = terms.or(error, outcome.error)
            guard let value = outcome.value else { return failure }
            let type = value.type(terms)
            guard let joined = element.map({ ValueType.joined($0, type) }) ?? type else {
                throw unsupported("the members of this set have different types", expression)
            }
            element = joined
            values.append(value)
        }
        return Outcome(error: error, value: .set(.literal(values, element)))
    }

    func recordLiteral(_ members: [Expression.RecordMember]) throws(AnalysisError) -> Outcome {
        var error = terms.no
        var values: [ScalarKey: SymbolicMember] = [:]
        var isFailed = false
        for member in members {
            let outcome = try outcome(member.value)
            error = terms.or(error, outcome.error)
            guard let value = outcome.value else {
                isFailed = true
                continue
            }
            values[ScalarKey(member.name)] = SymbolicMember(presence: terms.yes, value: value)
        }
        return isFailed ? failure : Outcome(error: error, value: .record(values))
    }

    func isEmpty(_ member: Expression) throws(AnalysisError) -> Outcome {
        try mapped(member) { value in
            guard case .set(let set) = value else { return nil }
            return .bool(isEmpty(set))
        }
    }

    func isEmpty(_ set: SymbolicSet) -> Term {
        switch set {
        case .literal(let members, _): terms.bool(members.isEmpty)
        case .term(let term, _): terms.equal(term, empty(terms.node(term).sort))
        }
    }

    private func empty(_ sort: Sort) -> Term { terms.leaf("(as set.empty \(sort.text))", sort) }

    // MARK: Terms of values

    /// A set as one term whose members are of type `element`; nil where some cannot be.
    func whole(_ set: SymbolicSet, _ element: ValueType) -> Term? {
        switch set {
        case .term(let term, let own): return own == element ? term : nil
        case .literal(let members, _):
            guard let sort = sorts.sort(element) else { return nil }
            var packed: [Term] = []
            for member in members {
                guard let term = term(member, as: element) else { return nil }
                packed.append(term)
            }
            guard let last = packed.popLast() else { return empty(.set(sort)) }
            let single = terms.make("set.singleton", [last], .set(sort))
            return packed.isEmpty
                ? single : terms.make("set.insert", packed + [single], .set(sort))
        }
    }

    /// A value as one term of a type; nil where it cannot be of that type.
    func term(_ value: SymbolicValue, as type: ValueType) -> Term? {
        switch (value, type) {
        case (.bool(let term), .bool), (.long(let term), .long), (.string(let term), .string):
            return term
        case (.entity(let name, let term), .entity(let wanted)): return name == wanted ? term : nil
        case (.extension(let kind, let term), .extension(let wanted)):
            return kind == wanted ? term : nil
        case (.set(let set), .set(let element)):
            return element.flatMap { whole(set, $0) }
        case (.record(let members), .record(let wanted)):
            guard Set(members.keys).isSubset(of: wanted.keys),
                case .record(let number)? = sorts.sort(type)
            else { return nil }
            var fields: [Term] = []
            for (name, member) in wanted.inOrder {
                guard let field = field(members[name], as: member) else { return nil }
                fields.append(field)
            }
            return terms.make("r\(number)", fields, .record(number))
        default: return nil
        }
    }

    private func field(_ member: SymbolicMember?, as wanted: ValueMember) -> Term? {
        guard !wanted.isRequired else {
            guard let member, member.presence == terms.yes else { return nil }
            return term(member.value, as: wanted.type)
        }
        guard let number = sorts.option(wanted.type) else { return nil }
        let none = terms.leaf("o\(number).none", .option(number))
        guard let member else { return none }
        guard let value = term(member.value, as: wanted.type) else { return nil }
        let some = terms.make("o\(number).some", [value], .option(number))
        return terms.choice(member.presence, some, none)
    }

    // MARK: Relations

    /// Whether `value` is in the set.
    func contains(
        _ set: SymbolicSet, _ value: SymbolicValue, _ place: Expression
    ) throws(AnalysisError) -> Term {
        switch set {
        case .literal(let members, _):
            var tests: [Term] = []
            for member in members { tests.append(try equality(member, value, place)) }
            return terms.or(tests)
        case .term(let term, let element):
            guard let joined = ValueType.joined(element, value.type(terms)) else { return terms.no }
            guard joined == element, let member = self.term(value, as: element) else {
                throw unsupported("records of different types are compared here", place)
            }
            return terms.make("set.member", [member, term], .bool)
        }
    }

    /// Whether every member of `inner` is in `outer`.
    func includes(
        _ outer: SymbolicSet, _ inner: SymbolicSet, _ place: Expression
    ) throws(AnalysisError) -> Term {
        switch inner {
        case .literal(let members, _):
            var tests: [Term] = []
            for member in members { tests.append(try contains(outer, member, place)) }
            return terms.and(tests)
        case .term(let term, let element):
            guard let other = outer.element, let joined = ValueType.joined(element, other) else {
                return isEmpty(inner)
            }
            guard joined == element, let whole = whole(outer, element) else {
                throw unsupported("records of different types are compared here", place)
            }
            return term == whole ? terms.yes : terms.make("set.subset", [term, whole], .bool)
        }
    }

    /// Whether some value is in both.
    func meets(
        _ left: SymbolicSet, _ right: SymbolicSet, _ place: Expression
    ) throws(AnalysisError) -> Term {
        switch (left, right) {
        case (.literal(let members, _), let other), (let other, .literal(let members, _)):
            var tests: [Term] = []
            for member in members { tests.append(try contains(other, member, place)) }
            return terms.or(tests)
        case (.term(let leftTerm, let element), .term(let rightTerm, let other)):
            guard let joined = ValueType.joined(element, other) else { return terms.no }
            guard joined == element, element == other else {
                throw unsupported("records of different types are compared here", place)
            }
            return meets(leftTerm, rightTerm)
        }
    }

    func meets(_ left: Term, _ right: Term) -> Term {
        let sort = terms.node(left).sort
        return terms.not(
            terms.equal(terms.make("set.inter", [left, right], sort), empty(sort)))
    }

    func equality(
        _ left: SymbolicValue, _ right: SymbolicValue, _ place: Expression
    ) throws(AnalysisError) -> Term {
        switch (left, right) {
        case (.bool(let left), .bool(let right)), (.long(let left), .long(let right)),
            (.string(let left), .string(let right)):
            return terms.equal(left, right)
        case (.entity(let type, let left), .entity(let other, let right)):
            return type == other ? terms.equal(left, right) : terms.no
        case (.extension(let type, let left), .extension(let other, let right)):
            return type == other ? terms.equal(left, right) : terms.no
        case (.set(let left), .set(let right)):
            if case .term(let leftTerm, let element) = left,
                case .term(let rightTerm, let other) = right, element == other
            {
                return terms.equal(leftTerm, rightTerm)
            }
            return terms.and(
                try includes(left, right, place), try includes(right, left, place))
        case (.record(let left), .record(let right)):
            var tests: [Term] = []
            for name in Set(left.keys).union(right.keys).sorted(by: { $0.text < $1.text }) {
                let leftPresence = left[name]?.presence ?? terms.no
                tests.append(terms.equal(leftPresence, right[name]?.presence ?? terms.no))
                if let own = left[name], let other = right[name] {
                    let same = try equality(own.value, other.value, place)
                    tests.append(terms.implies(leftPresence, same))
                }
            }
            return terms.and(tests)
        default: return terms.no
        }
    }
}
