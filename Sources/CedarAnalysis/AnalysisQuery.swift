import Cedar

/// One question about one kind of request, as constraints that can be met exactly where the answer is no.
struct AnalysisQuery {
    private let question: AnalysisQuestion
    private let sets: [PolicySet]
    private let encoder: Encoder
    private let entitiesMax: Int
    private let constraints: [Term]
    /// The terms whose values make up a counterexample.
    let asked: [Term]

    init(
        _ question: AnalysisQuestion, _ sets: [PolicySet], _ schema: Schema,
        _ environment: RequestEnvironment, _ limits: AnalysisLimits
    ) throws(AnalysisError) {
        self.question = question
        self.sets = sets
        entitiesMax = limits.entitiesMax
        encoder = Encoder(schema: schema, environment: environment, termsMax: limits.termsMax)
        let goal = try Self.counterGoal(question, sets, encoder)
        let hierarchy = try encoder.hierarchyFacts()
        // Asked for before the facts are taken, since looking at something may bring facts of its own.
        asked = Self.asked(encoder)
        if encoder.terms.isFull { throw .tooLarge("terms", most: limits.termsMax) }
        constraints = [goal] + encoder.facts + hierarchy
    }

    /// Whether it is certain without a solver that there is no counterexample.
    var isUnmeetable: Bool { constraints.contains(encoder.terms.no) }

    /// Whether there is a product of which no factor is known.
    var multipliesUnknowns: Bool { encoder.terms.multipliesUnknowns }

    func script(_ arithmetic: Arithmetic) -> String {
        ScriptWriter.script(
            encoder.terms, arithmetic,
            declarations: encoder.sorts.declarations + encoder.declarations,
            constraints: constraints, asked: asked)
    }

    /// What holds of a request exactly where it is a counterexample.
    private static func counterGoal(
        _ question: AnalysisQuestion, _ sets: [PolicySet], _ encoder: Encoder
    ) throws(AnalysisError) -> Term {
        let terms = encoder.terms
        if question == .neverErrors {
            var errors: [Term] = []
            for policy in sets[0].policies where !policy.isTemplate {
                errors.append(try encoder.truth(of: policy).error)
            }
            return terms.or(errors)
        }
        var holds: [Term] = []
        for set in sets {
            holds.append(
                question.isAboutPolicies
                    ? try matches(set, nil, encoder)
                    : terms.and(
                        try matches(set, .permit, encoder),
                        terms.not(try matches(set, .forbid, encoder))))
        }
        let first = holds[0]
        let second = holds.count > 1 ? holds[1] : terms.no
        switch question {
        case .neverErrors, .neverMatches, .alwaysDenies: return first
        case .alwaysMatches, .alwaysAllows: return terms.not(first)
        case .matchesEquivalent, .equivalent: return terms.not(terms.equal(first, second))
        case .matchesImplies, .implies: return terms.and(first, terms.not(second))
        case .matchesDisjoint, .disjoint: return terms.and(first, second)
        }
    }

    /// Whether some policy of an effect, or of any where it is nil, evaluates to true.
    private static func matches(_ set: PolicySet, _ effect: Effect?, _ encoder: Encoder)
        throws(AnalysisError) -> Term
    {
        var matches: [Term] = []
        for policy in set.policies
        where !policy.isTemplate && (effect == nil || policy.effect == effect) {
            let truth = try encoder.truth(of: policy)
            matches.append(encoder.terms.and(truth.value, encoder.terms.not(truth.error)))
        }
        return encoder.terms.or(matches)
    }

    private static func asked(_ encoder: Encoder) -> [Term] {
        var asked = [encoder.principal, encoder.resource]
        asked += ModelReader.terms(of: encoder.contextValue)
        for observation in encoder.observations {
            switch observation.place {
            case .attribute(_, let identity, _): asked.append(identity)
            case .tag(_, let identity, let key): asked += [identity, key]
            }
            asked.append(observation.presence)
            asked += ModelReader.terms(of: observation.value)
        }
        for (member, _, term) in encoder.ancestorSets { asked += [member.identity, term] }
        var seen: Set<Term> = []
        return asked.filter { seen.insert($0).inserted }
    }

    /// The request and the store that the solver found, checked by evaluation.
    func counterexample(_ output: SolverOutput) throws(AnalysisError) -> Counterexample {
        var model = ModelReader(encoder, asked, output)
        let environment = encoder.environment
        guard let principal = model.entity(environment.principal, encoder.principal),
            let resource = model.entity(environment.resource, encoder.resource),
            case .record(let context)? = model.value(encoder.contextValue),
            let entities = try store(&model, [principal, resource], context)
        else { throw .unconfirmed("its values cannot be read") }
        let request = Request(
            principal: principal, action: environment.action, resource: resource, context: context)
        let check = CounterexampleCheck(question: question, sets: sets, schema: encoder.schema)
        return try check.confirmed(request, entities)
    }

    private func store(
        _ model: inout ModelReader, _ uids: [EntityUID], _ context: RecordValue
    ) throws(AnalysisError) -> [Entity]? {
        var builder = StoreBuilder(schema: encoder.schema, entitiesMax: entitiesMax)
        for uid in uids + Array(encoder.mentioned) { builder.add(uid) }
        builder.add(.record(context))
        for observation in encoder.observations {
            guard let isPresent = model.flag(observation.presence) else { return nil }
            let value = isPresent ? model.value(observation.value) : nil
            if isPresent, value == nil { return nil }
            switch observation.place {
            case .attribute(let type, let identity, let name):
                guard let uid = model.entity(type, identity) else { return nil }
                if let value { builder.setAttribute(name, of: uid, to: value) }
            case .tag(let type, let identity, let key):
                guard let uid = model.entity(type, identity), let key = model.text(key) else {
                    return nil
                }
                if let value { builder.setTag(key, of: uid, to: value) }
            }
        }
        for (member, group, term) in encoder.ancestorSets {
            guard let uid = model.entity(member.type, member.identity),
                case .set(let found)? = model.value(.set(.term(term, .entity(group))))
            else { return nil }
            let ancestors = found.elements.compactMap { value in
                if case .entity(let ancestor) = value { ancestor } else { nil }
            }
            builder.setAncestors(ancestors, of: uid)
        }
        return try builder.entities()
    }
}
