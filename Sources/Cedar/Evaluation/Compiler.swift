/// Turns parsed expressions into evaluators, working out beforehand whatever does not depend on the request.
enum Compiler {
    static func compile(_ expression: Expression) -> any Evaluator {
        let place = expression.position
        switch expression.kind {
        case .literal(let literal): return ConstantNode(literal.value, at: place)
        case .variable(let variable): return VariableNode(variable, at: place)
        case .ifThenElse(let guarding, let then, let otherwise):
            return IfNode(compile(guarding), compile(then), compile(otherwise), at: place)
        case .and(let members): return AndNode(members.map(compile), at: place)
        case .or(let members): return OrNode(members.map(compile), at: place)
        case .not(let member): return NotNode(compile(member), at: place)
        case .negate(let member): return NegateNode(compile(member), at: place)
        case .binary(let symbol, let left, let right): return binary(symbol, left, right, place)
        case .sum(let first, let terms):
            return SumNode(
                compile(first), terms.map { ($0.isSubtraction, compile($0.expression)) }, at: place)
        case .product(let members): return ProductNode(members.map(compile), at: place)
        case .isEmpty(let member): return IsEmptyNode(compile(member), at: place)
        case .attribute(let member, let name):
            if case .variable(let variable) = member.kind {
                return VariableAttributeNode(variable, name, at: place)
            }
            return AttributeNode(compile(member), name, at: place)
        case .has(let member, let path): return HasNode(compile(member), path, at: place)
        case .like(let member, let pattern): return LikeNode(compile(member), pattern, at: place)
        case .isType(let member, let type, let ancestor):
            return IsTypeNode(compile(member), type, in: ancestor.map(compile), at: place)
        case .set(let members): return set(members, place)
        case .record(let members): return record(members, place)
        case .call(let function, let arguments): return call(function, arguments, place)
        }
    }

    private static func binary(
        _ symbol: BinaryOperator, _ left: Expression, _ right: Expression, _ place: TextPosition
    ) -> any Evaluator {
        let left = compile(left)
        let right = compile(right)
        switch symbol {
        case .equal: return EqualNode(left, right, isNegated: false, at: place)
        case .notEqual: return EqualNode(left, right, isNegated: true, at: place)
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            return OrderNode(left, right, symbol, at: place)
        case .isIn: return InNode(left, right, at: place)
        case .contains, .containsAll, .containsAny:
            return ContainsNode(left, right, symbol, at: place)
        case .hasTag: return HasTagNode(left, right, at: place)
        case .getTag: return GetTagNode(left, right, at: place)
        }
    }

    private static func set(_ members: [Expression], _ place: TextPosition) -> any Evaluator {
        let nodes = members.map(compile)
        let values = nodes.compactMap { ($0 as? ConstantNode)?.value }
        if values.count == nodes.count { return ConstantNode(.set(SetValue(values)), at: place) }
        return SetNode(nodes, at: place)
    }

    private static func record(_ members: [Expression.RecordMember], _ place: TextPosition)
        -> any Evaluator
    {
        let nodes = members.map { (name: AttributeName($0.name), node: compile($0.value)) }
        let values = nodes.compactMap { name, node in
            (node as? ConstantNode).map { RecordValue.Member(name: name, value: $0.value) }
        }
        if values.count == nodes.count {
            return ConstantNode(.record(RecordValue(lastWins: values)), at: place)
        }
        return RecordNode(nodes, at: place)
    }

    private static func call(
        _ function: ExtensionFunction, _ arguments: [Expression], _ place: TextPosition
    ) -> any Evaluator {
        guard arguments.count == function.argumentCount else {
            return FailingNode(ExtensionCall.wrongCount(function), at: place)
        }
        let nodes = arguments.map(compile)
        guard function.isConstructor, let text = nodes[0] as? ConstantNode else {
            return CallNode(function, nodes, at: place)
        }
        do {
            return ConstantNode(try ExtensionCall.apply(function, text.value, nil), at: place)
        } catch {
            return FailingNode(error, at: place)
        }
    }
}
