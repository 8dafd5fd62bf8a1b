/// Decides requests.
public struct Authorizer: Sendable {
    /// Makes an authorizer; it has no state.
    public init() {}

    /// Decides one request.
    ///
    /// Deny unless a permit is satisfied and no forbid is.
    ///
    /// A policy that fails is reported and has no effect, be it a permit or a forbid. All policies are looked at
    /// whatever the others say, since the answer names every determining policy.
    public func authorize(_ request: Request, _ policies: PolicySet, _ entities: EntityStore)
        -> Response
    {
        let frame = Frame(request: request, store: entities)
        var permits: [PolicyID] = []
        var forbids: [PolicyID] = []
        var errors: [PolicyEvaluationError] = []
        policies.forEachCandidate(frame) { policy in
            do throws(EvaluationFailure) {
                guard try policy.isSatisfied(frame) else { return }
                if policy.effect == .permit {
                    permits.append(policy.id)
                } else {
                    forbids.append(policy.id)
                }
            } catch {
                errors.append(
                    PolicyEvaluationError(
                        policyID: policy.id, position: error.position.within(policy.file),
                        fault: error.fault))
            }
        }
        if !forbids.isEmpty {
            return Response(decision: .deny, determining: forbids, errors: errors)
        }
        let decision: Decision = permits.isEmpty ? .deny : .allow
        return Response(decision: decision, determining: permits, errors: errors)
    }
}
