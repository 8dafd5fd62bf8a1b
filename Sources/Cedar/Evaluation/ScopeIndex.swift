/// Finds the policies whose scope could match a request, so that cost follows those and not the whole set.
///
/// Each policy is filed under one entity or type that its scope demands. A request can only satisfy a policy filed
/// under what the request is, or is below. Policies passed over have scopes that do not match, and such a policy
/// neither decides nor fails, so reasons and errors are those of looking at every policy.
struct ScopeIndex: Sendable {
    private var byPrincipal: [EntityUID: [Int]] = [:]
    private var byResource: [EntityUID: [Int]] = [:]
    private var byAction: [EntityUID: [Int]] = [:]
    private var byTypes: [TypeKey: [Int]] = [:]
    private var anywhere: [Int] = []
    private let isUseful: Bool

    /// Below this, looking at every policy is faster than looking them up.
    private static let policiesMin = 16

    private enum TypeKey: Hashable {
        case principal(AttributeName)
        case resource(AttributeName)
    }

    init(_ policies: [CompiledPolicy]) {
        isUseful = policies.count >= Self.policiesMin
        guard isUseful else { return }
        for (number, policy) in policies.enumerated() { file(policy.scope, number) }
    }

    private mutating func file(_ scope: CompiledScope, _ number: Int) {
        if let uid = scope.resource.entity {
            byResource[uid, default: []].append(number)
        } else if let uid = scope.principal.entity {
            byPrincipal[uid, default: []].append(number)
        } else if let uids = scope.action.entities {
            for uid in Set(uids) { byAction[uid, default: []].append(number) }
        } else if let type = scope.resource.type {
            byTypes[.resource(type), default: []].append(number)
        } else if let type = scope.principal.type {
            byTypes[.principal(type), default: []].append(number)
        } else {
            anywhere.append(number)
        }
    }

    /// The policies to look at, in order; nil to look at all.
    func candidates(_ frame: Frame) -> [Int]? {
        guard isUseful else { return nil }
        var found = anywhere
        Self.collect(frame.principal, frame.principalRecord, frame, byPrincipal, &found)
        Self.collect(frame.resource, frame.resourceRecord, frame, byResource, &found)
        Self.collect(frame.action, frame.actionRecord, frame, byAction, &found)
        if !byTypes.isEmpty {
            found += byTypes[.principal(frame.principal.typeName)] ?? []
            found += byTypes[.resource(frame.resource.typeName)] ?? []
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

    private static func collect(
        _ uid: EntityUID, _ record: EntityRecord?, _ frame: Frame, _ filed: [EntityUID: [Int]],
        _ found: inout [Int]
    ) {
        if filed.isEmpty { return }
        if let numbers = filed[uid] { found += numbers }
        guard let record else { return }
        for ancestor in record.ancestors.all ?? frame.store.ancestors(of: uid) {
            if let numbers = filed[ancestor] { found += numbers }
        }
    }
}

extension CompiledScope.Constraint {
    /// The entity that has to be the variable or above it.
    var entity: EntityUID? {
        switch self {
        case .equal(let uid), .isIn(let uid), .isTypeIn(_, let uid): uid
        default: nil
        }
    }

    /// The entities one of which has to be the action or above it.
    var entities: [EntityUID]? {
        switch self {
        case .equal(let uid), .isIn(let uid): [uid]
        case .isInAny(let uids): uids
        default: nil
        }
    }

    var type: AttributeName? {
        if case .isType(let type) = self { type } else { nil }
    }
}
