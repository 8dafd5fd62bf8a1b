import Cedar

// Operators on two operands, and the functions of the extension types.

extension Encoder {
    func binary(
        _ expression: Expression, _ symbol: BinaryOperator, _ left: Expression, _ right: Expression
    ) throws(AnalysisError) -> Outcome {
        switch symbol {
        case .equal, .notEqual:
            return try operands(left, right) { left, right throws(AnalysisError) in
                let same = try equality(left, right, expression)
                return (terms.no, .bool(symbol == .equal ? same : terms.not(same)))
            }
        case .less: return try order(left, right) { self.terms.less($0, $1) }
        case .lessOrEqual: return try order(left, right) { self.terms.atMost($0, $1) }
        case .greater: return try order(left, right) { self.terms.less($1, $0) }
        case .greaterOrEqual: return try order(left, right) { self.terms.atMost($1, $0) }
        case .isIn: return try membership(left, right)
        case .contains:
            return try operands(left, right) { left, right throws(AnalysisError) in
                guard case .set(let set) = left else { return nil }
                return (terms.no, .bool(try contains(set, right, expression)))
            }
        case .containsAll, .containsAny:
            return try operands(left, right) { left, right throws(AnalysisError) in
                guard case .set(let left) = left, case .set(let right) = right else { return nil }
                let holds =
                    symbol == .containsAll
                    ? try includes(left, right, expression) : try meets(left, right, expression)
                return (terms.no, .bool(holds))
            }
        case .hasTag: return try hasTag(left, right)
        case .getTag: return try getTag(left, right)
        }
    }

    private func order(
        _ left: Expression, _ right: Expression, _ compare: (Term, Term) -> Term
    ) throws(AnalysisError) -> Outcome {
        try operands(left, right) { left, right in
            switch (left, right) {
            case (.long(let left), .long(let right)),
                (.extension(.datetime, let left), .extension(.datetime, let right)),
                (.extension(.duration, let left), .extension(.duration, let right)):
                (terms.no, .bool(compare(left, right)))
            default: nil
            }
        }
    }

    func arithmetic(_ operation: LongOperation, _ left: Outcome, _ right: Outcome) -> Outcome {
        guard case .long(let leftTerm)? = left.value, case .long(let rightTerm)? = right.value
        else { return failure }
        let (value, overflows) = terms.checked(operation, leftTerm, rightTerm)
        return Outcome(
            error: terms.or([left.error, right.error, overflows]), value: .long(value))
    }

    // MARK: Extension types

    func call(
        _ expression: Expression, _ function: ExtensionFunction, _ arguments: [Expression]
    ) throws(AnalysisError) -> Outcome {
        guard arguments.count == function.argumentCount, let receiver = arguments.first else {
            return failure
        }
        if function.isConstructor { return try constant(expression, function, receiver) }
        if arguments.count == 2 {
            return try operands(receiver, arguments[1]) { left, right in
                guard case .extension(let leftType, let left) = left,
                    case .extension(let rightType, let right) = right
                else { return nil }
                return applied(function, leftType, left, rightType, right)
            }
        }
        let outcome = try outcome(receiver)
        guard case .extension(let type, let term)? = outcome.value,
            let (error, value) = applied(function, type, term)
        else { return failure }
        return Outcome(error: terms.or(outcome.error, error), value: value)
    }

    private func constant(
        _ expression: Expression, _ function: ExtensionFunction, _ argument: Expression
    ) throws(AnalysisError) -> Outcome {
        guard case .literal(.string(let text)) = argument.kind else {
            guard case .string? = try outcome(argument).value else { return failure }
            throw unsupported("'\(function.rawValue)' of anything but a literal", expression)
        }
        switch function {
        case .ip:
            guard let address = IPAddressValue(text),
                let sort = sorts.sort(.extension(.ipaddr))
            else { return failure }
            return sure(.extension(.ipaddr, terms.leaf(AddressTheory.literal(address), sort)))
        case .decimal: return constant(.decimal, DecimalValue(text)?.tenThousandths)
        case .datetime: return constant(.datetime, DatetimeValue(text)?.milliseconds)
        default: return constant(.duration, DurationValue(text)?.milliseconds)
        }
    }

    private func constant(_ type: ExtensionType, _ number: Int64?) -> Outcome {
        number.map { sure(.extension(type, terms.long($0))) } ?? failure
    }

    /// The condition of failure and the value; nil for a receiver of another type.
    private func applied(_ function: ExtensionFunction, _ type: ExtensionType, _ term: Term) -> (
        Term, SymbolicValue
    )? {
        let day: Int64 = 86_400_000
        func length(_ milliseconds: Int64) -> (Term, SymbolicValue) {
            (terms.no, .long(terms.quotient(term, by: milliseconds)))
        }
        switch (function, type) {
        case (.isIpv4, .ipaddr), (.isIpv6, .ipaddr), (.isLoopback, .ipaddr),
            (.isMulticast, .ipaddr):
            return (terms.no, .bool(terms.make("ip.\(function.rawValue)", [term], .bool)))
        case (.toDate, .datetime):
            let (value, overflows) = terms.checked(
                .subtract, term, terms.remainder(term, by: day))
            return (overflows, .extension(.datetime, value))
        case (.toTime, .datetime):
            return (terms.no, .extension(.duration, terms.remainder(term, by: day)))
        case (.toMilliseconds, .duration): return (terms.no, .long(term))
        case (.toSeconds, .duration): return length(1_000)
        case (.toMinutes, .duration): return length(60_000)
        case (.toHours, .duration): return length(3_600_000)
        case (.toDays, .duration): return length(day)
        default: return nil
        }
    }

    private func applied(
        _ function: ExtensionFunction, _ leftType: ExtensionType, _ left: Term,
        _ rightType: ExtensionType, _ right: Term
    ) -> (Term, SymbolicValue)? {
        switch (function, leftType, rightType) {
        case (.lessThan, .decimal, .decimal): return (terms.no, .bool(terms.less(left, right)))
        case (.lessThanOrEqual, .decimal, .decimal):
            return (terms.no, .bool(terms.atMost(left, right)))
        case (.greaterThan, .decimal, .decimal): return (terms.no, .bool(terms.less(right, left)))
        case (.greaterThanOrEqual, .decimal, .decimal):
            return (terms.no, .bool(terms.atMost(right, left)))
        case (.isInRange, .ipaddr, .ipaddr):
            return (terms.no, .bool(terms.make("ip.isInRange", [left, right], .bool)))
        case (.offset, .datetime, .duration):
            let (value, overflows) = terms.checked(.add, left, right)
            return (overflows, .extension(.datetime, value))
        case (.durationSince, .datetime, .datetime):
            let (value, overflows) = terms.checked(.subtract, left, right)
            return (overflows, .extension(.duration, value))
        default: return nil
        }
    }
}
