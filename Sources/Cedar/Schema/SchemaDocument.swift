/// A schema as written, names not yet looked up.
///
/// Both forms of the language are read into this.
package struct SchemaDocument: Sendable {
    package var namespaces: [NamespaceDeclaration]
}

package struct NamespaceDeclaration: Sendable {
    /// The name, empty for declarations outside any namespace.
    package let name: String
    package var annotations: [String: String] = [:]
    package var entityTypes: [EntityTypeDeclaration] = []
    package var actions: [ActionDeclaration] = []
    package var commonTypes: [CommonTypeDeclaration] = []

    package init(name: String) { self.name = name }
}

package struct EntityTypeDeclaration: Sendable {
    package let name: String
    package var annotations: [String: String] = [:]
    package var parents: [String] = []
    /// A record, or in JSON also the name of a type that is one.
    package var shape: TypeExpression = .record([])
    package var tags: TypeExpression?
    package var enumIDs: [String]?
    package let place: DeclarationPlace
}

package struct ActionDeclaration: Sendable {
    package let id: String
    package var annotations: [String: String] = [:]
    package var parents: [ActionReference] = []
    /// Absent for an action that applies to nothing.
    package var appliesTo: AppliesTo?
    package let place: DeclarationPlace

    package struct AppliesTo: Sendable {
        package var principals: [String]
        package var resources: [String]
        package var context: TypeExpression
    }
}

package struct ActionReference: Hashable, Sendable {
    /// The action type as written, nil where none was.
    package let type: String?
    package let id: String
}

package struct CommonTypeDeclaration: Sendable {
    package let name: String
    package var annotations: [String: String] = [:]
    package let type: TypeExpression
    package let place: DeclarationPlace
}

/// A type as written.
package indirect enum TypeExpression: Sendable {
    case bool, long, string
    case set(TypeExpression)
    case record([AttributeDeclaration])
    case entity(String)
    case `extension`(String)
    /// A common type, and nothing else.
    case common(String)
    /// A common type, an entity type or a built-in type, in this order.
    case reference(String)
}

package struct AttributeDeclaration: Sendable {
    package let name: String
    package var annotations: [String: String] = [:]
    package let isRequired: Bool
    package let type: TypeExpression
}

/// Where something was declared, for messages: a place in a text, or a path in JSON.
package struct DeclarationPlace: Sendable {
    let text: String

    init(_ position: SourcePosition) { text = position.description }
    init(_ path: JSONPath) { text = path.text }
}

/// A schema that is not valid.
public enum SchemaError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text is not a schema.
    case syntax(PolicySyntaxError)
    /// The JSON is not a schema.
    case json(JSONInputError)
    /// The schema reads well but contradicts itself or names something undeclared.
    case invalid(String, at: String)

    /// What is wrong and where.
    public var description: String {
        switch self {
        case .syntax(let error): error.description
        case .json(let error): error.description
        case .invalid(let what, let place): place.isEmpty ? what : "\(place): \(what)"
        }
    }
}
