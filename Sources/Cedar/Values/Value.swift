/// A value of the Cedar language.
///
/// Equality is total: values of different types are unequal, never an error.
public enum Value: Hashable, Sendable {
    /// True or false.
    case bool(Bool)
    /// A signed integer of 64 bits.
    case long(Int64)
    /// Unicode scalars, compared without normalisation.
    case string(String)
    /// An unordered set without duplicates; members may be of different types.
    case set(SetValue)
    /// Named members.
    case record(RecordValue)
    /// A reference to an entity, which need not exist.
    case entity(EntityUID)
    /// A fixed-point number with four fraction digits.
    case decimal(DecimalValue)
    /// An address or a range of addresses.
    case ipaddr(IPAddressValue)
    /// An instant.
    case datetime(DatetimeValue)
    /// A length of time.
    case duration(DurationValue)

    /// Whether both are of one type and equal.
    public static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.bool(let left), .bool(let right)): left == right
        case (.long(let left), .long(let right)): left == right
        case (.string(let left), .string(let right)): ScalarText.same(left, right)
        case (.set(let left), .set(let right)): left == right
        case (.record(let left), .record(let right)): left == right
        case (.entity(let left), .entity(let right)): left == right
        case (.decimal(let left), .decimal(let right)): left == right
        case (.ipaddr(let left), .ipaddr(let right)): left == right
        case (.datetime(let left), .datetime(let right)): left == right
        case (.duration(let left), .duration(let right)): left == right
        default: false
        }
    }

    /// Feeds type and content to a hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        switch self {
        case .bool(let value): hasher.combine(value)
        case .long(let value): hasher.combine(value)
        case .string(let value): ScalarText.combine(value, into: &hasher)
        case .set(let value): hasher.combine(value)
        case .record(let value): hasher.combine(value)
        case .entity(let value): hasher.combine(value)
        case .decimal(let value): hasher.combine(value)
        case .ipaddr(let value): hasher.combine(value)
        case .datetime(let value): hasher.combine(value)
        case .duration(let value): hasher.combine(value)
        }
    }

    /// The type of a value, without its content.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// True or false.
        case bool
        /// An integer.
        case long
        /// A string.
        case string
        /// A set.
        case set
        /// A record.
        case record
        /// An entity reference.
        case entity
        /// A decimal number.
        case decimal
        /// An address or range.
        case ipaddr
        /// An instant.
        case datetime
        /// A length of time.
        case duration
    }

    /// The type of this value.
    public var kind: Kind {
        switch self {
        case .bool: .bool
        case .long: .long
        case .string: .string
        case .set: .set
        case .record: .record
        case .entity: .entity
        case .decimal: .decimal
        case .ipaddr: .ipaddr
        case .datetime: .datetime
        case .duration: .duration
        }
    }
}

extension Value: CustomStringConvertible, CustomDebugStringConvertible {
    /// The type alone: a value may be a person's datum and is never printed by accident.
    public var description: String { "<redacted \(kind.rawValue)>" }

    /// The type alone.
    public var debugDescription: String { description }
}

extension Value: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Makes a boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }

    /// Makes an integer.
    public init(integerLiteral value: Int64) { self = .long(value) }

    /// Makes a string.
    public init(stringLiteral value: String) { self = .string(value) }

    /// Makes a set.
    public init(arrayLiteral elements: Value...) { self = .set(SetValue(elements)) }

    /// Makes a record; of members with the same name the last one counts.
    public init(dictionaryLiteral elements: (String, Value)...) {
        self = .record(RecordValue(elements))
    }
}
