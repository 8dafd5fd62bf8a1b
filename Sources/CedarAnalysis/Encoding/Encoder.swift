import Cedar

/// Turns policies into terms, for one kind of request.
///
/// Follows evaluation step by step: for each node, the condition under which it fails and its value where it does
/// not. It does not rely on validation: what would be a type error is a failure here as there. Only what has no
/// single type (a set of mixed members, branches of different types) cannot be expressed and is refused.
final class Encoder {
    let schema: Schema
    let environment: RequestEnvironment
    let terms: TermTable
    let texts = SolverText()
    let sorts: SortTable
    private(set) var declarations: [String] = []
    /// What holds of every request and store.
    private(set) var facts: [Term] = []
    private var factsKnown: Set<Term> = []
    private var symbols: [String: String] = [:]
    /// What the policies look at in entities; the rest of a counterexample is free.
    private(set) var observations: [Observation] = []
    private var observed: Set<Observation.Place> = []
    /// The entities that policies name.
    private(set) var mentioned: Set<EntityUID> = []
    var hierarchy = Hierarchy()
    private var outcomes: [ObjectIdentifier: Outcome] = [:]
    /// Kept alive, since `outcomes` knows expressions by identity.
    private var roots: [Expression] = []
    private var file = ""
    private(set) lazy var principal = requestEntity("principal", environment.principal)
    private(set) lazy var resource = requestEntity("resource", environment.resource)
    private(set) lazy var context = ValueType.record(
        ValueType.members(schema.actions[environment.action]?.context ?? .empty))
    private(set) lazy var contextValue = symbol("context", [], context)

    init(schema: Schema, environment: RequestEnvironment, termsMax: Int) {
        self.schema = schema
        self.environment = environment
        terms = TermTable(termsMax: termsMax)
        sorts = SortTable(schema)
    }

    /// Scope and conditions of a policy.
    func truth(of policy: Policy) throws(AnalysisError) -> Truth {
        file = policy.position.file
        let plain = policy.plainCondition
        roots.append(plain)
        return try truth(plain)
    }

    func unsupported(_ what: String, _ expression: Expression) -> AnalysisError {
        .unsupported(what, at: expression.position.within(file))
    }

    func assume(_ fact: Term) {
        if fact != terms.yes, factsKnown.insert(fact).inserted { facts.append(fact) }
    }

    // MARK: Symbols

    private func requestEntity(_ name: String, _ type: String) -> Term {
        apply(name, [], sorts.identity(type))
    }

    /// An unknown of the request or the store: a function named by `path` of the terms it depends on.
    func apply(_ path: String, _ arguments: [Term], _ sort: Sort) -> Term {
        if let name = symbols[path] { return terms.make(name, arguments, sort) }
        let name = "f\(symbols.count)"
        symbols[path] = name
        let domain = arguments.map { terms.node($0).sort.text }.joined(separator: " ")
        declarations.append("(declare-fun \(name) (\(domain)) \(sort.text))")
        return terms.make(name, arguments, sort)
    }

    /// An unknown of a type; records become one unknown for each member.
    func symbol(_ path: String, _ arguments: [Term], _ type: ValueType) -> SymbolicValue {
        func unknown(_ sort: Sort) -> Term { apply(path, arguments, sort) }
        switch type {
        case .bool: return .bool(unknown(.bool))
        case .long: return .long(number(unknown(.long)))
        case .string: return .string(unknown(.string))
        case .entity(let name): return .entity(name, unknown(sorts.identity(name)))
        case .extension(.ipaddr):
            return .extension(.ipaddr, unknown(sorts.sort(type) ?? .address))
        case .extension(let kind): return .extension(kind, number(unknown(.long)))
        case .set(let element):
            guard let element, let sort = sorts.sort(element) else {
                return .set(.literal([], nil))
            }
            return .set(.term(unknown(.set(sort)), element))
        case .record(let members):
            var values: [ScalarKey: SymbolicMember] = [:]
            // Types that nest doubly grow without end; the caller sees that the table is full.
            for (name, member) in members where !terms.isFull {
                let inner = "\(path)\0\(name.text)"
                let presence =
                    member.isRequired ? terms.yes : apply("\(inner)\0has", arguments, .bool)
                values[name] = SymbolicMember(
                    presence: presence, value: symbol(inner, arguments, member.type))
            }
            return .record(values)
        }
    }

    private func number(_ term: Term) -> Term {
        assume(terms.make("long.fits", [term], .bool))
        return term
    }

    func observe(_ place: Observation.Place, _ presence: Term, _ value: SymbolicValue) {
        if observed.insert(place).inserted {
            observations.append(Observation(place: place, presence: presence, value: value))
        }
    }

    // MARK: Expressions

