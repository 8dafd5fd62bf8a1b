// `&&`, `||` and `if`: what is never evaluated is not checked, and what is proven flows on.

extension TypeChecker {
    func conjunction(_ members: [Expression], _ prior: Set<Proof>) -> Typing {
        var proofs: Set<Proof> = []
        // Grown in place: a union made anew for each member would cost the square of a chain's length.
        var proven = prior
        var known: Bool? = true
        var isFailed = false
        for member in members {
            let typing = boolean(member, proven)
            guard case .bool(let value)? = typing.type else {
                isFailed = true
                continue
            }
            if value == false { return isFailed ? .failed : Typing(type: .bool(false)) }
            if value == nil { known = nil }
            proofs.formUnion(typing.proofs)
            proven.formUnion(typing.proofs)
        }
        return isFailed ? .failed : Typing(type: .bool(known), proofs: proofs)
    }

    func disjunction(_ members: [Expression], _ prior: Set<Proof>) -> Typing {
        // Starts as the empty disjunction, which is false and proves anything of the other side.
        var result = Typing(type: .bool(false))
        var isFailed = false
        for member in members {
            let typing = boolean(member, prior)
            guard case .bool(let right)? = typing.type, case .bool(let left)? = result.type else {
                isFailed = true
                continue
            }
            if right == true {
                return isFailed ? .failed : typing
            }
            if left == false {
                result = typing
            } else if right == nil {
                result = Typing(type: .boolean, proofs: result.proofs.intersection(typing.proofs))
            }
        }
        return isFailed ? .failed : result
    }

    func choice(
        _ expression: Expression, _ guarding: Expression, _ then: Expression,
        _ otherwise: Expression,
        _ prior: Set<Proof>
    ) -> Typing {
        let test = boolean(guarding, prior)
        let known: Bool?
        if case .bool(let value)? = test.type { known = value } else { known = nil }
        if known == true {
            var typing = check(then, prior.union(test.proofs))
            typing.proofs.formUnion(test.proofs)
            return typing
        }
        if known == false { return check(otherwise, prior) }
        let left = check(then, prior.union(test.proofs))
        let right = check(otherwise, prior)
        guard test.type != nil, let leftType = left.type, let rightType = right.type else {
            return .failed
        }
        guard let type = SchemaType.bound(leftType, rightType) else {
            return fault(
                "the branches of this 'if' have different types, \(leftType.text) and \(rightType.text)",
                at: expression.position)
        }
        return Typing(type: type, proofs: left.proofs.union(test.proofs).intersection(right.proofs))
    }
}
