/// Decides whether constraints can be met: the one thing analysis asks of the outside.
///
/// An implementation runs a script of SMT-LIB 2 (logic `ALL`, with strings and finite sets as cvc5 has them) and hands
/// back what the solver printed. It must not change the script, must end within the time given, and must not fail on
/// what a script says: an answer `unknown` is an answer.
public protocol ConstraintSolver: Sendable {
    /// Runs one script.
    ///
    /// May be called from several threads at once; blocks the calling thread until the solver is done.
    ///
    /// - Parameters:
    ///   - script: SMT-LIB 2 commands, among them one `check-sat` and at most one `get-value` after it.
    ///   - milliseconds: The most time to take.
    /// - Returns: Everything the solver printed to its standard output.
    /// - Throws: ``SolverFailure``.
    func run(_ script: String, milliseconds: Int) throws(SolverFailure) -> String
}

/// A solver that could not be asked or gave no answer.
public enum SolverFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The program is not there.
    case absent(program: String)
    /// The program could not be started.
    case notStarted(program: String, why: String)
    /// The time was over.
    case timedOut(milliseconds: Int)
    /// The program ended without an answer.
    case failed(program: String, why: String)

    /// What happened.
    public var description: String {
        switch self {
        case .absent(let program): "the solver '\(program)' is not installed"
        case .notStarted(let program, let why):
            "the solver '\(program)' could not be started: \(why)"
        case .timedOut(let milliseconds):
            "the solver took longer than \(milliseconds) milliseconds"
        case .failed(let program, let why): "the solver '\(program)' failed: \(why)"
        }
    }
}
