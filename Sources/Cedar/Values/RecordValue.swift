/// Named values: a record, the attributes or tags of an entity, or the context of a request.
public struct RecordValue: Hashable, Sendable {
    struct Member: Hashable, Sendable {
        let name: AttributeName
        let value: Value
    }

    // Sorted by hash, so that a compiled name is found by comparing integers. The order means nothing outside.
    let members: [Member]
    private static let linearCountMax = 8

    /// Makes a record; of members with the same name the last one counts.
    public init(_ members: [(String, Value)] = []) {
        var sorted: [Member] = []
        sorted.reserveCapacity(members.count)
        for (name, value) in members {
            sorted.append(Member(name: AttributeName(name), value: value))
        }
        self.init(lastWins: sorted)
    }

    /// Members that are ordered already, each name once.
    fileprivate init(ordered members: [Member]) { self.members = members }

    init(lastWins given: [Member]) {
        // Equal names share a hash, so they end up side by side; the position keeps "last" meaningful.
        let ordered = given.enumerated().sorted {
            if $0.element.name.hash != $1.element.name.hash {
                return $0.element.name.hash < $1.element.name.hash
            }
            if !ScalarText.same($0.element.name.text, $1.element.name.text) {
                return ScalarText.precedes($0.element.name.text, $1.element.name.text)
            }
            return $0.offset < $1.offset
        }
        var kept: [Member] = []
        kept.reserveCapacity(ordered.count)
        for (_, member) in ordered {
            if let last = kept.last, last.name == member.name { kept.removeLast() }
            kept.append(member)
        }
        members = kept
    }

    /// The number of members.
    public var count: Int { members.count }

    /// Whether there is no member.
    public var isEmpty: Bool { members.isEmpty }

    /// The value of a member, nil where there is none of that name.
    public subscript(name: String) -> Value? { self[AttributeName(name)] }

    @inline(__always)
    subscript(name: AttributeName) -> Value? {
        let position = position(of: name)
        return position < 0 ? nil : members[position].value
    }

    @inline(__always)
    func has(_ name: AttributeName) -> Bool { position(of: name) >= 0 }

    @inline(__always)
    private func position(of name: AttributeName) -> Int {
        let count = members.count
        var position = 0
        if count > Self.linearCountMax {
            var end = count
            while position < end {
                let middle = (position + end) / 2
                if members[middle].name.hash < name.hash {
                    position = middle + 1
                } else {
                    end = middle
                }
            }
        }
        while position < count {
            let hash = members[position].name.hash
            if hash == name.hash, ScalarText.same(members[position].name.text, name.text) {
                return position
            }
            if hash > name.hash { return -1 }
            position += 1
        }
        return -1
    }

    /// The names and values, sorted by the scalars of the names.
    public var sortedMembers: [(name: String, value: Value)] {
        members.map { ($0.name.text, $0.value) }.sorted { ScalarText.precedes($0.name, $1.name) }
    }

    /// A record that has `value` under `name` and all else as here.
    public func setting(_ name: String, to value: Value) -> RecordValue {
        RecordValue(lastWins: members + [Member(name: AttributeName(name), value: value)])
    }
}

/// The names of records that are made again and again: hashed and ordered once.
public struct RecordShape: Sendable {
    private let names: [AttributeName]
    /// For each member in a record's own order, the place of its value among those given.
    private let places: [Int]

    /// Makes a shape.
    ///
    /// - Parameter names: The members' names.
    /// - Precondition: No name stands twice.
    public init(_ names: [String]) {
        let record = RecordValue(names.enumerated().map { ($1, .long(Int64($0))) })
        precondition(record.count == names.count, "a shape has each name once")
        self.names = record.members.map(\.name)
        places = record.members.map { member in
            guard case .long(let place) = member.value else { return 0 }
            return Int(place)
        }
    }

    /// The record that has these values under the shape's names.
    ///
    /// - Parameter values: One for each name, in the order in which the names were given.
    /// - Returns: The same record as from ``RecordValue/init(_:)``.
    public func record(_ values: [Value]) -> RecordValue {
        precondition(values.count == places.count, "a shape takes a value for each name")
        var members: [RecordValue.Member] = []
        members.reserveCapacity(places.count)
        for (index, place) in places.enumerated() {
            members.append(RecordValue.Member(name: names[index], value: values[place]))
        }
        return RecordValue(ordered: members)
    }
}

extension RecordValue: ExpressibleByDictionaryLiteral {
    /// Makes a record; of members with the same name the last one counts.
    public init(dictionaryLiteral elements: (String, Value)...) { self.init(elements) }
}

extension RecordValue: CustomStringConvertible, CustomDebugStringConvertible {
    /// The number of members; names and values are redacted.
    public var description: String { "<redacted record of \(count)>" }

    /// The number of members.
    public var debugDescription: String { description }
}

extension SetValue: CustomStringConvertible, CustomDebugStringConvertible {
    /// The number of members; the members are redacted.
    public var description: String { "<redacted set of \(count)>" }

    /// The number of members.
    public var debugDescription: String { description }
}
