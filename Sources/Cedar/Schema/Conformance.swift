/// An entity or a request that does not fit the schema.
///
/// Names types and attributes, never ids or values.
public struct ConformanceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What does not fit.
    public let description: String

    init(_ description: String) { self.description = description }
}

extension Schema {
    /// Checks that an entity is of a declared type and has exactly what the type declares.
    ///
    /// - Parameters:
    ///   - entity: The entity.
    ///   - ancestors: All its ancestors, which for an action must be those of the schema; nil to take its parents.
    /// - Throws: ``ConformanceError`` at the first thing that does not fit.
    public func check(_ entity: Entity, ancestors: [EntityUID]? = nil) throws(ConformanceError) {
        if entity.uid.isAction {
            try checkAction(entity, ancestors: ancestors ?? entity.parents)
            return
        }
        guard let type = entityTypes[entity.uid.type] else {
            throw ConformanceError("the entity type '\(entity.uid.type)' is not declared")
        }
        try checkID(entity.uid)
        try check(entity.attributes, type.attributes, "an attribute of \(type.name)")
        for parent in entity.parents {
            guard type.ancestors.contains(parent.type) else {
                throw ConformanceError("a \(type.name) cannot be in a \(parent.type)")
            }
            try checkID(parent)
        }
        guard let tagType = type.tags else {
            if entity.tags.isEmpty { return }
            throw ConformanceError("the entity type '\(type.name)' has no tags")
        }
        for member in entity.tags.members {
            try check(member.value, tagType, "a tag of \(type.name)")
        }
    }

    private func checkAction(_ entity: Entity, ancestors: [EntityUID]) throws(ConformanceError) {
        guard let action = actions[entity.uid] else {
            throw ConformanceError("an action of type \(entity.uid.type) is not declared")
        }
        guard Set(ancestors) == action.ancestors else {
            throw ConformanceError(
                "an action of type \(entity.uid.type) has other groups than the schema gives it")
        }
        guard entity.attributes.isEmpty, entity.tags.isEmpty else {
            throw ConformanceError("an action has neither attributes nor tags")
        }
    }

    /// Checks that an id is among those of an enumerated type.
    func checkID(_ uid: EntityUID) throws(ConformanceError) {
        guard let ids = entityTypes[uid.type]?.enumIDs, !ids.contains(ScalarKey(uid.id)) else {
            return
        }
        throw ConformanceError("the enumerated type '\(uid.type)' has no such id")
    }

    private func check(
        _ record: RecordValue, _ type: RecordType, _ role: String
    ) throws(ConformanceError) {
        for member in record.members {
            guard let declared = type[member.name.text] else {
                throw ConformanceError("\(role) is not declared")
            }
            try check(member.value, declared.type, role)
        }
        for (name, declared) in type.members where declared.isRequired && record[name.text] == nil {
            throw ConformanceError("\(role), '\(name.text)', is missing")
        }
    }

    private func check(_ value: Value, _ type: SchemaType, _ role: String) throws(ConformanceError)
    {
        switch (value, type) {
        case (.bool, .bool), (.long, .long), (.string, .string), (.decimal, .extension(.decimal)),
            (.ipaddr, .extension(.ipaddr)), (.datetime, .extension(.datetime)),
            (.duration, .extension(.duration)):
            return
        case (.set(let set), .set(let element?)):
            for member in set.elements { try check(member, element, role) }
        case (.set(let set), .set(nil)) where set.isEmpty:
            return
        case (.record(let record), .record(let type)):
            try check(record, type, role)
        case (.entity(let uid), .entity(let name)) where uid.type == name:
            try checkID(uid)
        default:
            throw ConformanceError(
                "\(role) is a \(value.kind.rawValue) where the schema has \(type.text)")
        }
    }

    /// Checks that the schema allows a request: a declared action that applies to these types, in such a context.
    ///
    /// - Throws: ``ConformanceError`` at the first thing that does not fit.
    public func check(_ request: Request) throws(ConformanceError) {
        guard let action = actions[request.action] else {
            throw ConformanceError("the action is not declared")
        }
        for uid in [request.principal, request.resource] {
            guard entityTypes[uid.type] != nil else {
                throw ConformanceError("the entity type '\(uid.type)' is not declared")
            }
            try checkID(uid)
        }
        guard action.principals.contains(request.principal.type) else {
            throw ConformanceError(
                "the action does not apply to principals of type \(request.principal.type)")
        }
        guard action.resources.contains(request.resource.type) else {
            throw ConformanceError(
                "the action does not apply to resources of type \(request.resource.type)")
        }
        try check(request.context, action.context, "a member of the context")
    }
}
