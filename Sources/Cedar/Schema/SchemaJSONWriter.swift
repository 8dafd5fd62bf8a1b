extension Schema {
    /// The schema in its JSON form.
    ///
    /// - Parameter indented: Whether to lay it out over lines.
    /// - Returns: An object of namespaces.
    public func json(indented: Bool = false) -> String {
        JSONWriter.write(SchemaJSONWriter.json(document), indented: indented)
    }
}

private enum SchemaJSONWriter {
    static func json(_ document: SchemaDocument) -> JSONValue {
        .object(document.namespaces.map { JSONMember($0.name, json($0)) })
    }

    private static func annotations(_ annotations: [String: String]) -> [JSONMember] {
        if annotations.isEmpty { return [] }
        let sorted = annotations.sorted { $0.key < $1.key }
        return [
            JSONMember("annotations", .object(sorted.map { JSONMember($0.key, .string($0.value)) }))
        ]
    }

    private static func strings(_ texts: [String]) -> JSONValue {
        .array(texts.map(JSONValue.string))
    }

    private static func json(_ namespace: NamespaceDeclaration) -> JSONValue {
        var members: [JSONMember] = []
        if !namespace.commonTypes.isEmpty {
            let types = namespace.commonTypes.map {
                JSONMember(
                    $0.name, .object(Self.members(of: $0.type) + annotations($0.annotations)))
            }
            members.append(JSONMember("commonTypes", .object(types)))
        }
        members.append(
            JSONMember(
                "entityTypes", .object(namespace.entityTypes.map { JSONMember($0.name, json($0)) }))
        )
        members.append(
            JSONMember("actions", .object(namespace.actions.map { JSONMember($0.id, json($0)) })))
        return .object(members + annotations(namespace.annotations))
    }

    private static func json(_ declaration: EntityTypeDeclaration) -> JSONValue {
        if let ids = declaration.enumIDs {
            return .object(
                [JSONMember("enum", strings(ids))] + annotations(declaration.annotations))
        }
        var members = [
            JSONMember("memberOfTypes", strings(declaration.parents)),
            JSONMember("shape", .object(Self.members(of: declaration.shape))),
        ]
        if let tags = declaration.tags {
            members.append(JSONMember("tags", .object(Self.members(of: tags))))
        }
        return .object(members + annotations(declaration.annotations))
    }

    private static func json(_ declaration: ActionDeclaration) -> JSONValue {
        var members: [JSONMember] = []
        if !declaration.parents.isEmpty {
            let parents = declaration.parents.map { parent in
                var members = [JSONMember("id", .string(parent.id))]
                if let type = parent.type { members.append(JSONMember("type", .string(type))) }
                return JSONValue.object(members)
            }
            members.append(JSONMember("memberOf", .array(parents)))
        }
        if let applies = declaration.appliesTo {
            members.append(
                JSONMember(
                    "appliesTo",
                    .object([
                        JSONMember("principalTypes", strings(applies.principals)),
                        JSONMember("resourceTypes", strings(applies.resources)),
                        JSONMember("context", .object(Self.members(of: applies.context))),
                    ])))
        }
        return .object(members + annotations(declaration.annotations))
    }

    private static func members(of type: TypeExpression) -> [JSONMember] {
        func named(_ kind: String, _ name: String) -> [JSONMember] {
            [JSONMember("type", .string(kind)), JSONMember("name", .string(name))]
        }
        switch type {
        case .bool: return [JSONMember("type", .string("Boolean"))]
        case .long: return [JSONMember("type", .string("Long"))]
        case .string: return [JSONMember("type", .string("String"))]
        case .set(let element):
            return [
                JSONMember("type", .string("Set")),
                JSONMember("element", .object(members(of: element))),
            ]
        case .record(let attributes):
            let list = attributes.map { attribute in
                var members = Self.members(of: attribute.type)
                if !attribute.isRequired { members.append(JSONMember("required", .bool(false))) }
                return JSONMember(
                    attribute.name, .object(members + annotations(attribute.annotations)))
            }
            return [JSONMember("type", .string("Record")), JSONMember("attributes", .object(list))]
        case .entity(let name): return named("Entity", name)
        case .extension(let name): return named("Extension", name)
        case .common(let name): return [JSONMember("type", .string(name))]
        case .reference(let name): return named("EntityOrCommon", name)
        }
    }
}
