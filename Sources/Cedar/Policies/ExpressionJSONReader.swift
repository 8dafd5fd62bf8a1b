/// Reads expressions from JSON: objects with exactly one key, the operator.
struct ExpressionJSONReader {
    let limits: Limits

    func expression(_ json: JSONValue, _ path: JSONPath) throws(JSONInputError) -> Expression {
        let members = try json.members(path)
        guard members.count == 1, let member = members.first else {
            throw path.error("an expression is an object with exactly one key")
        }
        let kind = try kind(member.key, member.value, path.key(member.key))
        return try make(kind, path)
    }

    private func make(_ kind: Expression.Kind, _ path: JSONPath) throws(JSONInputError)
        -> Expression
    {
        let node = Expression(kind, at: .none)
        if let excess = node.excess(over: limits) {
            throw path.error("\(excess.what) exceeds the limit of \(excess.most)")
        }
        return node
    }

    private func kind(
        _ key: String, _ json: JSONValue, _ path: JSONPath
    ) throws(JSONInputError) -> Expression.Kind {
        if let function = ExtensionFunction(rawValue: key) {
            return .call(function, try list(json, path))
        }
        if let symbol = BinaryOperator(rawValue: key) {
            let (left, right) = try pair(json, path)
            return .binary(symbol, left, right)
        }
        switch key {
        case "Value": return try value(json, path).kind
        case "Var":
            guard let variable = Variable(rawValue: try json.text(path)) else {
                throw path.error("there is no variable of this name")
            }
            return .variable(variable)
        case "!": return .not(try argument(json, path))
        case "neg": return .negate(try argument(json, path))
        case "isEmpty": return .isEmpty(try argument(json, path))
        case "&&", "||", "+", "-", "*": return try chain(key, json, path)
        case ".":
            try json.allowOnly(["left", "attr"], path)
            return .attribute(
                try operand("left", json, path),
                try json.required("attr", path).text(path.key("attr")))
        case "has": return try has(json, path)
        case "like": return try like(json, path)
        case "is": return try isType(json, path)
        case "if-then-else":
            try json.allowOnly(["if", "then", "else"], path)
            return .ifThenElse(
                try operand("if", json, path), then: try operand("then", json, path),
                otherwise: try operand("else", json, path))
        case "Set": return .set(try list(json, path))
        case "Record": return try record(json, path)
        case "Slot": throw path.error("a slot is allowed only in the scope of a policy")
        default: throw path.error("there is no such operator")
        }
    }

    private func operand(
        _ key: String, _ json: JSONValue, _ path: JSONPath
    ) throws(JSONInputError) -> Expression {
        try expression(try json.required(key, path), path.key(key))
    }

    private func argument(_ json: JSONValue, _ path: JSONPath) throws(JSONInputError) -> Expression
    {
        try json.allowOnly(["arg"], path)
        return try operand("arg", json, path)
    }

    private func pair(
        _ json: JSONValue, _ path: JSONPath
    ) throws(JSONInputError) -> (Expression, Expression) {
        try json.allowOnly(["left", "right"], path)
        return (try operand("left", json, path), try operand("right", json, path))
    }

    private func list(_ json: JSONValue, _ path: JSONPath) throws(JSONInputError) -> [Expression] {
        var members: [Expression] = []
        for (index, element) in try json.elements(path).enumerated() {
            members.append(try expression(element, path.index(index)))
        }
        return members
    }

    /// An operator that chains from the left: a left operand of the same operator becomes part of the chain.
    private func chain(
        _ key: String, _ json: JSONValue, _ path: JSONPath
    ) throws(JSONInputError) -> Expression.Kind {
        let (left, right) = try pair(json, path)
        switch (key, left.kind) {
        case ("&&", .and(let members)): return .and(members + [right])
        case ("&&", _): return .and([left, right])
        case ("||", .or(let members)): return .or(members + [right])
        case ("||", _): return .or([left, right])
        case ("*", .product(let members)): return .product(members + [right])
        case ("*", _): return .product([left, right])
        default:
            let term = Expression.Term(isSubtraction: key == "-", expression: right)
            if case .sum(let first, let terms) = left.kind { return .sum(first, terms + [term]) }
            return .sum(left, [term])
        }
    }

