/// Reads the text form of schemas.
struct SchemaTextParser {
    private let reader: TokenReader
    private var document = SchemaDocument(namespaces: [])

    static func parse(
        _ text: String, file: String, limits: Limits
    ) throws(PolicySyntaxError) -> SchemaDocument {
        var parser = SchemaTextParser(reader: try TokenReader(text, file: file, limits: limits))
        return try parser.schema()
    }

    private init(reader: TokenReader) { self.reader = reader }

    private mutating func schema() throws(PolicySyntaxError) -> SchemaDocument {
        var bare = NamespaceDeclaration(name: "")
        while reader.kind != .end {
            let annotations = try reader.annotations()
            if reader.isWord("namespace") {
                try namespace(annotations)
            } else {
                try declaration(annotations, into: &bare)
            }
        }
        if !bare.entityTypes.isEmpty || !bare.actions.isEmpty || !bare.commonTypes.isEmpty {
            document.namespaces.append(bare)
        }
        return document
    }

    private mutating func namespace(_ annotations: [String: String]) throws(PolicySyntaxError) {
        reader.advance()
        let place = reader.position
        var namespace = NamespaceDeclaration(name: try path("a namespace"))
        namespace.annotations = annotations
        if document.namespaces.contains(where: { $0.name == namespace.name }) {
            throw reader.invalid("this namespace is declared twice", at: place)
        }
        try reader.expect(.leftBrace, "'{'")
        while !reader.take(.rightBrace) {
            try declaration(try reader.annotations(), into: &namespace)
        }
        document.namespaces.append(namespace)
    }

    private mutating func declaration(
        _ annotations: [String: String], into namespace: inout NamespaceDeclaration
    ) throws(PolicySyntaxError) {
        try reader.requireRoom(
            after: max(
                namespace.entityTypes.count, namespace.actions.count, namespace.commonTypes.count))
        if reader.takeWord("entity") {
            namespace.entityTypes += try entityTypes(annotations)
        } else if reader.takeWord("action") {
            namespace.actions += try actions(annotations)
        } else if reader.takeWord("type") {
            namespace.commonTypes.append(try commonType(annotations))
        } else {
            throw reader.unexpected("'entity', 'action' or 'type'")
        }
    }

    // MARK: Names

    /// A name; reserved words are refused in every part.
    private mutating func path(_ role: String) throws(PolicySyntaxError) -> String {
        var path = try identifier(role)
        while reader.kind == .doubleColon, reader.peek() == .identifier {
            reader.advance()
            path += "::" + (try identifier(role))
        }
        return path
    }

    /// Inside a path `__cedar` is an ordinary word here; whether it may be used is decided later.
    private mutating func identifier(_ role: String) throws(PolicySyntaxError) -> String {
        if reader.takeWord("__cedar") { return "__cedar" }
        return try reader.identifier(role)
    }

    private mutating func nameOrString(_ role: String) throws(PolicySyntaxError) -> String {
        reader.kind == .string ? try reader.string(role) : try identifier(role)
    }

    /// One or more, separated by commas, no comma at the end.
    private mutating func list<Element>(
        _ element: (inout SchemaTextParser) throws(PolicySyntaxError) -> Element
    ) throws(PolicySyntaxError) -> [Element] {
        var elements = [try element(&self)]
        while reader.take(.comma) {
            try reader.requireRoom(after: elements.count)
            elements.append(try element(&self))
        }
        return elements
    }

    /// A name, or any number of names in brackets.
    private mutating func typeNames() throws(PolicySyntaxError) -> [String] {
        guard reader.take(.leftBracket) else { return [try path("an entity type")] }
        if reader.take(.rightBracket) { return [] }
        let names = try list { parser throws(PolicySyntaxError) in try parser.path("an entity type")
        }
        try reader.expect(.rightBracket, "']'")
        return names
    }

    // MARK: Declarations

    private mutating func entityTypes(
        _ annotations: [String: String]
    ) throws(PolicySyntaxError) -> [EntityTypeDeclaration] {
        let place = DeclarationPlace(reader.position.within(reader.file))
        let names = try list { parser throws(PolicySyntaxError) in
            try parser.identifier("an entity type")
        }
        var model = EntityTypeDeclaration(name: "", annotations: annotations, place: place)
        if reader.takeWord("enum") {
            try reader.expect(.leftBracket, "'['")
            model.enumIDs = try list { parser throws(PolicySyntaxError) in
                try parser.reader.string("an entity id")
            }
            try reader.expect(.rightBracket, "']'")
        } else {
            if reader.takeWord("in") { model.parents = try typeNames() }
            if reader.take(.assign) || reader.kind == .leftBrace {
                model.shape = .record(try attributes())
            }
            if reader.takeWord("tags") { model.tags = try type() }
        }
        try reader.expect(.semicolon, "';'")
        return names.map { name in
            EntityTypeDeclaration(
                name: name, annotations: annotations, parents: model.parents, shape: model.shape,
                tags: model.tags, enumIDs: model.enumIDs, place: place)
        }
    }

