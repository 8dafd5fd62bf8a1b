// Expressions that stand for what partial evaluation has found.

extension Expression {
    /// An expression that always fails.
    static func failing(at place: TextPosition) -> Expression {
        Expression(.call(.ip, []), at: place)
    }

    /// An expression whose value is this.
    static func of(_ value: Value, at place: TextPosition) -> Expression {
        func call(_ function: ExtensionFunction, _ text: String) -> Expression {
            Expression(.call(function, [Expression(.literal(.string(text)), at: place)]), at: place)
        }
        switch value {
        case .bool(let value): return Expression(.literal(.bool(value)), at: place)
        case .long(let value): return Expression(.literal(.long(value)), at: place)
        case .string(let value): return Expression(.literal(.string(value)), at: place)
        case .entity(let value): return Expression(.literal(.entity(value)), at: place)
        case .set(let set):
            return Expression(.set(set.elements.map { of($0, at: place) }), at: place)
        case .record(let record):
            let members = record.sortedMembers.map {
                RecordMember(name: $0.name, value: of($0.value, at: place))
            }
            return Expression(.record(members), at: place)
        case .decimal(let number): return call(.decimal, number.text)
        case .ipaddr(let address): return call(.ip, address.text)
        case .duration(let duration): return call(.duration, duration.text)
        case .datetime(let instant):
            // Also instants that have no four-digit year are so many milliseconds from 1970.
            let length = call(.duration, DurationValue(milliseconds: instant.milliseconds).text)
            return Expression(.call(.offset, [call(.datetime, "1970-01-01"), length]), at: place)
        }
    }
}
