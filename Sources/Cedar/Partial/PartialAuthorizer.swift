/// What keeps policies from being evaluated in part.
public enum PartialEvaluationError: Error, Sendable, CustomStringConvertible {
    /// The policies do not validate, which partial evaluation relies on.
    case invalidPolicies([ValidationFinding])
    /// The schema does not allow the action with a principal and a resource of these types.
    case environmentNotAllowed
    /// After this many rounds of loading there was still something to load.
    case roundsExceeded(Int)

    /// What is wrong.
    public var description: String {
        switch self {
        case .invalidPolicies(let findings):
            "the policies do not validate: \(findings.first.map(\.description) ?? "")"
        case .environmentNotAllowed: "the schema does not allow this action for these types"
        case .roundsExceeded(let rounds):
            "entities were still missing after \(rounds) rounds of loading"
        }
    }
}

/// Decides requests of which some is not known, and finds what would be allowed.
public struct PartialAuthorizer: Sendable {
    private let schema: Schema
    private let policies: PolicySet

    /// Takes policies that validate against a schema.
    ///
    /// - Throws: ``PartialEvaluationError/invalidPolicies(_:)``.
    public init(schema: Schema, policies: PolicySet) throws(PartialEvaluationError) {
        let result = Validator(schema: schema).validate(policies)
        guard result.isValid else { throw .invalidPolicies(result.errors) }
        self.schema = schema
        self.policies = policies
    }

    /// Evaluates as far as what is known goes.
    ///
    /// - Parameters:
    ///   - request: What is known of the request, conforming to the schema.
    ///   - entities: What is known of entities, conforming to the schema. The actions of the schema are known.
    /// - Returns: The decision if it is certain, and every policy with what is known put in.
    /// - Throws: ``PartialEvaluationError/environmentNotAllowed``.
    public func authorize(
        _ request: PartialRequest, _ entities: PartialEntities
    ) throws(PartialEvaluationError) -> PartialResponse {
        let environment = RequestEnvironment(
            principal: request.principal.type, action: request.action,
            resource: request.resource.type)
        guard let action = schema.actions[request.action],
            action.principals.contains(environment.principal),
            action.resources.contains(environment.resource)
        else { throw .environmentNotAllowed }
        var known = entities.entities
        for entity in schema.actionEntities {
            known[entity.uid] = PartialEntity(
                attributes: [:], ancestors: Set(entity.parents), tags: [:])
        }
        let outcomes = policies.policies.filter { !$0.isTemplate }.map { policy in
            outcome(policy, request, known, environment)
        }
        return PartialResponse(outcomes)
    }

    private func outcome(
        _ policy: Policy, _ request: PartialRequest, _ known: [EntityUID: PartialEntity],
        _ environment: RequestEnvironment
    ) -> PartialOutcome {
        let condition = policy.plainCondition
        let checker = TypeChecker(schema: schema, environment: environment)
        _ = checker.boolean(condition, [])
        let evaluator = PartialEvaluator(request: request, entities: known, checker: checker)
        let status: PartialOutcome.Status
        let body: Expression
        switch evaluator.evaluate(condition) {
        case .value(.bool(let value)):
            status = value ? .satisfied : .notSatisfied
            body = Expression(.literal(.bool(value)), at: condition.position)
        case .value, .failure:
            status = .failed
            body = .failing(at: condition.position)
        case .residual(let expression, _):
            status = .residual
            body = expression
        }
        let residual = Policy(
            id: policy.id, effect: policy.effect, annotations: policy.annotations,
            position: policy.position,
            scope: Scope(principal: .any, action: .any, resource: .any),
            conditions: [Condition(isUnless: false, body: body, position: condition.position)])
        return PartialOutcome(
            policyID: policy.id, effect: policy.effect, status: status, residual: residual)
    }

    // MARK: Queries

    /// The resources among `candidates` on which a principal may take an action.
    ///
    /// - Parameters:
    ///   - candidates: All of one type.
    ///   - principal: Who asks.
    ///   - action: What is to be done.
    ///   - context: The circumstances.
    ///   - entities: The entities, as in a full authorization.
    /// - Returns: Those allowed, in the order given.
    /// - Throws: ``PartialEvaluationError/environmentNotAllowed``.
    public func resources(
        among candidates: [EntityUID], allowedFor principal: EntityUID, action: EntityUID,
        context: RecordValue,
        _ entities: EntityStore
    ) throws(PartialEvaluationError) -> [EntityUID] {
        guard let type = candidates.first?.type else { return [] }
        let request = PartialRequest(
            principal: PartialUID(principal), action: action, resource: PartialUID(type: type),
            context: context)
        return try allowed(candidates, request, entities) { candidate in
            Request(principal: principal, action: action, resource: candidate, context: context)
        }
    }

