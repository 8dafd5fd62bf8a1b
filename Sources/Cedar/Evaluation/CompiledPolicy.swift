/// A policy ready to be evaluated.
final class CompiledPolicy: Sendable {
    let id: PolicyID
    let effect: Effect
    let file: String
    let scope: CompiledScope
    let conditions: [CompiledCondition]

    struct CompiledCondition: Sendable {
        let isUnless: Bool
        let node: any Evaluator
    }

    init(_ policy: Policy) {
        id = policy.id
        effect = policy.effect
        file = policy.position.file
        scope = CompiledScope(policy.scope)
        conditions = policy.conditions.map {
            CompiledCondition(isUnless: $0.isUnless, node: Compiler.compile($0.body))
        }
    }

    /// Whether the scope matches and every condition holds.
    ///
    /// A policy whose scope does not match never fails.
    @inline(__always)
    func isSatisfied(_ frame: Frame) throws(EvaluationFailure) -> Bool {
        guard scope.matches(frame) else { return false }
        for condition in conditions where try condition.node.test(frame) == condition.isUnless {
            return false
        }
        return true
    }
}

/// A scope with its names ready for comparison.
///
/// A slot never matches.
struct CompiledScope: Sendable {
    let principal: Constraint
    let action: Constraint
    let resource: Constraint

    enum Constraint: Sendable {
        case any
        case never
        case equal(EntityUID)
        case isIn(EntityUID)
        case isInAny([EntityUID])
        case isType(AttributeName)
        case isTypeIn(AttributeName, EntityUID)
    }

    init(_ scope: Scope) {
        principal = Self.constraint(scope.principal)
        resource = Self.constraint(scope.resource)
        switch scope.action {
        case .any: action = .any
        case .equal(let uid): action = .equal(uid)
        case .isIn(let uid): action = .isIn(uid)
        case .isInAny(let uids): action = .isInAny(uids)
        }
    }

    private static func constraint(_ constraint: EntityConstraint) -> Constraint {
        switch constraint {
        case .any: .any
        case .equal(.entity(let uid)): .equal(uid)
        case .isIn(.entity(let uid)): .isIn(uid)
        case .isType(let type): .isType(AttributeName(type))
        case .isTypeIn(let type, .entity(let uid)): .isTypeIn(AttributeName(type), uid)
        case .equal(.slot), .isIn(.slot), .isTypeIn(_, .slot): .never
        }
    }

    @inline(__always)
    func matches(_ frame: Frame) -> Bool {
        Self.matches(action, frame.action, frame.actionRecord, frame)
            && Self.matches(principal, frame.principal, frame.principalRecord, frame)
            && Self.matches(resource, frame.resource, frame.resourceRecord, frame)
    }

    /// Whether one part matches, whatever the others do.
    func matches(_ part: PolicyOutcome.ScopePart, _ frame: Frame) -> Bool {
        switch part {
        case .principal: Self.matches(principal, frame.principal, frame.principalRecord, frame)
        case .action: Self.matches(action, frame.action, frame.actionRecord, frame)
        case .resource: Self.matches(resource, frame.resource, frame.resourceRecord, frame)
        }
    }

    /// The part that does not match, nil where all do.
    func mismatch(_ frame: Frame) -> PolicyOutcome.ScopePart? {
        if !Self.matches(action, frame.action, frame.actionRecord, frame) { return .action }
        if !Self.matches(principal, frame.principal, frame.principalRecord, frame) {
            return .principal
        }
        return Self.matches(resource, frame.resource, frame.resourceRecord, frame) ? nil : .resource
    }

    @inline(__always)
    private static func matches(
        _ constraint: Constraint, _ uid: EntityUID, _ record: EntityRecord?, _ frame: Frame
    ) -> Bool {
        switch constraint {
        case .any: true
        case .never: false
        case .equal(let wanted): uid == wanted
        case .isIn(let ancestor): frame.isEntity(uid, record, in: ancestor)
        case .isInAny(let ancestors): ancestors.contains { frame.isEntity(uid, record, in: $0) }
        case .isType(let type): uid.hasType(type)
        case .isTypeIn(let type, let ancestor):
            uid.hasType(type) && frame.isEntity(uid, record, in: ancestor)
        }
    }
}
