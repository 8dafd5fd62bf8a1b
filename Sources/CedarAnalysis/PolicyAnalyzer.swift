public import Cedar

/// Answers questions about policies for every request and store that a schema allows.
///
/// Turns the policies into constraints, asks a solver whether there is a request for which the answer would be no, and
/// checks every such request by evaluation before it is shown. An answer is therefore yes only where the solver
/// proved it, and no only where evaluation confirmed it; everything else is an error.
///
/// Policies need not validate. What validation would refuse as a wrong type is a failure of evaluation here too. Only
/// what has no type at all (sets of mixed members, an `if` whose branches differ in type, extension values of
/// anything but literals) is refused.
public struct PolicyAnalyzer: Sendable {
    /// What requests and stores conform to.
    public let schema: Schema
    /// What decides the constraints.
    public let solver: any ConstraintSolver
    /// Bounds on one question.
    public let limits: AnalysisLimits

    /// Makes an analyzer.
    public init(
        schema: Schema, solver: any ConstraintSolver, limits: AnalysisLimits = .standard
    ) {
        self.schema = schema
        self.solver = solver
        self.limits = limits
    }

    /// Answers one question for one kind of request.
    ///
    /// Templates play no part, their links do.
    ///
    /// - Parameters:
    ///   - question: What is asked.
    ///   - first: The policy, as a set of one, or the set that is asked about.
    ///   - second: The other one, for questions about two.
    ///   - environment: One of ``Cedar/Schema/environments``.
    /// - Returns: Yes, or no with a counterexample.
    /// - Throws: ``AnalysisError`` where there is no answer.
    public func answer(
        _ question: AnalysisQuestion, _ first: PolicySet, _ second: PolicySet? = nil,
        in environment: RequestEnvironment
    ) throws(AnalysisError) -> AnalysisAnswer {
        let sets = try subjects(question, first, second)
        guard schema.environments.contains(environment) else { throw .unknownEnvironment }
        let query = try AnalysisQuery(question, sets, schema, environment, limits)
        if query.isUnmeetable { return .yes }
        // Integers are quicker; of products of unknowns they know at once or never, where bit vectors take their time.
        let most = limits.solverMilliseconds
        let first = query.multipliesUnknowns ? min(most / 5, 2_000) : most * 3 / 5
        var failure = AnalysisError.undecided("it was not asked")
        for (arithmetic, share) in [(Arithmetic.integers, first), (.bitVectors, most - first)] {
            let milliseconds = max(share, 1)
            do throws(AnalysisError) {
                return try answer(query, arithmetic, milliseconds)
            } catch {
                switch error {
                case .undecided, .unconfirmed, .solver(.timedOut), .solver(.failed): failure = error
                default: throw error
                }
            }
        }
        throw failure
    }

    private func answer(
        _ query: AnalysisQuery, _ arithmetic: Arithmetic, _ milliseconds: Int
    ) throws(AnalysisError) -> AnalysisAnswer {
        let text: String
        do throws(SolverFailure) {
            text = try solver.run(query.script(arithmetic), milliseconds: milliseconds)
        } catch {
            throw .solver(error)
        }
        guard let output = SolverOutput(text, asked: query.asked.count) else {
            throw .undecided("it printed something else")
        }
        switch output.verdict {
        case .unmeetable: return .yes
        case .unknown(let why): throw .undecided(why)
        case .met: return .no(try query.counterexample(output))
        }
    }

    private func subjects(
        _ question: AnalysisQuestion, _ first: PolicySet, _ second: PolicySet?
    ) throws(AnalysisError) -> [PolicySet] {
        var sets = [first]
        if question.isAboutTwo {
            guard let second else { throw .secondMissing(question) }
            sets.append(second)
        }
        guard question.isAboutPolicies else { return sets }
        for set in sets {
            let count = set.policies.filter { !$0.isTemplate }.count
            if count != 1 { throw .notOnePolicy(question, found: count) }
        }
        return sets
    }
}
