public import Cedar

/// A question that was not answered.
public enum AnalysisError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The question is about one policy, and the set has another number.
    case notOnePolicy(AnalysisQuestion, found: Int)
    /// The question is about two, and only one was given.
    case secondMissing(AnalysisQuestion)
    /// The schema allows no request of this kind.
    case unknownEnvironment
    /// The policy uses something that strict validation refuses and analysis cannot express.
    case unsupported(String, at: SourcePosition)
    /// The question grows beyond a limit.
    case tooLarge(String, most: Int)
    /// The solver did not run.
    case solver(SolverFailure)
    /// The solver ran and came to no answer in its time.
    case undecided(String)
    /// The solver's counterexample is none by evaluation, so it is not shown.
    case unconfirmed(String)

    /// What is wrong.
    public var description: String {
        switch self {
        case .notOnePolicy(let question, let found):
            "'\(question.rawValue)' is about one policy, found \(found)"
        case .secondMissing(let question):
            "'\(question.rawValue)' is about two, and only one was given"
        case .unknownEnvironment: "the schema allows no request of this kind"
        case .unsupported(let what, let position): "\(position): \(what)"
        case .tooLarge(let what, let most): "the question has more than \(most) \(what)"
        case .solver(let failure): failure.description
        case .undecided(let why): "the solver came to no answer: \(why)"
        case .unconfirmed(let why): "the solver's counterexample was not confirmed: \(why)"
        }
    }
}

/// Bounds on one question.
///
/// Exceeding one is an error, never a wrong answer.
public struct AnalysisLimits: Hashable, Sendable {
    /// The most terms a question may come to.
    public var termsMax: Int
    /// The time the solver may take over one question, in milliseconds; shared out between two ways to put it.
    public var solverMilliseconds: Int
    /// The most entities a counterexample may hold.
    public var entitiesMax: Int

    /// Makes bounds; anything not given has its standard value.
    public init(
        termsMax: Int = 200_000, solverMilliseconds: Int = 20_000, entitiesMax: Int = 10_000
    ) {
        self.termsMax = termsMax
        self.solverMilliseconds = solverMilliseconds
        self.entitiesMax = entitiesMax
    }

    /// The bounds used where none are given.
    public static let standard = AnalysisLimits()
}