    private func has(_ json: JSONValue, _ path: JSONPath) throws(JSONInputError) -> Expression.Kind
    {
        try json.allowOnly(["left", "attr"], path)
        let left = try operand("left", json, path)
        let attribute = try json.required("attr", path)
        guard case .array(let elements) = attribute else {
            return .has(left, [try attribute.text(path.key("attr"))])
        }
        var names: [String] = []
        for element in elements { names.append(try element.text(path.key("attr"))) }
        if names.isEmpty { throw path.key("attr").error("at least one attribute is needed") }
        if names.count > limits.nestingMax { throw path.key("attr").error("the path is too long") }
        return .has(left, names)
    }

    private func like(_ json: JSONValue, _ path: JSONPath) throws(JSONInputError) -> Expression.Kind
    {
        try json.allowOnly(["left", "pattern"], path)
        let place = path.key("pattern")
        var parts: [Pattern.Part] = []
        for element in try json.required("pattern", path).elements(place) {
            if case .string("Wildcard") = element {
                parts.append(.wildcard)
                continue
            }
            try element.allowOnly(["Literal"], place)
            let text = try element.required("Literal", place).text(place)
            parts += text.unicodeScalars.map { .scalar($0) }
        }
        return .like(try operand("left", json, path), Pattern(parts))
    }

    private func isType(_ json: JSONValue, _ path: JSONPath) throws(JSONInputError)
        -> Expression.Kind
    {
        try json.allowOnly(["left", "entity_type", "in"], path)
        let type = try json.required("entity_type", path).text(path.key("entity_type"))
        guard Name.isNormalised(type) else { throw path.error("this is not the name of a type") }
        let ancestor = json["in"] == nil ? nil : try operand("in", json, path)
        return .isType(try operand("left", json, path), type, in: ancestor)
    }

    private func record(_ json: JSONValue, _ path: JSONPath) throws(JSONInputError)
        -> Expression.Kind
    {
        var members: [Expression.RecordMember] = []
        for member in try json.members(path) {
            members.append(
                Expression.RecordMember(
                    name: member.key, value: try expression(member.value, path.key(member.key))))
        }
        return .record(members)
    }

    /// A constant, with the same escapes as in entities.
    ///
    /// An extension value stays a call, which may fail when evaluated.
    private func value(_ json: JSONValue, _ path: JSONPath) throws(JSONInputError) -> Expression {
        switch json {
        case .array(let elements):
            var members: [Expression] = []
            for (index, element) in elements.enumerated() {
                members.append(try value(element, path.index(index)))
            }
            return try make(.set(members), path)
        case .object(let members):
            if members.count == 1, members[0].key == "__extn",
                let call = ExtensionCallJSON(members[0].value)
            {
                guard let function = ExtensionFunction(rawValue: call.function) else {
                    throw path.error("there is no function of this name")
                }
                var arguments: [Expression] = []
                for argument in call.arguments { arguments.append(try value(argument, path)) }
                return try make(.call(function, arguments), path)
            }
            if case .entity(let uid)? = try ValueJSON.escape(members, path) {
                return try make(.literal(.entity(uid)), path)
            }
            var values: [Expression.RecordMember] = []
            for member in members {
                values.append(
                    Expression.RecordMember(
                        name: member.key, value: try value(member.value, path.key(member.key))))
            }
            return try make(.record(values), path)
        default:
            switch try ValueJSON.value(json, nil, path) {
            case .bool(let flag): return try make(.literal(.bool(flag)), path)
            case .long(let number): return try make(.literal(.long(number)), path)
            case .string(let text): return try make(.literal(.string(text)), path)
            default: throw path.error("this is not a value")
            }
        }
    }
}
