/// An entity: what is known about a principal, an action, a resource or anything they refer to.
public struct Entity: Hashable, Sendable {
    /// The entity's name.
    public let uid: EntityUID
    /// The attributes.
    public let attributes: RecordValue
    /// The direct parents in the hierarchy; they need not be known themselves.
    public let parents: [EntityUID]
    /// The tags, a name space of their own.
    public let tags: RecordValue

    /// Makes an entity; anything not given is empty.
    public init(
        uid: EntityUID, attributes: RecordValue = [:], parents: [EntityUID] = [],
        tags: RecordValue = [:]
    ) {
        self.uid = uid
        self.attributes = attributes
        self.parents = parents
        self.tags = tags
    }

    /// Whether both say the same; the order and number of times in which a parent is named play no part.
    public static func == (left: Entity, right: Entity) -> Bool {
        left.uid == right.uid && left.attributes == right.attributes && left.tags == right.tags
            && Set(left.parents) == Set(right.parents)
    }

    /// Feeds the name of the entity to a hasher.
    public func hash(into hasher: inout Hasher) { hasher.combine(uid) }
}
