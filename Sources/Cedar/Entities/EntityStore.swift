/// Entities that cannot be kept together.
///
/// Says which by their number in the input, counted from 0.
public enum EntityStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Two entities have one name and say different things.
    case conflicting(type: String, index: Int)
    /// An entity is its own ancestor.
    case cycle(type: String)
    /// There are more entities than ``Limits/entityCountMax``.
    case tooMany(Int, most: Int)
    /// More entities stand above one another than ``Limits/hierarchyDepthMax``.
    case tooDeep(type: String, most: Int)

    /// What is wrong, with the type but not the id of the entity.
    public var description: String {
        switch self {
        case .conflicting(let type, let index):
            "entity \(index), of type \(type), contradicts an earlier one of the same name"
        case .cycle(let type): "an entity of type \(type) is among its own ancestors"
        case .tooMany(let count, let most):
            "the number of entities, \(count), exceeds the limit of \(most)"
        case .tooDeep(let type, let most):
            "the hierarchy above an entity of type \(type) exceeds the limit of \(most)"
        }
    }
}

/// The entities an authorization can see, with their ancestors worked out.
public struct EntityStore: Sendable {
    let records: EntityTable

    /// A store with no entities.
    public static let empty = EntityStore(records: EntityTable(base: [:], added: [:]))

    /// Keeps entities and works out the ancestors of each.
    ///
    /// - Parameters:
    ///   - entities: In any order. Parents may be absent. One entity given twice counts once.
    ///   - limits: Bounds on their number and on the height of the hierarchy.
    /// - Throws: ``EntityStoreError`` if two of one name differ, the hierarchy has a cycle or a limit is exceeded.
    public init(_ entities: [Entity], limits: Limits = .standard) throws(EntityStoreError) {
        if entities.count > limits.entityCountMax {
            throw .tooMany(entities.count, most: limits.entityCountMax)
        }
        var known: [EntityUID: Entity] = [:]
        known.reserveCapacity(entities.count)
        for (index, entity) in entities.enumerated() {
            if let earlier = known[entity.uid], earlier != entity {
                throw .conflicting(type: entity.uid.type, index: index)
            }
            known[entity.uid] = entity
        }
        var closure = AncestorClosure(entities: known, depthMax: limits.hierarchyDepthMax)
        for entity in entities { try closure.close(entity.uid) }
        var records: [EntityUID: EntityRecord] = [:]
        records.reserveCapacity(known.count)
        for (uid, entity) in known {
            records[uid] = EntityRecord(entity: entity, ancestors: closure.ancestors[uid] ?? .empty)
        }
        self.init(records: EntityTable(base: records, added: [:]))
    }

    /// A store with further entities, whose ancestors must all be named as their parents.
    ///
    /// An entity already present is replaced. Costs what is added, not what is there, so it suits what one request
    /// adds.
    ///
    /// - Parameter closed: Entities that name every ancestor as a parent, not only the direct ones.
    /// - Returns: The larger store.
    public func adding(_ closed: [Entity]) -> EntityStore {
        var added = records.added
        for entity in closed {
            added[entity.uid] = EntityRecord(
                entity: entity, ancestors: AncestorSet(Set(entity.parents)))
        }
        return EntityStore(records: EntityTable(base: records.base, added: added))
    }

    private init(records: EntityTable) { self.records = records }

    /// The entity of a name, nil where it is absent.
    /// - Returns: The larger store.
    public subscript(uid: EntityUID) -> Entity? { records[uid]?.entity }

    /// The number of entities.
    public var count: Int { records.all.count }

    /// All entities, in no particular order.
    public var entities: [Entity] { records.all.values.map(\.entity) }

    /// Whether `uid` is `ancestor` or below it.
    ///
    /// True for an absent entity only of itself.
    public func isEntity(_ uid: EntityUID, in ancestor: EntityUID) -> Bool {
        uid == ancestor || (records[uid].map { isRecord($0, below: ancestor) } ?? false)
    }

    /// All ancestors of an entity, without itself.
    public func ancestors(of uid: EntityUID) -> [EntityUID] {
        guard let record = records[uid] else { return [] }
        if let closed = record.ancestors.all { return closed }
        var seen: Set<EntityUID> = []
        var waiting = record.entity.parents
        while let next = waiting.popLast() {
            if seen.insert(next).inserted { waiting += records[next]?.entity.parents ?? [] }
        }
        return Array(seen)
    }

