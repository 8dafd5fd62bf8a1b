/// What entities, actions and requests look like: the basis of validation and of reading entities.
public struct Schema: Sendable {
    /// The schema as written.
    package let document: SchemaDocument
    package let entityTypes: [String: EntityType]
    package let actions: [EntityUID: Action]
    /// The types of the declared actions, `Action` or `Ns::Action`.
    package let actionTypes: Set<String>

    /// Reads the text form.
    ///
    /// - Parameters:
    ///   - text: The schema.
    ///   - file: The name to use in errors.
    ///   - limits: Bounds on size and nesting.
    /// - Throws: ``SchemaError`` if the text is not a schema or the schema is not consistent.
    public init(
        parsing text: String, file: String = "schema", limits: Limits = .standard
    ) throws(SchemaError) {
        let document: SchemaDocument
        do {
            document = try SchemaTextParser.parse(text, file: file, limits: limits)
        } catch {
            throw .syntax(error)
        }
        try self.init(document, limits: limits)
    }

    /// Reads the JSON form.
    ///
    /// - Parameters:
    ///   - text: The schema.
    ///   - file: The name to use in errors.
    ///   - limits: Bounds on size and nesting.
    /// - Throws: ``SchemaError`` if the JSON is not a schema or the schema is not consistent.
    public init(
        json text: String, file: String = "schema", limits: Limits = .standard
    ) throws(SchemaError) {
        do {
            let json = try JSONReader.read(text.utf8, file: file, limits: limits)
            try self.init(json: json, limits: limits)
        } catch let error as JSONInputError {
            throw .json(error)
        } catch let error as SchemaError {
            throw error
        } catch {
            throw .invalid("the schema could not be read", at: file)
        }
    }

    package init(json: JSONValue, limits: Limits = .standard) throws(SchemaError) {
        let document: SchemaDocument
        do {
            document = try SchemaJSONReader.document(json)
        } catch {
            throw .json(error)
        }
        try self.init(document, limits: limits)
    }

    package init(_ document: SchemaDocument, limits: Limits = .standard) throws(SchemaError) {
        var resolver = try SchemaResolver(document, limits: limits)
        try resolver.resolve()
        self.document = document
        entityTypes = resolver.entityTypes
        actions = resolver.actions
        actionTypes = Set(resolver.actions.keys.map(\.type))
    }

    /// A declared entity type.
    package struct EntityType: Sendable {
        package let name: String
        package let attributes: RecordType
        package let tags: SchemaType?
        /// The only ids there are, for an enumerated type.
        package let enumIDs: Set<ScalarKey>?
        /// The types that may be direct parents.
        package let parents: Set<String>
        /// The types that may be ancestors at any distance.
        package internal(set) var ancestors: Set<String>
    }

    /// A declared action.
    package struct Action: Sendable {
        package let uid: EntityUID
        package let parents: [EntityUID]
        /// All actions above, without the action itself.
        package internal(set) var ancestors: Set<EntityUID>
        package let principals: [String]
        package let resources: [String]
        package let context: RecordType
        /// Whether requests may name this action.
        package let isApplicable: Bool
    }

    /// The declared actions as entities with their hierarchy, which belongs into every store used with the schema.
    public var actionEntities: [Entity] {
        actions.values.map { Entity(uid: $0.uid, parents: Array($0.ancestors)) }
    }

    /// The names of the declared entity types, sorted.
    public var entityTypeNames: [String] { entityTypes.keys.sorted() }

    /// The declared actions, sorted.
    public var actionUIDs: [EntityUID] { actions.keys.sorted(by: EntityUID.precedes) }

    /// The type of an attribute or tag owner, nil for types that are not declared.
    func attributes(of type: String) -> RecordType? {
        actionTypes.contains(type) ? .empty : entityTypes[type]?.attributes
    }

    /// Whether an entity of one type can be in an entity of another, itself included.
    func canBe(_ type: String, in ancestor: String) -> Bool {
        type == ancestor || entityTypes[type]?.ancestors.contains(ancestor) ?? false
    }
}
