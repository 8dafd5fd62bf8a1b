extension EntityStore {
    /// Reads entities from JSON: an array of `uid`, `attrs`, `parents` and optionally `tags`.
    ///
    /// With a schema, entities and extension values may be written without their escapes, every entity is checked
    /// against the schema, and the schema's actions are added to the store.
    ///
    /// - Parameters:
    ///   - text: The JSON.
    ///   - schema: What the entities must conform to, nil to accept any.
    ///   - file: The name to use in errors.
    ///   - limits: Bounds on size and nesting.
    /// - Throws: ``JSONInputError``.
    public init(
        json text: String, schema: Schema? = nil, file: String = "entities",
        limits: Limits = .standard
    ) throws(JSONInputError) {
        let json = try JSONReader.read(text.utf8, file: file, limits: limits)
        try self.init(json: json, schema: schema, limits: limits)
    }

    package init(
        json: JSONValue, schema: Schema?, limits: Limits = .standard
    ) throws(JSONInputError) {
        let count = try json.elements(.root).count
        if count > limits.entityCountMax {
            throw .entities(.tooMany(count, most: limits.entityCountMax))
        }
        let entities = try EntityJSON.entities(json, schema)
        do {
            try self.init(entities, limits: limits)
        } catch {
            throw .entities(error)
        }
        guard let schema else { return }
        for (index, entity) in entities.enumerated() {
            do {
                try schema.check(
                    entity, ancestors: entity.uid.isAction ? ancestors(of: entity.uid) : nil)
            } catch {
                throw JSONPath.root.index(index).error(error.description)
            }
        }
        self = adding(schema.actionEntities)
    }
}

extension RecordValue {
    /// Reads a record, such as a context, from a JSON object.
    ///
    /// - Parameters:
    ///   - text: The JSON.
    ///   - file: The name to use in errors.
    ///   - limits: Bounds on size and nesting.
    /// - Throws: ``JSONInputError``.
    public init(
        json text: String, file: String = "context", limits: Limits = .standard
    ) throws(JSONInputError) {
        let json = try JSONReader.read(text.utf8, file: file, limits: limits)
        self = try ValueJSON.untypedRecord(try json.members(.root), .root)
    }
}

extension Request {
    /// Reads a request from a JSON object with `principal`, `action`, `resource` and `context`.
    ///
    /// - Parameters:
    ///   - text: The JSON.
    ///   - schema: What the request must conform to, nil to accept any.
    ///   - file: The name to use in errors.
    ///   - limits: Bounds on size and nesting.
    /// - Throws: ``JSONInputError``.
    public init(
        json text: String, schema: Schema? = nil, file: String = "request",
        limits: Limits = .standard
    ) throws(JSONInputError) {
        try self.init(
            json: try JSONReader.read(text.utf8, file: file, limits: limits), schema: schema)
    }

    package init(json: JSONValue, schema: Schema?) throws(JSONInputError) {
        let path = JSONPath.root
        let action = try ValueJSON.uid(try json.required("action", path), path.key("action"))
        let context = json["context"] ?? .object([])
        let record: RecordValue
        if let schema {
            guard let declared = schema.actions[action] else {
                throw path.key("action").error("the action is not declared")
            }
            record = try ValueJSON.record(context, declared.context, path.key("context"))
        } else {
            record = try ValueJSON.untypedRecord(
                try context.members(path.key("context")), path.key("context"))
        }
        self.init(
            principal: try ValueJSON.uid(
                try json.required("principal", path), path.key("principal")),
            action: action,
            resource: try ValueJSON.uid(try json.required("resource", path), path.key("resource")),
            context: record)
        guard let schema else { return }
        do {
            try schema.check(self)
        } catch {
            throw path.error(error.description)
        }
    }
}

/// Reads entities from JSON.
enum EntityJSON {
    static func entities(_ json: JSONValue, _ schema: Schema?) throws(JSONInputError) -> [Entity] {
        var entities: [Entity] = []
        for (index, element) in try json.elements(.root).enumerated() {
            entities.append(try entity(element, schema, JSONPath.root.index(index)))
        }
        return entities
    }

    static func entity(
        _ json: JSONValue, _ schema: Schema?, _ path: JSONPath
    ) throws(JSONInputError) -> Entity {
        let uid = try ValueJSON.uid(try json.required("uid", path), path.key("uid"))
        let attributes = try json.required("attrs", path)
        let tags = json["tags"] ?? .object([])
        let parents = try parents(json, of: uid, path)
        guard let schema, !uid.isAction else {
            return Entity(
                uid: uid, attributes: try untyped(attributes, path.key("attrs")), parents: parents,
                tags: try self.tags(tags, path.key("tags")))
        }
        guard let type = schema.entityTypes[uid.type] else {
            throw path.error("the entity type '\(uid.type)' is not declared")
        }
        var tagValues: [(String, Value)] = []
        for member in try tags.members(path.key("tags")) {
            guard let tagType = type.tags else {
                throw path.error("the entity type '\(uid.type)' has no tags")
            }
            tagValues.append(
                (member.key, try ValueJSON.value(member.value, tagType, path.key("tags"))))
        }
        return Entity(
            uid: uid,
            attributes: try ValueJSON.record(attributes, type.attributes, path.key("attrs")),
            parents: parents, tags: RecordValue(tagValues))
    }

    /// Tag keys may be data, so unlike attribute names they stay out of error messages.
    private static func tags(_ json: JSONValue, _ path: JSONPath) throws(JSONInputError)
        -> RecordValue
    {
        var values: [(String, Value)] = []
        for member in try json.members(path) {
            values.append((member.key, try ValueJSON.value(member.value, nil, path)))
        }
        return RecordValue(values)
    }

    private static func untyped(_ json: JSONValue, _ path: JSONPath) throws(JSONInputError)
        -> RecordValue
    {
        try ValueJSON.untypedRecord(try json.members(path), path)
    }

    static func parents(
        _ json: JSONValue, of uid: EntityUID, _ path: JSONPath
    ) throws(JSONInputError) -> [EntityUID] {
        let place = path.key("parents")
        var parents: [EntityUID] = []
        for (index, element) in try json.required("parents", path).elements(place).enumerated() {
            let parent = try ValueJSON.uid(element, place.index(index))
            if uid.isAction, !parent.isAction {
                throw place.error("the parent of an action must be an action")
            }
            parents.append(parent)
        }
        return parents
    }
}