    func isRecord(_ record: EntityRecord, below ancestor: EntityUID) -> Bool {
        if let answer = record.ancestors.contains(ancestor) { return answer }
        return ancestors(of: record.entity.uid).contains(ancestor)
    }
}

/// The entities of a store, and those that a request adds to it and that stand before them.
struct EntityTable: Sendable {
    let base: [EntityUID: EntityRecord]
    let added: [EntityUID: EntityRecord]

    @inline(__always)
    subscript(uid: EntityUID) -> EntityRecord? {
        if added.isEmpty { return base[uid] }
        return added[uid] ?? base[uid]
    }

    var all: [EntityUID: EntityRecord] { base.merging(added) { $1 } }
}

/// One entity in a store.
final class EntityRecord: Sendable {
    let entity: Entity
    let ancestors: AncestorSet

    init(entity: Entity, ancestors: AncestorSet) {
        self.entity = entity
        self.ancestors = ancestors
    }
}

/// The ancestors of one entity, worked out beforehand unless there are very many.
struct AncestorSet: Sendable {
    static let empty = AncestorSet([])
    /// Beyond this, keeping them for each entity would cost the square of the depth; then they are walked instead.
    static let countMax = 256

    private let hashes: [Int]
    private let sorted: [EntityUID]
    private let isComplete: Bool

    init(_ ancestors: Set<EntityUID>) {
        isComplete = ancestors.count <= Self.countMax
        sorted = isComplete ? ancestors.sorted { $0.cachedHash < $1.cachedHash } : []
        hashes = sorted.map(\.cachedHash)
    }

    /// All of them, nil where there are too many to keep.
    var all: [EntityUID]? { isComplete ? sorted : nil }

    /// Whether `uid` is among them, nil where they were too many to keep.
    @inline(__always)
    func contains(_ uid: EntityUID) -> Bool? {
        guard isComplete else { return nil }
        let wanted = uid.cachedHash
        var position = 0
        if hashes.count > 8 {
            var end = hashes.count
            while position < end {
                let middle = (position + end) / 2
                if hashes[middle] < wanted { position = middle + 1 } else { end = middle }
            }
        }
        while position < hashes.count, hashes[position] <= wanted {
            if hashes[position] == wanted, sorted[position] == uid { return true }
            position += 1
        }
        return false
    }
}

/// Works out ancestors depth first with a stack of its own, so that a deep hierarchy cannot exhaust the thread's.
private struct AncestorClosure {
    let entities: [EntityUID: Entity]
    let depthMax: Int
    private(set) var ancestors: [EntityUID: AncestorSet] = [:]
    /// How many entities stand above one another from here, this one included.
    private var depths: [EntityUID: Int] = [:]
    private var open: Set<EntityUID> = []

    init(entities: [EntityUID: Entity], depthMax: Int) {
        self.entities = entities
        self.depthMax = depthMax
    }

    mutating func close(_ root: EntityUID) throws(EntityStoreError) {
        guard ancestors[root] == nil else { return }
        var stack: [(uid: EntityUID, next: Int)] = [(root, 0)]
        open.insert(root)
        while let top = stack.last {
            let parents = entities[top.uid]?.parents ?? []
            if top.next == parents.count {
                ancestors[top.uid] = union(of: parents)
                let depth = 1 + parents.reduce(0) { max($0, depths[$1] ?? 1) }
                if depth > depthMax { throw .tooDeep(type: top.uid.type, most: depthMax) }
                depths[top.uid] = depth
                open.remove(top.uid)
                stack.removeLast()
                continue
            }
            stack[stack.count - 1].next += 1
            let parent = parents[top.next]
            if open.contains(parent) { throw .cycle(type: parent.type) }
            if ancestors[parent] == nil, entities[parent] != nil {
                open.insert(parent)
                stack.append((parent, 0))
            }
        }
    }

    private func union(of parents: [EntityUID]) -> AncestorSet {
        var all = Set(parents)
        for parent in parents {
            guard let above = ancestors[parent] else { continue }
            guard let kept = above.all else { return above }
            all.formUnion(kept)
        }
        return AncestorSet(all)
    }
}
