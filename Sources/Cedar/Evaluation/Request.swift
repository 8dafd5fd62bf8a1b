/// Asks whether this principal may take this action on this resource, in this context.
public struct Request: Hashable, Sendable {
    /// Who asks.
    public let principal: EntityUID
    /// What is to be done.
    public let action: EntityUID
    /// To what.
    public let resource: EntityUID
    /// The circumstances.
    public let context: RecordValue

    /// Makes a request.
    public init(
        principal: EntityUID, action: EntityUID, resource: EntityUID, context: RecordValue = [:]
    ) {
        self.principal = principal
        self.action = action
        self.resource = resource
        self.context = context
    }
}

/// The answer to a request.
public enum Decision: String, Hashable, Sendable, CaseIterable {
    /// At least one permit is satisfied and no forbid.
    case allow
    /// Everything else.
    case deny
}

/// A decision with its reasons.
public struct Response: Hashable, Sendable {
    /// The answer.
    public let decision: Decision
    /// The policies that made it, in the order of the set: satisfied forbids on a deny (none if nothing permits),
    /// satisfied permits on an allow.
    public let determining: [PolicyID]
    /// The policies that failed, in the order of the set, whatever the decision.
    public let errors: [PolicyEvaluationError]
}
