/// Finds the policies whose scope could match a request, so that cost follows those and not the whole set.
///
/// Each policy is filed by what its scope demands of the resource, then of the principal, then of the action. A
/// request can only satisfy a policy filed under what the request is, is below, or under no demand. Policies passed
/// over have scopes that do not match, and such a policy neither decides nor fails, so reasons and errors are those
/// of looking at every policy.
struct ScopeIndex: Sendable {
    private typealias Actions = Shelf<[Int]>
    private typealias Principals = Shelf<Actions>

    private var resources = Shelf<Principals>()
    private let isUseful: Bool

    /// Below this, looking at every policy is faster than looking them up.
    private static let policiesMin = 16

    /// What a scope demands of one variable.
    fileprivate enum Demand: Hashable, Sendable {
        case entity(EntityUID)
        case type(AttributeName)
    }

    /// Things filed under a demand, or under none.
    private struct Shelf<Content: Sendable>: Sendable {
        var undemanding: Content?
        var byDemand: [Demand: Content] = [:]

        subscript(demand: Demand?) -> Content? {
            get { demand.map { byDemand[$0] } ?? undemanding }
            set { if let demand { byDemand[demand] = newValue } else { undemanding = newValue } }
        }

        @inline(__always)
        func forEach(_ demands: [Demand], _ visit: (Content) -> Void) {
            if let undemanding { visit(undemanding) }
            if byDemand.isEmpty { return }
            for demand in demands {
                if let content = byDemand[demand] { visit(content) }
            }
        }
    }

    init(_ policies: [CompiledPolicy]) {
        isUseful = policies.count >= Self.policiesMin
        guard isUseful else { return }
        for (number, policy) in policies.enumerated() {
            for action in policy.scope.action.demands {
                let resource = policy.scope.resource.demands.first ?? nil
                let principal = policy.scope.principal.demands.first ?? nil
                var principals = resources[resource] ?? Principals()
                var actions = principals[principal] ?? Actions()
                actions[action] = (actions[action] ?? []) + [number]
                principals[principal] = actions
                resources[resource] = principals
            }
        }
    }

    /// The policies to look at, in order; nil to look at all.
    func candidates(_ frame: Frame) -> [Int]? {
        guard isUseful else { return nil }
        let principal = Self.demands(met: frame.principal, frame.principalRecord, frame)
        let action = Self.demands(met: frame.action, frame.actionRecord, frame)
        let resource = Self.demands(met: frame.resource, frame.resourceRecord, frame)
        var found: [Int] = []
        resources.forEach(resource) { principals in
            principals.forEach(principal) { actions in
                actions.forEach(action) { found += $0 }
            }
        }
        found.sort()
        // A policy filed under several actions is found once for each that the request is below.
        var kept = 0
        for (position, number) in found.enumerated()
        where position == 0 || found[kept - 1] != number {
            found[kept] = number
            kept += 1
        }
        found.removeSubrange(kept...)
        return found
    }

    /// All that an entity can meet: its own name, its type, and each of its ancestors.
    private static func demands(met uid: EntityUID, _ record: EntityRecord?, _ frame: Frame)
        -> [Demand]
    {
        let ancestors = record.map { $0.ancestors.all ?? frame.store.ancestors(of: uid) } ?? []
        var demands: [Demand] = []
        demands.reserveCapacity(ancestors.count + 2)
        demands.append(.entity(uid))
        demands.append(.type(uid.typeName))
        for ancestor in ancestors where ancestor != uid { demands.append(.entity(ancestor)) }
        return demands
    }
}

extension CompiledScope.Constraint {
    /// What the constraint demands: any one of these.
    ///
    /// A list of no actions demands what nothing meets.
    fileprivate var demands: [ScopeIndex.Demand?] {
        switch self {
        case .any: [nil]
        case .never: []
        case .equal(let uid), .isIn(let uid), .isTypeIn(_, let uid): [.entity(uid)]
        case .isInAny(let uids): Set(uids).map { .entity($0) }
        case .isType(let type): [.type(type)]
        }
    }
}
