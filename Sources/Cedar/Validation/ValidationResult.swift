/// Something the validator has to say about a policy.
public struct ValidationFinding: Hashable, Sendable, CustomStringConvertible {
    /// The policy.
    public let policyID: PolicyID
    /// The place in its text.
    public let position: SourcePosition
    /// What is wrong or suspicious there.
    public let message: String

    /// `file:line:column: policy: message`.
    public var description: String { "\(position): \(policyID): \(message)" }
}

/// What validation found.
public struct ValidationResult: Hashable, Sendable {
    /// What is wrong; a set with any error does not validate.
    public let errors: [ValidationFinding]
    /// What is suspicious but allowed.
    public let warnings: [ValidationFinding]

    /// Whether there is no error.
    public var isValid: Bool { errors.isEmpty }
}
