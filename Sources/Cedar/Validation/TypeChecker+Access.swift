// Attributes, literals of sets and records, and extension functions.

extension TypeChecker {
    /// The members of an entity or a record; nil if it is neither, which is reported.
    private func owner(_ expression: Expression, _ prior: Set<Proof>) -> (
        type: SchemaType, members: RecordType
    )? {
        guard let type = check(expression, prior).type else { return nil }
        switch type {
        case .record(let members): return (type, members)
        case .entity(let name): return (type, schema.attributes(of: name) ?? .empty)
        default:
            _ = fault("expected an entity or a record, found \(type.text)", at: expression.position)
            return nil
        }
    }

    private func proof(_ owner: Expression, _ name: String) -> Proof {
        Proof(owner: ExpressionKey.of(owner), name: name, isTag: false)
    }

    func attribute(
        _ expression: Expression, _ member: Expression, _ name: String, _ prior: Set<Proof>
    ) -> Typing {
        guard let (type, members) = owner(member, prior) else { return .failed }
        guard let declared = members[name] else {
            return fault("\(type.text) has no attribute '\(name)'", at: expression.position)
        }
        if !declared.isRequired, !prior.contains(proof(member, name)) {
            _ = fault(
                "the attribute '\(name)' may be absent; test it with 'has' first",
                at: expression.position)
        }
        return Typing(type: declared.type)
    }

    func has(_ member: Expression, _ path: [String], _ prior: Set<Proof>) -> Typing {
        guard let name = path.first, let (type, members) = owner(member, prior) else {
            return .failed
        }
        guard let declared = members[name] else { return Typing(type: .bool(false)) }
        let proof = proof(member, name)
        let isRecord = type.entityName == nil
        // An entity may be absent, and then has nothing, not even what is required.
        let isCertain = prior.contains(proof) || declared.isRequired && isRecord
        return Typing(type: isCertain ? .bool(true) : .boolean, proofs: [proof])
    }

    func setLiteral(_ expression: Expression, _ members: [Expression], _ prior: Set<Proof>)
        -> Typing
    {
        var element: SchemaType?
        var isFailed = false
        for member in members {
            guard let type = check(member, prior).type else {
                isFailed = true
                continue
            }
            guard let soFar = element else {
                element = type
                continue
            }
            guard let bound = SchemaType.bound(soFar, type) else {
                return fault(
                    "a set cannot hold both \(soFar.text) and \(type.text)", at: member.position)
            }
            element = bound
        }
        if isFailed { return .failed }
        guard let element else {
            return fault("the type of an empty set is not known", at: expression.position)
        }
        return Typing(type: .set(element))
    }

    func recordLiteral(_ members: [Expression.RecordMember], _ prior: Set<Proof>) -> Typing {
        var types: [ScalarKey: MemberType] = [:]
        for member in members {
            guard let type = check(member.value, prior).type else { continue }
            types[ScalarKey(member.name)] = MemberType(type: type, isRequired: true)
        }
        return types.count == members.count
            ? Typing(type: .record(RecordType(members: types))) : .failed
    }

    func call(
        _ expression: Expression, _ function: ExtensionFunction, _ arguments: [Expression],
        _ prior: Set<Proof>
    ) -> Typing {
        guard arguments.count == function.argumentCount else {
            for argument in arguments { _ = check(argument, prior) }
            return fault(
                "'\(function.rawValue)' takes \(function.argumentCount) arguments, its receiver included",
                at: expression.position)
        }
        var isFailed = false
        for (argument, expected) in zip(arguments, function.argumentTypes)
        where expect(expected, argument, prior).type == nil {
            isFailed = true
        }
        if isFailed { return .failed }
        if function.isConstructor {
            guard case .literal(let literal) = arguments[0].kind else {
                return fault(
                    "'\(function.rawValue)' takes a string literal", at: expression.position)
            }
            do {
                _ = try ExtensionCall.apply(function, literal.value, nil)
            } catch {
                return fault(error.description, at: expression.position)
            }
        }
        return Typing(type: function.resultType)
    }
}

extension ExtensionFunction {
    var argumentTypes: [SchemaType] {
        switch self {
        case .ip, .decimal, .datetime, .duration: [.string]
        case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual:
            [.extension(.decimal), .extension(.decimal)]
        case .isIpv4, .isIpv6, .isLoopback, .isMulticast: [.extension(.ipaddr)]
        case .isInRange: [.extension(.ipaddr), .extension(.ipaddr)]
        case .offset: [.extension(.datetime), .extension(.duration)]
        case .durationSince: [.extension(.datetime), .extension(.datetime)]
        case .toDate, .toTime: [.extension(.datetime)]
        case .toMilliseconds, .toSeconds, .toMinutes, .toHours, .toDays: [.extension(.duration)]
        }
    }

    var resultType: SchemaType {
        switch self {
        case .ip: .extension(.ipaddr)
        case .decimal: .extension(.decimal)
        case .datetime, .offset, .toDate: .extension(.datetime)
        case .duration, .durationSince, .toTime: .extension(.duration)
        case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual, .isIpv4, .isIpv6,
            .isLoopback,
            .isMulticast, .isInRange:
            .boolean
        case .toMilliseconds, .toSeconds, .toMinutes, .toHours, .toDays: .long
        }
    }
}
