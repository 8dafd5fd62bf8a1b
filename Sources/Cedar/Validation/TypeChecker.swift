/// Infers the type of an expression in one request environment, strictly.
///
/// A node that has no type has already been reported, so what contains it stays silent. Nodes that can never be
/// evaluated are not looked at and get no entry in ``types``.
final class TypeChecker {
    let schema: Schema
    let environment: RequestEnvironment
    let contextType: RecordType
    private(set) var faults: [Fault] = []
    /// The types of the nodes looked at, by identity.
    private(set) var types: [ObjectIdentifier: SchemaType] = [:]
    private(set) var visited: Set<ObjectIdentifier> = []

    struct Fault: Hashable {
        let message: String
        let position: TextPosition
    }

    /// A type, and what a true value would prove about attributes and tags.
    struct Typing {
        var type: SchemaType?
        var proofs: Set<Proof> = []

        static let failed = Typing(type: nil)
    }

    /// That an entity or record, named by the expression for it, has an attribute or a tag.
    struct Proof: Hashable {
        let owner: String
        let name: String
        let isTag: Bool

        static func == (left: Proof, right: Proof) -> Bool {
            left.isTag == right.isTag && ScalarText.same(left.owner, right.owner)
                && ScalarText.same(left.name, right.name)
        }

        func hash(into hasher: inout Hasher) {
            ScalarText.combine(owner, into: &hasher)
            ScalarText.combine(name, into: &hasher)
        }
    }

    init(schema: Schema, environment: RequestEnvironment) {
        self.schema = schema
        self.environment = environment
        contextType = schema.actions[environment.action]?.context ?? .empty
    }

    func fault(_ message: String, at place: TextPosition) -> Typing {
        faults.append(Fault(message: message, position: place))
        return .failed
    }

    /// The type of `expression`, given what is already proven where it stands.
    func check(_ expression: Expression, _ prior: Set<Proof>) -> Typing {
        let typing = infer(expression, prior)
        visited.insert(ObjectIdentifier(expression))
        types[ObjectIdentifier(expression)] = typing.type
        return typing
    }

    private func infer(_ expression: Expression, _ prior: Set<Proof>) -> Typing {
        switch expression.kind {
        case .literal(let literal): return Typing(type: type(of: literal))
        case .variable(let variable): return Typing(type: type(of: variable))
        case .ifThenElse(let guarding, let then, let otherwise):
            return choice(expression, guarding, then, otherwise, prior)
        case .and(let members): return conjunction(members, prior)
        case .or(let members): return disjunction(members, prior)
        case .not(let member):
            guard case .bool(let known)? = boolean(member, prior).type else { return .failed }
            return Typing(type: .bool(known.map { !$0 }))
        case .negate(let member): return expect(.long, member, prior)
        case .sum(let first, let terms): return longs([first] + terms.map(\.expression), prior)
        case .product(let members): return longs(members, prior)
        case .binary(let symbol, let left, let right):
            return binary(expression, symbol, left, right, prior)
        case .isEmpty(let member):
            return set(member, prior).type == nil ? .failed : Typing(type: .boolean)
        case .attribute(let member, let name): return attribute(expression, member, name, prior)
        case .has(let member, let path): return has(member, path, prior)
        case .like(let member, _):
            return expect(.string, member, prior).type == nil ? .failed : Typing(type: .boolean)
        case .isType(let member, let type, _):
            guard let name = entity(member, prior) else { return .failed }
            return Typing(type: .bool(name == type))
        case .set(let members): return setLiteral(expression, members, prior)
        case .record(let members): return recordLiteral(members, prior)
        case .call(let function, let arguments): return call(expression, function, arguments, prior)
        }
    }

    /// Unknown entity types and actions have no type; they are reported once for the whole policy, elsewhere.
    private func type(of literal: Literal) -> SchemaType? {
        switch literal {
        case .bool(let value): .bool(value)
        case .long: .long
        case .string: .string
        case .entity(let uid):
            uid.isAction
                ? (schema.actions[uid] == nil ? nil : .entity(uid.type))
                : (schema.entityTypes[uid.type] == nil ? nil : .entity(uid.type))
        }
    }

    private func type(of variable: Variable) -> SchemaType {
        switch variable {
        case .principal: .entity(environment.principal)
        case .action: .entity(environment.action.type)
        case .resource: .entity(environment.resource)
        case .context: .record(contextType)
        }
    }

    // MARK: Expectations

    func expect(_ type: SchemaType, _ expression: Expression, _ prior: Set<Proof>) -> Typing {
        let typing = check(expression, prior)
        guard let found = typing.type, found != type else { return typing }
        return fault("expected \(type.text), found \(found.text)", at: expression.position)
    }

    func boolean(_ expression: Expression, _ prior: Set<Proof>) -> Typing {
        let typing = check(expression, prior)
        guard let found = typing.type, !found.isBoolean else { return typing }
        return fault("expected Bool, found \(found.text)", at: expression.position)
    }

    func set(_ expression: Expression, _ prior: Set<Proof>) -> Typing {
        let typing = check(expression, prior)
        guard let found = typing.type else { return typing }
        if case .set = found { return typing }
        return fault("expected a set, found \(found.text)", at: expression.position)
    }

    /// The entity type of an expression that has to be an entity.
    func entity(_ expression: Expression, _ prior: Set<Proof>) -> String? {
        guard let found = check(expression, prior).type else { return nil }
        if let name = found.entityName { return name }
        _ = fault("expected an entity, found \(found.text)", at: expression.position)
        return nil
    }

    private func longs(_ members: [Expression], _ prior: Set<Proof>) -> Typing {
        var isValid = true
        for member in members where expect(.long, member, prior).type == nil { isValid = false }
        return isValid ? Typing(type: .long) : .failed
    }
}
