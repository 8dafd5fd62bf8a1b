/// A text that two expressions share exactly when they are the same but for their places.
///
/// Chains are written as the nested pairs they stand for, and operators that are defined by others as those.
struct ExpressionKey {
    private var text = ""

    static func of(_ expression: Expression) -> String {
        var key = ExpressionKey()
        key.append(expression)
        return key.text
    }

    private mutating func node(_ name: String, _ members: [Expression]) {
        text += "(\(name)"
        for member in members {
            text += " "
            append(member)
        }
        text += ")"
    }

    private mutating func quoted(_ string: String) {
        text += "\"\(StringEscapes.escaped(string))\""
    }

    private mutating func chain(_ name: String, _ members: [Expression]) {
        text += String(repeating: "(\(name) ", count: members.count - 1)
        for (index, member) in members.enumerated() {
            append(member)
            if index > 0 { text += ")" }
        }
    }

    private mutating func append(_ expression: Expression) {
        switch expression.kind {
        case .literal(.bool(let value)): text += "\(value)"
        case .literal(.long(let value)): text += "\(value)"
        case .literal(.string(let value)): quoted(value)
        case .literal(.entity(let uid)): text += uid.cedarText
        case .variable(let variable): text += variable.rawValue
        case .ifThenElse(let guarding, let then, let otherwise):
            node("if", [guarding, then, otherwise])
        case .and(let members): chain("&&", members)
        case .or(let members): chain("||", members)
        case .product(let members): chain("*", members)
        case .not(let member): node("!", [member])
        case .negate(let member): node("-", [member])
        case .isEmpty(let member): node("isEmpty", [member])
        case .binary(let symbol, let left, let right): binary(symbol, left, right)
        case .sum(let first, let terms):
            for term in terms.reversed() { text += term.isSubtraction ? "(- " : "(+ " }
            append(first)
            for term in terms {
                text += " "
                append(term.expression)
                text += ")"
            }
        case .attribute(let member, let name): named(".", member, name)
        case .has(let member, let path): named("has", member, path.joined(separator: "\0"))
        case .like(let member, let pattern): named("like", member, PatternText.of(pattern))
        case .isType(let member, let type, let ancestor):
            node("is \(type)", [member] + (ancestor.map { [$0] } ?? []))
        case .set(let members): node("set", members)
        case .record(let members):
            text += "{"
            for member in members.sorted(by: { ScalarText.precedes($0.name, $1.name) }) {
                quoted(member.name)
                text += ":"
                append(member.value)
                text += ","
            }
            text += "}"
        case .call(let function, let arguments): node(function.rawValue, arguments)
        }
    }

    private mutating func named(_ role: String, _ member: Expression, _ name: String) {
        text += "(\(role) "
        append(member)
        text += " "
        quoted(name)
        text += ")"
    }

    private mutating func binary(_ symbol: BinaryOperator, _ left: Expression, _ right: Expression)
    {
        switch symbol {
        case .notEqual: negated("==", left, right)
        case .greater: negated("<=", left, right)
        case .greaterOrEqual: negated("<", left, right)
        default: node(symbol.rawValue, [left, right])
        }
    }

    private mutating func negated(_ name: String, _ left: Expression, _ right: Expression) {
        text += "(! "
        node(name, [left, right])
        text += ")"
    }
}

/// Writes patterns as the body of a string literal.
enum PatternText {
    static func of(_ pattern: Pattern) -> String {
        var text = ""
        for part in pattern.parts {
            switch part {
            case .wildcard: text += "*"
            case .scalar("*"): text += "\\*"
            case .scalar(let scalar): StringEscapes.append(scalar, to: &text)
            }
        }
        return text
    }
}