    func truth(_ expression: Expression) throws(AnalysisError) -> Truth {
        let outcome = try outcome(expression)
        guard case .bool(let value)? = outcome.value else {
            return Truth(error: terms.yes, value: terms.no)
        }
        return Truth(error: outcome.error, value: value)
    }

    func outcome(_ expression: Expression) throws(AnalysisError) -> Outcome {
        let identity = ObjectIdentifier(expression)
        if let known = outcomes[identity] { return known }
        let outcome = try encoded(expression)
        if terms.isFull { throw .tooLarge("terms", most: terms.termsMax) }
        if texts.isFull { throw .tooLarge("characters beyond U+2FFFF", most: 2_048) }
        outcomes[identity] = outcome
        return outcome
    }

    private func encoded(_ expression: Expression) throws(AnalysisError) -> Outcome {
        switch expression.kind {
        case .literal(let literal): return sure(try value(literal, expression))
        case .variable(let variable): return sure(value(variable))
        case .ifThenElse(let guarding, let then, let otherwise):
            return try choice(expression, guarding, then, otherwise)
        case .and(let members): return try chain(members, deciding: terms.no)
        case .or(let members): return try chain(members, deciding: terms.yes)
        case .not(let member):
            let truth = try truth(member)
            return Outcome(error: truth.error, value: .bool(terms.not(truth.value)))
        case .negate(let member):
            return try arithmetic(.subtract, sure(.long(terms.long(0))), outcome(member))
        case .sum(let first, let terms):
            var total = try outcome(first)
            for term in terms {
                total = try arithmetic(
                    term.isSubtraction ? .subtract : .add, total, outcome(term.expression))
            }
            return total
        case .product(let members):
            var total = sure(.long(terms.long(1)))
            for (index, member) in members.enumerated() {
                let factor = try outcome(member)
                total = index == 0 ? factor : arithmetic(.multiply, total, factor)
            }
            return total
        case .binary(let symbol, let left, let right):
            return try binary(expression, symbol, left, right)
        case .isEmpty(let member): return try isEmpty(member)
        case .attribute(let member, let name): return try attribute(member, name)
        case .has(let member, let path): return try has(member, path)
        case .like(let member, let pattern):
            return try mapped(member) { value in
                guard case .string(let text) = value else { return nil }
                return .bool(texts.like(text, pattern, terms))
            }
        case .isType(let member, let type, _):
            return try mapped(member) { value in
                guard case .entity(let name, _) = value else { return nil }
                return .bool(terms.bool(name == type))
            }
        case .set(let members): return try setLiteral(expression, members)
        case .record(let members): return try recordLiteral(members)
        case .call(let function, let arguments): return try call(expression, function, arguments)
        }
    }

    /// An outcome that never fails.
    func sure(_ value: SymbolicValue) -> Outcome { Outcome(error: terms.no, value: value) }

    /// What always fails.
    var failure: Outcome { Outcome(error: terms.yes, value: nil) }

    /// An outcome of one operand; `body` gives nil for a value of the wrong type.
    func mapped(
        _ member: Expression, _ body: (SymbolicValue) throws(AnalysisError) -> SymbolicValue?
    ) throws(AnalysisError) -> Outcome {
        let outcome = try outcome(member)
        guard let value = outcome.value, let result = try body(value) else { return failure }
        return Outcome(error: outcome.error, value: result)
    }

    private func value(_ literal: Literal, _ expression: Expression) throws(AnalysisError)
        -> SymbolicValue
    {
        switch literal {
        case .bool(let flag): return .bool(terms.bool(flag))
        case .long(let number): return .long(terms.long(number))
        case .string(let text): return .string(terms.leaf(texts.literal(text), .string))
        case .entity(let uid):
            guard let identity = identity(of: uid) else {
                throw unsupported("the schema declares no such entity", expression)
            }
            if !uid.isAction { mentioned.insert(uid) }
            return .entity(uid.type, identity)
        }
    }

    /// The term that an entity's id is; nil where the schema has no such type or id.
    func identity(of uid: EntityUID) -> Term? {
        guard uid.isAction || schema.entityTypes[uid.type] != nil else { return nil }
        let sort = sorts.identity(uid.type)
        guard case .enumeration(let number) = sort else {
            return terms.leaf(texts.literal(uid.id), .string)
        }
        return sorts.place(of: uid.id, in: number).map { terms.leaf("e\(number).\($0)", sort) }
    }

    private func value(_ variable: Variable) -> SymbolicValue {
        switch variable {
        case .principal: .entity(environment.principal, principal)
        case .resource: .entity(environment.resource, resource)
        case .context: contextValue
        case .action:
            .entity(
                environment.action.type,
                terms.leaf(texts.literal(environment.action.id), .string))
        }
    }
}
