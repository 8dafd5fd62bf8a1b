/// A decision with what became of every policy.
public struct Explanation: Sendable {
    /// The decision, as ``Authorizer/authorize(_:_:_:)`` gives it.
    public let response: Response
    /// Every policy of the set in order, templates left out.
    public let outcomes: [PolicyOutcome]

    /// What became of the determining policies.
    public var determining: [PolicyOutcome] {
        let ids = Set(response.determining)
        return outcomes.filter { ids.contains($0.policyID) }
    }

    /// What became of the policies that would have changed the decision had they been satisfied.
    ///
    /// On an allow these are the forbids, on a deny without a satisfied forbid the permits, of those whose scope is
    /// about the action of the request. On a deny by a forbid there are none, since no further policy could change it.
    public var couldHaveMattered: [PolicyOutcome] {
        let isForbidden = response.decision == .deny && !response.determining.isEmpty
        let effect: Effect = response.decision == .allow ? .forbid : .permit
        return outcomes.filter { outcome in
            !isForbidden && outcome.effect == effect && outcome.cause != .scope(.action)
        }
    }
}

/// What became of one policy.
public struct PolicyOutcome: Hashable, Sendable, CustomStringConvertible {
    /// The policy.
    public let policyID: PolicyID
    /// What it does when satisfied.
    public let effect: Effect
    /// Where it starts.
    public let position: SourcePosition
    /// Its annotations.
    public let annotations: [String: String]
    /// Why it was satisfied or not.
    public let cause: Cause
    /// The part of a condition that ``cause`` is about, with the values it saw; nil where no condition is.
    public let part: DecisivePart?

    /// Why a policy was satisfied or not.
    public enum Cause: Hashable, Sendable {
        /// Its scope matches and all its conditions hold.
        case satisfied
        /// Its scope asks for another principal, action or resource.
        case scope(ScopePart)
        /// This part of a condition is the first that kept it from being satisfied.
        case condition(String, at: SourcePosition)
        /// This part of a condition failed.
        case failed(EvaluationFault, at: SourcePosition)
    }

    /// A part of the scope.
    public enum ScopePart: String, Hashable, Sendable, CaseIterable {
        /// The constraint on the principal.
        case principal
        /// The constraint on the action.
        case action
        /// The constraint on the resource.
        case resource
    }

    /// `file:line:column: policy: cause`.
    public var description: String {
        switch cause {
        case .satisfied: "\(position): \(policyID): satisfied"
        case .scope(let part): "\(position): \(policyID): is about another \(part.rawValue)"
        case .condition(let text, let place):
            "\(place): \(policyID): not satisfied because of \(text)"
        case .failed(let fault, let place): "\(place): \(policyID): \(fault)"
        }
    }
}

extension Authorizer {
    /// Decides one request and says what became of every policy.
    ///
    /// Slower than ``authorize(_:_:_:)``, which it agrees with: it looks at every policy, and into conditions.
    ///
    /// - Parameters:
    ///   - request: What is asked.
    ///   - policies: What decides.
    ///   - entities: The entities it can see.
    ///   - detail: How much to say; without it, values are named by their types alone.
    /// - Returns: The decision and every policy's part in it.
    public func explain(
        _ request: Request, _ policies: PolicySet, _ entities: EntityStore,
        detail: ExplanationDetail = .redacted
    ) -> Explanation {
        let frame = Frame(request: request, store: entities)
        let outcomes = policies.policies.filter { !$0.isTemplate }.map { policy in
            let (cause, part) = Blame(policy: policy, frame: frame, detail: detail).outcome()
            return PolicyOutcome(
                policyID: policy.id, effect: policy.effect, position: policy.position,
                annotations: policy.annotations, cause: cause, part: part)
        }
        return Explanation(response: authorize(request, policies, entities), outcomes: outcomes)
    }
}

/// Finds the part of a policy that decided about it.
private struct Blame {
    let policy: Policy
    let frame: Frame
    let detail: ExplanationDetail

    private var file: String { policy.position.file }

    func outcome() -> (PolicyOutcome.Cause, DecisivePart?) {
        if let part = CompiledScope(policy.scope).mismatch(frame) { return (.scope(part), nil) }
        for (index, condition) in policy.conditions.enumerated() {
            do throws(EvaluationFailure) {
                let holds = try Compiler.compile(condition.body).test(frame)
                guard holds == condition.isUnless else { continue }
                let part = described(try decisive(condition.body, holds), index, condition)
                return (.condition(part.text, at: part.position), part)
            } catch {
                let part = described(failing(condition.body), index, condition)
                return (.failed(error.fault, at: error.position.within(file)), part)
            }
        }
        return (.satisfied, nil)
    }

    private func described(_ part: Expression, _ index: Int, _ condition: Condition) -> DecisivePart
    {
        var readings = Readings(frame: frame, file: file, detail: detail)
        readings.visit(part)
        return DecisivePart(
            conditionIndex: index, isUnless: condition.isUnless,
            text: detail.cut(ExpressionText.of(part)), position: part.position.within(file),
            values: readings.values, hasAllValues: readings.hasAll)
    }

    /// The smallest part because of which an expression has this value.
    private func decisive(_ expression: Expression, _ value: Bool) throws(EvaluationFailure)
        -> Expression
    {
        switch expression.kind {
        case .and(let members) where !value: return try first(of: members, value) ?? expression
        case .or(let members) where value: return try first(of: members, value) ?? expression
        case .not(let member): return try decisive(member, !value)
        default: return expression
        }
    }

    private func first(of members: [Expression], _ value: Bool) throws(EvaluationFailure)
        -> Expression?
    {
        for member in members where try Compiler.compile(member).test(frame) == value {
            return try decisive(member, value)
        }
        return nil
    }

    /// The smallest part because of which an expression fails.
    private func failing(_ expression: Expression) -> Expression {
        switch expression.kind {
        case .and(let members), .or(let members):
            return members.first { test($0) == nil }.map(failing) ?? expression
        case .not(let member): return failing(member)
        case .ifThenElse(let guarding, let then, let otherwise):
            return failing(test(guarding).map { $0 ? then : otherwise } ?? guarding)
        default: return expression
        }
    }

    /// The value of a part, nil where it fails.
    private func test(_ expression: Expression) -> Bool? {
        do throws(EvaluationFailure) {
            return try Compiler.compile(expression).test(frame)
        } catch {
            return nil
        }
    }
}
