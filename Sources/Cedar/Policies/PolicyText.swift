extension Policy {
    /// The policy as Cedar text, on few lines; ``PolicyFormatter`` lays it out.
    ///
    /// A link is written as the policy it stands for. Reading the text again gives a policy of the same meaning.
    public var cedarText: String {
        var text = ""
        for (key, value) in annotations.sorted(by: { $0.key < $1.key }) {
            text += "@\(key)(\"\(StringEscapes.escaped(value))\")\n"
        }
        let principal = Self.text(scope.principal, .principal)
        let resource = Self.text(scope.resource, .resource)
        text +=
            "\(effect.rawValue) (principal\(principal), action\(Self.text(scope.action)), resource\(resource))"
        for condition in conditions {
            text +=
                "\n\(condition.isUnless ? "unless" : "when") { \(ExpressionText.of(condition.body)) }"
        }
        return text + ";"
    }

    static func text(_ constraint: EntityConstraint, _ slot: Slot) -> String {
        func text(_ target: EntityConstraint.Target) -> String {
            switch target {
            case .entity(let uid): uid.cedarText
            case .slot: slot.rawValue
            }
        }
        return switch constraint {
        case .any: ""
        case .equal(let target): " == \(text(target))"
        case .isIn(let target): " in \(text(target))"
        case .isType(let type): " is \(type)"
        case .isTypeIn(let type, let target): " is \(type) in \(text(target))"
        }
    }

    static func text(_ constraint: ActionConstraint) -> String {
        switch constraint {
        case .any: ""
        case .equal(let uid): " == \(uid.cedarText)"
        case .isIn(let uid): " in \(uid.cedarText)"
        case .isInAny(let uids): " in [\(uids.map(\.cedarText).joined(separator: ", "))]"
        }
    }
}

extension Expression {
    /// The expression as Cedar text.
    package var cedarText: String { ExpressionText.of(self) }
}

/// Writes expressions as Cedar text with no more parentheses than needed.
struct ExpressionText {
    private var text = ""

    /// How tightly an expression binds; operands that bind less need parentheses.
    private enum Binding: Int, Comparable {
        case choice, or, and, relation, sum, product, unary, member

        static func < (left: Binding, right: Binding) -> Bool { left.rawValue < right.rawValue }
    }

    static func of(_ expression: Expression) -> String {
        var writer = ExpressionText()
        writer.append(expression, .choice)
        return writer.text
    }

    private static func binding(_ kind: Expression.Kind) -> Binding {
        switch kind {
        case .ifThenElse: .choice
        case .or: .or
        case .and: .and
        case .has, .like, .isType: .relation
        case .binary(let symbol, _, _): symbol.isMethod ? .member : .relation
        case .sum: .sum
        case .product: .product
        case .not, .negate: .unary
        case .literal(.long(let value)): value < 0 ? .unary : .member
        default: .member
        }
    }

    private mutating func append(_ expression: Expression, _ least: Binding) {
        let isWrapped = Self.binding(expression.kind) < least
        if isWrapped { text += "(" }
        appendBare(expression)
        if isWrapped { text += ")" }
    }

    private mutating func join(_ members: [Expression], _ separator: String, _ least: Binding) {
        for (index, member) in members.enumerated() {
            if index > 0 { text += separator }
            // The first of a chain may not be a chain of the same kind, or the two would become one.
            append(member, least)
        }
    }

    private mutating func appendBare(_ expression: Expression) {
        switch expression.kind {
        case .literal(let literal): append(literal)
        case .variable(let variable): text += variable.rawValue
        case .ifThenElse(let guarding, let then, let otherwise):
            text += "if "
            append(guarding, .choice)
            text += " then "
            append(then, .choice)
            text += " else "
            append(otherwise, .choice)
        case .or(let members): join(members, " || ", .and)
        case .and(let members): join(members, " && ", .relation)
        case .product(let members): join(members, " * ", .unary)
        case .sum(let first, let terms):
            append(first, .product)
            for term in terms {
                text += term.isSubtraction ? " - " : " + "
                append(term.expression, .product)
            }
        case .not(let member):
            text += "!"
            append(member, .member)
        case .negate(let member):
            text += "-"
            // A literal after the sign would be read as one negative literal.
            if case .literal(.long) = member.kind { text += "(" }
            append(member, .member)
            if case .literal(.long) = member.kind { text += ")" }
        case .binary(let symbol, let left, let right): append(symbol, left, right)
        case .isEmpty(let member): call("isEmpty", [member])
        case .call(let function, let arguments): append(function, arguments)
        case .attribute, .has, .like, .isType: appendAccess(expression)
        case .set(let members):
            text += "["
            join(members, ", ", .choice)
            text += "]"
        case .record(let members): append(members)
        }
    }

    private mutating func appendAccess(_ expression: Expression) {
        switch expression.kind {
        case .attribute(let member, let name):
            append(member, .member)
            text += Name.isIdentifier(name) ? ".\(name)" : "[\"\(StringEscapes.escaped(name))\"]"
        case .has(let member, let path):
            if path.count > 1, !path.allSatisfy({ Name.isIdentifier($0) }) {
                // Only identifiers can form a path, so this one is written as what it means.
                append(PlainForm.of(expression), .relation)
                return
            }
            append(member, .sum)
            text += " has "
            text +=
                path.allSatisfy({ Name.isIdentifier($0) })
                ? path.joined(separator: ".") : "\"\(StringEscapes.escaped(path.first ?? ""))\""
        case .like(let member, let pattern):
            append(member, .sum)
            text += " like \"\(PatternText.of(pattern))\""
        case .isType(let member, let type, let ancestor):
            append(member, .sum)
            text += " is \(type)"
            if let ancestor {
                text += " in "
                append(ancestor, .sum)
            }
        default: break
        }
    }

    private mutating func append(_ literal: Literal) {
        switch literal {
        case .bool(let value): text += value ? "true" : "false"
        case .long(let value): text += String(value)
        case .string(let value): text += "\"\(StringEscapes.escaped(value))\""
        case .entity(let uid): text += uid.cedarText
        }
    }

    private mutating func append(_ symbol: BinaryOperator, _ left: Expression, _ right: Expression)
    {
        if symbol.isMethod {
            call(symbol.rawValue, [left, right])
            return
        }
        append(left, .sum)
        text += " \(symbol.rawValue) "
        append(right, .sum)
    }

    private mutating func append(_ function: ExtensionFunction, _ arguments: [Expression]) {
        if !function.isConstructor, !arguments.isEmpty {
            call(function.rawValue, arguments)
            return
        }
        text += "\(function.rawValue)("
        join(arguments, ", ", .choice)
        text += ")"
    }

    private mutating func call(_ method: String, _ members: [Expression]) {
        append(members[0], .member)
        text += ".\(method)("
        join(Array(members.dropFirst()), ", ", .choice)
        text += ")"
    }

    private mutating func append(_ members: [Expression.RecordMember]) {
        text += "{"
        for (index, member) in members.enumerated() {
            if index > 0 { text += ", " }
            text +=
                Name.isIdentifier(member.name)
                ? member.name : "\"\(StringEscapes.escaped(member.name))\""
            text += ": "
            append(member.value, .choice)
        }
        text += "}"
    }
}
