/// Looks up every name of a schema and checks that the whole makes sense.
struct SchemaResolver {
    private(set) var entityTypes: [String: Schema.EntityType] = [:]
    private(set) var actions: [EntityUID: Schema.Action] = [:]
    private let document: SchemaDocument
    private let limits: Limits
    private var commonTypes: [String: (namespace: String, declaration: CommonTypeDeclaration)] = [:]
    private var declaredEntities: Set<String> = []
    private var declaredActions: Set<EntityUID> = []
    private var actionTypes: Set<String> = []
    private var resolved: [String: SchemaType] = [:]
    private var resolving: Set<String> = []
    private var extents: [String: TypeExtent] = [:]
    private var extent = TypeExtent()

    /// How large a type is once the common types in it are written out.
    ///
    /// A common type is resolved once and then shared, so neither its size nor its nesting shows in the text: a type
    /// of 40 lines, each naming the one before twice, stands for more nodes than any memory holds.
    private struct TypeExtent {
        var nodeCount = 0
        /// The deepest level reached.
        var depth = 0
    }

    private static let commonTypesReserved: Set<String> = [
        "Bool", "Boolean", "Entity", "Extension", "Long", "Record", "Set", "String",
    ]

    init(_ document: SchemaDocument, limits: Limits) throws(SchemaError) {
        self.document = document
        self.limits = limits
        try collect()
        try refuseShadowing()
    }

    private static func error(_ what: String, _ place: DeclarationPlace) -> SchemaError {
        .invalid(what, at: place.text)
    }

    // MARK: What is declared

    private mutating func collect() throws(SchemaError) {
        for namespace in document.namespaces {
            if Name.components(namespace.name).contains("__cedar") {
                throw .invalid("the name '__cedar' is reserved", at: namespace.name)
            }
            for declaration in namespace.entityTypes {
                try require(
                    declaration.name != "__cedar", "the name '__cedar' is reserved",
                    declaration.place)
                try require(
                    declaration.name != "Action", "an entity type cannot be called 'Action'",
                    declaration.place)
                let name = Name.qualified(declaration.name, in: namespace.name)
                try require(
                    declaredEntities.insert(name).inserted, "'\(name)' is declared twice",
                    declaration.place)
            }
            for declaration in namespace.commonTypes {
                let name = Name.qualified(declaration.name, in: namespace.name)
                try require(
                    declaration.name != "__cedar", "the name '__cedar' is reserved",
                    declaration.place)
                try require(
                    !Self.commonTypesReserved.contains(declaration.name),
                    "'\(declaration.name)' cannot be the name of a common type", declaration.place)
                try require(
                    commonTypes[name] == nil, "'\(name)' is declared twice", declaration.place)
                commonTypes[name] = (namespace.name, declaration)
            }
            for declaration in namespace.actions {
                let type = Name.qualified("Action", in: namespace.name)
                let uid = EntityUID(type: type, id: declaration.id)
                try require(
                    declaredActions.insert(uid).inserted, "this action is declared twice",
                    declaration.place)
                actionTypes.insert(type)
            }
        }
    }

    private func require(
        _ holds: Bool, _ rule: @autoclosure () -> String, _ place: DeclarationPlace
    ) throws(SchemaError) {
        if !holds { throw Self.error(rule(), place) }
    }

    /// A name declared outside any namespace may not be declared again inside one.
    private func refuseShadowing() throws(SchemaError) {
        let names = declaredEntities.union(commonTypes.keys)
        let outside = names.filter { !$0.contains("::") }
        for name in names.sorted() where name.contains("::") && outside.contains(Name.base(name)) {
            throw .invalid(
                "'\(name)' has the same name as '\(Name.base(name))' outside any namespace", at: "")
        }
        let outsideActions = Set(
            declaredActions.filter { $0.type == "Action" }.map { ScalarKey($0.id) })
        for action in declaredActions
        where action.type != "Action" && outsideActions.contains(ScalarKey(action.id)) {
            throw .invalid(
                "an action of \(action.type) has the same name as one outside any namespace", at: ""
            )
        }
    }

    // MARK: Resolution

    mutating func resolve() throws(SchemaError) {
        for name in commonTypes.keys.sorted() { _ = try commonType(name, depth: 0) }
        for namespace in document.namespaces {
            for declaration in namespace.entityTypes {
                try resolve(declaration, in: namespace.name)
            }
            for declaration in namespace.actions { try resolve(declaration, in: namespace.name) }
        }
        try closeEntityTypes()
        try closeActions()
        try boundEnvironments()
    }

