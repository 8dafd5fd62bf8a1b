extension EntityStore {
    /// Reads entities from JSON: an array of `uid`, `attrs`, `parents` and optionally `tags`.
    ///
    /// - Parameters:
    ///   - text: The JSON.
    ///   - file: The name to use in errors.
    ///   - limits: Bounds on size and nesting.
    /// - Throws: ``JSONInputError``.
    public init(
        json text: String, file: String = "entities", limits: Limits = .standard
    ) throws(JSONInputError) {
        let json = try JSONReader.read(text.utf8, file: file, limits: limits)
        try self.init(json: json)
    }

    package init(json: JSONValue) throws(JSONInputError) {
        let entities = try EntityJSON.entities(json)
        do {
            try self.init(entities)
        } catch {
            throw .entities(error)
        }
    }
}

extension RecordValue {
    /// Reads a record, such as a context, from a JSON object.
    public init(
        json text: String, file: String = "context", limits: Limits = .standard
    ) throws(JSONInputError) {
        let json = try JSONReader.read(text.utf8, file: file, limits: limits)
        self = try ValueJSON.untypedRecord(try json.members(.root), .root)
    }
}

/// Reads entities from JSON.
enum EntityJSON {
    static func entities(_ json: JSONValue) throws(JSONInputError) -> [Entity] {
        var entities: [Entity] = []
        for (index, element) in try json.elements(.root).enumerated() {
            entities.append(try entity(element, JSONPath.root.index(index)))
        }
        return entities
    }

    static func entity(_ json: JSONValue, _ path: JSONPath) throws(JSONInputError) -> Entity {
        let uid = try ValueJSON.uid(try json.required("uid", path), path.key("uid"))
        let attributes = try json.required("attrs", path).members(path.key("attrs"))
        let tags = try json["tags"]?.members(path.key("tags")) ?? []
        return Entity(
            uid: uid, attributes: try ValueJSON.untypedRecord(attributes, path.key("attrs")),
            parents: try parents(json, of: uid, path),
            tags: try ValueJSON.untypedRecord(tags, path.key("tags")))
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
