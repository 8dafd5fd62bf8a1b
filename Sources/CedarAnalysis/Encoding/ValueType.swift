import Cedar

/// The type of a symbolic value: a schema's type without what is known of booleans.
indirect enum ValueType: Hashable {
    case bool
    case long
    case string
    case entity(String)
    case `extension`(ExtensionType)
    /// A set; nil for the empty literal, whose members have no type.
    case set(ValueType?)
    case record([ScalarKey: ValueMember])

    init(_ type: SchemaType) {
        switch type {
        case .bool: self = .bool
        case .long: self = .long
        case .string: self = .string
        case .entity(let name): self = .entity(name)
        case .extension(let type): self = .extension(type)
        case .set(let element): self = .set(element.map(ValueType.init))
        case .record(let record): self = .record(ValueType.members(record))
        }
    }

    static func members(_ record: RecordType) -> [ScalarKey: ValueMember] {
        record.members.mapValues {
            ValueMember(type: ValueType($0.type), isRequired: $0.isRequired)
        }
    }

    /// The least type that holds the values of both, nil where values of the two are never equal.
    ///
    /// Wider than the validator's: a member that only one has may be absent.
    static func joined(_ left: ValueType, _ right: ValueType) -> ValueType? {
        switch (left, right) {
        case (.set(nil), .set): return right
        case (.set, .set(nil)): return left
        case (.set(let left?), .set(let right?)): return joined(left, right).map { .set($0) }
        case (.record(let left), .record(let right)):
            var members: [ScalarKey: ValueMember] = [:]
            for (name, member) in left.merging(right, uniquingKeysWith: { first, _ in first }) {
                guard let own = left[name], let other = right[name] else {
                    if member.isRequired { return nil }
                    members[name] = member
                    continue
                }
                guard let type = joined(own.type, other.type) else { return nil }
                members[name] = ValueMember(
                    type: type, isRequired: own.isRequired && other.isRequired)
            }
            return .record(members)
        default: return left == right ? left : nil
        }
    }
}

struct ValueMember: Hashable {
    let type: ValueType
    let isRequired: Bool
}

extension [ScalarKey: ValueMember] {
    /// The members in the order of their names, which is that of the fields of the solver's records.
    var inOrder: [(name: ScalarKey, member: ValueMember)] {
        map { ($0.key, $0.value) }.sorted {
            $0.0.text.utf8.lexicographicallyPrecedes($1.0.text.utf8)
        }
    }
}