    /// A policy is validated in every combination of action, principal type and resource type.
    private func boundEnvironments() throws(SchemaError) {
        let count = actions.values.reduce(0) { $0 + $1.principals.count * $1.resources.count }
        if count > limits.environmentCountMax {
            throw .invalid(
                "the schema allows \(count) combinations of action, principal and resource, which exceeds the limit of "
                    + "\(limits.environmentCountMax)", at: "")
        }
    }

    private mutating func resolve(
        _ declaration: EntityTypeDeclaration, in namespace: String
    ) throws(SchemaError) {
        let name = Name.qualified(declaration.name, in: namespace)
        var parents: Set<String> = []
        for parent in declaration.parents {
            parents.insert(try entityType(parent, in: namespace, declaration.place))
        }
        let shape = try whole(declaration.shape, in: namespace, declaration.place)
        guard case .record(let attributes) = shape else {
            throw Self.error("the attributes of an entity type must be a record", declaration.place)
        }
        var tags: SchemaType?
        if let written = declaration.tags {
            tags = try whole(written, in: namespace, declaration.place)
        }
        entityTypes[name] = Schema.EntityType(
            name: name, attributes: attributes, tags: tags,
            enumIDs: declaration.enumIDs.map { Set($0.map(ScalarKey.init)) }, parents: parents,
            ancestors: [])
    }

    private mutating func resolve(
        _ declaration: ActionDeclaration, in namespace: String
    ) throws(SchemaError) {
        let uid = EntityUID(type: Name.qualified("Action", in: namespace), id: declaration.id)
        var parents: [EntityUID] = []
        for reference in declaration.parents {
            let candidates = Self.candidates(reference.type ?? "Action", in: namespace)
                .map { EntityUID(type: $0, id: reference.id) }
            guard let parent = candidates.first(where: declaredActions.contains) else {
                throw Self.error("a parent of this action is not declared", declaration.place)
            }
            parents.append(parent)
        }
        var principals: [String] = []
        var resources: [String] = []
        var context = RecordType.empty
        if let applies = declaration.appliesTo {
            for name in applies.principals {
                principals.append(try entityType(name, in: namespace, declaration.place))
            }
            for name in applies.resources {
                resources.append(try entityType(name, in: namespace, declaration.place))
            }
            guard
                case .record(let record) = try whole(
                    applies.context, in: namespace, declaration.place)
            else {
                throw Self.error("the context of an action must be a record", declaration.place)
            }
            context = record
        }
        actions[uid] = Schema.Action(
            uid: uid, parents: parents, ancestors: [], principals: Self.unique(principals),
            resources: Self.unique(resources), context: context,
            isApplicable: !principals.isEmpty && !resources.isEmpty)
    }

