// Values, entities and contexts as JSON.

extension ValueJSON {
    /// An entity's name as `{type, id}`.
    static func json(_ uid: EntityUID) -> JSONValue {
        .object([JSONMember("type", .string(uid.type)), JSONMember("id", .string(uid.id))])
    }

    /// A value with escapes wherever JSON alone would not tell its type.
    static func json(_ value: Value) throws(JSONOutputError) -> JSONValue {
        switch value {
        case .bool(let flag): return .bool(flag)
        case .long(let number): return .number(String(number))
        case .string(let text): return .string(text)
        case .set(let set):
            var elements: [JSONValue] = []
            for element in set.elements { elements.append(try json(element)) }
            return .array(elements)
        case .record(let record): return try json(record)
        case .entity(let uid): return .object([JSONMember("__entity", json(uid))])
        case .decimal(let number): return call("decimal", number.text)
        case .ipaddr(let address): return call("ip", address.text)
        case .duration(let duration): return call("duration", duration.text)
        case .datetime(let instant): return datetime(instant)
        }
    }

    /// Members sorted by name.
    static func json(_ record: RecordValue) throws(JSONOutputError) -> JSONValue {
        var members: [JSONMember] = []
        for (name, value) in record.sortedMembers {
            if ["__entity", "__extn", "__expr"].contains(name) { throw .reservedKey(name) }
            members.append(JSONMember(name, try json(value)))
        }
        return .object(members)
    }

    private static func call(_ function: String, _ argument: String) -> JSONValue {
        escaped([JSONMember("fn", .string(function)), JSONMember("arg", .string(argument))])
    }

    private static func escaped(_ call: [JSONMember]) -> JSONValue {
        .object([JSONMember("__extn", .object(call))])
    }

    /// An instant as an offset from 1970, which reaches instants that have no four-digit year.
    private static func datetime(_ instant: DatetimeValue) -> JSONValue {
        let duration = DurationValue(milliseconds: instant.milliseconds)
        return escaped([
            JSONMember("fn", .string("offset")),
            JSONMember(
                "args", .array([call("datetime", "1970-01-01"), call("duration", duration.text)])),
        ])
    }
}

extension RecordValue {
    /// The record as JSON, such as a context.
    ///
    /// - Parameter indented: Whether to lay it out over lines.
    /// - Returns: One JSON object, its members sorted by name.
    /// - Throws: ``JSONOutputError/reservedKey(_:)``.
    public func json(indented: Bool = false) throws(JSONOutputError) -> String {
        JSONWriter.write(try ValueJSON.json(self), indented: indented)
    }
}

extension EntityStore {
    /// The entities as JSON, sorted by type and id.
    ///
    /// - Parameter indented: Whether to lay them out over lines.
    /// - Returns: One JSON array.
    /// - Throws: ``JSONOutputError/reservedKey(_:)``.
    public func json(indented: Bool = false) throws(JSONOutputError) -> String {
        var elements: [JSONValue] = []
        for entity in entities.sorted(by: { EntityUID.precedes($0.uid, $1.uid) }) {
            let parents = Set(entity.parents).sorted(by: EntityUID.precedes)
            var members = [
                JSONMember("uid", ValueJSON.json(entity.uid)),
                JSONMember("attrs", try ValueJSON.json(entity.attributes)),
                JSONMember("parents", .array(parents.map { ValueJSON.json($0) })),
            ]
            if !entity.tags.isEmpty {
                members.append(JSONMember("tags", try ValueJSON.json(entity.tags)))
            }
            elements.append(.object(members))
        }
        return JSONWriter.write(.array(elements), indented: indented)
    }
}
