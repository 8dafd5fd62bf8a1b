/// An expression that is not Cedar or cannot be evaluated.
public enum ExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text is not an expression.
    case syntax(PolicySyntaxError)
    /// Its evaluation failed.
    case evaluation(EvaluationFault, at: SourcePosition)

    /// What is wrong and where.
    public var description: String {
        switch self {
        case .syntax(let error): error.description
        case .evaluation(let fault, let position): "\(position): \(fault)"
        }
    }
}

extension Authorizer {
    /// The value of a single expression, as it would be in a condition.
    ///
    /// - Parameters:
    ///   - expression: Cedar text, such as `principal.level + 1`.
    ///   - file: The name to use in errors.
    ///   - request: What the variables stand for.
    ///   - entities: The entities it can see.
    ///   - limits: Bounds on size and nesting.
    /// - Returns: A value of any type.
    /// - Throws: ``ExpressionError``.
    public func evaluate(
        _ expression: String, file: String = "expression", _ request: Request,
        _ entities: EntityStore,
        limits: Limits = .standard
    ) throws(ExpressionError) -> Value {
        let parsed: Expression
        do {
            parsed = try PolicyParser.expression(expression, file: file, limits: limits)
        } catch {
            throw .syntax(error)
        }
        do {
            return try Compiler.compile(parsed).evaluate(Frame(request: request, store: entities))
        } catch {
            throw .evaluation(error.fault, at: error.position.within(file))
        }
    }
}
