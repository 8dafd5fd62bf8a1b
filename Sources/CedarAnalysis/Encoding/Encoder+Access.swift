import Cedar

// Attributes and tags, of records and of entities.

extension Encoder {
    func attribute(_ member: Expression, _ name: String) throws(AnalysisError) -> Outcome {
        let owner = try outcome(member)
        guard let value = owner.value, let found = self.member(of: value, name) else {
            return failure
        }
        return Outcome(error: terms.or(owner.error, terms.not(found.presence)), value: found.value)
    }

    /// The plain form has one name.
    func has(_ member: Expression, _ path: [String]) throws(AnalysisError) -> Outcome {
        try mapped(member) { value in
            switch value {
            case .entity, .record:
                return .bool(
                    path.first.flatMap { self.member(of: value, $0) }?.presence ?? terms.no)
            default: return nil
            }
        }
    }

    /// A member of a record or an entity; nil where it is certain that there is none.
    private func member(of value: SymbolicValue, _ name: String) -> SymbolicMember? {
        let key = ScalarKey(name)
        if case .record(let members) = value { return members[key] }
        guard case .entity(let type, let identity) = value,
            let declared = schema.entityTypes[type]?.attributes[name]
        else { return nil }
        let path = "attribute\0\(type)\0\(name)"
        let found = symbol(path, [identity], ValueType(declared.type))
        let presence =
            declared.isRequired ? terms.yes : apply("\(path)\0has", [identity], .bool)
        observe(.attribute(type: type, identity: identity, name: key), presence, found)
        return SymbolicMember(presence: presence, value: found)
    }

    func hasTag(_ owner: Expression, _ key: Expression) throws(AnalysisError) -> Outcome {
        try operands(owner, key) { owner, key in
            guard case .entity(let type, let identity) = owner, case .string(let key) = key else {
                return nil
            }
            return (terms.no, .bool(tag(type, identity, key)?.presence ?? terms.no))
        }
    }

    func getTag(_ owner: Expression, _ key: Expression) throws(AnalysisError) -> Outcome {
        try operands(owner, key) { owner, key in
            guard case .entity(let type, let identity) = owner, case .string(let key) = key,
                let tag = tag(type, identity, key)
            else { return nil }
            return (terms.not(tag.presence), tag.value)
        }
    }

    /// A tag; nil where the type has none.
    private func tag(_ type: String, _ identity: Term, _ key: Term) -> SymbolicMember? {
        guard let declared = schema.entityTypes[type]?.tags else { return nil }
        let path = "tag\0\(type)"
        let found = symbol(path, [identity, key], ValueType(declared))
        let presence = apply("\(path)\0has", [identity, key], .bool)
        observe(.tag(type: type, identity: identity, key: key), presence, found)
        return SymbolicMember(presence: presence, value: found)
    }

    /// Two operands, both evaluated; `body` gives the condition under which the operation fails and its value, or nil
    /// for operands of the wrong type.
    func operands(
        _ left: Expression, _ right: Expression,
        _ body: (SymbolicValue, SymbolicValue) throws(AnalysisError) -> (Term, SymbolicValue)?
    ) throws(AnalysisError) -> Outcome {
        let left = try outcome(left)
        let right = try outcome(right)
        guard let leftValue = left.value, let rightValue = right.value,
            let (error, value) = try body(leftValue, rightValue)
        else { return failure }
        return Outcome(error: terms.or([left.error, right.error, error]), value: value)
    }
}
