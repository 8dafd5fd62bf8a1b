import Cedar

// `&&`, `||` and `if`, which do not evaluate everything.

extension Encoder {
    /// A chain of `&&`, which the first false member decides, or of `||`, which the first true one does.
    func chain(_ members: [Expression], deciding: Term) throws(AnalysisError) -> Outcome {
        var truths: [Truth] = []
        for member in members {
            let truth = try truth(member)
            truths.append(truth)
            // What stands behind is never evaluated.
            if truth.error == terms.yes || truth.value == deciding { break }
        }
        let isAnd = deciding == terms.no
        var error = terms.no
        for truth in truths.reversed() {
            let goesOn = isAnd ? truth.value : terms.not(truth.value)
            error = terms.or(truth.error, terms.and(goesOn, error))
        }
        let values = truths.map(\.value)
        return Outcome(error: error, value: .bool(isAnd ? terms.and(values) : terms.or(values)))
    }

    func choice(
        _ expression: Expression, _ guarding: Expression, _ then: Expression,
        _ otherwise: Expression
    ) throws(AnalysisError) -> Outcome {
        let test = try truth(guarding)
        if test.error == terms.yes { return failure }
        if test.value == terms.yes || test.value == terms.no {
            let taken = try outcome(test.value == terms.yes ? then : otherwise)
            return Outcome(error: terms.or(test.error, taken.error), value: taken.value)
        }
        let left = try outcome(then)
        let right = try outcome(otherwise)
        let error = terms.or(test.error, terms.choice(test.value, left.error, right.error))
        guard let leftValue = left.value, let rightValue = right.value else {
            return Outcome(error: error, value: left.value ?? right.value)
        }
        guard let value = chosen(test.value, leftValue, rightValue) else {
            throw unsupported("the branches of this 'if' have different types", expression)
        }
        return Outcome(error: error, value: value)
    }

    /// One value or the other; nil where they have different types.
    private func chosen(_ test: Term, _ left: SymbolicValue, _ right: SymbolicValue)
        -> SymbolicValue?
    {
        switch (left, right) {
        case (.bool(let left), .bool(let right)): return .bool(terms.choice(test, left, right))
        case (.long(let left), .long(let right)): return .long(terms.choice(test, left, right))
        case (.string(let left), .string(let right)):
            return .string(terms.choice(test, left, right))
        case (.entity(let type, let left), .entity(let other, let right)) where type == other:
            return .entity(type, terms.choice(test, left, right))
        case (.extension(let type, let left), .extension(let other, let right)) where type == other:
            return .extension(type, terms.choice(test, left, right))
        case (.set(let left), .set(let right)):
            guard let element = left.element ?? right.element else { return .set(left) }
            guard let leftTerm = whole(left, element), let rightTerm = whole(right, element) else {
                return nil
            }
            return .set(.term(terms.choice(test, leftTerm, rightTerm), element))
        case (.record(let left), .record(let right)):
            var members: [ScalarKey: SymbolicMember] = [:]
            for name in Set(left.keys).union(right.keys) {
                guard let value = chosen(test, left[name], right[name]) else { return nil }
                members[name] = value
            }
            return .record(members)
        default: return nil
        }
    }

    private func chosen(_ test: Term, _ left: SymbolicMember?, _ right: SymbolicMember?)
        -> SymbolicMember?
    {
        let presence = terms.choice(test, left?.presence ?? terms.no, right?.presence ?? terms.no)
        guard let left, let right else {
            return (left ?? right).map { SymbolicMember(presence: presence, value: $0.value) }
        }
        return chosen(test, left.value, right.value).map {
            SymbolicMember(presence: presence, value: $0)
        }
    }
}
