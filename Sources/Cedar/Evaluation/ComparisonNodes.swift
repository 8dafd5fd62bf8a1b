// Equality, order, patterns and entity types.

final class EqualNode: BooleanEvaluator {
    let left: any Evaluator
    let right: any Evaluator
    let isNegated: Bool
    let position: TextPosition

    init(_ left: any Evaluator, _ right: any Evaluator, isNegated: Bool, at position: TextPosition)
    {
        self.left = left
        self.right = right
        self.isNegated = isNegated
        self.position = position
    }

    func test(_ frame: Frame) throws(EvaluationFailure) -> Bool {
        let leftValue = try left.evaluate(frame)
        let rightValue = try right.evaluate(frame)
        return (leftValue == rightValue) != isNegated
    }
}

/// `<`, `<=`, `>` and `>=` on two integers, two instants or two lengths of time.
final class OrderNode: BooleanEvaluator {
    let left: any Evaluator
    let right: any Evaluator
    let comparison: BinaryOperator
    let position: TextPosition

    init(
        _ left: any Evaluator, _ right: any Evaluator, _ comparison: BinaryOperator,
        at position: TextPosition
    ) {
        self.left = left
        self.right = right
        self.comparison = comparison
        self.position = position
    }

    func test(_ frame: Frame) throws(EvaluationFailure) -> Bool {
        let leftValue = try left.evaluate(frame)
        let rightValue = try right.evaluate(frame)
        switch (leftValue, rightValue) {
        case (.long(let left), .long(let right)): return holds(left, right)
        case (.datetime(let left), .datetime(let right)):
            return holds(left.milliseconds, right.milliseconds)
        case (.duration(let left), .duration(let right)):
            return holds(left.milliseconds, right.milliseconds)
        case (.long, _): throw right.mismatch("long", rightValue)
        case (.datetime, _): throw right.mismatch("datetime", rightValue)
        case (.duration, _): throw right.mismatch("duration", rightValue)
        default: throw left.mismatch("long, datetime or duration", leftValue)
        }
    }

    @inline(__always)
    private func holds(_ left: Int64, _ right: Int64) -> Bool {
        switch comparison {
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        default: left >= right
        }
    }
}

final class LikeNode: BooleanEvaluator {
    let member: any Evaluator
    let pattern: Pattern
    let position: TextPosition

    init(_ member: any Evaluator, _ pattern: Pattern, at position: TextPosition) {
        self.member = member
        self.pattern = pattern
        self.position = position
    }

    func test(_ frame: Frame) throws(EvaluationFailure) -> Bool {
        pattern.matches(try member.evaluateString(frame))
    }
}

/// `e is T` and `e is T in x`.
final class IsTypeNode: BooleanEvaluator {
    let member: any Evaluator
    let type: AttributeName
    let ancestor: (any Evaluator)?
    let position: TextPosition

    init(
        _ member: any Evaluator, _ type: String, in ancestor: (any Evaluator)?,
        at position: TextPosition
    ) {
        self.member = member
        self.type = AttributeName(type)
        self.ancestor = ancestor
        self.position = position
    }

    func test(_ frame: Frame) throws(EvaluationFailure) -> Bool {
        let uid = try member.evaluateEntity(frame)
        guard uid.hasType(type) else { return false }
        guard let ancestor else { return true }
        return try InNode.isEntity(uid, in: ancestor, frame)
    }
}

final class InNode: BooleanEvaluator {
    let left: any Evaluator
    let right: any Evaluator
    let position: TextPosition

    init(_ left: any Evaluator, _ right: any Evaluator, at position: TextPosition) {
        self.left = left
        self.right = right
        self.position = position
    }

    func test(_ frame: Frame) throws(EvaluationFailure) -> Bool {
        try Self.isEntity(left.evaluateEntity(frame), in: right, frame)
    }

    static func isEntity(
        _ uid: EntityUID, in right: any Evaluator, _ frame: Frame
    ) throws(EvaluationFailure) -> Bool {
        let value = try right.evaluate(frame)
        switch value {
        case .entity(let ancestor):
            return frame.isEntity(uid, frame.record(of: uid), in: ancestor)
        case .set(let set):
            let record = frame.record(of: uid)
            // Ancestors too many to keep are walked once for the whole set.
            let walked =
                record.map { $0.ancestors.all == nil ? Set(frame.store.ancestors(of: uid)) : [] }
                ?? []
            var isIn = false
            // Every member's type is checked, also after a match.
            for element in set.elements {
                guard case .entity(let ancestor) = element else {
                    throw right.mismatch("set of entities", element)
                }
                if isIn { continue }
                isIn =
                    walked.isEmpty
                    ? frame.isEntity(uid, record, in: ancestor)
                    : uid == ancestor || walked.contains(ancestor)
            }
            return isIn
        default:
            throw right.mismatch("entity or set of entities", value)
        }
    }
}
