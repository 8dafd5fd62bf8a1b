/// Reads the JSON form of schemas.
enum SchemaJSONReader {
    static func document(_ json: JSONValue) throws(JSONInputError) -> SchemaDocument {
        var namespaces: [NamespaceDeclaration] = []
        for member in try json.members(.root) {
            let path = JSONPath.root.key(member.key)
            guard member.key.isEmpty || isPath(member.key) else {
                throw path.error("this is not the name of a namespace")
            }
            namespaces.append(try namespace(member.key, member.value, path))
        }
        return SchemaDocument(namespaces: namespaces)
    }

    private static func isPath(_ text: String) -> Bool {
        Name.components(text).allSatisfy { Name.isIdentifier($0) || $0 == "__cedar" }
    }

    private static func namespace(
        _ name: String, _ json: JSONValue, _ path: JSONPath
    ) throws(JSONInputError) -> NamespaceDeclaration {
        try json.allowOnly(["entityTypes", "actions", "commonTypes", "annotations"], path)
        var namespace = NamespaceDeclaration(name: name)
        namespace.annotations = try annotations(json, path)
        let entityPath = path.key("entityTypes")
        for member in try json.required("entityTypes", path).members(entityPath) {
            let place = entityPath.key(member.key)
            try requireIdentifier(member.key, place)
            namespace.entityTypes.append(try entityType(member.key, member.value, place))
        }
        let actionPath = path.key("actions")
        for member in try json.required("actions", path).members(actionPath) {
            namespace.actions.append(
                try action(member.key, member.value, actionPath.key(member.key)))
        }
        let commonPath = path.key("commonTypes")
        for member in try json["commonTypes"]?.members(commonPath) ?? [] {
            let place = commonPath.key(member.key)
            try requireIdentifier(member.key, place)
            let type = try type(member.value, allowing: ["annotations"], place)
            namespace.commonTypes.append(
                CommonTypeDeclaration(
                    name: member.key, annotations: try annotations(member.value, place), type: type,
                    place: DeclarationPlace(place)))
        }
        return namespace
    }

    private static func requireIdentifier(_ text: String, _ path: JSONPath) throws(JSONInputError) {
        guard Name.isIdentifier(text) else { throw path.error("this is not an identifier") }
    }

    static func annotations(
        _ json: JSONValue, _ path: JSONPath
    ) throws(JSONInputError) -> [String: String] {
        let place = path.key("annotations")
        var annotations: [String: String] = [:]
        for member in try json["annotations"]?.members(place) ?? [] {
            guard Name.isWord(member.key) else {
                throw place.error("an annotation's name must be an identifier")
            }
            if case .null = member.value {
                annotations[member.key] = ""
            } else {
                annotations[member.key] = try member.value.text(place.key(member.key))
            }
        }
        return annotations
    }

    private static func names(_ json: JSONValue, _ path: JSONPath) throws(JSONInputError)
        -> [String]
    {
        var names: [String] = []
        for (index, element) in try json.elements(path).enumerated() {
            names.append(try name(element, path.index(index)))
        }
        return names
    }

    private static func name(_ json: JSONValue, _ path: JSONPath) throws(JSONInputError) -> String {
        let name = try json.text(path)
        guard isPath(name) else { throw path.error("this is not the name of a type") }
        return name
    }

    private static func entityType(
        _ name: String, _ json: JSONValue, _ path: JSONPath
    ) throws(JSONInputError) -> EntityTypeDeclaration {
        try json.allowOnly(["memberOfTypes", "shape", "tags", "enum", "annotations"], path)
        var declaration = EntityTypeDeclaration(name: name, place: DeclarationPlace(path))
        declaration.annotations = try annotations(json, path)
        if let choices = json["enum"] {
            try json.allowOnly(["enum", "annotations"], path)
            var ids: [String] = []
            for element in try choices.elements(path.key("enum")) {
                ids.append(try element.text(path.key("enum")))
            }
            if ids.isEmpty { throw path.key("enum").error("at least one id is needed") }
            declaration.enumIDs = ids
            return declaration
        }
        if let parents = json["memberOfTypes"] {
            declaration.parents = try names(parents, path.key("memberOfTypes"))
        }
        if let shape = json["shape"] { declaration.shape = try type(shape, path.key("shape")) }
        if let tags = json["tags"] { declaration.tags = try type(tags, path.key("tags")) }
        return declaration
    }