    private static func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }

    /// What a name may stand for: an unqualified one is looked for in its own namespace first.
    private static func candidates(_ name: String, in namespace: String) -> [String] {
        name.contains("::") || namespace.isEmpty
            ? [name] : [Name.qualified(name, in: namespace), name]
    }

    private func entityType(
        _ name: String, in namespace: String, _ place: DeclarationPlace
    ) throws(SchemaError) -> String {
        guard
            let found = Self.candidates(name, in: namespace).first(where: declaredEntities.contains)
        else {
            throw Self.error("there is no entity type '\(name)'", place)
        }
        return found
    }

    /// A type that stands by itself.
    private mutating func whole(
        _ written: TypeExpression, in namespace: String, _ place: DeclarationPlace
    ) throws(SchemaError) -> SchemaType {
        extent = TypeExtent()
        return try type(written, in: namespace, place, depth: 0)
    }

    /// Counts a type that starts at `depth` into the type being read.
    private mutating func count(
        _ part: TypeExtent, at depth: Int, _ place: DeclarationPlace
    ) throws(SchemaError) {
        extent.nodeCount += part.nodeCount
        extent.depth = max(extent.depth, depth + part.depth)
        if extent.depth > limits.nestingMax { throw Self.error("types nest too deeply", place) }
        if extent.nodeCount > limits.expansionMax {
            throw Self.error(
                "the type, once the types it names are written out, exceeds the limit of \(limits.expansionMax) parts",
                place)
        }
    }

    private mutating func type(
        _ written: TypeExpression, in namespace: String, _ place: DeclarationPlace, depth: Int
    ) throws(SchemaError) -> SchemaType {
        try count(TypeExtent(nodeCount: 1), at: depth, place)
        switch written {
        case .bool: return .boolean
        case .long: return .long
        case .string: return .string
        case .set(let element):
            return .set(try type(element, in: namespace, place, depth: depth + 1))
        case .record(let attributes):
            var members: [ScalarKey: MemberType] = [:]
            for attribute in attributes {
                members[ScalarKey(attribute.name)] = MemberType(
                    type: try type(attribute.type, in: namespace, place, depth: depth + 1),
                    isRequired: attribute.isRequired)
            }
            return .record(RecordType(members: members))
        case .extension(let name):
            guard let known = ExtensionType(rawValue: name) else {
                throw Self.error("there is no extension type '\(name)'", place)
            }
            return .extension(known)
        case .entity(let name):
            let found = Self.candidates(name, in: namespace).first {
                declaredEntities.contains($0) || actionTypes.contains($0)
            }
            guard let found else { throw Self.error("there is no entity type '\(name)'", place) }
            return .entity(found)
        case .common(let name):
            return try reference(name, in: namespace, place, orEntity: false, depth: depth)
        case .reference(let name):
            return try reference(name, in: namespace, place, orEntity: true, depth: depth)
        }
    }

    private mutating func reference(
        _ name: String, in namespace: String, _ place: DeclarationPlace, orEntity: Bool, depth: Int
    ) throws(SchemaError) -> SchemaType {
        for candidate in Self.candidates(name, in: namespace) {
            if commonTypes[candidate] != nil {
                let result = try commonType(candidate, depth: depth + 1)
                try count(extents[candidate] ?? TypeExtent(), at: depth + 1, place)
                return result
            }
            if orEntity, declaredEntities.contains(candidate) || actionTypes.contains(candidate) {
                return .entity(candidate)
            }
        }
        // The built-in names mean themselves unless something outside any namespace bears the name.
        let isHidden = declaredEntities.contains(name) || commonTypes[name] != nil
        let builtIn = name.hasPrefix("__cedar::") ? String(name.dropFirst(9)) : isHidden ? "" : name
        switch builtIn {
        case "Bool": return .boolean
        case "Long": return .long
        case "String": return .string
        default:
            if let known = ExtensionType(rawValue: builtIn) { return .extension(known) }
            throw Self.error("there is no type '\(name)'", place)
        }
    }

    private mutating func commonType(_ name: String, depth: Int) throws(SchemaError) -> SchemaType {
        if let done = resolved[name] { return done }
        guard let (namespace, declaration) = commonTypes[name] else {
            throw .invalid("there is no type '\(name)'", at: "")
        }
        guard resolving.insert(name).inserted else {
            throw Self.error("the type '\(name)' contains itself", declaration.place)
        }
        let outer = extent
        extent = TypeExtent(depth: depth)
        let result = try type(declaration.type, in: namespace, declaration.place, depth: depth)
        extents[name] = TypeExtent(nodeCount: extent.nodeCount, depth: extent.depth - depth)
        extent = outer
        resolving.remove(name)
        resolved[name] = result
        return result
    }

    // MARK: Hierarchies

    private func bound(_ pairs: Int, _ what: String) throws(SchemaError) {
        if pairs > limits.expansionMax {
            throw .invalid(
                "the pairs of one above another among the \(what) exceed the limit of \(limits.expansionMax)",
                at: "")
        }
    }

    private mutating func closeEntityTypes() throws(SchemaError) {
        var pairs = 0
        for name in entityTypes.keys {
            var above: Set<String> = []
            var waiting = Array(entityTypes[name]?.parents ?? [])
            while let next = waiting.popLast() {
                guard above.insert(next).inserted else { continue }
                waiting += entityTypes[next]?.parents ?? []
            }
            pairs += above.count
            try bound(pairs, "entity types")
            entityTypes[name]?.ancestors = above
        }
    }

    private mutating func closeActions() throws(SchemaError) {
        var pairs = 0
        for uid in actions.keys {
            var above: Set<EntityUID> = []
            var waiting = actions[uid]?.parents ?? []
            while let next = waiting.popLast() {
                if above.insert(next).inserted { waiting += actions[next]?.parents ?? [] }
            }
            if above.contains(uid) {
                throw .invalid("an action of \(uid.type) is among its own groups", at: "")
            }
            pairs += above.count
            try bound(pairs, "actions")
            actions[uid]?.ancestors = above
        }
    }
}