    private mutating func commonType(
        _ annotations: [String: String]
    ) throws(PolicySyntaxError) -> CommonTypeDeclaration {
        let place = DeclarationPlace(reader.position.within(reader.file))
        let name = try identifier("a type name")
        try reader.expect(.assign, "'='")
        let type = try type()
        try reader.expect(.semicolon, "';'")
        return CommonTypeDeclaration(name: name, annotations: annotations, type: type, place: place)
    }

    private mutating func actions(
        _ annotations: [String: String]
    ) throws(PolicySyntaxError) -> [ActionDeclaration] {
        let place = DeclarationPlace(reader.position.within(reader.file))
        let names = try list { parser throws(PolicySyntaxError) in
            try parser.nameOrString("an action")
        }
        var parents: [ActionReference] = []
        if reader.takeWord("in") {
            if reader.take(.leftBracket) {
                parents = try list { parser throws(PolicySyntaxError) in
                    try parser.actionReference()
                }
                try reader.expect(.rightBracket, "']'")
            } else {
                parents = [try actionReference()]
            }
        }
        let appliesTo = reader.takeWord("appliesTo") ? try appliesTo() : nil
        if reader.takeWord("attributes") {
            try reader.expect(.leftBrace, "'{'")
            try reader.expect(.rightBrace, "'}', since actions have no attributes")
        }
        try reader.expect(.semicolon, "';'")
        return names.map { name in
            ActionDeclaration(
                id: name, annotations: annotations, parents: parents, appliesTo: appliesTo,
                place: place)
        }
    }

    private mutating func actionReference() throws(PolicySyntaxError) -> ActionReference {
        if reader.kind == .string {
            return ActionReference(type: nil, id: try reader.string("an action"))
        }
        let place = reader.position
        let name = try path("an action")
        if reader.take(.doubleColon) {
            return ActionReference(type: name, id: try reader.string("an action id in quotes"))
        }
        guard Name.isWord(name) else {
            throw reader.invalid(
                "an action in a namespace is written Ns::Action::\"id\"", at: place)
        }
        return ActionReference(type: nil, id: name)
    }

    private mutating func appliesTo() throws(PolicySyntaxError) -> ActionDeclaration.AppliesTo {
        let place = reader.position
        try reader.expect(.leftBrace, "'{'")
        var principals: [String]?
        var resources: [String]?
        var context: TypeExpression?
        repeat {
            let memberPlace = reader.position
            var isRepeated = false
            if reader.takeWord("principal") {
                isRepeated = principals != nil
                principals = try appliedTypes()
            } else if reader.takeWord("resource") {
                isRepeated = resources != nil
                resources = try appliedTypes()
            } else if reader.takeWord("context") {
                isRepeated = context != nil
                try reader.expect(.colon, "':'")
                context =
                    reader.kind == .leftBrace
                    ? .record(try attributes()) : .common(try path("a record or a common type"))
            } else {
                throw reader.unexpected("'principal', 'resource' or 'context'")
            }
            if isRepeated { throw reader.invalid("this is given twice", at: memberPlace) }
        } while reader.take(.comma) && reader.kind != .rightBrace
        try reader.expect(.rightBrace, "'}'")
        guard let principals, let resources else {
            throw reader.invalid("'appliesTo' needs both 'principal' and 'resource'", at: place)
        }
        return ActionDeclaration.AppliesTo(
            principals: principals, resources: resources, context: context ?? .record([]))
    }

    private mutating func appliedTypes() throws(PolicySyntaxError) -> [String] {
        try reader.expect(.colon, "':'")
        let place = reader.position
        let types = try typeNames()
        if types.isEmpty { throw reader.invalid("at least one entity type is needed", at: place) }
        return types
    }

    // MARK: Types

    private mutating func type() throws(PolicySyntaxError) -> TypeExpression {
        try reader.enter()
        defer { reader.leave() }
        if reader.kind == .leftBrace { return .record(try attributes()) }
        if reader.isWord("Set"), reader.peek() == .less {
            reader.advance()
            reader.advance()
            let element = try type()
            try reader.expect(.greater, "'>'")
            return .set(element)
        }
        return .reference(try path("a type"))
    }

    private mutating func attributes() throws(PolicySyntaxError) -> [AttributeDeclaration] {
        try reader.expect(.leftBrace, "'{'")
        var attributes: [AttributeDeclaration] = []
        var places: [ScalarKey: Int] = [:]
        while reader.kind != .rightBrace {
            try reader.requireRoom(after: attributes.count)
            let annotations = try reader.annotations()
            let name = try nameOrString("an attribute name")
            let isRequired = !reader.take(.question)
            try reader.expect(.colon, "':'")
            let attribute = AttributeDeclaration(
                name: name, annotations: annotations, isRequired: isRequired, type: try type())
            // An attribute declared again replaces the earlier declaration, as in the reference implementation.
            if let earlier = places[ScalarKey(name)] {
                attributes[earlier] = attribute
            } else {
                places[ScalarKey(name)] = attributes.count
                attributes.append(attribute)
            }
            guard reader.take(.comma) else { break }
        }
        try reader.expect(.rightBrace, "'}'")
        return attributes
    }
}
