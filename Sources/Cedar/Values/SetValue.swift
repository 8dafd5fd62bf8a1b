/// An unordered set of values without duplicates.
public struct SetValue: Hashable, Sendable {
    /// The members, each once, in the order in which they were first given.
    public let elements: [Value]

    // Present only where comparing one by one would cost more than hashing.
    private let index: Set<Value>?
    private static let linearCountMax = 8

    /// Makes a set; equal values count once.
    public init(_ values: [Value]) {
        if values.count <= Self.linearCountMax {
            var kept: [Value] = []
            kept.reserveCapacity(values.count)
            for value in values where !kept.contains(value) { kept.append(value) }
            elements = kept
            index = nil
        } else {
            var seen: Set<Value> = []
            seen.reserveCapacity(values.count)
            elements = values.filter { seen.insert($0).inserted }
            index = elements.count > Self.linearCountMax ? seen : nil
        }
    }

    /// The number of members.
    public var count: Int { elements.count }

    /// Whether the set has no member.
    public var isEmpty: Bool { elements.isEmpty }

    /// Whether `value` is a member.
    public func contains(_ value: Value) -> Bool {
        if let index { return index.contains(value) }
        for element in elements where element == value { return true }
        return false
    }

    /// Whether both have the same members, in whatever order.
    public static func == (left: SetValue, right: SetValue) -> Bool {
        left.count == right.count && left.elements.allSatisfy(right.contains)
    }

    /// Feeds the members to a hasher so that their order plays no part.
    public func hash(into hasher: inout Hasher) {
        var sum = 0
        for element in elements {
            var own = Hasher()
            own.combine(element)
            sum &+= own.finalize()
        }
        hasher.combine(sum)
        hasher.combine(count)
    }
}

extension SetValue: ExpressibleByArrayLiteral {
    /// Makes a set.
    public init(arrayLiteral elements: Value...) { self.init(elements) }
}
