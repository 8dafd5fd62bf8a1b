/// A request of which some is not known yet.
public struct PartialRequest: Sendable {
    /// Who asks: a type, and an id where it is known.
    public let principal: PartialUID
    /// What is to be done; always known.
    public let action: EntityUID
    /// To what: a type, and an id where it is known.
    public let resource: PartialUID
    /// The circumstances, nil where they are not known.
    public let context: RecordValue?

    /// Makes a partial request.
    public init(
        principal: PartialUID, action: EntityUID, resource: PartialUID, context: RecordValue?
    ) {
        self.principal = principal
        self.action = action
        self.resource = resource
        self.context = context
    }
}

/// The name of an entity of which perhaps only the type is known.
public struct PartialUID: Hashable, Sendable {
    /// The type.
    public let type: String
    /// The whole name, nil where only the type is known.
    public let uid: EntityUID?

    /// An entity of some type, it is not known which.
    public init(type: String) {
        self.type = type
        uid = nil
    }

    /// A known entity.
    public init(_ uid: EntityUID) {
        type = uid.type
        self.uid = uid
    }
}

/// What is known about an entity.
///
/// Each part is known wholly or not at all.
public struct PartialEntity: Sendable {
    /// Whether it is known that there is no such entity.
    public let isAbsent: Bool
    /// The attributes, nil where they are not known.
    public let attributes: RecordValue?
    /// All ancestors, nil where they are not known.
    public let ancestors: Set<EntityUID>?
    /// The tags, nil where they are not known.
    public let tags: RecordValue?

    /// Says what is known about an entity that exists.
    public init(
        attributes: RecordValue? = nil, ancestors: Set<EntityUID>? = nil, tags: RecordValue? = nil
    ) {
        isAbsent = false
        self.attributes = attributes
        self.ancestors = ancestors
        self.tags = tags
    }

    private init(absent: Void) {
        isAbsent = true
        attributes = [:]
        ancestors = []
        tags = [:]
    }

    /// It is known that there is no such entity.
    public static let absent = PartialEntity(absent: ())
}

/// What is known about entities; nothing at all is known about those it does not list.
public struct PartialEntities: Sendable {
    /// What is known, by name.
    public var entities: [EntityUID: PartialEntity]

    /// Lists what is known.
    public init(_ entities: [EntityUID: PartialEntity] = [:]) { self.entities = entities }

    /// Everything about the entities of a store; still nothing about those it does not have.
    public init(_ store: EntityStore) {
        entities = store.records.all.mapValues { record in
            PartialEntity(
                attributes: record.entity.attributes,
                ancestors: Set(store.ancestors(of: record.entity.uid)), tags: record.entity.tags)
        }
    }
}

/// What became of one policy as far as can be told.
public struct PartialOutcome: Sendable {
    /// The policy.
    public let policyID: PolicyID
    /// What it does when satisfied.
    public let effect: Effect
    /// How it stands.
    public let status: Status
    /// The policy with all that is known put in: on any request and entities that agree with what was known, it is
    /// satisfied, not satisfied or failing exactly as the original is.
    public let residual: Policy

    /// How a policy stands.
    public enum Status: String, Hashable, Sendable, CaseIterable {
        /// It is satisfied, whatever the rest.
        case satisfied
        /// It is not satisfied, whatever the rest.
        case notSatisfied
        /// It fails, whatever the rest.
        case failed
        /// It depends on what is not known.
        case residual
    }
}

/// What can be told about a partial request.
public struct PartialResponse: Sendable {
    /// The decision, nil where it depends on what is not known.
    public let decision: Decision?
    /// Every policy in order.
    public let outcomes: [PartialOutcome]

    init(_ outcomes: [PartialOutcome]) {
        self.outcomes = outcomes
        func has(_ effect: Effect, _ statuses: PartialOutcome.Status...) -> Bool {
            outcomes.contains { $0.effect == effect && statuses.contains($0.status) }
        }
        if has(.forbid, .satisfied) {
            decision = .deny
        } else if has(.permit, .satisfied), !has(.forbid, .residual) {
            decision = .allow
        } else if !has(.permit, .satisfied, .residual) {
            decision = .deny
        } else {
            decision = nil
        }
    }

    /// The residual policies as a set, for deciding once more is known.
    public var residuals: PolicySet {
        get throws(PolicySetError) { try PolicySet(outcomes.map(\.residual)) }
    }

    /// The entities that the residuals mention, whose data would help.
    public var mentionedEntities: Set<EntityUID> {
        var found: Set<EntityUID> = []
        var waiting = outcomes.filter { $0.status == .residual }.flatMap {
            $0.residual.conditions.map(\.body)
        }
        while let expression = waiting.popLast() {
            if case .literal(.entity(let uid)) = expression.kind { found.insert(uid) }
            waiting += expression.kind.children
        }
        return found
    }
}
