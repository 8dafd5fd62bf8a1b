/// Names a policy within a set.
///
/// Equal only to the same scalars.
public struct PolicyID: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The id itself.
    public let text: String

    /// Makes an id from any string.
    public init(_ text: String) { self.text = text }

    /// Makes an id from a literal.
    public init(stringLiteral value: String) { text = value }

    /// Whether both hold the same scalars.
    public static func == (left: PolicyID, right: PolicyID) -> Bool {
        ScalarText.same(left.text, right.text)
    }

    /// Feeds the id to a hasher.
    public func hash(into hasher: inout Hasher) { ScalarText.combine(text, into: &hasher) }

    /// The id itself.
    public var description: String { text }
}

/// What a satisfied policy does.
public enum Effect: String, Hashable, Sendable, CaseIterable {
    /// Allows, unless a forbid is satisfied too.
    case permit
    /// Denies, whatever any permit says.
    case forbid
}

/// A parsed policy or template.
public struct Policy: Sendable {
    /// The id within its set.
    public let id: PolicyID
    /// What the policy does when satisfied.
    public let effect: Effect
    /// The annotations by key; `@key` without a value has the empty string.
    public let annotations: [String: String]
    /// Where each annotation stands, by key; empty where the policy was not read from text.
    public let annotationPositions: [String: SourcePosition]
    /// The place where the policy starts.
    public let position: SourcePosition
    /// The scope and the conditions.
    package let scope: Scope
    package let conditions: [Condition]
    /// For a link of a template, the template's id.
    public let templateID: PolicyID?
    /// For a link of a template, what fills its slots.
    public let linkedSlots: [Slot: EntityUID]

    package init(
        id: PolicyID, effect: Effect, annotations: [String: String],
        annotationPositions: [String: SourcePosition] = [:], position: SourcePosition, scope: Scope,
        conditions: [Condition], templateID: PolicyID? = nil, linkedSlots: [Slot: EntityUID] = [:]
    ) {
        self.id = id
        self.effect = effect
        self.annotations = annotations
        self.annotationPositions = annotationPositions
        self.position = position
        self.scope = scope
        self.conditions = conditions
        self.templateID = templateID
        self.linkedSlots = linkedSlots
    }

    /// Whether the scope has a slot; a template applies only through its links.
    public var isTemplate: Bool { !slots.isEmpty }

    /// The slots of the scope.
    public var slots: [Slot] {
        var slots: [Slot] = []
        if case .slot = scope.principal.target { slots.append(.principal) }
        if case .slot = scope.resource.target { slots.append(.resource) }
        return slots
    }

    /// The same policy under another id.
    public func withID(_ id: PolicyID) -> Policy {
        Policy(
            id: id, effect: effect, annotations: annotations,
            annotationPositions: annotationPositions, position: position, scope: scope,
            conditions: conditions, templateID: templateID, linkedSlots: linkedSlots)
    }
}

/// A place in a template that a link fills with an entity.
public enum Slot: String, Hashable, Sendable, CaseIterable {
    /// `?principal`
    case principal = "?principal"
    /// `?resource`
    case resource = "?resource"
}

/// A `when` or `unless` clause.
package struct Condition: Sendable {
    package let isUnless: Bool
    package let body: Expression
    package let position: TextPosition

    package init(isUnless: Bool, body: Expression, position: TextPosition) {
        self.isUnless = isUnless
        self.body = body
        self.position = position
    }
}

/// What a policy's head says about principal, action and resource.
package struct Scope: Sendable {
    package var principal: EntityConstraint
    package var action: ActionConstraint
    package var resource: EntityConstraint

    package init(principal: EntityConstraint, action: ActionConstraint, resource: EntityConstraint)
    {
        self.principal = principal
        self.action = action
        self.resource = resource
    }
}

/// A constraint on principal or resource.
package enum EntityConstraint: Hashable, Sendable {
    case any
    case equal(Target)
    case isIn(Target)
    case isType(String)
    case isTypeIn(String, Target)

    package enum Target: Hashable, Sendable {
        case entity(EntityUID)
        case slot
    }

    package var target: Target? {
        switch self {
        case .any, .isType: nil
        case .equal(let target), .isIn(let target), .isTypeIn(_, let target): target
        }
    }

    package static func == (left: EntityConstraint, right: EntityConstraint) -> Bool {
        switch (left, right) {
        case (.any, .any): true
        case (.equal(let left), .equal(let right)), (.isIn(let left), .isIn(let right)):
            left == right
        case (.isType(let left), .isType(let right)): ScalarText.same(left, right)
        case (.isTypeIn(let left, let leftTarget), .isTypeIn(let right, let rightTarget)):
            ScalarText.same(left, right) && leftTarget == rightTarget
        default: false
        }
    }
}

/// A constraint on the action.
package enum ActionConstraint: Hashable, Sendable {
    case any
    case equal(EntityUID)
    case isIn(EntityUID)
    case isInAny([EntityUID])
}
