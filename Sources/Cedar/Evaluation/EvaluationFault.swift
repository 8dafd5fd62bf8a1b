/// Why the evaluation of a policy failed.
///
/// Never holds a value or the id of an entity.
public indirect enum EvaluationFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// An operand has the wrong type.
    case typeMismatch(expected: String, found: Value.Kind)
    /// A record or an entity of this type has no such attribute.
    case missingAttribute(String, of: String)
    /// An entity of this type has no tag of the key asked for.
    case missingTag(of: String)
    /// An entity of this type is not in the store.
    case missingEntity(type: String)
    /// An integer result does not fit 64 bits.
    case overflow(String)
    /// An extension function refused its arguments.
    case extensionFailure(String)

    /// What is wrong.
    public var description: String {
        switch self {
        case .typeMismatch(let expected, let found): "expected \(expected), found \(found.rawValue)"
        case .missingAttribute(let name, let owner): "\(owner) has no attribute '\(name)'"
        case .missingTag(let type): "the entity of type \(type) has no such tag"
        case .missingEntity(let type): "the entity of type \(type) does not exist"
        case .overflow(let operation): "the result of '\(operation)' does not fit 64 bits"
        case .extensionFailure(let what): what
        }
    }
}

/// A policy that could not be evaluated, and so had no effect on the decision.
public struct PolicyEvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The policy.
    public let policyID: PolicyID
    /// The place in the policy's text.
    public let position: SourcePosition
    /// What went wrong there.
    public let fault: EvaluationFault

    /// `file:line:column: policy: what is wrong`.
    public var description: String { "\(position): \(policyID): \(fault)" }
}

/// A fault and the node at which it arose.
struct EvaluationFailure: Error {
    let fault: EvaluationFault
    let position: TextPosition
}
