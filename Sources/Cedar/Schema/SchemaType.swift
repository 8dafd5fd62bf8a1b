/// The type of a value, as a schema declares it or the validator infers it.
package indirect enum SchemaType: Hashable, Sendable {
    /// A boolean; where known to be always true or always false, which.
    case bool(Bool?)
    case long
    case string
    /// A set; nil for the empty set literal, whose members have no type.
    case set(SchemaType?)
    case record(RecordType)
    case entity(String)
    case `extension`(ExtensionType)

    static let boolean = SchemaType.bool(nil)

    /// How the schema language writes it.
    package var text: String {
        switch self {
        case .bool(nil): "Bool"
        case .bool(true): "True"
        case .bool: "False"
        case .long: "Long"
        case .string: "String"
        case .set(let element): "Set<\(element?.text ?? "")>"
        case .record(let record):
            "{\(record.sorted.map { "\"\($0.name)\"\($0.type.isRequired ? "" : "?"): \($0.type.type.text)" }.joined(separator: ", "))}"
        case .entity(let name): name
        case .extension(let type): type.rawValue
        }
    }
}

package enum ExtensionType: String, Hashable, Sendable, CaseIterable {
    case ipaddr, decimal, datetime, duration

    /// The function that makes a value from a string.
    package var constructor: ExtensionFunction {
        switch self {
        case .ipaddr: .ip
        case .decimal: .decimal
        case .datetime: .datetime
        case .duration: .duration
        }
    }
}

/// The members a record may have.
package struct RecordType: Hashable, Sendable {
    package var members: [ScalarKey: MemberType]

    package static let empty = RecordType(members: [:])

    package subscript(name: String) -> MemberType? { members[ScalarKey(name)] }

    package var sorted: [(name: String, type: MemberType)] {
        members.map { ($0.key.text, $0.value) }.sorted { ScalarText.precedes($0.name, $1.name) }
    }
}

package struct MemberType: Hashable, Sendable {
    package let type: SchemaType
    package let isRequired: Bool
}
