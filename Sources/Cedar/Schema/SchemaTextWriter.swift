extension Schema {
    /// The schema in its text form.
    ///
    /// Reading the text again gives the same types and actions. The attributes of an entity type that JSON gives by
    /// the name of a common type are written out.
    ///
    /// - Throws: ``SchemaError/invalid(_:at:)`` for what the text form cannot say: an action with principals and no
    ///   resource, or an entity type where a common type has the same name.
    public var cedarText: String {
        get throws(SchemaError) {
            var writer = SchemaTextWriter(schema: self)
            let text = try writer.write()
            guard try Schema(parsing: text).hasSameMeaning(as: self) else {
                throw .invalid(
                    "the text form cannot tell an entity type from a common type of the same name",
                    at: "")
            }
            return text
        }
    }
}

extension Schema {
    /// Whether both declare the same types and actions, however they are written.
    func hasSameMeaning(as other: Schema) -> Bool {
        entityTypes.count == other.entityTypes.count && actions.count == other.actions.count
            && entityTypes.allSatisfy { name, type in
                guard let match = other.entityTypes[name] else { return false }
                return match.attributes == type.attributes && match.tags == type.tags
                    && match.enumIDs == type.enumIDs && match.parents == type.parents
            }
            && actions.allSatisfy { uid, action in
                guard let match = other.actions[uid] else { return false }
                return match.context == action.context && Set(match.parents) == Set(action.parents)
                    && match.isApplicable == action.isApplicable
                    && (!action.isApplicable
                        || Set(match.principals) == Set(action.principals)
                            && Set(match.resources) == Set(action.resources))
            }
    }
}

private struct SchemaTextWriter {
    let schema: Schema
    private var text = ""
    private var indent = ""

    init(schema: Schema) { self.schema = schema }

    mutating func write() throws(SchemaError) -> String {
        // What has no namespace stands first, wherever it was read, so that one meaning has one text.
        let namespaces = schema.document.namespaces
        for namespace in namespaces.filter(\.name.isEmpty) + namespaces.filter({ !$0.name.isEmpty })
        {
            if namespace.name.isEmpty {
                try append(namespace)
                continue
            }
            append(namespace.annotations)
            text += "namespace \(namespace.name) {\n"
            indent = "  "
            try append(namespace)
            indent = ""
            text += "}\n"
        }
        return text
    }

    private mutating func append(_ annotations: [String: String]) {
        for (key, value) in annotations.sorted(by: { $0.key < $1.key }) {
            text += "\(indent)@\(key)(\(quoted(value)))\n"
        }
    }

    private func quoted(_ string: String) -> String { "\"\(StringEscapes.escaped(string))\"" }

    private mutating func append(_ namespace: NamespaceDeclaration) throws(SchemaError) {
        for declaration in namespace.commonTypes {
            append(declaration.annotations)
            text +=
                "\(indent)type \(declaration.name) = \(type(declaration.type, namespace.name));\n"
        }
        for declaration in namespace.entityTypes { try append(declaration, namespace.name) }
        for declaration in namespace.actions { try append(declaration, namespace.name) }
    }

    private mutating func append(
        _ declaration: EntityTypeDeclaration, _ namespace: String
    ) throws(SchemaError) {
        append(declaration.annotations)
        text += "\(indent)entity \(declaration.name)"
        if let ids = declaration.enumIDs {
            text += " enum [\(ids.map(quoted).joined(separator: ", "))];\n"
            return
        }
        if !declaration.parents.isEmpty {
            text += " in [\(declaration.parents.joined(separator: ", "))]"
        }
        if case .record(let attributes) = declaration.shape {
            if !attributes.isEmpty { text += " = \(record(attributes, namespace))" }
        } else {
            let name = Name.qualified(declaration.name, in: namespace)
            text += " = \(resolved(.record(schema.entityTypes[name]?.attributes ?? .empty)))"
        }
        if let tags = declaration.tags { text += " tags \(type(tags, namespace))" }
        text += ";\n"
    }

    private mutating func append(_ declaration: ActionDeclaration, _ namespace: String)
        throws(SchemaError)
    {
        append(declaration.annotations)
        text += "\(indent)action \(quoted(declaration.id))"
        if !declaration.parents.isEmpty {
            let parents = declaration.parents.map { parent in
                parent.type.map { "\($0)::\(quoted(parent.id))" } ?? quoted(parent.id)
            }
            text += " in [\(parents.joined(separator: ", "))]"
        }
        if let applies = declaration.appliesTo,
            !(applies.principals.isEmpty && applies.resources.isEmpty)
        {
            if applies.principals.isEmpty || applies.resources.isEmpty {
                throw .invalid(
                    "the text form needs a principal and a resource", at: declaration.place.text)
            }
            text += " appliesTo {\n"
            text += "\(indent)  principal: [\(applies.principals.joined(separator: ", "))],\n"
            text += "\(indent)  resource: [\(applies.resources.joined(separator: ", "))],\n"
            text += "\(indent)  context: \(type(applies.context, namespace))\n\(indent)}"
        }
        text += ";\n"
    }

    private func record(_ attributes: [AttributeDeclaration], _ namespace: String) -> String {
        let members = attributes.map { attribute in
            let annotations = attribute.annotations.sorted { $0.key < $1.key }
                .map { "@\($0.key)(\(quoted($0.value))) " }.joined()
            let name = Name.isIdentifier(attribute.name) ? attribute.name : quoted(attribute.name)
            return
                "\(annotations)\(name)\(attribute.isRequired ? "" : "?"): \(type(attribute.type, namespace))"
        }
        return "{ \(members.joined(separator: ", ")) }"
    }

    private func resolved(_ type: SchemaType) -> String {
        switch type {
        case .bool: return "__cedar::Bool"
        case .long: return "__cedar::Long"
        case .string: return "__cedar::String"
        case .extension(let type): return "__cedar::\(type.rawValue)"
        case .set(let element): return "Set<\(element.map(resolved) ?? "")>"
        case .entity(let name): return name
        case .record(let record):
            let members = record.sorted.map {
                "\(quoted($0.name))\($0.type.isRequired ? "" : "?"): \(resolved($0.type.type))"
            }
            return "{ \(members.joined(separator: ", ")) }"
        }
    }

    private func type(_ written: TypeExpression, _ namespace: String) -> String {
        switch written {
        case .bool: "__cedar::Bool"
        case .long: "__cedar::Long"
        case .string: "__cedar::String"
        case .extension(let name): "__cedar::\(name)"
        case .set(let element): "Set<\(type(element, namespace))>"
        case .record(let attributes): record(attributes, namespace)
        case .common(let name), .entity(let name), .reference(let name): name
        }
    }
}
