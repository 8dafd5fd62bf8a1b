// The functions and methods of decimal, ipaddr, datetime and duration.

final class CallNode: Evaluator {
    let function: ExtensionFunction
    let arguments: [any Evaluator]
    let position: TextPosition

    init(_ function: ExtensionFunction, _ arguments: [any Evaluator], at position: TextPosition) {
        self.function = function
        self.arguments = arguments
        self.position = position
    }

    func evaluate(_ frame: Frame) throws(EvaluationFailure) -> Value {
        let first = try arguments[0].evaluate(frame)
        let second = arguments.count > 1 ? try arguments[1].evaluate(frame) : nil
        do throws(EvaluationFault) {
            return try ExtensionCall.apply(function, first, second)
        } catch {
            throw failure(error)
        }
    }
}

/// What the extension functions compute, apart from any expression.
enum ExtensionCall {
    /// Applies a function to as many arguments as it takes.
    static func apply(
        _ function: ExtensionFunction, _ first: Value, _ second: Value?
    ) throws(EvaluationFault) -> Value {
        switch first {
        case .string(let text) where function.isConstructor: return try construct(function, text)
        case .decimal(let left):
            if let second, let value = try compare(function, left, second) { return value }
        case .ipaddr(let address):
            if let value = try inspect(function, address, second) { return value }
        case .datetime(let instant):
            if let value = try move(function, instant, second) { return value }
        case .duration(let duration):
            if let value = convert(function, duration) { return value }
        default: break
        }
        throw .typeMismatch(expected: expectedType(function), found: first.kind)
    }

    static func wrongCount(_ function: ExtensionFunction) -> EvaluationFault {
        .extensionFailure("'\(function.rawValue)' takes another number of arguments")
    }

    private static func expectedType(_ function: ExtensionFunction) -> String {
        switch function {
        case .ip, .decimal, .datetime, .duration: "string"
        case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual: "decimal"
        case .isIpv4, .isIpv6, .isLoopback, .isMulticast, .isInRange: "ipaddr"
        case .offset, .durationSince, .toDate, .toTime: "datetime"
        case .toMilliseconds, .toSeconds, .toMinutes, .toHours, .toDays: "duration"
        }
    }

    private static func construct(
        _ function: ExtensionFunction, _ text: String
    ) throws(EvaluationFault) -> Value {
        let value: Value? =
            switch function {
            case .ip: IPAddressValue(text).map(Value.ipaddr)
            case .decimal: DecimalValue(text).map(Value.decimal)
            case .datetime: DatetimeValue(text).map(Value.datetime)
            case .duration: DurationValue(text).map(Value.duration)
            default: nil
            }
        guard let value else {
            throw .extensionFailure("the string is not a valid \(function.rawValue)")
        }
        return value
    }

    private static func compare(
        _ function: ExtensionFunction, _ left: DecimalValue, _ second: Value
    ) throws(EvaluationFault) -> Value? {
        guard case .decimal(let right) = second else {
            throw .typeMismatch(expected: "decimal", found: second.kind)
        }
        return switch function {
        case .lessThan: .bool(left < right)
        case .lessThanOrEqual: .bool(left <= right)
        case .greaterThan: .bool(left > right)
        case .greaterThanOrEqual: .bool(left >= right)
        default: nil
        }
    }

    private static func inspect(
        _ function: ExtensionFunction, _ address: IPAddressValue, _ second: Value?
    ) throws(EvaluationFault) -> Value? {
        switch function {
        case .isIpv4: return .bool(!address.isIPv6)
        case .isIpv6: return .bool(address.isIPv6)
        case .isLoopback: return .bool(address.isLoopback)
        case .isMulticast: return .bool(address.isMulticast)
        case .isInRange:
            guard let second else { return nil }
            guard case .ipaddr(let range) = second else {
                throw .typeMismatch(expected: "ipaddr", found: second.kind)
            }
            return .bool(address.isInRange(range))
        default: return nil
        }
    }

    private static func move(
        _ function: ExtensionFunction, _ instant: DatetimeValue, _ second: Value?
    ) throws(EvaluationFault) -> Value? {
        let result: Value?
        switch function {
        case .toTime: result = .duration(instant.time)
        case .toDate: result = instant.date.map(Value.datetime)
        case .offset:
            guard let second else { return nil }
            guard case .duration(let duration) = second else {
                throw .typeMismatch(expected: "duration", found: second.kind)
            }
            result = instant.offset(by: duration).map(Value.datetime)
        case .durationSince:
            guard let second else { return nil }
            guard case .datetime(let start) = second else {
                throw .typeMismatch(expected: "datetime", found: second.kind)
            }
            result = instant.duration(since: start).map(Value.duration)
        default: return nil
        }
        guard let result else { throw .overflow(function.rawValue) }
        return result
    }

    private static func convert(_ function: ExtensionFunction, _ duration: DurationValue) -> Value?
    {
        switch function {
        case .toMilliseconds: .long(duration.milliseconds)
        case .toSeconds: .long(duration.seconds)
        case .toMinutes: .long(duration.minutes)
        case .toHours: .long(duration.hours)
        case .toDays: .long(duration.days)
        default: nil
        }
    }
}