    private static func action(
        _ id: String, _ json: JSONValue, _ path: JSONPath
    ) throws(JSONInputError) -> ActionDeclaration {
        try json.allowOnly(["attributes", "appliesTo", "memberOf", "annotations"], path)
        var declaration = ActionDeclaration(id: id, place: DeclarationPlace(path))
        declaration.annotations = try annotations(json, path)
        if let attributes = present(json["attributes"]),
            !(try attributes.members(path.key("attributes"))).isEmpty
        {
            throw path.key("attributes").error("actions have no attributes")
        }
        if let parents = present(json["memberOf"]) {
            let place = path.key("memberOf")
            for (index, element) in try parents.elements(place).enumerated() {
                declaration.parents.append(try actionReference(element, place.index(index)))
            }
        }
        if let applies = present(json["appliesTo"]) {
            let place = path.key("appliesTo")
            try applies.allowOnly(["principalTypes", "resourceTypes", "context"], place)
            declaration.appliesTo = ActionDeclaration.AppliesTo(
                principals: try names(
                    try applies.required("principalTypes", place), place.key("principalTypes")),
                resources: try names(
                    try applies.required("resourceTypes", place), place.key("resourceTypes")),
                context: try applies["context"].map { json throws(JSONInputError) in
                    try type(json, place.key("context"))
                } ?? .record([]))
        }
        return declaration
    }

    private static func present(_ json: JSONValue?) -> JSONValue? {
        if case .null? = json { nil } else { json }
    }

    private static func actionReference(
        _ json: JSONValue, _ path: JSONPath
    ) throws(JSONInputError) -> ActionReference {
        try json.allowOnly(["id", "type"], path)
        let type = try present(json["type"]).map { json throws(JSONInputError) in
            try name(json, path.key("type"))
        }
        return ActionReference(type: type, id: try json.required("id", path).text(path.key("id")))
    }

    // MARK: Types

    private static func type(
        _ json: JSONValue, allowing extra: [String] = [], _ path: JSONPath
    ) throws(JSONInputError) -> TypeExpression {
        let kind = try json.required("type", path).text(path.key("type"))
        switch kind {
        case "Set":
            try json.allowOnly(extra + ["type", "element"], path)
            return .set(try type(try json.required("element", path), path.key("element")))
        case "Record":
            try json.allowOnly(extra + ["type", "attributes", "additionalAttributes"], path)
            if let open = json["additionalAttributes"],
                try open.flag(path.key("additionalAttributes"))
            {
                throw path.error(
                    "records that allow further attributes are not part of the language")
            }
            return .record(
                try attributes(try json.required("attributes", path), path.key("attributes")))
        case "Entity", "EntityOrCommon", "Extension":
            try json.allowOnly(extra + ["type", "name"], path)
            let name = try name(try json.required("name", path), path.key("name"))
            return kind == "Entity"
                ? .entity(name) : kind == "Extension" ? .extension(name) : .reference(name)
        default:
            try json.allowOnly(extra + ["type"], path)
            switch kind {
            case "Long": return .long
            case "String": return .string
            case "Boolean": return .bool
            default: return .common(try name(.string(kind), path.key("type")))
            }
        }
    }

    private static func attributes(
        _ json: JSONValue, _ path: JSONPath
    ) throws(JSONInputError) -> [AttributeDeclaration] {
        var attributes: [AttributeDeclaration] = []
        for member in try json.members(path) {
            let place = path.key(member.key)
            let isRequired = try member.value["required"]?.flag(place.key("required")) ?? true
            attributes.append(
                AttributeDeclaration(
                    name: member.key, annotations: try annotations(member.value, place),
                    isRequired: isRequired,
                    type: try type(member.value, allowing: ["required", "annotations"], place)))
        }
        return attributes
    }
}
