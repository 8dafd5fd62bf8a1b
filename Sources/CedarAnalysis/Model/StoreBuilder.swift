import Cedar

/// Completes what a solver says of some entities into a store that conforms to the schema.
///
/// What no policy looks at gets the plainest value there is. Every entity that is referred to is added.
struct StoreBuilder {
    private struct Draft {
        var attributes: [ScalarKey: Value] = [:]
        var tags: [ScalarKey: Value] = [:]
        var ancestors: Set<EntityUID> = []
    }

    private let schema: Schema
    private let entitiesMax: Int
    private var drafts: [EntityUID: Draft] = [:]

    init(schema: Schema, entitiesMax: Int) {
        self.schema = schema
        self.entitiesMax = entitiesMax
    }

    mutating func add(_ uid: EntityUID) {
        if !uid.isAction, drafts[uid] == nil { drafts[uid] = Draft() }
    }

    /// Adds every entity that a value refers to.
    mutating func add(_ value: Value) {
        switch value {
        case .entity(let uid): add(uid)
        case .set(let set): for element in set.elements { add(element) }
        case .record(let record): for member in record.sortedMembers { add(member.value) }
        default: return
        }
    }

    mutating func setAttribute(_ name: ScalarKey, of uid: EntityUID, to value: Value) {
        drafts[uid, default: Draft()].attributes[name] = value
        add(value)
    }

    mutating func setTag(_ key: String, of uid: EntityUID, to value: Value) {
        drafts[uid, default: Draft()].tags[ScalarKey(key)] = value
        add(value)
    }

    mutating func setAncestors(_ ancestors: [EntityUID], of uid: EntityUID) {
        drafts[uid, default: Draft()].ancestors.formUnion(ancestors)
        for ancestor in ancestors { add(ancestor) }
    }

    /// The entities, with what the schema requires of each.
    mutating func entities() throws(AnalysisError) -> [Entity] {
        var waiting = Array(drafts.keys)
        while let uid = waiting.popLast() {
            guard let type = schema.entityTypes[uid.type] else { continue }
            for (name, member) in type.attributes.members where member.isRequired {
                guard drafts[uid]?.attributes[name] == nil else { continue }
                let known = Set(drafts.keys)
                setAttribute(name, of: uid, to: plainest(member.type))
                waiting += drafts.keys.filter { !known.contains($0) }
            }
            guard drafts.count <= entitiesMax else {
                throw .tooLarge("entities", most: entitiesMax)
            }
        }
        return drafts.map { uid, draft in
            Entity(
                uid: uid, attributes: RecordValue(draft.attributes.map { ($0.key.text, $0.value) }),
                parents: parents(draft),
                tags: RecordValue(draft.tags.map { ($0.key.text, $0.value) }))
        }
    }

    /// The ancestors that are not above another ancestor.
    private func parents(_ draft: Draft) -> [EntityUID] {
        var indirect: Set<EntityUID> = []
        for ancestor in draft.ancestors { indirect.formUnion(drafts[ancestor]?.ancestors ?? []) }
        return Array(draft.ancestors.subtracting(indirect))
    }

    private func plainest(_ type: SchemaType) -> Value {
        switch type {
        case .bool: return .bool(false)
        case .long: return .long(0)
        case .string: return .string("")
        case .set: return .set([])
        case .entity(let name):
            let first = schema.entityTypes[name]?.enumIDs?.map(\.text).min {
                $0.utf8.lexicographicallyPrecedes($1.utf8)
            }
            return .entity(EntityUID(type: name, id: first ?? "other"))
        case .extension(.decimal): return .decimal(DecimalValue(tenThousandths: 0))
        case .extension(.datetime): return .datetime(DatetimeValue(milliseconds: 0))
        case .extension(.duration): return .duration(DurationValue(milliseconds: 0))
        case .extension(.ipaddr):
            // Reads always: the text is a constant.
            return IPAddressValue("0.0.0.0").map { .ipaddr($0) } ?? .bool(false)
        case .record(let record):
            let required = record.sorted.filter(\.type.isRequired)
            return .record(RecordValue(required.map { ($0.name, plainest($0.type.type)) }))
        }
    }
}
