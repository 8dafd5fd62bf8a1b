// Literals, variables and the operators on booleans and integers.

final class ConstantNode: Evaluator {
    let value: Value
    let position: TextPosition

    init(_ value: Value, at position: TextPosition) {
        self.value = value
        self.position = position
    }

    func evaluate(_ frame: Frame) throws(EvaluationFailure) -> Value { value }
}

/// An expression known to fail, such as `ip("x")`.
final class FailingNode: Evaluator {
    let fault: EvaluationFault
    let position: TextPosition

    init(_ fault: EvaluationFault, at position: TextPosition) {
        self.fault = fault
        self.position = position
    }

    func evaluate(_ frame: Frame) throws(EvaluationFailure) -> Value { throw failure(fault) }
}

final class VariableNode: Evaluator {
    let variable: Variable
    let position: TextPosition

    init(_ variable: Variable, at position: TextPosition) {
        self.variable = variable
        self.position = position
    }

    func evaluate(_ frame: Frame) throws(EvaluationFailure) -> Value {
        switch variable {
        case .principal: .entity(frame.principal)
        case .action: .entity(frame.action)
        case .resource: .entity(frame.resource)
        case .context: .record(frame.context)
        }
    }
}

final class IfNode: Evaluator {
    let guarding: any Evaluator
    let then: any Evaluator
    let otherwise: any Evaluator
    let position: TextPosition

    init(
        _ guarding: any Evaluator, _ then: any Evaluator, _ otherwise: any Evaluator,
        at position: TextPosition
    ) {
        self.guarding = guarding
        self.then = then
        self.otherwise = otherwise
        self.position = position
    }

    func evaluate(_ frame: Frame) throws(EvaluationFailure) -> Value {
        try guarding.test(frame) ? try then.evaluate(frame) : try otherwise.evaluate(frame)
    }

    func test(_ frame: Frame) throws(EvaluationFailure) -> Bool {
        try guarding.test(frame) ? try then.test(frame) : try otherwise.test(frame)
    }
}

final class AndNode: BooleanEvaluator {
    let members: [any Evaluator]
    let position: TextPosition

    init(_ members: [any Evaluator], at position: TextPosition) {
        self.members = members
        self.position = position
    }

    func test(_ frame: Frame) throws(EvaluationFailure) -> Bool {
        for member in members where try !member.test(frame) { return false }
        return true
    }
}

final class OrNode: BooleanEvaluator {
    let members: [any Evaluator]
    let position: TextPosition

    init(_ members: [any Evaluator], at position: TextPosition) {
        self.members = members
        self.position = position
    }

    func test(_ frame: Frame) throws(EvaluationFailure) -> Bool {
        for member in members where try member.test(frame) { return true }
        return false
    }
}

final class NotNode: BooleanEvaluator {
    let member: any Evaluator
    let position: TextPosition

    init(_ member: any Evaluator, at position: TextPosition) {
        self.member = member
        self.position = position
    }

    func test(_ frame: Frame) throws(EvaluationFailure) -> Bool { try !member.test(frame) }
}

final class NegateNode: Evaluator {
    let member: any Evaluator
    let position: TextPosition

    init(_ member: any Evaluator, at position: TextPosition) {
        self.member = member
        self.position = position
    }

    func evaluate(_ frame: Frame) throws(EvaluationFailure) -> Value {
        let (result, overflow) = try Int64.zero.subtractingReportingOverflow(
            member.evaluateLong(frame))
        if overflow { throw failure(.overflow("-")) }
        return .long(result)
    }
}

final class SumNode: Evaluator {
    let first: any Evaluator
    let terms: [(isSubtraction: Bool, node: any Evaluator)]
    let position: TextPosition

    init(
        _ first: any Evaluator, _ terms: [(isSubtraction: Bool, node: any Evaluator)],
        at position: TextPosition
    ) {
        self.first = first
        self.terms = terms
        self.position = position
    }

    func evaluate(_ frame: Frame) throws(EvaluationFailure) -> Value {
        var total = try first.evaluateLong(frame)
        for term in terms {
            let operand = try term.node.evaluateLong(frame)
            let (result, overflow) =
                term.isSubtraction
                ? total.subtractingReportingOverflow(operand)
                : total.addingReportingOverflow(operand)
            if overflow { throw failure(.overflow(term.isSubtraction ? "-" : "+")) }
            total = result
        }
        return .long(total)
    }
}

final class ProductNode: Evaluator {
    let members: [any Evaluator]
    let position: TextPosition

    init(_ members: [any Evaluator], at position: TextPosition) {
        self.members = members
        self.position = position
    }

    func evaluate(_ frame: Frame) throws(EvaluationFailure) -> Value {
        var total: Int64 = 1
        for member in members {
            let (result, overflow) = try total.multipliedReportingOverflow(
                by: member.evaluateLong(frame))
            if overflow { throw failure(.overflow("*")) }
            total = result
        }
        return .long(total)
    }
}
