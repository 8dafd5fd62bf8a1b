/// A policy as a tree of conditions, whose leaves can be looked at one by one.
///
/// The three parts of the scope that ask for something are its first leaves; `&&`, `||`, `!` and `if` are its inner
/// nodes; whatever else stands in a condition is a leaf. How the text is laid out changes nothing. Leaves are evaluated
/// by the nodes that decide requests.
package struct ConditionTree: Sendable {
    package let policyID: PolicyID
    package let effect: Effect
    package let leaves: [Leaf]
    /// True where the policy is satisfied.
    package let root: Node

    /// How the leaves are joined, by their places in ``leaves``.
    package indirect enum Node: Sendable {
        case leaf(Int)
        case and([Node])
        case or([Node])
        case not(Node)
        case choice(Node, then: Node, otherwise: Node)
    }

    /// One condition that is true or false, or fails.
    package struct Leaf: Sendable {
        /// As Cedar text.
        package let text: String
        package let position: SourcePosition
        /// What it reads: a variable and attributes of it, such as `["context", "consent", "state"]`.
        package let readings: Set<[String]>
        fileprivate let test: Test
    }

    fileprivate enum Test: Sendable {
        case scope(CompiledScope, PolicyOutcome.ScopePart)
        case expression(any Evaluator)
    }

    package init(_ policy: Policy) {
        var builder = TreeBuilder(file: policy.position.file)
        var members = builder.scope(of: policy)
        for condition in policy.conditions {
            let node = builder.node(condition.body)
            members.append(condition.isUnless ? .not(node) : node)
        }
        policyID = policy.id
        effect = policy.effect
        leaves = builder.leaves
        root = .and(members)
    }

    /// What a leaf says of a request; nil where it fails.
    package func value(of leaf: Int, _ request: Request, _ entities: EntityStore) -> Bool? {
        value(of: leaf, Frame(request: request, store: entities))
    }

    /// What each leaf said while the policy was evaluated, from the left and no further than needed.
    ///
    /// - Parameters:
    ///   - request: What is asked.
    ///   - entities: What it can see.
    /// - Returns: For each leaf true, false, or nil where it was not reached or failed; and whether the policy is
    ///   satisfied, nil where it failed.
    package func trace(
        _ request: Request, _ entities: EntityStore
    ) -> (values: [Bool?], isSatisfied: Bool?) {
        var values = [Bool?](repeating: nil, count: leaves.count)
        let frame = Frame(request: request, store: entities)
        let isSatisfied = walk(root, frame, &values)
        return (values, isSatisfied)
    }

    private func walk(_ node: Node, _ frame: Frame, _ values: inout [Bool?]) -> Bool? {
        switch node {
        case .leaf(let index):
            values[index] = value(of: index, frame)
            return values[index]
        case .and(let members):
            for member in members {
                guard let holds = walk(member, frame, &values) else { return nil }
                if !holds { return false }
            }
            return true
        case .or(let members):
            for member in members {
                guard let holds = walk(member, frame, &values) else { return nil }
                if holds { return true }
            }
            return false
        case .not(let member): return walk(member, frame, &values).map { !$0 }
        case .choice(let guarding, let then, let otherwise):
            guard let holds = walk(guarding, frame, &values) else { return nil }
            return walk(holds ? then : otherwise, frame, &values)
        }
    }

    private func value(of leaf: Int, _ frame: Frame) -> Bool? {
        switch leaves[leaf].test {
        case .scope(let scope, let part): return scope.matches(part, frame)
        case .expression(let node):
            do throws(EvaluationFailure) { return try node.test(frame) } catch { return nil }
        }
    }
}

/// Collects the leaves of one policy from the left.
private struct TreeBuilder {
    let file: String
    var leaves: [ConditionTree.Leaf] = []

    /// The parts of the scope that ask for something, in the order in which they are looked at.
    mutating func scope(of policy: Policy) -> [ConditionTree.Node] {
        let scope = policy.scope
        let compiled = CompiledScope(scope)
        var nodes: [ConditionTree.Node] = []
        func add(_ part: PolicyOutcome.ScopePart, _ text: String) {
            nodes.append(.leaf(leaves.count))
            leaves.append(
                ConditionTree.Leaf(
                    text: part.rawValue + text, position: policy.position,
                    readings: [[part.rawValue]], test: .scope(compiled, part)))
        }
        if case .any = scope.action {} else { add(.action, Policy.text(scope.action)) }
        if scope.principal != .any { add(.principal, Policy.text(scope.principal, .principal)) }
        if scope.resource != .any { add(.resource, Policy.text(scope.resource, .resource)) }
        return nodes
    }

    mutating func node(_ expression: Expression) -> ConditionTree.Node {
        switch expression.kind {
        case .and(let members): return .and(nodes(members))
        case .or(let members): return .or(nodes(members))
        case .not(let member): return .not(node(member))
        case .ifThenElse(let guarding, let then, let otherwise):
            let guarding = node(guarding)
            let then = node(then)
            return .choice(guarding, then: then, otherwise: node(otherwise))
        default:
            leaves.append(
                ConditionTree.Leaf(
                    text: ExpressionText.of(expression), position: expression.position.within(file),
                    readings: Self.readings(of: expression),
                    test: .expression(Compiler.compile(expression))))
            return .leaf(leaves.count - 1)
        }
    }

    private mutating func nodes(_ members: [Expression]) -> [ConditionTree.Node] {
        var nodes: [ConditionTree.Node] = []
        for member in members { nodes.append(node(member)) }
        return nodes
    }

    private static func readings(of expression: Expression) -> Set<[String]> {
        if let path = path(of: expression) { return [path] }
        return expression.kind.children.reduce(into: []) { $0.formUnion(readings(of: $1)) }
    }

    private static func path(of expression: Expression) -> [String]? {
        switch expression.kind {
        case .variable(let variable): [variable.rawValue]
        case .attribute(let member, let name): path(of: member).map { $0 + [name] }
        case .has(let member, let names): path(of: member).map { $0 + names }
        default: nil
        }
    }
}
