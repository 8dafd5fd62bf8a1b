// Sets and records.

final class SetNode: Evaluator {
    let members: [any Evaluator]
    let position: TextPosition

    init(_ members: [any Evaluator], at position: TextPosition) {
        self.members = members
        self.position = position
    }

    func evaluate(_ frame: Frame) throws(EvaluationFailure) -> Value {
        var values: [Value] = []
        values.reserveCapacity(members.count)
        for member in members { values.append(try member.evaluate(frame)) }
        return .set(SetValue(values))
    }
}

final class RecordNode: Evaluator {
    let members: [(name: AttributeName, node: any Evaluator)]
    let position: TextPosition

    init(_ members: [(name: AttributeName, node: any Evaluator)], at position: TextPosition) {
        self.members = members
        self.position = position
    }

    func evaluate(_ frame: Frame) throws(EvaluationFailure) -> Value {
        var values: [RecordValue.Member] = []
        values.reserveCapacity(members.count)
        for member in members {
            values.append(
                RecordValue.Member(name: member.name, value: try member.node.evaluate(frame)))
        }
        return .record(RecordValue(lastWins: values))
    }
}

final class IsEmptyNode: BooleanEvaluator {
    let member: any Evaluator
    let position: TextPosition

    init(_ member: any Evaluator, at position: TextPosition) {
        self.member = member
        self.position = position
    }

    func test(_ frame: Frame) throws(EvaluationFailure) -> Bool {
        try member.evaluateSet(frame).isEmpty
    }
}

/// `contains`, `containsAll` and `containsAny`.
final class ContainsNode: BooleanEvaluator {
    let left: any Evaluator
    let right: any Evaluator
    let method: BinaryOperator
    let position: TextPosition

    init(
        _ left: any Evaluator, _ right: any Evaluator, _ method: BinaryOperator,
        at position: TextPosition
    ) {
        self.left = left
        self.right = right
        self.method = method
        self.position = position
    }

    func test(_ frame: Frame) throws(EvaluationFailure) -> Bool {
        let set = try left.evaluateSet(frame)
        switch method {
        case .contains:
            return set.contains(try right.evaluate(frame))
        case .containsAll:
            let other = try right.evaluateSet(frame)
            return other.elements.allSatisfy(set.contains)
        default:
            let other = try right.evaluateSet(frame)
            return other.elements.contains(where: set.contains)
        }
    }
}