    /// The principals among `candidates` that may take an action on a resource.
    ///
    /// - Parameters:
    ///   - candidates: All of one type.
    ///   - action: What is to be done.
    ///   - resource: To what.
    ///   - context: The circumstances.
    ///   - entities: The entities, as in a full authorization.
    /// - Returns: Those allowed, in the order given.
    /// - Throws: ``PartialEvaluationError/environmentNotAllowed``.
    public func principals(
        among candidates: [EntityUID], allowedTo action: EntityUID, on resource: EntityUID,
        context: RecordValue,
        _ entities: EntityStore
    ) throws(PartialEvaluationError) -> [EntityUID] {
        guard let type = candidates.first?.type else { return [] }
        let request = PartialRequest(
            principal: PartialUID(type: type), action: action, resource: PartialUID(resource),
            context: context)
        return try allowed(candidates, request, entities) { candidate in
            Request(principal: candidate, action: action, resource: resource, context: context)
        }
    }

    private func allowed(
        _ candidates: [EntityUID], _ request: PartialRequest, _ entities: EntityStore,
        _ complete: (EntityUID) -> Request
    ) throws(PartialEvaluationError) -> [EntityUID] {
        let response = try authorize(request, PartialEntities(entities))
        if let decision = response.decision { return decision == .allow ? candidates : [] }
        let open = response.outcomes.filter { $0.status == .residual || $0.status == .satisfied }
            .map(\.residual)
        do throws(PolicySetError) {
            let residuals = try PolicySet(open)
            return candidates.filter {
                Authorizer().authorize(complete($0), residuals, entities).decision == .allow
            }
        } catch {
            // The ids come from a set, so they cannot clash; refusing is right should that ever change.
            return []
        }
    }

    /// The actions of the schema that a principal may take on a resource, of those that can be taken in this context.
    ///
    /// - Parameters:
    ///   - principal: Who asks.
    ///   - resource: On what.
    ///   - context: The circumstances; actions whose context differs are left out.
    ///   - entities: The entities, as in a full authorization.
    /// - Returns: Those allowed, sorted.
    public func actions(
        allowedFor principal: EntityUID, on resource: EntityUID, context: RecordValue,
        _ entities: EntityStore
    ) -> [EntityUID] {
        let store = entities.adding(schema.actionEntities)
        return schema.actionUIDs.filter { action in
            let request = Request(
                principal: principal, action: action, resource: resource, context: context)
            do throws(ConformanceError) {
                try schema.check(request)
            } catch {
                return false
            }
            return Authorizer().authorize(request, policies, store).decision == .allow
        }
    }

    /// Decides a request, asking for entities only as they turn out to matter.
    ///
    /// - Parameters:
    ///   - request: A whole request.
    ///   - roundsMax: How often to ask; one more than the level of the policies is enough.
    ///   - load: Gives the named entities with all their ancestors as parents; leaves out those that do not exist.
    /// - Returns: The response that a store of all entities would give, but that a failing policy may name another of
    ///   its faults, since what cannot change the outcome is not loaded.
    /// - Throws: ``PartialEvaluationError``.
    public func authorize(
        _ request: Request, roundsMax: Int, load: (Set<EntityUID>) -> [Entity]
    ) throws(PartialEvaluationError) -> Response {
        let partial = PartialRequest(
            principal: PartialUID(request.principal), action: request.action,
            resource: PartialUID(request.resource), context: request.context)
        var known = PartialEntities()
        var found: [Entity] = schema.actionEntities
        for _ in 0...roundsMax {
            let wanted = try authorize(partial, known).mentionedEntities.filter {
                known.entities[$0] == nil
            }
            if wanted.isEmpty {
                return Authorizer().authorize(request, policies, EntityStore.empty.adding(found))
            }
            for uid in wanted { known.entities[uid] = .absent }
            for entity in load(wanted) where wanted.contains(entity.uid) {
                found.append(entity)
                known.entities[entity.uid] = PartialEntity(
                    attributes: entity.attributes, ancestors: Set(entity.parents), tags: entity.tags
                )
            }
        }
        throw .roundsExceeded(roundsMax)
    }
}
