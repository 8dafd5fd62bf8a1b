/// Reads values from JSON, with or without a type to expect.
struct ValueJSON {
    /// The value at `path`.
    ///
    /// A type lets entities and extension values be written without their escapes; whether the value then has the
    /// type is for the caller to check. Without one, `__entity` and `__extn` count only as the sole key of a
    /// well-formed escape, and anything else is a record.
    static func value(
        _ json: JSONValue, _ expected: SchemaType?, _ path: JSONPath
    ) throws(JSONInputError) -> Value {
        switch expected {
        case .entity?: return .entity(try uid(json, path))
        case .extension(let type)?: return try extensionValue(json, type, path)
        case .set(let element)?:
            var values: [Value] = []
            for (index, member) in try json.elements(path).enumerated() {
                values.append(try value(member, element, path.index(index)))
            }
            return .set(SetValue(values))
        case .record(let type)?: return .record(try record(json, type, path))
        default: return try untyped(json, path)
        }
    }

    /// A record of exactly the declared members.
    static func record(
        _ json: JSONValue, _ type: RecordType, _ path: JSONPath
    ) throws(JSONInputError) -> RecordValue {
        var values: [(String, Value)] = []
        let given = try json.members(path)
        for member in given {
            guard let declared = type[member.key] else {
                throw path.error("the schema has no such member")
            }
            values.append(
                (member.key, try value(member.value, declared.type, path.key(member.key))))
        }
        for (name, declared) in type.sorted where declared.isRequired && json[name] == nil {
            throw path.error("the required member '\(name)' is missing")
        }
        return RecordValue(values)
    }

    private static func untyped(_ json: JSONValue, _ path: JSONPath) throws(JSONInputError) -> Value
    {
        switch json {
        case .null: throw path.error("null is not a value")
        case .bool(let flag): return .bool(flag)
        case .number:
            guard let integer = json.integer else {
                throw path.error("a number must be an integer of 64 bits")
            }
            return .long(integer)
        case .string(let text): return .string(text)
        case .array(let elements):
            var values: [Value] = []
            for (index, element) in elements.enumerated() {
                values.append(try untyped(element, path.index(index)))
            }
            return .set(SetValue(values))
        case .object(let members):
            if let escaped = try escape(members, path) { return escaped }
            return .record(try untypedRecord(members, path))
        }
    }

    static func untypedRecord(
        _ members: [JSONMember], _ path: JSONPath
    ) throws(JSONInputError) -> RecordValue {
        var values: [(String, Value)] = []
        for member in members {
            values.append((member.key, try untyped(member.value, path.key(member.key))))
        }
        return RecordValue(values)
    }

    static func escape(_ members: [JSONMember], _ path: JSONPath) throws(JSONInputError)
        -> Value?
    {
        guard members.count == 1 else { return nil }
        let content = members[0].value
        switch members[0].key {
        case "__entity":
            guard case .string? = content["type"], case .string? = content["id"] else { return nil }
            return .entity(try typeAndID(content, path))
        case "__extn":
            guard let call = ExtensionCallJSON(content) else { return nil }
            return try apply(call, path) { argument, place throws(JSONInputError) in
                try untyped(argument, place)
            }
        case "__expr":
            guard case .string = content else { return nil }
            throw path.error("the '__expr' escape is no longer part of the language")
        default: return nil
        }
    }

    /// An entity's name: `{type, id}`, in an `__entity` escape or not.
    static func uid(_ json: JSONValue, _ path: JSONPath) throws(JSONInputError) -> EntityUID {
        if let escaped = json["__entity"], escaped["type"] != nil {
            return try typeAndID(escaped, path)
        }
        return try typeAndID(json, path)
    }

    private static func typeAndID(_ json: JSONValue, _ path: JSONPath) throws(JSONInputError)
        -> EntityUID
    {
        let type = try json.required("type", path).text(path.key("type"))
        guard Name.isNormalised(type) else {
            throw path.error("the type is not a name such as Ns::Type")
        }
        return EntityUID(type: type, id: try json.required("id", path).text(path.key("id")))
    }

    private static func extensionValue(
        _ json: JSONValue, _ type: ExtensionType, _ path: JSONPath
    ) throws(JSONInputError) -> Value {
        let inner = json["__extn"].flatMap(ExtensionCallJSON.init) ?? ExtensionCallJSON(json)
        let call =
            inner ?? ExtensionCallJSON(function: type.constructor.rawValue, arguments: [json])
        return try apply(call, path) { argument, place throws(JSONInputError) in
            if call.function == ExtensionFunction.offset.rawValue {
                let isInstant = place.text.hasSuffix("[0]")
                return try value(argument, .extension(isInstant ? .datetime : .duration), place)
            }
            return try untyped(argument, place)
        }
    }

    private static func apply(
        _ call: ExtensionCallJSON, _ path: JSONPath,
        _ read: (JSONValue, JSONPath) throws(JSONInputError) -> Value
    ) throws(JSONInputError) -> Value {
        guard let function = ExtensionFunction(rawValue: call.function),
            function.isConstructor || function == .offset
        else { throw path.error("there is no constructor of this name") }
        guard call.arguments.count == function.argumentCount else {
            throw path.error("'\(function.rawValue)' takes another number of arguments")
        }
        var values: [Value] = []
        for (index, argument) in call.arguments.enumerated() {
            values.append(try read(argument, path.index(index)))
        }
        do {
            return try ExtensionCall.apply(function, values[0], values.count > 1 ? values[1] : nil)
        } catch {
            throw path.error(error.description)
        }
    }
}

/// `{fn, arg}` or `{fn, args}`.
struct ExtensionCallJSON {
    let function: String
    let arguments: [JSONValue]

    init(function: String, arguments: [JSONValue]) {
        self.function = function
        self.arguments = arguments
    }

    init?(_ json: JSONValue) {
        guard case .string(let function)? = json["fn"] else { return nil }
        if let argument = json["arg"] {
            self.init(function: function, arguments: [argument])
        } else if case .array(let arguments)? = json["args"] {
            self.init(function: function, arguments: arguments)
        } else {
            return nil
        }
    }
}
