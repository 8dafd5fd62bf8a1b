/// Writes expressions in the JSON form of the language.
struct ExpressionJSONWriter {
    /// How deep an expression is when its chains are nested pairs.
    static func depth(_ expression: Expression) -> Int {
        let deepest = expression.kind.children.reduce(0) { max($0, depth($1)) }
        return switch expression.kind {
        case .and(let members), .or(let members), .product(let members):
            deepest + max(members.count - 1, 1)
        case .sum(_, let terms): deepest + terms.count
        case .has(_, let path): deepest + path.count * 2
        default: deepest + 1
        }
    }

    func json(_ expression: Expression) -> JSONValue {
        switch expression.kind {
        case .literal(let literal): return node("Value", Self.literal(literal))
        case .variable(let variable): return node("Var", .string(variable.rawValue))
        case .ifThenElse(let guarding, let then, let otherwise):
            return node(
                "if-then-else",
                [
                    JSONMember("if", json(guarding)), JSONMember("then", json(then)),
                    JSONMember("else", json(otherwise)),
                ])
        case .and(let members): return chain("&&", members)
        case .or(let members): return chain("||", members)
        case .product(let members): return chain("*", members)
        case .sum(let first, let terms):
            return terms.reduce(json(first)) { left, term in
                pair(term.isSubtraction ? "-" : "+", left, json(term.expression))
            }
        case .not(let member): return node("!", [JSONMember("arg", json(member))])
        case .negate(let member): return node("neg", [JSONMember("arg", json(member))])
        case .isEmpty(let member): return node("isEmpty", [JSONMember("arg", json(member))])
        case .binary(let symbol, let left, let right):
            return pair(symbol.rawValue, json(left), json(right))
        case .attribute(let member, let name): return attribute(".", json(member), name)
        case .has(let member, let path): return has(json(member), path)
        case .like(let member, let pattern):
            return node(
                "like",
                [
                    JSONMember("left", json(member)),
                    JSONMember("pattern", .array(Self.parts(pattern))),
                ])
        case .isType(let member, let type, let ancestor):
            var members = [
                JSONMember("left", json(member)), JSONMember("entity_type", .string(type)),
            ]
            if let ancestor { members.append(JSONMember("in", json(ancestor))) }
            return node("is", members)
        case .set(let members): return node("Set", .array(members.map(json)))
        case .record(let members):
            return node("Record", .object(members.map { JSONMember($0.name, json($0.value)) }))
        case .call(let function, let arguments):
            return node(function.rawValue, .array(arguments.map(json)))
        }
    }

    private func node(_ key: String, _ value: JSONValue) -> JSONValue {
        .object([JSONMember(key, value)])
    }

    private func node(_ key: String, _ members: [JSONMember]) -> JSONValue {
        node(key, .object(members))
    }

    private func pair(_ key: String, _ left: JSONValue, _ right: JSONValue) -> JSONValue {
        node(key, [JSONMember("left", left), JSONMember("right", right)])
    }

    private func attribute(_ key: String, _ left: JSONValue, _ name: String) -> JSONValue {
        node(key, [JSONMember("left", left), JSONMember("attr", .string(name))])
    }

    private func chain(_ key: String, _ members: [Expression]) -> JSONValue {
        members.dropFirst().reduce(members.first.map(json) ?? .null) { pair(key, $0, json($1)) }
    }

    private func has(_ member: JSONValue, _ path: [String]) -> JSONValue {
        var owner = member
        var result: JSONValue?
        for name in path {
            let test = attribute("has", owner, name)
            result = result.map { pair("&&", $0, test) } ?? test
            owner = attribute(".", owner, name)
        }
        return result ?? member
    }

    private static func literal(_ literal: Literal) -> JSONValue {
        switch literal {
        case .bool(let value): .bool(value)
        case .long(let value): .number(String(value))
        case .string(let value): .string(value)
        case .entity(let uid): .object([JSONMember("__entity", ValueJSON.json(uid))])
        }
    }

    /// Neighbouring scalars are joined into one literal.
    private static func parts(_ pattern: Pattern) -> [JSONValue] {
        var parts: [JSONValue] = []
        var run = ""
        func flush() {
            if !run.isEmpty { parts.append(.object([JSONMember("Literal", .string(run))])) }
            run = ""
        }
        for part in pattern.parts {
            switch part {
            case .scalar(let scalar): run.unicodeScalars.append(scalar)
            case .wildcard:
                flush()
                parts.append(.string("Wildcard"))
            }
        }
        flush()
        return parts
    }
}
