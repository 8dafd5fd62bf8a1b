extension SchemaType {
    /// The least type that covers both, nil where strict validation finds none.
    ///
    /// Types must be the same but for booleans known to be true or false, which join to Bool at any depth.
    static func bound(_ left: SchemaType, _ right: SchemaType) -> SchemaType? {
        switch (left, right) {
        case (.bool(let left), .bool(let right)): return .bool(left == right ? left : nil)
        case (.set(nil), .set), (.set, .set(nil)): return left == right ? left : nil
        case (.set(let left?), .set(let right?)): return bound(left, right).map { .set($0) }
        case (.record(let left), .record(let right)):
            guard left.members.count == right.members.count else { return nil }
            var members: [ScalarKey: MemberType] = [:]
            for (name, member) in left.members {
                guard let other = right.members[name], other.isRequired == member.isRequired,
                    let type = bound(member.type, other.type)
                else { return nil }
                members[name] = MemberType(type: type, isRequired: member.isRequired)
            }
            return .record(RecordType(members: members))
        default: return left == right ? left : nil
        }
    }

    var entityName: String? {
        if case .entity(let name) = self { name } else { nil }
    }

    var isBoolean: Bool {
        if case .bool = self { true } else { false }
    }

    /// Whether `<` and its kin apply.
    var isOrdered: Bool {
        switch self {
        case .long, .extension(.datetime), .extension(.duration): true
        default: false
        }
    }
}

/// One kind of request that a schema allows.
public struct RequestEnvironment: Hashable, Sendable {
    /// The type of the principal.
    public let principal: String
    /// The action.
    public let action: EntityUID
    /// The type of the resource.
    public let resource: String

    /// Names a kind of request, whether or not a schema allows it.
    public init(principal: String, action: EntityUID, resource: String) {
        self.principal = principal
        self.action = action
        self.resource = resource
    }
}

extension Schema {
    /// All kinds of request the schema allows, in a fixed order.
    public var environments: [RequestEnvironment] {
        actionUIDs.flatMap { uid in
            guard let action = actions[uid] else { return [RequestEnvironment]() }
            return action.principals.flatMap { principal in
                action.resources.map {
                    RequestEnvironment(principal: principal, action: uid, resource: $0)
                }
            }
        }
    }

    /// Whether an entity of one type could be in one of another, actions included.
    func mayBe(_ type: String, in ancestor: String) -> Bool {
        if canBe(type, in: ancestor) { return true }
        return actions.values.contains { action in
            action.uid.type == type && action.ancestors.contains { $0.type == ancestor }
        }
    }

    /// Whether `action in any of ancestors` holds; nil if one of them is not declared.
    func isAction(_ action: EntityUID, inAny ancestors: [EntityUID]) -> Bool? {
        guard ancestors.allSatisfy({ actions[$0] != nil }) else { return nil }
        return ancestors.contains {
            $0 == action || actions[action]?.ancestors.contains($0) ?? false
        }
    }
}
